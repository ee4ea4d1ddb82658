"""Opening the versions of a submission to see what was corrected. Like every opening it is an event."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from everycount.site.consent import gate
from everycount.site.review.differences import differences
from everycount.site.review.models import Decision, State
from everycount.site.review.queries.remarks import words_of

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.site.collection.models import Submission
    from everycount.site.people.models import Person
    from everycount.site.review.differences import Difference


@dataclass(frozen=True, slots=True)
class Version:
    """A version and what it changed in the one before.

    Attributes:
        number: from 1.
        who: label of the phone that sent it; "" where it is no longer here.
        why: the decision because of which it was asked for; None where it came by itself.
        words: what the reviewer wrote then.
    """

    number: int
    at: datetime
    who: str
    why: Decision | None
    words: str
    differences: tuple[Difference, ...]


def open_changes(
    *, submission: Submission, language: str, by: Person, at: datetime
) -> tuple[Version, ...] | None:
    """Every version after the first, the newest first; None where nothing may be opened now."""
    opened = gate.open_versions(submission, by=by, at=at)
    if not opened:
        return None
    asked = {each.instance: each for each in _asked(submission)}
    words = words_of(asked.values())
    found = []
    for before, after in pairwise(opened):
        why = asked.get(before.edition.instance)
        found.append(
            Version(
                number=after.edition.number,
                at=after.edition.received_at,
                who=after.edition.sent_by.label if after.edition.sent_by else "",
                why=why,
                words=words.get(why.words, "") if why and why.words else "",
                differences=differences(
                    (before.form, before.record()), (after.form, after.record()), language
                ),
            )
        )
    return tuple(reversed(found))


def _asked(submission: Submission) -> list[Decision]:
    """What was returned, in the order in which it was."""
    rows = Decision.objects.filter(submission=submission, state=State.RETURNED).select_related("by")
    return list(rows.order_by("pk"))
