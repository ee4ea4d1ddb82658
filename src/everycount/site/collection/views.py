"""Pages of keys: who sends to the initiative, and with what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from everycount.site.collection import actions, queries
from everycount.site.collection.forms import GiveKeys
from everycount.site.collection.sheets import cards, phone_address
from everycount.site.people.views.shared import for_persons, found, now

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from everycount.site.collection.queries import KeyList
    from everycount.site.people.models import Person


@require_safe
@for_persons
def keys_page(request: HttpRequest, by: Person, slug: str) -> HttpResponse:
    """The phones and links of an initiative, and the form to give new ones."""
    at = now()
    page = found(queries.keys_of(by, slug, at=at))
    return _page(request, page, GiveKeys(page, at))


def _page(request: HttpRequest, page: KeyList, form: GiveKeys) -> HttpResponse:
    given = {"page": page, "initiative": page.initiative, "form": form}
    return render(request, "collection/keys.html", given, status=422 if form.errors else 200)


@require_POST
@for_persons
def give(request: HttpRequest, by: Person, slug: str) -> HttpResponse:
    """New keys and their sheet, which is shown this once."""
    at = now()
    page = found(queries.keys_of(by, slug, at=at))
    form = GiveKeys(page, at, request.POST)
    if not form.is_valid():
        return _page(request, page, form)
    given = actions.give_keys(initiative=page.initiative, by=by, at=at, **form.given)
    made = {"initiative": page.initiative, "cards": cards(given, page.initiative.name)}
    return render(request, "collection/sheet.html", made, status=201)


@require_POST
@for_persons
def revoke(request: HttpRequest, by: Person, slug: str, key: UUID) -> HttpResponse:
    """Takes a key back."""
    at = now()
    one = found(queries.key_to_revoke(by, slug, key, at=at))
    actions.revoke_key(key=one, by=by, at=at)
    messages.success(request, _("The key of “%(name)s” opens nothing any more.") % {"name": one.label})
    return redirect("keys", slug)


@require_POST
@for_persons
def password(request: HttpRequest, by: Person, slug: str, key: UUID) -> HttpResponse:
    """A name and a password for a phone that cannot scan its key, shown this once."""
    at = now()
    one = found(queries.key_to_revoke(by, slug, key, at=at))
    user, secret = actions.give_password(key=one, by=by, at=at)
    given = {
        "initiative": one.initiative,
        "key": one,
        "address": phone_address(),
        "user": user,
        "password": secret,
    }
    return render(request, "collection/password.html", given, status=201)
