"""Where django-allauth meets our persons: what sign-up asks and stores, and the second factor's secrets."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django import forms
from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from everycount.site.ledger.actions import Entry, record
from everycount.site.people.browsers import named
from everycount.site.people.models import Person
from everycount.site.people.queries.sessions import BROWSER

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def _chosen() -> str:
    language = (get_language() or "en").split("-", maxsplit=1)[0]
    return language if language in dict(settings.LANGUAGES) else "en"


class SignUp(forms.Form):
    """What is asked beside the address."""

    name = forms.CharField(
        label=_("Your name"),
        help_text=_("As you want to be called. People of your initiatives see it."),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, initial=_chosen)
    field_order = ("email", "name", "language", "password1")

    def signup(self, request: HttpRequest, user: Person) -> None:
        """Called by allauth when the person is stored; everything was done before."""


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Persons as allauth makes them."""

    def new_user(self, request: HttpRequest) -> Person:  # noqa: ARG002 - allauth gives it
        """A person who joins now."""
        return Person(joined_at=datetime.now(UTC))

    @transaction.atomic
    def save_user(self, request: HttpRequest, user: Person, form: Any, commit: bool = True) -> Person:  # noqa: FBT001, FBT002 - allauth's signature
        """Stores name and language with the address."""
        user.name, user.language = form.cleaned_data["name"], form.cleaned_data["language"]
        saved: Person = super().save_user(request, user, form, commit)
        if commit:
            record(Entry("person.joined", saved.ref, saved.ref), at=saved.joined_at)
        return saved

    def post_login(self, request: HttpRequest, user: Person, **more: Any) -> HttpResponse:
        """From now on the pages speak the person's language."""
        response: HttpResponse = super().post_login(request, user, **more)
        # What somebody knows a session again by, when they look for one that is not theirs.
        request.session[BROWSER] = named(request.headers.get("User-Agent", ""))
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            user.language,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        return response


class Factors(DefaultMFAAdapter):  # type: ignore[misc]  # the same
    """Secrets of second factors are sealed with a key of the installation, not kept in the clear."""

    def encrypt(self, text: str) -> str:
        """For the database."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """From the database."""
        return _box().decrypt(encrypted_text.encode()).decode()


def _box() -> Fernet:
    # Whoever changes the secret key ends second factors as well as sessions.
    key = hashlib.blake2b(
        b"second factors", key=settings.ENVIRONMENT.secret_key.encode()[:64], digest_size=32
    )
    return Fernet(base64.urlsafe_b64encode(key.digest()))
