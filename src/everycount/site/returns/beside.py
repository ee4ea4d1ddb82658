"""What other rooms show of what came back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.site.people.parts import Part
from everycount.site.people.policy import Verb, may
from everycount.site.returns import queries

if TYPE_CHECKING:
    from datetime import date, datetime

    from everycount.site.people.models import Person
    from everycount.site.publication.models import Plan, Release
    from everycount.site.registry.models import Initiative


def door(reader: Person | None, initiative: Initiative, at: datetime) -> Part | None:
    """The way to writing it down, for those who may see it."""
    if not may(reader, Verb.SEE_RELEASES, initiative, at=at):
        return None
    return Part("returns/on_initiative.html", {"slug": initiative.slug})


def on_release(release: Release) -> Part | None:
    """Beside the numbers: who does not agree, who says that one is wrong, and how much came back."""
    found = queries.back(release.plan)
    if not (found.meetings or found.words or found.recommendations):
        return None
    against = [one for one in found.words if one.kind != "voice"]
    given = {
        "plan": release.plan.slug,
        "against": against,
        "meetings": len(found.meetings),
        "recommendations": len(found.recommendations),
        "state": repr(found.state),
    }
    return Part("returns/on_release.html", given)


def held(plan: Plan, since: date | None) -> int:
    """How many meetings there were since a day."""
    return queries.held(plan, since)
