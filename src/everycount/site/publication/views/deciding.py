"""Inside an initiative: its releases, where each stands, and who does what with it next."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.views.decorators.http import require_POST, require_safe

from everycount.faults import InputError
from everycount.site.people.policy import Verb
from everycount.site.people.views.shared import for_persons, found, now, said
from everycount.site.publication.actions import computing, deciding, publishing
from everycount.site.publication.forms import Compute, Nothing, Propose, Publish, Reason, Remark, Speak
from everycount.site.publication.models import Stance
from everycount.site.publication.queries import inside, tables
from everycount.site.publication.queries.statements import mine
from everycount.site.publication.queries.waiting import waiting
from everycount.site.publication.states import BUSY, MOVES, Move
from everycount.site.ui.forms import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from uuid import UUID

    from django import forms
    from django.http import HttpRequest, HttpResponse

    from everycount.site.people.models import Person
    from everycount.site.publication.models import Release

_SOONEST, _LATEST = 3, 30  # seconds between two looks at what is being computed
# Who moves it for the community body is told to nobody: whoever closes a decision has agreed.
_UNNAMED = tuple(move.value for move, step in MOVES.items() if step.by is Verb.DECIDE_RELEASES)
_STAGES = (
    ("reading the records", noop("The records are read")),
    ("checking the answers", noop("The answers are checked")),
    ("estimating", noop("The numbers are worked out")),
    ("protecting", noop("What could tell of few is hidden")),
    ("describing the records", noop("The records are described")),
)


class Way(NamedTuple):
    """One move on the page: what is asked with it, what its button says, and what does it."""

    form: type[forms.Form]
    button: str
    done: str
    act: Callable[[Release, forms.Form, Person, datetime], object]
    care: bool = False


def _words(act: Callable[..., object]) -> Callable[[Release, forms.Form, Person, datetime], object]:
    """An action that wants words."""
    return lambda release, form, by, at: act(release=release, words=form.cleaned_data["words"], by=by, at=at)


def _plain(act: Callable[..., object]) -> Callable[[Release, forms.Form, Person, datetime], object]:
    """An action that wants nothing."""
    return lambda release, _form, by, at: act(release=release, by=by, at=at)


def _propose(release: Release, form: forms.Form, by: Person, at: datetime) -> object:
    return deciding.propose(release=release, feedback=form.cleaned_data["feedback"], by=by, at=at)


def _publish(release: Release, form: forms.Form, by: Person, at: datetime) -> object:
    embargo = form.embargo if isinstance(form, Publish) else None
    return publishing.publish(release=release, embargo=embargo, by=by, at=at)


# In the order of the page.
WAYS: Mapping[Move, Way] = {
    Move.PROPOSE: Way(Propose, noop("Propose it"), noop("It is with the reviewers."), _propose),
    Move.APPROVE: Way(Remark, noop("Approve it"), noop("Approved. It goes on."), _words(deciding.approve)),
    Move.RETURN: Way(
        Reason, noop("Return it"), noop("It went back, with your reason."), _words(deciding.send_back), True
    ),
    Move.AGREE: Way(
        Nothing, noop("Close the decision: we agree"), noop("The community agreed."), _plain(deciding.settle)
    ),
    Move.WITHHOLD: Way(
        Nothing,
        noop("Compute it again without what shall not be shown"),
        noop("It is computed again without it."),
        _plain(deciding.withhold),
    ),
    Move.REFUSE: Way(
        Reason, noop("Refuse it for the community"), noop("It was refused."), _words(deciding.refuse), True
    ),
    Move.PUBLISH: Way(Publish, noop("Publish it"), noop("It is settled."), _publish),
    Move.AGAIN: Way(
        Nothing, noop("Compute it again"), noop("It is computed again."), _plain(computing.again)
    ),
    Move.DROP: Way(Remark, noop("Give it up"), noop("It is given up."), _words(deciding.drop), True),
}


@require_safe
@for_persons
def listing(request: HttpRequest, reader: Person, slug: str) -> HttpResponse:
    """The plans of an initiative with their releases."""
    at = now()
    sheet = found(inside.listing(reader, slug, at=at))
    given = {"here": sheet.initiative, "sheet": sheet, "compute": Compute(auto_id=False)}
    given["tasks"] = list(waiting(reader, sheet.initiative, at))
    return render(request, "publication/deciding/list.html", given)


@require_safe
@for_persons
def page(request: HttpRequest, reader: Person, slug: str, plan: str, number: int) -> HttpResponse:
    """One release: where it stands, and what the reader can do."""
    return _page(request, reader, slug, plan, number)


def _page(
    request: HttpRequest,
    reader: Person,
    slug: str,
    plan: str,
    number: int,
    bound: Mapping[Move, forms.Form] | None = None,
    speak: Speak | None = None,
) -> HttpResponse:
    at, language = now(), get_language() or "en"
    sheet = found(inside.sheet(reader, slug, plan, number, language, at=at))
    release = sheet.release
    bound = bound or {}
    given = {
        "here": sheet.initiative,
        "sheet": sheet,
        "release": release,
        "ways": [
            (move.value, _(way.button), bound.get(move) or _form(way, move, release), way.care)
            for move, way in WAYS.items()
            if move.value in sheet.moves and _is_due(move, sheet)
        ],
        "speak": speak or (_speak(release, reader) if sheet.speaks else None),
        "findings": tables.findings(release, language) if release.digest else (),
        "stages": _stages(release) if release.state in BUSY else (),
        "still": "still" in request.GET,
        "unnamed": _UNNAMED,
    }
    faulty = [form for form in (*bound.values(), speak) if form is not None and form.errors]
    answer = render(request, "publication/deciding/release.html", given, status=422 if faulty else 200)
    if release.state in BUSY and not given["still"]:
        answer["Refresh"] = str(_pause(release, at))
    return answer


def _form(way: Way, move: Move, release: Release) -> forms.Form:
    initial = {"feedback": release.feedback} if move is Move.PROPOSE else {}
    return way.form(initial=initial, auto_id=f"{move}_%s")


def _is_due(move: Move, sheet: inside.Sheet) -> bool:
    """Whether the node can compute it, and what the body said so far lets it be closed or computed again."""
    if move in (Move.AGAIN, Move.WITHHOLD) and sheet.release.plan.questionnaire_id is None:
        return False
    if sheet.standing is None or move not in (Move.AGREE, Move.WITHHOLD):
        return True
    wanted = sheet.standing.withheld > 0
    return wanted if move is Move.WITHHOLD else sheet.standing.is_met and not wanted


def _speak(release: Release, reader: Person) -> Speak:
    said_before = mine(release, reader)
    if said_before is None:
        return Speak(auto_id="say_%s")
    initial = {"stance": said_before.stance, "words": said_before.words, "is_public": said_before.public}
    return Speak(initial=initial, auto_id="say_%s")


def _stages(release: Release) -> list[tuple[str, str]]:
    """The stages with their standing, as the list of steps wants them."""
    names = [name for name, _words in _STAGES]
    at = names.index(release.stage) if release.stage in names else -1
    return [
        (_(words), "done" if place < at else "now" if place == at else "")
        for place, (_name, words) in enumerate(_STAGES)
    ]


def _pause(release: Release, at: datetime) -> int:
    """The longer it takes, the less often a phone asks."""
    gone = (at - release.asked_at).total_seconds()
    return int(min(_LATEST, max(_SOONEST, gone / 5)))


@require_POST
@for_persons
def decide(request: HttpRequest, by: Person, slug: str, plan: str, number: int, move: str) -> HttpResponse:
    """Moves a release."""
    at = now()
    release = found(inside.release(by, slug, plan, number, at=at))
    way = found(WAYS.get(Move(move)) if move in set(Move) else None)
    if not inside.does(by, Move(move), release, at=at):
        raise Http404
    form = way.form(request.POST, auto_id=f"{move}_%s")
    if form.is_valid():
        try:
            way.act(release, form, by, at)
        except InputError as error:
            tell(form, error)
        else:
            messages.success(request, _(way.done))
            return redirect("release_inside", slug, plan, number)
    if Move(move).value not in inside.open_moves(by, release, at=at):  # its form is not on the page
        for problem in form.non_field_errors():
            messages.error(request, str(problem))
        return redirect("release_inside", slug, plan, number)
    return _page(request, by, slug, plan, number, {Move(move): form})


@require_POST
@for_persons
def speak(request: HttpRequest, by: Person, slug: str, plan: str, number: int) -> HttpResponse:
    """A member of the community body agrees, or does not."""
    at = now()
    release = found(inside.heard(by, slug, plan, number, at=at))
    form = Speak(request.POST, auto_id="say_%s")
    if not form.is_valid():
        return _page(request, by, slug, plan, number, speak=form)
    words, is_public = form.cleaned_data["words"], form.cleaned_data["is_public"]
    saying = deciding.Said(Stance(form.cleaned_data["stance"]), words, is_public=is_public)
    said(request, partial(deciding.state, release=release, said=saying, by=by, at=at), _("Your word counts."))
    return redirect("release_inside", slug, plan, number)


@require_POST
@for_persons
def take_back(request: HttpRequest, by: Person, slug: str, statement: UUID) -> HttpResponse:
    """A member says it no more."""
    at = now()
    here = found(inside.own_statement(by, slug, statement, at=at))
    act = partial(deciding.take_back, statement=here, by=by, at=at)
    said(request, act, _("You took it back."))
    return redirect("release_inside", slug, here.release.plan.slug, here.release.number)
