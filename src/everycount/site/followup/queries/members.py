"""Who is in a list, and how many were found again in a later round.

A household or place is in a list while its people agree that somebody comes again: the newest of its
submissions counts, so that a no in a later round takes it out, and whoever takes consent back is out at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.db.models import Exists, Min, OuterRef

from everycount.site.collection.models import Questionnaire, Submission
from everycount.site.consent import gate
from everycount.site.consent.models import Purpose
from everycount.site.followup.models import GivenList, Link
from everycount.site.followup.queries.declared import given, lists, making
from everycount.site.people.policy import Verb, may, visible
from everycount.site.registry.models import Initiative
from everycount.site.review.models import Decision, State

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from django.core.paginator import Page
    from django.db.models import QuerySet

    from everycount.site.people.models import Person

PER_PAGE = 100  # members
K = 10  # people; what is fewer is not told, and neither is what would tell it
_PSEUDONYM = 32  # letters of a mark: 128 bits


def sources(initiative: UUID, name: str) -> QuerySet[Submission]:
    """The submissions from which a list is made now.

    Of every entity whose newest submission agrees to be spoken to again, those submissions that agree. What
    was rejected makes nobody a member.
    """
    links = _links(initiative, name)
    later = links.filter(
        mark=OuterRef("mark"), submission__received_at__gt=OuterRef("submission__received_at")
    )
    newest = links.filter(~Exists(later))
    agreed = gate.agreed(Submission.objects.all(), Purpose.CONTACT)
    # Two that came at the same moment must both agree.
    refused = newest.exclude(submission__in=agreed).values("mark")
    wanted = links.filter(mark__in=newest.values("mark")).exclude(mark__in=refused)
    return agreed.filter(pk__in=wanted.values("submission"))


def page_of(initiative: UUID, name: str, page: str) -> Page[str]:
    """The marks of some members, in the order in which they were first told of."""
    rows = _links(initiative, name).filter(submission__in=sources(initiative, name))
    first = rows.values("mark").annotate(first=Min("submission__received_at"))
    marks = first.order_by("first", "mark").values_list("mark", flat=True)
    return Paginator(marks, PER_PAGE).get_page(page)


def _links(initiative: UUID, name: str) -> QuerySet[Link]:
    rejected = Decision.objects.filter(
        submission=OuterRef("submission"), is_current=True, state=State.REJECTED
    )
    return Link.objects.filter(~Exists(rejected), list=name, submission__questionnaire__initiative=initiative)


@dataclass(frozen=True, slots=True)
class Listed:
    """A list on the page of follow-up: who makes it, and how many are in it (None: fewer than :data:`K`)."""

    name: str
    properties: tuple[str, ...]
    forms: tuple[str, ...]
    members: int | None


@dataclass(frozen=True, slots=True)
class Compared:
    """Two rounds: how many were found again, not found again, and are new; None where it is not told."""

    list: str
    first: str
    second: str
    linked: int | None
    lost: int | None
    new: int | None


def listed(initiative: Initiative) -> list[Listed]:
    """The lists of an initiative."""
    titles = dict(initiative.questionnaires.values_list("pk", "title"))
    makers = making(initiative.pk)
    found = []
    for name, properties in lists(initiative.pk).items():
        rows = _links(initiative.pk, name).filter(submission__in=sources(initiative.pk, name))
        count = rows.values("mark").distinct().count()
        forms = tuple(titles[form] for form, made in makers.items() if made == name)
        found.append(Listed(name, properties, forms, count if count >= K else None))
    return found


def given_to(initiative: Initiative) -> list[GivenList]:
    """The lists of places that somebody gave, without what is in them."""
    return list(given(initiative.pk).defer("content"))


def compared(initiative: Initiative) -> list[Compared]:
    """Each round with the next, of those who agree that they are counted; a round is a questionnaire."""
    found = []
    for name in lists(initiative.pk):
        rounds = _rounds(initiative.pk, name)
        titles = dict(Questionnaire.objects.filter(pk__in=rounds).values_list("pk", "title"))
        for (one, before), (other, after) in zip(rounds.items(), list(rounds.items())[1:], strict=False):
            counts = _told((len(before & after), len(before - after), len(after - before)))
            found.append(Compared(name, titles[one], titles[other], *counts))
    return found


def _told(counts: tuple[int, int, int]) -> tuple[int | None, int | None, int | None]:
    """All of them or none: who knows how many came in a round could take one from the others."""
    return (None, None, None) if any(each < K for each in counts if each) else counts


def _rounds(initiative: UUID, name: str) -> dict[UUID, set[str]]:
    """The marks of each questionnaire, in the order in which their first submission came."""
    rows = _links(initiative, name).filter(submission__in=_counted(Submission.objects.all()))
    found: dict[UUID, set[str]] = {}
    ordered = rows.order_by("submission__received_at")
    for form, mark in ordered.values_list("submission__questionnaire", "mark"):
        found.setdefault(form, set()).add(mark)
    return found


def _counted(submissions: QuerySet[Submission]) -> QuerySet[Submission]:
    return gate.agreed(submissions, Purpose.STATISTICS)


def panel_ids(submissions: Collection[UUID]) -> dict[UUID, str]:
    """The column ``panel_id`` of records that are counted or exported: the same in each round.

    A pseudonym under the initiative's own key; without the key nobody finds the household by it. Whoever
    did not agree to be counted, and what speaks of no entity, is not there.
    """
    rows = Link.objects.filter(submission__in=_counted(Submission.objects.filter(pk__in=submissions)))
    return {pk: mark[:_PSEUDONYM] for pk, mark in rows.exclude(mark="").values_list("submission", "mark")}


def marks_of(questionnaire: UUID) -> list[tuple[str, str]]:
    """First instanceID and mark of each submission of a questionnaire that speaks of an entity."""
    rows = Link.objects.filter(submission__questionnaire=questionnaire).exclude(mark="")
    return list(rows.values_list("submission__root", "mark"))


def initiative_of(reader: Person, verb: Verb, slug: str, *, at: datetime) -> Initiative | None:
    """The initiative, for whoever may do the verb there."""
    return visible(Initiative.objects.filter(slug=slug), verb, reader, at=at).first()


def may_give(reader: Person, initiative: Initiative, *, at: datetime) -> bool:
    """Whether the reader may give lists of places."""
    return may(reader, Verb.DRAFT, initiative, at=at)


def may_open(reader: Person, initiative: Initiative, *, at: datetime) -> bool:
    """Whether the reader may see who is in the lists."""
    return may(reader, Verb.CONTACT_PEOPLE, initiative, at=at)
