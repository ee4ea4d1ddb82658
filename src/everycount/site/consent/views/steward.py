"""The steward's pages: what people are told, what they write, and taking back for those without a code."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from everycount.site.consent import actions
from everycount.site.consent.actions import How
from everycount.site.consent.forms import AssistForm, FindForm, TextForm
from everycount.site.consent.models import Basis, Purpose
from everycount.site.consent.queries import steward as queries
from everycount.site.consent.words import AGREED
from everycount.site.people.policy import Verb
from everycount.site.people.queries import initiatives
from everycount.site.people.views.shared import for_persons, found, now, said
from everycount.text import direction

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative


@require_safe
@for_persons
def overview(request: HttpRequest, person: Person, slug: str) -> HttpResponse:
    """What people are told, what the questionnaires ask, and what was agreed."""
    here = found(initiatives.one(person, Verb.MANAGE, slug, at=now()))
    given = {
        "here": here,
        "texts": queries.texts(here),
        "asked": queries.asked(here, _language()),
        "counts": queries.counts(here),
        "uses": [(use, AGREED[Purpose(use.purpose)]) for use in queries.uses(here)],
        "unread": queries.messages(person, here, at=now()).filter(read_at=None).count(),
    }
    return render(request, "consent/overview.html", given)


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def write(request: HttpRequest, person: Person, slug: str, version: int | None = None) -> HttpResponse:
    """A new version of the text, or one more language of the newest; heard once before it is kept."""
    here = found(initiatives.one(person, Verb.MANAGE, slug, at=now()))
    form = TextForm(request.POST or None, initial={"language": here.language})
    given: dict[str, Any] = {"here": here, "form": form, "version": version}
    if form.is_valid():
        language = form.cleaned_data["language"]
        if "preview" not in request.POST:
            keep = partial(
                actions.write_text,
                initiative=here,
                language=language,
                promises=form.promises(),
                basis=Basis(form.cleaned_data["basis"]),
                by=person,
                at=now(),
                version=version,
            )
            if said(
                request, keep, _("It is kept. It holds for questionnaires that are published from now on.")
            ):
                return redirect("consent", slug)
        given["heard"] = _heard(here, language, form.promises())
    return render(request, "consent/write.html", given)


@require_safe
@for_persons
def hear(request: HttpRequest, person: Person, slug: str, version: int, language: str) -> HttpResponse:
    """A text as the respondent hears it, with the questions that follow."""
    here = found(initiatives.one(person, Verb.MANAGE, slug, at=now()))
    text = found(queries.text(here, version, language))
    given = {"here": here, "text": text, "heard": _heard(here, language, text.promises)}
    return render(request, "consent/hear.html", given)


@require_safe
@for_persons
def messages(request: HttpRequest, person: Person, slug: str) -> HttpResponse:
    """What respondents wrote; the words are opened one by one."""
    here = found(initiatives.one(person, Verb.READ_MESSAGES, slug, at=now()))
    rows = queries.messages(person, here, at=now())
    return render(request, "consent/messages.html", {"here": here, "rows": rows})


@require_http_methods(["POST"])
@for_persons
def message(request: HttpRequest, person: Person, slug: str, name: UUID) -> HttpResponse:
    """Opens one message; that it was opened is an event, so it takes a button."""
    here = found(initiatives.one(person, Verb.READ_MESSAGES, slug, at=now()))
    row = found(queries.messages(person, here, at=now()).filter(pk=name).first())
    words = found(actions.read_message(message=row, by=person, at=now()))
    return render(request, "consent/message.html", {"here": here, "row": row, "words": words})


@require_safe
@for_persons
def assist(request: HttpRequest, person: Person, slug: str) -> HttpResponse:
    """Finds the submission of somebody who has no code; no answer is opened."""
    here = found(initiatives.one(person, Verb.ASSIST_WITHDRAWAL, slug, at=now()))
    form = FindForm(request.GET or None, keys=queries.keys(here))
    given: dict[str, Any] = {"here": here, "form": form}
    if form.is_valid():
        given["rows"] = queries.find(person, here, at=now(), **form.cleaned_data)
        given["most"] = queries.MOST
    return render(request, "consent/assist.html", given)


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def assisted(request: HttpRequest, person: Person, slug: str, name: UUID) -> HttpResponse:
    """Takes back for a person: first what and how they asked, then whether it is meant."""
    here = found(initiatives.one(person, Verb.ASSIST_WITHDRAWAL, slug, at=now()))
    row = found(queries.one(person, here, name, at=now()))
    form = AssistForm(request.POST or None)
    given = {"here": here, "row": row, "form": form}
    if not form.is_valid() or "meant" not in request.POST:
        return render(request, "consent/assisted.html", given | {"asks": form.is_valid()})
    done = actions.withdraw(
        submission=row.pk,
        purposes=[Purpose(form.cleaned_data["what"])],
        by=person.ref,
        at=now(),
        how=How(form.cleaned_data["how"]),
    )
    if done is None:
        raise Http404
    return render(request, "consent/assisted.html", {"here": here, "done": done})


def _heard(here: Initiative, language: str, promises: dict[str, str]) -> dict[str, Any]:
    return {
        "language": language,
        "name": dict(settings.LANGUAGES).get(language, language),
        "direction": direction(language),
        "promises": queries.spoken(promises),
        "asked": queries.asked(here, language),
    }


def _language() -> str:
    return get_language() or "en"
