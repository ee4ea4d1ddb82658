"""Which releases wait for somebody, and for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from everycount.site.people.models import Assignment, Person
from everycount.site.people.policy import RULES, Verb, visible
from everycount.site.people.waiting import Task
from everycount.site.publication.models import Release
from everycount.site.publication.queries.deciding import standing, statements
from everycount.site.publication.states import State

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.db.models import QuerySet

    from everycount.site.registry.models import Initiative

# Who moves a release on from a state.
NEXT = {
    State.FAILED: Verb.PLAN_RELEASES,
    State.DRAFT: Verb.PLAN_RELEASES,
    State.PROPOSED: Verb.APPROVE_RELEASES,
    State.COMMUNITY: Verb.DECIDE_RELEASES,
    State.AGREED: Verb.PUBLISH_RELEASES,
}


def next_people(release: Release, *, at: datetime) -> list[Person]:
    """Everybody for whom a release waits now: of its analysts whoever asked for it."""
    verb = NEXT.get(State(release.state))
    if verb is None or release.embargo is not None:
        return []
    if verb is Verb.PLAN_RELEASES and release.asked_by is not None:
        return [release.asked_by] if release.asked_by.is_active else []
    held = Assignment.objects.filter(
        initiative=release.plan.initiative_id, role__in=RULES[verb].roles, since__lte=at
    ).exclude(until__lte=at)
    found = Person.objects.filter(is_active=True, pk__in=held.values("person")).order_by("pk")
    return [one for one in found if verb is not Verb.APPROVE_RELEASES or one.pk != release.asked_by_id]


def waiting(reader: Person, initiative: Initiative, at: datetime) -> Iterator[Task]:
    """Releases with which the reader is next."""
    rows = Release.objects.filter(plan__initiative=initiative, state__in=NEXT, embargo=None)
    rows = rows.select_related("plan").defer("document", "text").order_by("asked_at")
    found = list(visible(rows, Verb.SEE_RELEASES, reader, at=at))
    for state in dict.fromkeys(each.state for each in found):
        own = visible(rows.filter(state=state), NEXT[State(state)], reader, at=at)
        for each in _his(reader, own, State(state), at):
            path = reverse("release_inside", args=[initiative.slug, each.plan.slug, each.number])
            yield Task(_WORDS[State(state)]() % f"{each.plan.title} {each.number}", path)


def _his(reader: Person, rows: QuerySet[Release], state: State, at: datetime) -> Iterator[Release]:
    for each in rows:
        if state is State.PROPOSED and each.asked_by_id == reader.pk:
            continue
        if state is State.COMMUNITY and not _has_to_speak(reader, each, at):
            continue
        yield each


def _has_to_speak(reader: Person, release: Release, at: datetime) -> bool:
    """The reader has said nothing yet, or what all said can be carried out."""
    now = standing(release, at=at)
    return not statements(release).filter(person=reader).exists() or now.is_met or now.withheld > 0


_WORDS = {
    State.FAILED: lambda: _("A release could not be computed, see why: %s"),
    State.DRAFT: lambda: _("Look at the draft and propose it: %s"),
    State.PROPOSED: lambda: _("Look at it as a second person: %s"),
    State.COMMUNITY: lambda: _("Say whether your community agrees to it: %s"),
    State.AGREED: lambda: _("The community agreed, publish it: %s"),
}
