"""The machine of states: every move from every state in every role, and what a decision has to hold to."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from everycount.faults import InputError
from everycount.site.consent.models import Use
from everycount.site.ledger.queries import broken
from everycount.site.people.models import Role
from everycount.site.people.policy import RULES
from everycount.site.publication.actions import computing, deciding, publishing
from everycount.site.publication.actions.moving import move
from everycount.site.publication.models import Release, Stance
from everycount.site.publication.queries.inside import open_moves
from everycount.site.publication.states import MOVES, PUBLIC, Move, State
from everycount.site.questionnaires.models import ReviewRule, Rule
from publication_rows import plan_of, release_of
from site_world import AT, initiative, person, published

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from everycount.site.publication.models import Plan

pytestmark = pytest.mark.django_db
FEEDBACK = "A meeting in December."


class Rows:
    """A plan without records, and one person of each role."""

    def __init__(self) -> None:
        self.initiative = initiative(listed=True)
        self.plan = plan_of(published(self.initiative).questionnaire)
        self.people = {role: person(role, self.initiative) for role in Role}

    def release(self, state: State, number: int = 1, **more: object) -> Release:
        if state in PUBLIC:
            more = {"published_at": AT} | more
        return release_of(self.plan, number, state, **more)


@pytest.fixture
def rows() -> Iterator[Rows]:
    yield Rows()
    assert list(broken()) == []


def by_hand(step: Move) -> Callable[..., object]:
    """The action that people move a release with."""
    acts: dict[Move, Callable[..., object]] = {
        Move.AGAIN: computing.again,
        Move.PROPOSE: partial(deciding.propose, feedback=FEEDBACK),
        Move.APPROVE: partial(deciding.approve, words=""),
        Move.RETURN: partial(deciding.send_back, words="Look again."),
        Move.WITHHOLD: deciding.withhold,
        Move.AGREE: deciding.settle,
        Move.REFUSE: partial(deciding.refuse, words="Not now."),
        Move.PUBLISH: publishing.publish,
        Move.DROP: partial(deciding.drop, words=""),
    }
    return acts[step]


BY_HAND = [step for step, rule in MOVES.items() if rule.by is not None and step is not Move.BRING]


@pytest.mark.parametrize("step", BY_HAND)
def test_a_move_is_refused_from_every_state_but_its_own(rows: Rows, step: Move) -> None:
    rule = MOVES[step]
    assert rule.by
    who = rows.people[next(iter(RULES[rule.by].roles))]
    for number, state in enumerate(set(State) - set(rule.sources), 1):
        release = rows.release(state, number)
        with pytest.raises(InputError):
            by_hand(step)(release=release, by=who, at=AT)
        assert Release.objects.get(pk=release.pk).state == state
        assert str(step) not in open_moves(who, release, at=AT)
        release.delete()


@pytest.mark.parametrize("step", BY_HAND)
def test_a_move_is_refused_in_every_role_but_its_own(rows: Rows, step: Move) -> None:
    rule = MOVES[step]
    assert rule.by
    release = rows.release(rule.sources[-1])
    deciders = {role: who for role, who in rows.people.items() if role in RULES[rule.by].roles}
    speaker = rows.people[Role.COMMUNITY]
    if step is Move.AGREE:
        deciding.state(release=release, said=deciding.Said(Stance.AGREE), by=speaker, at=AT)
    if step is Move.WITHHOLD:
        said = deciding.Said(Stance.WITHHOLD, "They would be found.", table=("settlement",))
        deciding.state(release=release, said=said, by=speaker, at=AT)
    for role, who in rows.people.items():
        if role not in deciders:
            assert str(step) not in open_moves(who, release, at=AT)
            with pytest.raises(PermissionDenied):
                by_hand(step)(release=release, by=who, at=AT)
    assert Release.objects.get().state == release.state
    assert deciders
    for who in deciders.values():
        with transaction.atomic():
            assert str(step) in open_moves(who, release, at=AT)
            by_hand(step)(release=release, by=who, at=AT)
            assert Release.objects.get().state == rule.target
            transaction.set_rollback(True)


def test_whoever_had_it_computed_does_not_approve_it(rows: Rows) -> None:
    """Also with both roles: four eyes are two people."""
    both = rows.people[Role.REVIEWER]
    release = rows.release(State.PROPOSED, asked_by=both)
    assert "approve" not in open_moves(both, release, at=AT)
    with pytest.raises(InputError, match="You had it computed yourself"):
        deciding.approve(release=release, words="", by=both, at=AT)
    assert Release.objects.get().state == State.PROPOSED


def test_nothing_is_proposed_without_what_comes_back(rows: Rows) -> None:
    release = rows.release(State.DRAFT)
    with pytest.raises(InputError, match="comes back"):
        deciding.propose(release=release, feedback="  ", by=rows.people[Role.ANALYST], at=AT)


@pytest.mark.parametrize("why", ["consent", "other"])
@pytest.mark.parametrize(
    ("state", "role", "act"),
    [
        (State.DRAFT, Role.ANALYST, partial(deciding.propose, feedback=FEEDBACK)),
        (State.PROPOSED, Role.REVIEWER, partial(deciding.approve, words="")),
        (State.COMMUNITY, Role.COMMUNITY, deciding.settle),
        (State.AGREED, Role.STEWARD, publishing.publish),
    ],
)
def test_what_does_not_hold_any_more_goes_nowhere(
    rows: Rows, why: str, state: State, role: Role, act: Callable[..., object]
) -> None:
    release = rows.release(state, 2, use=7)
    if state == State.COMMUNITY:
        said = deciding.Said(Stance.AGREE)
        deciding.state(release=release, said=said, by=rows.people[role], at=AT)
    make_stale(rows, why)
    with pytest.raises(InputError, match="do not hold"):
        act(release=release, by=rows.people[role], at=AT)
    assert Release.objects.get(pk=release.pk).state == state


def make_stale(rows: Rows, why: str) -> None:
    """A record of it is taken back, or another release of the initiative comes out."""
    if why == "consent":
        Use.objects.create(
            event=7,
            initiative=rows.initiative.pk,
            purpose="statistics",
            made_at=AT,
            under_revision_since=AT,
        )
    else:
        rows.release(State.PUBLISHED, 1)


def test_an_embargo_that_ends_publishes_no_stale_numbers(rows: Rows) -> None:
    release = rows.release(State.AGREED, 2, use=7, embargo=AT)
    make_stale(rows, "consent")
    assert publishing.publish_due(at=AT) == 0
    assert Release.objects.get(pk=release.pk).state == State.AGREED


def test_publishing_takes_the_place_of_the_one_before(rows: Rows) -> None:
    before = rows.release(State.PUBLISHED, 1)
    release = rows.release(State.AGREED, 2, given=[before.digest], rule="none")
    publishing.publish(release=release, by=rows.people[Role.STEWARD], at=AT)
    states = dict(Release.objects.values_list("number", "state"))
    assert states == {1: State.SUPERSEDED, 2: State.PUBLISHED}


def test_of_two_at_once_one_is_told(rows: Rows) -> None:
    """Both have the page open; the second one's button was true when it was drawn."""
    release = rows.release(State.PROPOSED)
    seen_by_the_other = Release.objects.get(pk=release.pk)
    by = rows.people[Role.REVIEWER]
    deciding.send_back(release=release, words="Look again.", by=by, at=AT)
    with pytest.raises(InputError, match="meanwhile"):
        deciding.approve(release=seen_by_the_other, words="", by=by, at=AT)
    assert [each.move for each in release.moves.all()] == [Move.RETURN]


@pytest.mark.parametrize(
    ("rule", "quorum", "agree", "against", "met"),
    [
        (Rule.ALL, 0, 2, 0, True),
        (Rule.ALL, 0, 1, 0, False),
        (Rule.QUORUM, 1, 1, 1, True),
        (Rule.QUORUM, 2, 1, 1, False),
        (Rule.QUORUM, 2, 2, 0, True),
    ],
)
def test_the_rule_says_when_it_is_enough(
    rows: Rows,
    rule: str,
    quorum: int,
    agree: int,
    against: int,
    met: bool,  # noqa: FBT001 - the same
) -> None:
    body = [rows.people[Role.COMMUNITY], person(Role.COMMUNITY, rows.initiative)]
    release = rows.release(State.COMMUNITY, rule=rule, quorum=quorum)
    stances = [Stance.AGREE] * agree + [Stance.OBJECT] * against
    for who, stance in zip(body, stances, strict=False):
        said = deciding.Said(stance, "" if stance == Stance.AGREE else "Too early.")
        deciding.state(release=release, said=said, by=who, at=AT)
    act = partial(deciding.settle, release=release, by=body[0], at=AT)
    if met:
        assert act().state == State.AGREED
    else:
        with pytest.raises(InputError, match="rule is not met"):
            act()


def test_one_person_counts_once_and_may_take_a_word_back(rows: Rows) -> None:
    member = rows.people[Role.COMMUNITY]
    release = rows.release(State.COMMUNITY, rule=Rule.QUORUM, quorum=2)
    for _ in range(2):
        kept = deciding.state(release=release, said=deciding.Said(Stance.AGREE), by=member, at=AT)
    assert release.statements.count() == 1
    with pytest.raises(InputError, match="1 of 2"):
        deciding.settle(release=release, by=member, at=AT)
    other = person(Role.COMMUNITY, rows.initiative)
    with pytest.raises(PermissionDenied):
        deciding.take_back(statement=kept, by=other, at=AT)
    deciding.take_back(statement=kept, by=member, at=AT)
    assert not release.statements.exists()


def test_what_was_said_of_an_older_draft_does_not_count(rows: Rows) -> None:
    member = rows.people[Role.COMMUNITY]
    release = rows.release(State.COMMUNITY, use=7)
    deciding.state(release=release, said=deciding.Said(Stance.AGREE), by=member, at=AT)
    Release.objects.update(use=8)  # computed again: other records were opened
    with pytest.raises(InputError, match="0 of 1"):
        deciding.settle(release=Release.objects.get(), by=member, at=AT)


def test_what_somebody_wants_withheld_stops_the_decision(rows: Rows) -> None:
    member = rows.people[Role.COMMUNITY]
    release = rows.release(State.COMMUNITY)
    deciding.state(release=release, said=deciding.Said(Stance.AGREE), by=member, at=AT)
    unknown = deciding.Said(Stance.WITHHOLD, "Why.", "nothing of the kind")
    with pytest.raises(InputError, match="no such number"):
        deciding.state(release=release, said=unknown, by=member, at=AT)
    said = deciding.Said(Stance.WITHHOLD, "They would be found.", table=("settlement",))
    deciding.state(release=release, said=said, by=member, at=AT)
    with pytest.raises(InputError, match="withheld"):
        deciding.settle(release=release, by=member, at=AT)
    again = deciding.withhold(release=release, by=member, at=AT)
    assert again.state == State.WAITING
    assert len(again.withheld) == 4, "two measures in two settlements"


def test_where_no_body_is_asked_an_approval_is_enough(rows: Rows) -> None:
    ReviewRule.objects.create(initiative=rows.initiative, rule=Rule.NONE, reason="Invented", set_at=AT)
    release = rows.release(State.PROPOSED)
    passed = deciding.approve(release=release, words="", by=rows.people[Role.REVIEWER], at=AT)
    assert passed.state == State.AGREED


def test_nobody_moves_what_the_node_moves(rows: Rows) -> None:
    """No button begins, ends or replaces a release."""
    own = {step for step, rule in MOVES.items() if rule.by is None}
    for number, state in enumerate(State, 1):
        release = rows.release(state, number)
        shown = {step for who in rows.people.values() for step in open_moves(who, release, at=AT)}
        assert shown.isdisjoint(map(str, own))
        release.delete()


def test_a_move_that_fails_leaves_nothing(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    plan: Plan = rows.plan
    release = rows.release(State.DRAFT)
    module = "everycount.site.publication.actions.moving"

    def refuse(*_entries: object, **_more: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(f"{module}.record", refuse)
    with pytest.raises(RuntimeError), transaction.atomic():
        move(release=release, step=Move.DROP, by=rows.people[Role.ANALYST], at=AT)
    assert plan.releases.get().state == State.DRAFT
