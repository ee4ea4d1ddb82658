"""The list of submissions of an initiative: rows, their counts by state, and what they can be sifted by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, Value, When

from everycount.site.collection.models import Key, Questionnaire, SetAside, Submission
from everycount.site.people.policy import Verb, may, visible
from everycount.site.registry.models import Initiative
from everycount.site.review.beside import told_of
from everycount.site.review.models import Decision, State
from everycount.site.review.queries.questions import asked_about
from everycount.site.review.queries.remarks import words_of
from everycount.site.review.queries.replies import answered, replies_of
from everycount.site.review.queries.states import own, reviewed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from everycount.site.people.models import Person
    from everycount.site.review.queries.states import Stated

PER_PAGE = 50
TESTS = "tests"  # beside the states: what came by links to try a draft
ANSWERED = "answered"  # the same: to what was decided whoever sent it has answered, and nobody has said more


@dataclass(frozen=True, slots=True)
class Wanted:
    """By what the list is sifted; "" and None let everything through."""

    state: str = ""
    questionnaire: str = ""
    version: str = ""
    key: str = ""
    day: date | None = None

    def among(self, rows: QuerySet[Stated]) -> QuerySet[Stated]:
        """Those of the rows that are wanted, whatever their state."""
        if self.questionnaire:
            rows = rows.filter(questionnaire=UUID(self.questionnaire))
        if self.version:
            rows = rows.filter(version=self.version)
        if self.key:
            rows = rows.filter(sent_by=UUID(self.key))
        if self.day is not None:
            begin = datetime.combine(self.day, time(), UTC)
            rows = rows.filter(received_at__gte=begin, received_at__lt=begin + timedelta(days=1))
        return rows

    def in_state(self, rows: QuerySet[Stated]) -> QuerySet[Stated]:
        """Those of the rows that are in the wanted state; tests only where they are asked for."""
        rows = rows.filter(is_test=self.state == TESTS)
        if self.state == ANSWERED:
            return answered(rows)
        return rows.filter(state=self.state) if self.state in State.values else rows


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the list.

    Attributes:
        rows: each with ``state`` and ``why``.
        counts: how many there are in each state, of all the pages; under "" of all states.
        tests: how many came by links to try a draft.
        answered: how many collectors have answered to what was decided or flagged.
        held: how many came with a version that is not known here yet; nobody can look at them.
        aside: how many were set aside, since they could not stand beside what was there.
        does: what the reader may do, by the verbs' names.
    """

    initiative: Initiative
    rows: Page[Stated]
    counts: Mapping[str, int]
    tests: int
    answered: int
    held: int
    aside: int
    does: frozenset[str]


def initiative_of(reader: Person | None, verb: Verb, slug: str, *, at: datetime) -> Initiative | None:
    """The initiative of that name, where the reader may do the verb."""
    return visible(Initiative.objects.filter(slug=slug), verb, reader, at=at).first()


def listing(
    reader: Person, initiative: Initiative, wanted: Wanted, page: str | int, *, at: datetime
) -> Listing:
    """A page of the list; whoever asks comes from :func:`initiative_of`."""
    rows = wanted.among(reviewed(reader, Verb.COUNT_SUBMISSIONS, initiative, at=at))
    sorted_rows = (
        wanted.in_state(rows).select_related("questionnaire", "sent_by").order_by("-received_at", "pk")
    )
    tests, counts = _counts(rows)
    replied = answered(rows.filter(is_test=False)).count()
    beside = {TESTS: tests, ANSWERED: replied}
    held = Submission.objects.filter(questionnaire__initiative=initiative, is_held=True)
    aside = SetAside.objects.filter(questionnaire__initiative=initiative, settled_at=None)
    verbs = (Verb.REVIEW, Verb.OPEN_ANSWERS, Verb.READ_WISHES)
    return Listing(
        initiative=initiative,
        rows=_page(sorted_rows, beside.get(wanted.state, counts.get(wanted.state, 0)), page),
        counts=counts,
        tests=tests,
        answered=replied,
        held=held.count(),
        aside=aside.count(),
        does=frozenset(each.name for each in verbs if may(reader, each, initiative, at=at)),
    )


def _page(rows: QuerySet[Stated], count: int, number: str | int) -> Page[Stated]:
    """A page of rows that are counted already."""
    pages = Paginator(rows, PER_PAGE)
    pages.count = count  # else they would be counted again
    return pages.get_page(number)


def _counts(rows: QuerySet[Stated]) -> tuple[int, dict[str, int]]:
    """How many are tests, and how many of the others are in each state."""
    tests, counts = 0, dict.fromkeys(State.values, 0)
    for is_test, state, count in rows.order_by().values_list("is_test", "state").annotate(n=Count("pk")):
        tests += count if is_test else 0
        counts[state] += 0 if is_test else count
    return tests, counts | {"": sum(counts.values())}


def sieves(initiative: Initiative) -> tuple[list[tuple[str, str]], list[str], list[tuple[str, str]]]:
    """What the list can be sifted by: questionnaires, versions, phones."""
    forms = Questionnaire.objects.filter(initiative=initiative).order_by("title")
    versions = forms.exclude(versions=None).values_list("versions__version", flat=True)
    keys = Key.objects.filter(initiative=initiative).order_by("label")
    return (
        [(str(name), title) for name, title in forms.values_list("pk", "title")],
        sorted(set(versions)),
        [(str(name), label) for name, label in keys.values_list("pk", "label")],
    )


@dataclass(frozen=True, slots=True)
class Own:
    """One submission as its collector sees it: what was said, and what they are asked to mend.

    Attributes:
        questions: as they were asked, those that the decision is about.
        flags: what is odd about it, in words.
        replies: when and what the collector answered.
    """

    submission: Submission
    state: str
    decision: Decision | None
    words: str
    questions: tuple[str, ...]
    flags: tuple[str, ...]
    replies: tuple[tuple[datetime, str], ...]


@dataclass(frozen=True, slots=True)
class OwnList:
    """What the reader's own phones sent."""

    initiative: Initiative
    rows: tuple[Own, ...]
    page: Page[Stated]
    counts: Mapping[str, int]


def own_list(
    reader: Person, slug: str, state: str, page: str | int, language: str, *, at: datetime
) -> OwnList | None:
    """What the reader's own phones sent, what is returned first; None for those who send nothing there."""
    initiative = initiative_of(reader, Verb.SEE_OWN, slug, at=at)
    if initiative is None:
        return None
    rows = own(reader, initiative, at=at)
    _, counts = _counts(rows)
    shown = rows.filter(state=state) if state in State.values else rows
    to_mend = Case(When(state=State.RETURNED, then=Value(0)), default=Value(1))
    ordered = shown.select_related("questionnaire").order_by(to_mend, "-received_at", "pk")
    here = _page(ordered, counts[state if state in State.values else ""], page)
    decisions = _current([each.pk for each in here])
    names = [each.pk for each in here]
    replies, flags = replies_of(names), told_of(names)
    words = words_of([*decisions.values(), *(row for rows in replies.values() for row in rows)])
    told = tuple(
        Own(
            each,
            each.state,
            decision,
            words.get(decision.words, "") if decision and decision.words else "",
            asked_about(each, decision, language),
            flags.get(each.pk, ()),
            tuple(
                (row.replied_at, words[row.words]) for row in replies.get(each.pk, ()) if row.words in words
            ),
        )
        for each in here
        for decision in [decisions.get(each.pk)]
    )
    return OwnList(initiative, told, here, counts)


def _current(submissions: list[UUID]) -> dict[UUID, Decision]:
    rows = Decision.objects.filter(submission__in=submissions, is_current=True)
    return {each.submission_id: each for each in rows}
