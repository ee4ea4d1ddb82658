"""Pages of openings in an emergency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from everycount.site.people.actions import openings as actions
from everycount.site.people.forms import OpeningForm
from everycount.site.people.queries import openings as queries
from everycount.site.people.views.shared import for_persons, found, now, said

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from everycount.site.people.models import Person


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def listing(request: HttpRequest, person: Person) -> HttpResponse:
    """What the person asked for or may decide; an operator asks here."""
    at = now()
    may_ask = queries.may_ask(person, at=at)
    if request.method == "POST" and not may_ask:
        return found(None)
    form = OpeningForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _asked(form, person):
        said(request, lambda: None, _("You asked. A steward or the secretariat must agree."))
        return redirect("openings")
    rows = queries.openings(person, at=at)
    given = {
        "rows": [(row, row.holds(at=at), row.asked_by_id == person.id) for row in rows],
        "form": form if may_ask else None,
    }
    return render(request, "people/openings.html", given)


def _asked(form: OpeningForm, person: Person) -> bool:
    here = queries.askable(person, form.cleaned_data["initiative"], at=now())
    if here is None:
        form.add_error(
            "initiative", _("There is no initiative of this short name. Look it up in its address.")
        )
        return False
    reason, hours = form.cleaned_data["reason"], form.cleaned_data["hours"]
    actions.ask(initiative=here, reason=reason, hours=hours, by=person, at=now())
    return True


@require_POST
@for_persons
def decide(request: HttpRequest, person: Person, name: UUID) -> HttpResponse:
    """A second person agrees or refuses."""
    held = found(queries.to_decide(person, name, at=now()))
    act, words = (
        (actions.agree, _("You agreed. It is told in the initiative's events."))
        if "agree" in request.POST
        else (actions.refuse, _("You refused."))
    )
    said(request, lambda: act(opening=held, by=person, at=now()), words)
    return redirect("openings")


@require_POST
@for_persons
def end(request: HttpRequest, person: Person, name: UUID) -> HttpResponse:
    """Ends an opening before its time."""
    held = found(queries.opening(person, name, at=now()))
    said(request, lambda: actions.end(opening=held, by=person, at=now()), _("The opening has ended."))
    return redirect("openings")
