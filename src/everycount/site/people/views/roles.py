"""Pages of who has which role, of invitations, and of one's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from everycount.site.people.actions import invitations as inviting
from everycount.site.people.actions.roles import end_role
from everycount.site.people.forms import InviteForm
from everycount.site.people.models import Role
from everycount.site.people.policy import Verb
from everycount.site.people.queries import initiatives, roles
from everycount.site.people.views.shared import for_persons, found, now, reader, said

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from everycount.site.people.models import Person


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def people(request: HttpRequest, person: Person, slug: str) -> HttpResponse:
    """Who has which role; whoever may, invites others here."""
    at = now()
    here = found(initiatives.one(person, Verb.SEE_PEOPLE, slug, at=at))
    offered = roles.offers(person, here, at=at)
    if request.method == "POST" and not offered:
        return found(None)
    form = InviteForm(request.POST or None, roles=offered)
    if request.method == "POST" and form.is_valid():
        email, role = form.cleaned_data["email"], Role(form.cleaned_data["role"])
        words = _("An invitation was sent to %s.") % email
        if said(
            request,
            lambda: inviting.invite(initiative=here, email=email, role=role, by=person, at=at),
            words,
        ):
            return redirect("people", slug)
    given = {
        "here": here,
        "people": roles.people_of(person, here, at=at),
        "invitations": roles.invitations(person, here, at=at),
        "form": form if offered else None,
    }
    return render(request, "people/people.html", given)


@require_POST
@for_persons
def end(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Ends a role: somebody's, or one's own."""
    held = found(roles.assignment(person, number, at=now()))
    said(request, lambda: end_role(assignment=held, by=person, at=now()), _("The role has ended."))
    own = held.person_id == person.id
    return redirect("initiatives") if own else redirect("people", held.initiative.slug)


@require_POST
@for_persons
def again(request: HttpRequest, person: Person, name: UUID) -> HttpResponse:
    """Sends an invitation again, with a new link."""
    held = found(roles.invitation(person, name, at=now()))
    said(
        request,
        lambda: inviting.send_again(invitation=held, by=person, at=now()),
        _("The invitation was sent again; the link before no longer works."),
    )
    return redirect("people", held.initiative.slug)


@require_POST
@for_persons
def call_back(request: HttpRequest, person: Person, name: UUID) -> HttpResponse:
    """The link no longer works."""
    held = found(roles.invitation(person, name, at=now()))
    said(
        request,
        lambda: inviting.call_back(invitation=held, by=person, at=now()),
        _("The invitation was called back."),
    )
    return redirect("people", held.initiative.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitation(request: HttpRequest, code: str) -> HttpResponse:
    """What is offered to whoever has the link; taking it asks for the account of that address."""
    at, person = now(), reader(request)
    offered = found(roles.offered(code, at=at))
    if request.method != "POST":
        return render(
            request, "people/invitation.html", {"offered": offered, "role": _(offered.get_role_display())}
        )
    if "refuse" in request.POST:
        said(
            request,
            lambda: inviting.refuse(invitation=offered, by=person, at=at),
            _("You refused. Whoever invited you can see it."),
        )
        return redirect("home")
    if person is None:
        return redirect("account_login")
    if said(request, lambda: inviting.accept(invitation=offered, by=person, at=at), _("The role is yours.")):
        return redirect("initiative", offered.initiative.slug)
    return redirect("invitation", code)
