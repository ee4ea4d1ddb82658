"""The way to the plans, on the page of an initiative."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.site.people.parts import Part
from everycount.site.people.policy import Verb, may

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative


def door(reader: Person | None, initiative: Initiative, at: datetime) -> Part | None:
    """For those who may see what is not public."""
    if not may(reader, Verb.SEE_RELEASES, initiative, at=at):
        return None
    return Part("publication/plans/on_initiative.html", {"slug": initiative.slug})
