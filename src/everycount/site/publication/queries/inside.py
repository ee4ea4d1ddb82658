"""What the people of an initiative see of its releases, from the first draft on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.site.people.policy import Verb, may, visible
from everycount.site.publication.models import Plan, Release, Statement
from everycount.site.publication.queries.deciding import Standing, rule_of, standing
from everycount.site.publication.queries.releases import beside, plans, previous, under_revision
from everycount.site.publication.queries.statements import Told, is_mine, told
from everycount.site.publication.states import BUSY, MOVES, Move, State, may_move
from everycount.site.registry.models import Initiative

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from everycount.site.people.models import Person
    from everycount.site.publication.models import Moved

_DOES = (
    Verb.PLAN_RELEASES,
    Verb.APPROVE_RELEASES,
    Verb.DECIDE_RELEASES,
    Verb.PUBLISH_RELEASES,
    Verb.MANAGE,
)
OPEN = (
    State.DRAFT,
    State.PROPOSED,
    State.COMMUNITY,
    State.AGREED,
)  # its numbers are there, and may still change


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with its releases, the newest first; ``is_busy`` while one of them is being computed."""

    plan: Plan
    releases: tuple[Release, ...]
    is_busy: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """The releases of an initiative; ``rule`` is how its community body decides, by how many, and why."""

    initiative: Initiative
    plans: tuple[Planned, ...]
    does: frozenset[str]
    rule: tuple[str, int, str]


def listing(reader: Person, slug: str, *, at: datetime) -> Listing | None:
    """The plans of an initiative and what became of each; None for who may not see them."""
    here = initiative(reader, slug, at=at)
    if here is None:
        return None
    found: dict[object, list[Release]] = {}
    rows = _slim(Release.objects.filter(plan__initiative=here)).order_by("-number")
    for each in visible(rows, Verb.SEE_RELEASES, reader, at=at):
        found.setdefault(each.plan_id, []).append(each)
    listed = [_planned(plan, found.get(plan.pk, [])) for plan in plans(reader, here.pk, at=at)]
    return Listing(here, tuple(listed), _verbs(reader, here, at), rule_of(here.pk))


def initiative(reader: Person, slug: str, *, at: datetime) -> Initiative | None:
    """The initiative of that name, for whoever may see its releases."""
    return visible(Initiative.objects.filter(slug=slug), Verb.SEE_RELEASES, reader, at=at).first()


def _planned(plan: Plan, releases: list[Release]) -> Planned:
    return Planned(plan, tuple(releases), any(each.state in BUSY for each in releases))


def _slim(rows: QuerySet[Release]) -> QuerySet[Release]:
    """Without what is large."""
    return rows.defer("document", "text")


def _verbs(reader: Person, here: Initiative, at: datetime) -> frozenset[str]:
    return frozenset(verb.name for verb in _DOES if may(reader, verb, here, at=at))


def release(reader: Person, slug: str, plan: str, number: int, *, at: datetime) -> Release | None:
    """A release in any state, for whoever may see those that are not public."""
    rows = Release.objects.filter(plan__slug=plan, plan__initiative__slug=slug, number=number)
    rows = _slim(rows).select_related("plan__initiative", "plan__questionnaire", "asked_by")
    return visible(rows, Verb.SEE_RELEASES, reader, at=at).first()


def plan_of(reader: Person, slug: str, plan: str, *, at: datetime) -> Plan | None:
    """A plan, for whoever may have it computed."""
    rows = Plan.objects.filter(slug=plan, initiative__slug=slug).select_related("initiative")
    return visible(rows, Verb.PLAN_RELEASES, reader, at=at).first()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One release, as one reader stands to it.

    Attributes:
        moves: what the reader may do with it now, by name.
        stale: why its numbers do not hold any more: ``consent``, ``other``, or "".
        standing: how far the community's decision is; None where it has not come to that.
        told: what the body says of this draft, and ``earlier`` of those before it.
        speaks: the reader may speak on it now.
        is_own: the reader had it computed, so somebody else approves it.
    """

    release: Release
    initiative: Initiative
    moves: frozenset[str]
    stale: str
    standing: Standing | None
    reason: str
    told: tuple[Told, ...]
    earlier: tuple[Told, ...]
    speaks: bool
    is_own: bool
    history: tuple[Moved, ...]
    previous: Release | None


def sheet(reader: Person, slug: str, plan: str, number: int, language: str, *, at: datetime) -> Sheet | None:
    """The page of a release; None for who may not see it."""
    here = release(reader, slug, plan, number, at=at)
    if here is None:
        return None
    said = told(here, reader, language)
    return Sheet(
        here,
        here.plan.initiative,
        open_moves(reader, here, at=at),
        why_stale(here),
        standing(here, at=at) if here.rule else None,
        rule_of(here.plan.initiative_id)[2],
        tuple(one for one in said if one.is_current),
        tuple(one for one in said if not one.is_current),
        speaks(reader, here, at=at),
        is_mine(here, reader),
        tuple(here.moves.select_related("person").exclude(move__in=(Move.BEGIN, Move.SUPERSEDE))),
        previous(here),
    )


def open_moves(reader: Person, here: Release, *, at: datetime) -> frozenset[str]:
    """What the reader may do with a release as it stands; four eyes approve it."""
    steps = {
        move: step.by for move, step in MOVES.items() if step.by is not None and may_move(here.state, move)
    }
    verbs = {verb for verb in set(steps.values()) if may(reader, verb, here, at=at)}
    found = {str(move) for move, verb in steps.items() if verb in verbs}
    return frozenset(found - {str(Move.APPROVE)} if is_mine(here, reader) else found)


def why_stale(here: Release) -> str:
    """Why a release that is not public yet has to be computed again; "" where it holds."""
    if here.state not in OPEN:
        return ""
    if under_revision(here) is not None:
        return "consent"
    return "other" if beside(here) != set(here.given) else ""


def does(reader: Person, move: Move, here: Release, *, at: datetime) -> bool:
    """Whether a move is the reader's at all, wherever the release stands."""
    verb = MOVES[move].by
    return verb is not None and may(reader, verb, here, at=at)


def speaks(reader: Person, here: Release, *, at: datetime) -> bool:
    """Whether the reader may speak on it for the community now."""
    return here.state == State.COMMUNITY and may(reader, Verb.DECIDE_RELEASES, here, at=at)


def heard(reader: Person, slug: str, plan: str, number: int, *, at: datetime) -> Release | None:
    """A release, for members of the community body."""
    here = release(reader, slug, plan, number, at=at)
    return here if here is not None and may(reader, Verb.DECIDE_RELEASES, here, at=at) else None


def own_statement(reader: Person, slug: str, name: UUID, *, at: datetime) -> Statement | None:
    """What the reader said, as a member of the community body."""
    rows = Statement.objects.filter(pk=name, person=reader, release__plan__initiative__slug=slug)
    return visible(rows.select_related("release__plan"), Verb.DECIDE_RELEASES, reader, at=at).first()
