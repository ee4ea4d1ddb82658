"""What respondents want corrected, for those who review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from everycount.site.consent import actions
from everycount.site.consent.forms import AnswerWishForm
from everycount.site.consent.models import Outcome
from everycount.site.consent.queries import wishes as queries
from everycount.site.people.policy import Verb
from everycount.site.people.queries import initiatives
from everycount.site.people.views.shared import for_persons, found, now

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from everycount.site.people.models import Person


@require_safe
@for_persons
def listing(request: HttpRequest, person: Person, slug: str) -> HttpResponse:
    """All of them; the words are opened one by one."""
    at = now()
    here = found(initiatives.one(person, Verb.READ_WISHES, slug, at=at))
    rows = queries.wishes(person, here, at=at)
    return render(request, "consent/wishes.html", {"here": here, "rows": rows})


@require_POST
@for_persons
def wish(request: HttpRequest, person: Person, slug: str, name: UUID) -> HttpResponse:
    """Opens one, or answers it; that it was opened is an event, so it takes a button."""
    at = now()
    here = found(initiatives.one(person, Verb.READ_WISHES, slug, at=at))
    row = found(queries.wishes(person, here, at=at).filter(pk=name).first())
    form = AnswerWishForm(request.POST if "answer" in request.POST else None)
    if form.is_valid():
        outcome = Outcome(form.cleaned_data["outcome"])
        words = form.cleaned_data["words"]
        found(actions.answer_wish(wish=row.pk, outcome=outcome, words=words, by=person, at=at))
        messages.success(request, _("The person reads it at the receipt."))
        return redirect("wishes", slug)
    said, answer = found(actions.read_wish(wish=row, by=person, at=at))
    given = {
        "here": here,
        "row": row,
        "words": said,
        "answer": answer,
        "heading": queries.heading(row, get_language() or "en"),
        "may_open": queries.may_be_opened(row),
        "form": form,
    }
    return render(request, "consent/wish.html", given, status=422 if form.errors else 200)
