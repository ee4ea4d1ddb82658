"""What typing in asks the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.site.collection.models import State, Submission, Version
from everycount.site.people.policy import Verb, visible

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from everycount.site.people.models import Person


def version_to_type(reader: Person, slug: str, name: UUID, *, at: datetime) -> Version | None:
    """A version that was given out, of a questionnaire that still takes answers."""
    rows = visible(Version.objects.all(), Verb.TYPE_IN, reader, at=at)
    rows = rows.filter(state__in=(State.PUBLISHED, State.REPLACED), questionnaire__closed_at=None)
    rows = rows.filter(pk=name, questionnaire__initiative__slug=slug)
    return rows.select_related("questionnaire__initiative").first()


@dataclass(frozen=True, slots=True)
class Before:
    """A sheet that was typed before.

    Attributes:
        instance: of the version that holds now.
        replaced: the version before that one, or "".
        digest: of its XML.
        editions: how many versions there are.
    """

    instance: str
    replaced: str
    digest: str
    editions: int


def typed_before(questionnaire: UUID, root: str) -> Before | None:
    """What is here of a sheet; None where it was never typed, or was taken back."""
    found = Submission.objects.filter(questionnaire=questionnaire, root=root).first()
    if found is None:
        return None
    editions = list(found.editions.order_by("number"))
    last = next(each for each in editions if each.instance == found.current)
    earlier = [each.instance for each in editions if each.number < last.number]
    return Before(last.instance, earlier[-1] if earlier else "", last.digest, len(editions))
