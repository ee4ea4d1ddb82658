"""What the views of people have in common."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.views.decorators.cache import never_cache

from everycount.faults import InputError
from everycount.site.people.models import Person

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

T = TypeVar("T")
P = ParamSpec("P")


def now() -> datetime:
    """The clock is read here and passed down."""
    return datetime.now(UTC)


def reader(request: HttpRequest) -> Person | None:
    """Who asks; None without an account."""
    user = request.user
    return user if isinstance(user, Person) else None


def found(thing: T | None) -> T:
    """The thing, or the page that says that nothing is here."""
    if thing is None:
        raise Http404
    return thing


def for_persons(
    view: Callable[Concatenate[HttpRequest, Person, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """A view for whoever is signed in, which gets the person; others are asked to sign in first."""

    @wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return view(request, found(reader(request)), *args, **kwargs)

    return login_required(never_cache(answer))


def said(request: HttpRequest, act: Callable[[], object], words: str) -> bool:
    """Does it and says so, or says why it could not be done."""
    try:
        act()
    except InputError as error:
        for fault in error.faults:
            messages.error(request, f"{fault.problem} {fault.remedy}")
        return False
    messages.success(request, words)
    return True
