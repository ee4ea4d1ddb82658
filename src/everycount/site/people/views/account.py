"""One's own account: name and language, where one is signed in, and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everycount.faults import InputError
from everycount.site.people.actions import accounts
from everycount.site.people.actions.persons import change_profile
from everycount.site.people.forms import EndAccountForm, ProfileForm
from everycount.site.people.policy import Verb, may_on_node
from everycount.site.people.queries import initiatives
from everycount.site.people.queries.sessions import signed_in
from everycount.site.people.views.shared import for_persons, now, said

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from everycount.faults import Fault
    from everycount.site.people.models import Person


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def profile(request: HttpRequest, person: Person) -> HttpResponse:
    """One's own name, language and initiatives."""
    form = ProfileForm(request.POST or None, initial={"name": person.name, "language": person.language})
    if request.method == "POST" and form.is_valid():
        change_profile(person=person, **form.cleaned_data)
        said(request, lambda: None, _("It is changed."))
        return redirect("profile")
    given = {
        "form": form,
        "mine": initiatives.mine(person, at=now()),
        "operates": may_on_node(person, Verb.OPERATE, at=now()),
        "admits": may_on_node(person, Verb.ADMIT, at=now()),
    }
    return render(request, "people/profile.html", given)


@require_safe
@for_persons
def sessions(request: HttpRequest, person: Person) -> HttpResponse:
    """Where one is signed in."""
    rows = signed_in(person, request.session.session_key, at=now())
    given = {"rows": rows, "others": [one for one in rows if not one.is_here]}
    return render(request, "people/sessions.html", given)


@require_POST
@for_persons
def end_sessions(request: HttpRequest, person: Person) -> HttpResponse:
    """Signs one out everywhere else."""
    ended = accounts.end_other_sessions(person=person, here=request.session.session_key, by=person, at=now())
    words = ngettext("%(n)s other session has ended.", "%(n)s other sessions have ended.", ended)
    messages.success(request, words % {"n": ended})
    return redirect("sessions")


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth ships no types
def end_account(request: HttpRequest, person: Person) -> HttpResponse:
    """Ends the own account, after what goes and what stays was read."""
    form = EndAccountForm(request.POST if request.method == "POST" else None)
    faults: tuple[Fault, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            accounts.end_account(person=person, by=person, at=now())
        except InputError as error:
            faults = error.faults
        else:
            logout(request)
            messages.success(request, _("Your account has ended."))
            return redirect("home")
    status = 422 if faults or form.errors else 200
    return render(request, "people/end_account.html", {"form": form, "faults": faults}, status=status)
