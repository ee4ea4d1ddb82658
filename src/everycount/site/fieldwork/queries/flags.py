"""Flags, for those who review: of one submission, of a collector, of a whole fieldwork."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, Value, When
from django.utils.translation import get_language

from everycount.site.collection.models import Questionnaire, Submission
from everycount.site.consent import gate
from everycount.site.consent.models import Purpose
from everycount.site.fieldwork.kinds import Kind
from everycount.site.fieldwork.models import Flag, Why
from everycount.site.fieldwork.queries.looks import form_of
from everycount.site.fieldwork.words import Told, tell
from everycount.site.people.policy import Verb, may, visible
from everycount.site.review.beside import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative

PER_PAGE = 50


def open_flags(reader: Person, initiative: Initiative, *, at: datetime) -> QuerySet[Flag]:
    """Flags that a reviewer may see and that nobody dismissed; only of what may be looked at now."""
    agreed = gate.agreed(Submission.objects.filter(pk=OuterRef("submission")), Purpose.REVIEW)
    rows = visible(Flag.objects.filter(questionnaire__initiative=initiative), Verb.REVIEW, reader, at=at)
    return rows.filter(Q(submission=None) | Q(Exists(agreed)))


def in_order(rows: QuerySet[Flag]) -> QuerySet[Flag]:
    """What is surest first, then the newest."""
    ranks = [When(kind=each.value, then=Value(rank)) for rank, each in enumerate(Kind)]
    ranked = rows.annotate(rank=Case(*ranks, default=Value(len(ranks)), output_field=IntegerField()))
    return ranked.order_by("rank", "-since", "pk")


@dataclass(frozen=True, slots=True)
class Wanted:
    """By what the list of flags is sifted; "" lets everything through."""

    kind: str = ""
    collector: str = ""
    state: str = "open"

    def among(self, rows: QuerySet[Flag]) -> QuerySet[Flag]:
        """Those that are wanted."""
        rows = rows.filter(dismissed_at__isnull=self.state != "dismissed")
        if self.kind:
            rows = rows.filter(kind=self.kind)
        return rows.filter(collector=self.collector) if self.collector else rows


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A questionnaire and those of its questions whose rule nobody here understands."""

    title: str
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FlagList:
    """A page of flags, how many of each kind stand, and what no flag can tell."""

    initiative: Initiative
    told: tuple[Told, ...]
    page: Page[Flag]
    kinds: Mapping[str, int]
    unjudged: tuple[Unjudged, ...]


def collectors(reader: Person, initiative: Initiative, *, at: datetime) -> list[str]:
    """Those of whom there is any flag."""
    rows = open_flags(reader, initiative, at=at).exclude(collector="").order_by("collector")
    return list(rows.values_list("collector", flat=True).distinct())


def flag_list(
    reader: Person, initiative: Initiative, wanted: Wanted, page: str | int, *, at: datetime
) -> FlagList:
    """A page of the list; whoever asks comes from ``initiative_of`` of the review."""
    rows = open_flags(reader, initiative, at=at)
    chosen = wanted.among(rows).select_related("submission", "questionnaire", "dismissed_by")
    here = Paginator(in_order(chosen), PER_PAGE).get_page(page)
    of_state = Wanted(collector=wanted.collector, state=wanted.state).among(rows)
    kinds = dict(of_state.order_by().values_list("kind").annotate(n=Count("pk")))
    return FlagList(
        initiative, _told(here.object_list), here, kinds, tuple(_unjudged(reader, initiative, at))
    )


def _unjudged(reader: Person, initiative: Initiative, at: datetime) -> Iterator[Unjudged]:
    """Silence about these is no sign that the answers are as the form wants them, so it is said."""
    from everycount.quality.holding import unread  # noqa: PLC0415 - only this page reads rules

    rows = Questionnaire.objects.filter(initiative=initiative, closed_at=None)
    for each in visible(rows, Verb.REVIEW, reader, at=at).order_by("title"):
        found = form_of(each.pk)
        places = unread(found[1]) if found else ()
        if places:
            label = labeller(each.pk)
            yield Unjudged(each.title, tuple(label(place) for place in places))


def _told(flags: object) -> tuple[Told, ...]:
    rows = list(flags)  # type: ignore[call-overload]
    labels = {each: labeller(each) for each in {row.questionnaire_id for row in rows}}
    return tuple(tell(row, labels[row.questionnaire_id]) for row in rows)


def labeller(questionnaire: UUID) -> Callable[[str], str]:
    """The words of questions by their places, in the reader's language where the form has it."""
    found = form_of(questionnaire)
    language = get_language() or "en"

    def label(place: str) -> str:
        question = found[1].find(place) if found else None
        return question.labels.say(language, question.name) if question else place

    return label


def one(reader: Person, slug: str, flag: int, *, at: datetime) -> Flag | None:
    """A flag that the reader may dismiss."""
    rows = visible(
        Flag.objects.filter(pk=flag, questionnaire__initiative__slug=slug), Verb.REVIEW, reader, at=at
    )
    found = rows.select_related("questionnaire__initiative").first()
    if found is None:
        return None
    return (
        open_flags(reader, found.questionnaire.initiative, at=at).filter(pk=flag, dismissed_at=None).first()
    )


def beside(reader: Person, submission: Submission, at: datetime) -> Part | None:
    """The flags of a submission as a part of its page, for those who review it."""
    if not may(reader, Verb.REVIEW, submission, at=at):
        return None
    rows = in_order(Flag.objects.filter(submission=submission)).select_related("dismissed_by")
    told = _told(rows)
    given = {
        "told": [each for each in told if each.flag.dismissed_at is None],
        "dismissed": [each for each in told if each.flag.dismissed_at is not None],
        "whys": Why.choices,
    }
    return Part("fieldwork/beside.html", given) if told else None
