"""Interviews that are checked again: which may be, which are, and what it showed."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from everycount.site.collection.models import KeyKind, Submission
from everycount.site.consent import gate
from everycount.site.consent.models import Purpose
from everycount.site.fieldwork.models import Check, Draw, Result
from everycount.site.people.policy import Verb, visible
from everycount.site.review.models import State
from everycount.site.review.queries.states import stated

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from everycount.site.collection.models import Questionnaire
    from everycount.site.people.models import Person

_Z = 1.959963984540054  # 97.5 % of the normal distribution


def drawable(questionnaire: Questionnaire) -> list[tuple[UUID, str]]:
    """Accepted submissions of collectors whose person agrees now to be spoken to again, and not drawn yet."""
    rows = Submission.objects.filter(
        questionnaire=questionnaire, is_test=False, sent_by__kind=KeyKind.PERSON
    ).filter(~Exists(Check.objects.filter(submission=OuterRef("pk"))))
    agreed = gate.agreed(gate.agreed(rows, Purpose.CONTACT), Purpose.REVIEW)
    found = stated(agreed).filter(state=State.ACCEPTED)
    return [(name, label) for name, label in found.values_list("pk", "sent_by__label")]


def _reachable(reader: Person, here: Questionnaire, at: datetime) -> QuerySet[Check]:
    """Checks that the reader may see, of those whose person still agrees to be spoken to again."""
    agreed = gate.agreed(Submission.objects.filter(pk=OuterRef("submission")), Purpose.CONTACT)
    rows = visible(Check.objects.filter(draw__questionnaire=here), Verb.CONTACT_PEOPLE, reader, at=at)
    return rows.filter(Exists(agreed))


@dataclass(frozen=True, slots=True)
class Rate:
    """Of how many that were found again how many differ, with Wilson's interval (1927), in percent."""

    collector: str
    differs: int
    of: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page: what waits, what is done, and how often it differs by collector; ``left`` could be drawn."""

    questionnaire: Questionnaire
    waiting: tuple[Check, ...]
    done: tuple[Check, ...]
    rates: tuple[Rate, ...]
    draws: tuple[Draw, ...]
    left: int


def sheet(reader: Person, here: Questionnaire, *, at: datetime) -> Sheet:
    """The page; whoever asks comes from ``questionnaire`` with the verb to contact people."""
    rows = list(_reachable(reader, here, at).select_related("submission", "by"))
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    # Whoever does not want to be asked again any more was asked then, and counts.
    for collector, result in Check.objects.filter(draw__questionnaire=here).values_list(
        "collector", "result"
    ):
        counts[collector][result] += 1
    return Sheet(
        questionnaire=here,
        waiting=tuple(each for each in rows if not each.result),
        done=tuple(each for each in rows if each.result),
        rates=tuple(rate for who, each in sorted(counts.items()) if (rate := _rate(who, each)).of),
        draws=tuple(Draw.objects.filter(questionnaire=here).order_by("drawn_at")),
        left=len(drawable(here)),
    )


def _rate(collector: str, counts: Counter[str]) -> Rate:
    differs = counts[Result.DIFFERS]
    of = differs + counts[Result.AGREES]
    low, high = wilson(differs, of)
    return Rate(collector, differs, of, 100 * low, 100 * high)


def wilson(met: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share by the score (Wilson 1927, J Am Stat Assoc 22:209); 0 to 1 of none."""
    if not of:
        return 0.0, 1.0
    share = met / of
    middle = share + _Z**2 / (2 * of)
    spread = _Z * math.sqrt(share * (1 - share) / of + _Z**2 / (4 * of * of))
    return max(0.0, (middle - spread) / (1 + _Z**2 / of)), min(1.0, (middle + spread) / (1 + _Z**2 / of))


def one(reader: Person, here: Questionnaire, number: int, *, at: datetime) -> Check | None:
    """A check that the reader may see."""
    rows = _reachable(reader, here, at).filter(pk=number)
    return rows.select_related("submission__questionnaire__initiative", "submission__sent_by").first()
