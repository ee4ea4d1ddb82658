"""Who agrees to a release, and how it becomes public or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from everycount.faults import Fault, InputError
from everycount.site.ledger.actions import Entry, record
from everycount.site.people.policy import Verb, may
from everycount.site.publication.actions.computing import elsewhere
from everycount.site.publication.actions.moving import Told, move
from everycount.site.publication.models import Release, Stance, Statement
from everycount.site.publication.queries import deciding as queries
from everycount.site.publication.queries.releases import is_stale, numbers
from everycount.site.publication.states import Move, State
from everycount.site.questionnaires.models import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from everycount.estimate.estimates import CellKey
    from everycount.site.ledger.verbs import Value
    from everycount.site.people.models import Person


def propose(*, release: Release, feedback: str, by: Person, at: datetime) -> Release:
    """Asks a reviewer to look at a draft.

    Args:
        release: the draft.
        feedback: what will come back to the community, when and how.
        by: who proposes.
        at: when.

    Raises:
        InputError: it has to be computed again, or nothing comes back to the community.
    """
    faults = [*_stale(release)]
    if not feedback.strip():
        problem = _("It does not say what comes back to the people who answered.")
        faults.append(
            Fault(_("What comes back"), problem, _("Write what, when and how; a sentence will do."))
        )
    if faults:
        raise InputError(*faults)
    return move(release=release, step=Move.PROPOSE, by=by, at=at, feedback=feedback.strip())


@transaction.atomic
def approve(*, release: Release, words: str, by: Person, at: datetime) -> Release:
    """A second person has looked at it; it goes to the community body, or is agreed where there is none.

    Raises:
        InputError: it has to be computed again, or it is the person's own.
    """
    faults = [*_stale(release)]
    if release.asked_by_id == by.pk:
        problem = _("You had it computed yourself.")
        faults.append(Fault(_("Approval"), problem, _("Ask another reviewer to look at it.")))
    if faults:
        raise InputError(*faults)
    rule, quorum, reason = queries.rule_of(release.plan.initiative_id)
    given = {"rule": rule, "quorum": quorum}
    approved = move(release=release, step=Move.APPROVE, by=by, at=at, told=Told(words), **given)
    if rule != Rule.NONE:
        return approved
    return move(release=approved, step=Move.PASS, by=None, at=at, told=Told(reason))


def send_back(*, release: Release, words: str, by: Person, at: datetime) -> Release:
    """A reviewer returns it, with the reason."""
    _want(words, _("Reason"))
    return move(release=release, step=Move.RETURN, by=by, at=at, told=Told(words))


_NO_ANSWERS = "no_answers"  # of everycount.protect, which brings arrays
EVERYBODY = "-"  # the breakdown by nothing, where a breakdown is named


@dataclass(frozen=True, slots=True)
class Said:
    """What a member of the community body says of a release.

    Attributes:
        stance: agrees, objects, or wants something not shown.
        words: the reason; whoever does not agree gives one.
        measure, cell: what is not to be shown: one number, or with no cell a whole measure.
        table: dimensions of a breakdown that is not to be shown whole; :data:`EVERYBODY` for the numbers that
            are split by nothing.
        is_public: the words may stand on the public page, without a name.
    """

    stance: Stance
    words: str = ""
    measure: str = ""
    cell: CellKey = ()
    table: tuple[str, ...] = ()
    is_public: bool = True


@transaction.atomic
def state(*, release: Release, said: Said, by: Person, at: datetime) -> Statement:
    """A member of the community body speaks; said again, it replaces what was said of the same thing.

    Raises:
        PermissionDenied: the person is not of the body.
        InputError: it is not with them, a reason is missing, or what is to be withheld is not in it.
    """
    if not may(by, Verb.DECIDE_RELEASES, release, at=at):
        raise PermissionDenied
    here = Release.objects.select_for_update().select_related("plan").get(pk=release.pk)
    if here.state != State.COMMUNITY:
        problem = _("It is not with the community body.")
        raise InputError(Fault(str(here), problem, _("Look at it again before you decide.")))
    if said.stance != Stance.AGREE:
        _want(said.words, _("Reason"))
    mine = queries.statements(here).filter(person=by)
    about: dict[str, Any] = {"measure": "", "cell": [], "by": []}
    if said.stance == Stance.WITHHOLD:
        cells_of(here, said.measure, said.cell, said.table)
        cell = [list(pair) for pair in said.cell]
        about = {"measure": said.measure, "cell": cell, "by": list(said.table)}
        mine.filter(stance=said.stance, **about).delete()
    else:
        mine.exclude(stance=Stance.WITHHOLD).delete()
    made = Statement.objects.create(
        release=here,
        person=by,
        stance=said.stance,
        words=said.words.strip(),
        public=said.is_public,
        draft=here.use or 0,
        said_at=at,
        **about,
    )
    payload: dict[str, Value] = {"number": here.number, "stance": str(said.stance)}
    record(Entry("release.stated", by.ref, f"release:{here.pk}", here.plan.initiative_id, payload), at=at)
    return made


@transaction.atomic
def take_back(*, statement: Statement, by: Person, at: datetime) -> None:
    """Whoever said it says it no more: nothing is left of it but that somebody did.

    Raises:
        PermissionDenied: it is somebody else's, or the person is not of the body any more.
        InputError: the release is not with the body any more, so what was said stays.
    """
    release = Release.objects.select_for_update().select_related("plan").get(pk=statement.release_id)
    if statement.person_id != by.pk or not may(by, Verb.DECIDE_RELEASES, release, at=at):
        raise PermissionDenied
    if release.state != State.COMMUNITY:
        problem = _("It is not with the community body.")
        raise InputError(Fault(str(release), problem, _("What was said stays, as part of the decision.")))
    statement.delete()
    name, payload = f"release:{release.pk}", {"number": release.number}
    record(Entry("release.unsaid", by.ref, name, release.plan.initiative_id, payload), at=at)


def cells_of(
    release: Release, measure: str, cell: CellKey, table: Sequence[str]
) -> list[tuple[str, CellKey]]:
    """The cells that are meant by one number, a measure, or a breakdown.

    Raises:
        InputError: there is no such number in the release.
    """
    found = [
        (each.measure, each.cell)
        for each in numbers(release).cells.cells
        if (not measure or each.measure == measure)
        and (not cell or frozenset(each.cell) == frozenset(cell))
        and (not table or {name for name, _ in each.cell} == set(table) - {EVERYBODY})
        and each.status != _NO_ANSWERS
    ]
    if not found or not (measure or table):
        named = measure or " x ".join(table) or "-"
        problem = _('The release has no such number: "%(name)s".') % {"name": named}
        raise InputError(Fault(_("What is not to be shown"), problem, _("Choose one of those that it has.")))
    return found


def withhold(*, release: Release, by: Person, at: datetime) -> Release:
    """Has the release computed again without what members want withheld; other numbers go with it.

    Raises:
        InputError: nobody wants anything more withheld, or it was computed elsewhere.
    """
    if release.plan.questionnaire_id is None:
        raise InputError(elsewhere(release.plan))
    known = {(measure, frozenset(map(tuple, cell))) for measure, cell in release.withheld}
    more: list[list[object]] = []
    for each in queries.statements(release).filter(stance=Stance.WITHHOLD):
        cell = tuple((name, code) for name, code in each.cell)
        for measure, key in cells_of(release, each.measure, cell, each.by):
            if (measure, frozenset(key)) not in known:
                known.add((measure, frozenset(key)))
                more.append([measure, [list(pair) for pair in key]])
    if not more:
        problem = _("Nobody wants anything withheld that is not withheld already.")
        raise InputError(Fault(str(release), problem, _("Agree to it, or say what is not to be shown.")))
    return move(
        release=release,
        step=Move.WITHHOLD,
        by=by,
        at=at,
        told=Told(payload={"withheld": len(more)}),
        withheld=[*release.withheld, *more],
        asked_at=at,
    )


def settle(*, release: Release, by: Person, at: datetime) -> Release:
    """Closes the community's decision where its rule is met and nothing waits to be withheld.

    Raises:
        InputError: too few have spoken, somebody objects, or something is still to be withheld.
    """
    standing = queries.standing(release, at=at)
    if not standing.is_met:
        problem = _("The community's rule is not met: %(agree)s of %(needed)s agree.") % {
            "agree": standing.agree,
            "needed": standing.needed,
        }
        raise InputError(Fault(str(release), problem, _("Wait for the others, or refuse it.")))
    if standing.withheld:
        problem = _("Somebody wants numbers withheld that are still in it.")
        raise InputError(Fault(str(release), problem, _("Have it computed again without them.")))
    if is_stale(release):
        raise InputError(*_stale(release))
    told = Told(payload={"people": standing.agree})
    return move(release=release, step=Move.AGREE, by=by, at=at, told=told)


def refuse(*, release: Release, words: str, by: Person, at: datetime) -> Release:
    """The community body refuses it, with the reason."""
    _want(words, _("Reason"))
    return move(release=release, step=Move.REFUSE, by=by, at=at, told=Told(words))


def drop(*, release: Release, words: str, by: Person, at: datetime) -> Release:
    """It is given up; nothing of it was public."""
    return move(
        release=release, step=Move.DROP, by=by, at=at, told=Told(words), document=None, digest="", given=[]
    )


def _want(words: str, place: str) -> None:
    if not words.strip():
        raise InputError(Fault(place, _("It is empty."), _("Say why; others read it.")))


def _stale(release: Release) -> list[Fault]:
    if not is_stale(release):
        return []
    problem = _("Another release came out since, or somebody took consent back: its numbers do not hold.")
    return [Fault(str(release), problem, _("Have it computed again."))]
