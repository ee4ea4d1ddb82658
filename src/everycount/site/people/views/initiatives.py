"""Pages of initiatives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from everycount.site.people import parts, waiting
from everycount.site.people.actions import initiatives as actions
from everycount.site.people.forms import AdmitForm, InitiativeForm
from everycount.site.people.policy import Verb
from everycount.site.people.queries import events, initiatives, openings, roles
from everycount.site.people.views.shared import for_persons, found, now, reader, said

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from everycount.site.people.models import Person

_TOLD = 5  # of the own initiatives; each costs a count, and nobody works in more at once


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The initiatives of which the reader may know; their own first."""
    asks, at = reader(request), now()
    mine = list(initiatives.mine(asks, at=at)) if asks else []
    others = initiatives.seen(asks, at=at).exclude(pk__in=[one.pk for one in mine])
    yours = [
        (one, waiting.tasks(asks, one, at=at) if place < _TOLD else []) for place, one in enumerate(mine)
    ]
    given = {"mine": yours, "others": others, "admits": initiatives.admits(asks, at=at)}
    return render(request, "people/initiatives.html", given)


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """One initiative: what it says of itself, who is there, what happened last."""
    asks, at = reader(request), now()
    standing = found(initiatives.standing(asks, slug, at=at))
    here = standing.initiative
    latest = events.page(here, 1).object_list[:5] if Verb.SEE_LEDGER.name in standing.verbs else []
    given = {
        "here": here,
        "standing": standing,
        "people": roles.people_of(asks, here, at=at),
        "events": events.lines(events.told(latest)),
        "openings": openings.of_initiative(asks, here, at=at),
        "at": at,
        "tasks": waiting.tasks(asks, here, at=at),
        "parts": parts.of_initiative(asks, here, at=at),
    }
    return render(request, "people/initiative.html", given)


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def admit(request: HttpRequest, person: Person) -> HttpResponse:
    """The secretariat admits an initiative and names its first steward."""
    if not initiatives.admits(person, at=now()):
        return found(None)
    form = AdmitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = actions.admit(**form.cleaned_data, by=person, at=now())
        words = _("“%s” is admitted, and its first steward is invited.") % made.name
        said(request, lambda: None, words)
        return redirect("initiative", made.slug)
    return render(request, "people/admit.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def change(request: HttpRequest, person: Person, slug: str) -> HttpResponse:
    """What the initiative says of itself."""
    here = found(initiatives.one(person, Verb.MANAGE, slug, at=now()))
    form = InitiativeForm(
        request.POST or None,
        initial={"name": here.name, "about": here.about, "language": here.language, "listed": here.listed},
    )
    if request.method == "POST" and form.is_valid():
        actions.change(initiative=here, **form.cleaned_data, by=person, at=now())
        said(request, lambda: None, _("It is changed."))
        return redirect("initiative", slug)
    return render(request, "people/change.html", {"form": form, "here": here})
