"""What becomes of a release, from the first draft to the last pointer: a machine of states.

A move is one line here. Pages ask which moves are open, actions refuse every other one, and the diagram of
``docs/generated/release-states.md`` is drawn from the same lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_noop as _  # the page that shows a label translates it

from everycount.site.people.policy import Verb

if TYPE_CHECKING:
    from collections.abc import Mapping


class State(models.TextChoices):
    """Where a release stands."""

    WAITING = "waiting", _("Waits to be computed")
    COMPUTING = "computing", _("Is being computed")
    FAILED = "failed", _("Could not be computed")
    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("Waits for a reviewer")
    COMMUNITY = "community", _("With the community body")
    AGREED = "agreed", _("Agreed, not yet public")
    PUBLISHED = "published", _("Public")
    SUPERSEDED = "superseded", _("Replaced by a later one")
    DROPPED = "dropped", _("Given up")


class Move(StrEnum):
    """What somebody, or the node itself, does to a release."""

    BEGIN = "begin"
    FINISH = "finish"
    FAIL = "fail"
    BRING = "bring"
    AGAIN = "again"
    PROPOSE = "propose"
    APPROVE = "approve"
    RETURN = "return"
    WITHHOLD = "withhold"
    AGREE = "agree"
    PASS = "pass"  # noqa: S105 - no password
    REFUSE = "refuse"
    PUBLISH = "publish"
    RELEASE = "release"
    SUPERSEDE = "supersede"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Step:
    """One move: from where, to where, and who may.

    Attributes:
        by: verb of the policy; None where the node does it by itself.
    """

    sources: tuple[State, ...]
    target: State
    by: Verb | None


_OPEN = (State.FAILED, State.DRAFT, State.PROPOSED, State.COMMUNITY, State.AGREED)
MOVES: Mapping[Move, Step] = {
    Move.BEGIN: Step((State.WAITING,), State.COMPUTING, None),
    Move.FINISH: Step((State.COMPUTING,), State.DRAFT, None),
    Move.FAIL: Step((State.COMPUTING,), State.FAILED, None),
    # An initiative counts elsewhere and brings its numbers here, to be decided and shown.
    Move.BRING: Step((State.WAITING,), State.DRAFT, Verb.PLAN_RELEASES),
    # Records came or went, or another release came out: what was agreed to was another number.
    Move.AGAIN: Step(_OPEN, State.WAITING, Verb.PLAN_RELEASES),
    Move.PROPOSE: Step((State.DRAFT,), State.PROPOSED, Verb.PLAN_RELEASES),
    Move.APPROVE: Step((State.PROPOSED,), State.COMMUNITY, Verb.APPROVE_RELEASES),
    Move.RETURN: Step((State.PROPOSED,), State.DRAFT, Verb.APPROVE_RELEASES),
    Move.WITHHOLD: Step((State.COMMUNITY,), State.WAITING, Verb.DECIDE_RELEASES),
    Move.AGREE: Step((State.COMMUNITY,), State.AGREED, Verb.DECIDE_RELEASES),
    Move.PASS: Step((State.COMMUNITY,), State.AGREED, None),  # the initiative has no body to ask
    Move.REFUSE: Step((State.COMMUNITY,), State.DRAFT, Verb.DECIDE_RELEASES),
    Move.PUBLISH: Step((State.AGREED,), State.PUBLISHED, Verb.PUBLISH_RELEASES),
    Move.RELEASE: Step((State.AGREED,), State.PUBLISHED, None),  # its embargo is over
    Move.SUPERSEDE: Step((State.PUBLISHED,), State.SUPERSEDED, None),
    Move.DROP: Step(_OPEN, State.DROPPED, Verb.PLAN_RELEASES),
}
PUBLIC = (State.PUBLISHED, State.SUPERSEDED)  # states in which everybody knows of a release
BUSY = (State.WAITING, State.COMPUTING)


def may_move(state: str, move: Move) -> bool:
    """Whether a release in this state can be moved so."""
    return state in MOVES[move].sources
