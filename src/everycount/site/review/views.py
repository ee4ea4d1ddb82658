"""Pages of review: the list, one submission, deciding, and what became of what one's own phone sent."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everycount.faults import InputError
from everycount.site.people.policy import Verb
from everycount.site.people.views.shared import for_persons, found, now, said
from everycount.site.review import actions
from everycount.site.review.actions.deciding import MOST
from everycount.site.review.beside import beside
from everycount.site.review.forms import Decide, Say, Sift
from everycount.site.review.models import State
from everycount.site.review.queries import lists, pages
from everycount.site.review.queries.questions import askable
from everycount.site.ui.forms import tell

if TYPE_CHECKING:
    from django.http import HttpRequest, QueryDict

    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative

# What a browser shows as a picture and never runs; everything else is saved.
_PICTURES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}


@require_safe
@for_persons
def listing(request: HttpRequest, reader: Person, slug: str) -> HttpResponse:
    """The submissions of an initiative."""
    at = now()
    here = found(lists.initiative_of(reader, Verb.COUNT_SUBMISSIONS, slug, at=at))
    sieves = lists.sieves(here)
    form = Sift(request.GET or None, sieves=sieves)
    wanted = form.wanted
    sheet = lists.listing(reader, here, wanted, request.GET.get("page", 1), at=at)
    given = {
        "here": here,
        "form": form,
        "sheet": sheet,
        "facets": _facets(sheet, wanted.state, request.GET),
        "waiting": sum(sheet.counts[each] for each in ("received", "in_review", "edited")),
        "asked": _without(request.GET, "page"),
        "seen": at.isoformat(),
        "several": len(sieves[0]) > 1,
        "is_sifted": any((wanted.questionnaire, wanted.version, wanted.key, wanted.day)),
    }
    return render(request, "review/list.html", given, status=400 if form.errors else 200)


def _facets(sheet: lists.Listing, chosen: str, asked: QueryDict) -> list[tuple[str, str, bool]]:
    """The states with their counts, each with the address of its list."""
    names = [("", _("All")), *((each.value, _(each.label)) for each in State)]
    if sheet.answered:
        names.append((lists.ANSWERED, _("Answered by the collector")))
    if sheet.tests:
        names.append((lists.TESTS, _("Tests")))
    counts = {**sheet.counts, lists.TESTS: sheet.tests, lists.ANSWERED: sheet.answered}
    return [(f"{label} ({counts[name]})", _with(asked, name), name == chosen) for name, label in names]


def _with(asked: QueryDict, state: str) -> str:
    kept = asked.copy()
    kept.pop("page", None)
    kept["state"] = state
    return f"?{kept.urlencode()}"


def _without(asked: QueryDict, name: str) -> str:
    kept = asked.copy()
    kept.pop(name, None)
    return kept.urlencode()


@require_safe
@for_persons
def page(request: HttpRequest, reader: Person, slug: str, name: UUID) -> HttpResponse:
    """One submission, opened for whoever may open it."""
    sheet = found(pages.sheet(reader, slug, name, _language(), at=now()))
    form = Decide(initial={"edition": sheet.edition}, questions=_questions(sheet))
    return _page(request, reader, sheet, form)


def _questions(sheet: pages.Sheet) -> list[tuple[str, str]]:
    return askable(sheet.submission, _language()) if sheet.decides else []


def _language() -> str:
    return get_language() or "en"


def _page(request: HttpRequest, reader: Person, sheet: pages.Sheet, form: Decide) -> HttpResponse:
    at, answers = now(), None
    if sheet.opens and request.method != "HEAD":  # a HEAD shows nothing, so it opens nothing
        answers = actions.open_answers(submission=sheet.submission, language=_language(), by=reader, at=at)
    given = {
        "here": sheet.initiative,
        "sheet": sheet,
        "answers": answers,
        "form": form if sheet.decides else None,
        "next": pages.next_waiting(reader, sheet.submission, at=at) if sheet.decides else None,
        "label": State(sheet.state).label,
        "beside": beside(reader, sheet.submission, at=at),
    }
    return render(request, "review/page.html", given, status=422 if form.errors else 200)


@require_POST
@for_persons
def decide(request: HttpRequest, by: Person, slug: str, name: UUID) -> HttpResponse:
    """Keeps a decision and goes on to the next that waits."""
    at = now()
    sheet = found(pages.sheet(by, slug, name, _language(), at=at))
    found(sheet.decides or None)
    form = Decide(request.POST, questions=_questions(sheet))
    if not form.is_valid():
        return _page(request, by, sheet, form)
    try:
        found(actions.decide(submission=name, by=by, at=at, **form.given))
    except InputError as error:
        tell(form, error)
        return _page(request, by, sheet, form)
    messages.success(request, _("Kept: %(state)s.") % {"state": _(State(form.cleaned_data["state"]).label)})
    following = pages.next_waiting(by, sheet.submission, at=at)
    return redirect("one_submission", slug, following) if following else redirect("submissions", slug)


@require_POST
@for_persons
def accept(request: HttpRequest, by: Person, slug: str) -> HttpResponse:
    """Accepts many: those that were ticked, or, after one more look at how many, all of a list."""
    at = now()
    here = found(lists.initiative_of(by, Verb.REVIEW, slug, at=at))
    seen = _moment(request.POST.get("seen", ""))
    if "all" in request.POST:
        return _accept_all(request, by, here, seen)
    names = [name for each in request.POST.getlist("chosen") if (name := _uuid(each))]
    if not names or seen is None:
        messages.error(request, _("Nothing was chosen. Tick those that you want to accept."))
        return _back(request, slug)
    return _accepted(request, here, names, seen, by)


def _accept_all(request: HttpRequest, by: Person, here: Initiative, seen: datetime | None) -> HttpResponse:
    """All of the list as it was sifted: first how many, then, with the button on that page, it is done."""
    form = Sift(_sifted(request), sieves=lists.sieves(here))
    rows = form.wanted.in_state(form.wanted.among(pages.decidable(by, here, at=now())))
    count = rows.count()
    if "sure" not in request.POST or seen is None or not count:
        given = {
            "here": here,
            "count": count,
            "most": MOST,
            "asked": request.POST.get("asked", ""),
            "seen": seen.isoformat() if seen else now().isoformat(),
        }
        return render(request, "review/sure.html", given)
    names = list(rows.order_by("received_at").values_list("pk", flat=True)[:MOST])
    return _accepted(request, here, names, seen, by)


def _accepted(
    request: HttpRequest, here: Initiative, names: list[UUID], seen: datetime, by: Person
) -> HttpResponse:
    done = actions.accept_many(initiative=here, submissions=names, seen=seen, by=by, at=now())
    words = ngettext("%(n)d was accepted.", "%(n)d were accepted.", done.accepted) % {"n": done.accepted}
    messages.success(request, words)
    if done.left:
        words = _("%(n)d were left as they are: decided, changed meanwhile, sent by you, or taken back.")
        messages.warning(request, words % {"n": done.left})
    return _back(request, here.slug)


def _sifted(request: HttpRequest) -> Any:
    from django.http import QueryDict  # noqa: PLC0415 - a type above

    return QueryDict(request.POST.get("asked", ""))


def _back(request: HttpRequest, slug: str) -> HttpResponse:
    """To the list as it was sifted."""
    answer = redirect("submissions", slug)
    asked = _sifted(request).urlencode()
    if asked:
        answer["Location"] += f"?{asked}"
    return answer


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_safe
@for_persons
def file(request: HttpRequest, reader: Person, slug: str, name: UUID, number: int) -> HttpResponse:
    """A picture, a sound or a file of a submission; opening it is an event, a HEAD opens nothing."""
    at = now()
    held = found(pages.attachment(reader, slug, name, number, at=at))
    if request.method == "HEAD":
        return HttpResponse(content_type="application/octet-stream")
    title, content = found(actions.open_file(attachment=held, by=reader, at=at))
    kind = _PICTURES.get(PurePosixPath(title).suffix.lower())
    answer = StreamingHttpResponse(content, content_type=kind or "application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(as_attachment=not kind, filename=title) or ""
    return answer  # type: ignore[return-value]  # it streams, and middleware takes both


@require_safe
@for_persons
def own(request: HttpRequest, reader: Person, slug: str) -> HttpResponse:
    """What became of what the reader's own phones sent."""
    chosen = request.GET.get("state", "")
    sheet = found(lists.own_list(reader, slug, chosen, request.GET.get("page", 1), _language(), at=now()))
    names = [("", _("All")), *((each.value, _(each.label)) for each in State)]
    facets = [(f"{label} ({sheet.counts[name]})", f"?state={name}", name == chosen) for name, label in names]
    given = {"here": sheet.initiative, "sheet": sheet, "facets": facets, "asked": f"state={chosen}"}
    return render(request, "review/own.html", given)


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def reply(request: HttpRequest, by: Person, slug: str, name: UUID) -> HttpResponse:
    """A collector's own word beside what was found about what their phone sent."""
    at = now()
    submission = found(pages.own(by, slug, name, at=at))
    form = Say(request.POST or None)
    if form.is_valid():
        words = form.cleaned_data["words"]
        act = partial(actions.reply, submission=submission.pk, words=words, by=by, at=at)
        if said(request, act, _("Your answer is with the reviewers.")):
            return redirect("own_submissions", slug)
    given = {"here": submission.questionnaire.initiative, "submission": submission, "form": form}
    return render(request, "review/reply.html", given, status=422 if form.errors else 200)


@require_safe
@for_persons
def changes(request: HttpRequest, reader: Person, slug: str, name: UUID) -> HttpResponse:
    """What each version of a submission changed, opened for whoever may open answers."""
    at = now()
    submission = found(pages.one(reader, Verb.OPEN_ANSWERS, slug, name, at=at))
    opened = None
    if request.method != "HEAD":
        opened = actions.open_changes(submission=submission, language=_language(), by=reader, at=at)
    given = {"here": submission.questionnaire.initiative, "row": submission, "versions": opened}
    return render(request, "review/changes.html", given)
