"""The review: one question a page, its categories below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from everycount.faults import InputError
from everycount.site.people.policy import Verb
from everycount.site.people.views.shared import for_persons, found, now
from everycount.site.questionnaires import actions, queries
from everycount.site.questionnaires.forms import Answer, SpeakOn
from everycount.site.questionnaires.models import Stance

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from django.http import HttpRequest

    from everycount.faults import Fault
    from everycount.site.people.models import Person
    from everycount.site.questionnaires.queries import Progress


@require_POST
@for_persons
def open_review(request: HttpRequest, by: Person, slug: str, version: UUID) -> HttpResponse:
    """Asks the community."""
    return _change(request, by, slug, version, actions.open_review)


@require_POST
@for_persons
def close_review(request: HttpRequest, by: Person, slug: str, version: UUID) -> HttpResponse:
    """Ends the asking."""
    return _change(request, by, slug, version, actions.close_review)


def _change(
    request: HttpRequest, by: Person, slug: str, version: UUID, change: Callable[..., object]
) -> HttpResponse:
    at = now()
    one = found(queries.version_for(by, Verb.DRAFT, slug, version, at=at))
    try:
        change(version=one, by=by, at=at)
    except InputError as error:
        for fault in error.faults:
            messages.error(request, str(fault))
    return redirect("version", slug, version)


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def question(request: HttpRequest, by: Person, slug: str, version: UUID, number: int) -> HttpResponse:
    """One question and its categories: read what was said, and speak."""
    at = now()
    language = request.GET.get("language") or get_language() or "en"
    page = found(queries.review_page(by, slug, version, number, language, at=at))
    if request.method == "POST" and not page.speaks:
        raise Http404
    forms = [_form(page, place, request) for place in range(len(page.things))]
    faults: tuple[Fault, ...] = ()
    if request.method == "POST" and _valid(forms):
        faults = _speak(page, forms, by, at)
        if not faults:
            return redirect(_next(slug, version, number, page))
    given = {
        "page": page,
        "initiative": page.review.version.questionnaire.initiative,
        "version": page.review.version,
        "rows": list(zip(page.things, forms, strict=True)),
        "faults": faults,
        "answer": Answer(),
        "language": get_language(),
    }
    status = 422 if faults or any(form.is_bound and form.errors for form in forms) else 200
    return render(request, "questionnaires/review.html", given, status=status)


def _form(page: Progress, place: int, request: HttpRequest) -> SpeakOn:
    mine = page.mine.get(page.things[place].thing)
    data = request.POST if request.method == "POST" else None
    initial = {"stance": mine.stance, "words": mine.words} if mine else {}
    return SpeakOn(data, prefix=str(place), initial=initial)


def _valid(forms: list[SpeakOn]) -> bool:
    """Whether all are; each is asked, so that every fault is shown at once."""
    return not [form for form in forms if not form.is_valid()]


def _speak(page: Progress, forms: list[SpeakOn], by: Person, at: datetime) -> tuple[Fault, ...]:
    said = [
        actions.Said(thing.thing, Stance(form.cleaned_data["stance"]), form.cleaned_data["words"])
        for thing, form in zip(page.things, forms, strict=True)
        if form.cleaned_data["stance"]
    ]
    try:
        actions.speak(review=page.review, said=said, by=by, at=at)
    except InputError as error:
        return error.faults
    return ()


def _next(slug: str, version: UUID, number: int, page: Progress) -> str:
    """The next question, or the version when it was the last."""
    if number < page.total:
        return reverse("review_question", args=[slug, version, number + 1])
    return reverse("version", args=[slug, version])


@require_POST
@for_persons
def answer(request: HttpRequest, by: Person, slug: str, voice: UUID) -> HttpResponse:
    """A coordinator's answer to an objection or comment."""
    at = now()
    one = found(queries.voice_to_answer(by, slug, voice, at=at))
    form = Answer(request.POST)
    try:
        words = form.cleaned_data["words"] if form.is_valid() else request.POST.get("words", "")
        actions.answer(voice=one, words=words, by=by, at=at)
        messages.success(request, _("Your answer stands beside the words."))
    except InputError as error:
        for fault in error.faults:
            messages.error(request, str(fault))
    return redirect("version", slug, one.review.version_id)
