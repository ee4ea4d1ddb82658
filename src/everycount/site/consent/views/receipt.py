"""The receipt: what is held of a person, and the way to take it back. No account, script or cookie is needed.

The code is typed once. What follows carries a signed token in the form that ends after half an hour, so that
nothing stays in the address, in the history of the browser or in a cookie on a shared phone. Only the code or
the token in the body gives any power, so a foreign page has none to misuse, and Django's own protection, for
which a cookie is needed, is left out.
"""

from __future__ import annotations

import ipaddress
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import signing
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from everycount.site.consent import actions
from everycount.site.consent.actions import How
from everycount.site.consent.attempts import ATTEMPTS, WINDOW
from everycount.site.consent.forms import BackForm, CodeForm, MessageForm, WishForm
from everycount.site.consent.models import Purpose
from everycount.site.consent.queries import receipts, wishes
from everycount.site.consent.words import AGREED, PROMISES
from everycount.site.people.views.shared import now

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from everycount.site.collection.models import Submission

MINUTES = 30  # that a proved code holds
BY = "respondent"
_SALT = "everycount receipt"


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest) -> HttpResponse:
    """Asks for the code, and shows what is held under it."""
    if request.method != "POST":
        return _ask(request, CodeForm())
    if "token" in request.POST:
        return _back_to(request)
    address, at = _address(request), now()
    if not ATTEMPTS.may(address, at=at):
        return _wait(request)
    form = CodeForm(request.POST)
    submission = receipts.by_code(form.cleaned_data["code"]) if form.is_valid() else None
    if submission is not None:
        return _show(request, submission)
    ATTEMPTS.failed(address, at=at)
    return _wait(request) if ATTEMPTS.are_many(at=at) else _ask(request, form, nothing=form.is_valid())


def _wait(request: HttpRequest) -> HttpResponse:
    page = render(request, "consent/receipt_wait.html", status=429)
    page["Retry-After"] = str(int(WINDOW.total_seconds()))
    return page


def with_token(
    view: Callable[[HttpRequest, Submission, dict[str, Any]], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Gives a view the submission whose code was proved, and what its page always shows."""

    @csrf_exempt
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return redirect("receipt")
        submission = _proved(request)
        if submission is None:
            return _ask(request, CodeForm(), expired=True)
        actions.read_now(submission.pk, at=now())
        return view(request, submission, _given(submission))

    return answer


@with_token
def answers(request: HttpRequest, submission: Submission, given: dict[str, Any]) -> HttpResponse:
    """The own answers."""
    given["told"] = receipts.answers(submission, _language())
    return render(request, "consent/receipt_answers.html", given)


@with_token
def back(request: HttpRequest, submission: Submission, given: dict[str, Any]) -> HttpResponse:
    """Takes something back: what, then whether it is meant, then it is done."""
    form = BackForm(request.POST if "what" in request.POST else None, allowed=given["held"].allowed)
    given["form"] = form
    if not form.is_valid():
        return render(request, "consent/receipt_back.html", given)
    purpose = Purpose(form.cleaned_data["what"])
    ends = purpose == Purpose.COLLECTION or purpose in given["held"].ends
    if "sure" not in request.POST:
        given |= {"purpose": purpose, "words": AGREED[purpose], "ends": ends}
        return render(request, "consent/receipt_sure.html", given)
    done = actions.withdraw(submission=submission.pk, purposes=[purpose], by=BY, at=now(), how=How.RECEIPT)
    if done is not None and done.is_erased:
        del given["token"]
    return render(request, "consent/receipt_done.html", given | {"done": done, "words": AGREED[purpose]})


@with_token
def message(request: HttpRequest, submission: Submission, given: dict[str, Any]) -> HttpResponse:
    """A word to the steward."""
    form = MessageForm(request.POST if "text" in request.POST else None)
    given["form"] = form
    if form.is_valid():
        text = form.cleaned_data["text"]
        given["left"] = actions.leave_message(submission=submission.pk, text=text, by=BY, at=now())
    return render(request, "consent/receipt_message.html", given)


@with_token
def correction(request: HttpRequest, submission: Submission, given: dict[str, Any]) -> HttpResponse:
    """Asks for a correction, and shows what came of those that were asked for."""
    groups = wishes.headings(submission, _language())
    form = WishForm(request.POST if "text" in request.POST else None, groups=groups)
    if form.is_valid():
        data = form.cleaned_data
        given["asked"] = actions.ask_correction(
            submission=submission.pk, group=data["group"], text=data["text"], by=BY, at=now()
        )
        form = WishForm(groups=groups)
    given |= {"form": form, "wishes": wishes.own(submission, _language())}
    return render(request, "consent/receipt_correction.html", given)


def _ask(request: HttpRequest, form: CodeForm, **more: bool) -> HttpResponse:
    status = 400 if form.errors else 404 if more.get("nothing") else 200
    return render(request, "consent/receipt_ask.html", {"form": form, **more}, status=status)


def _back_to(request: HttpRequest) -> HttpResponse:
    submission = _proved(request)
    return _show(request, submission) if submission else _ask(request, CodeForm(), expired=True)


def _show(request: HttpRequest, submission: Submission) -> HttpResponse:
    actions.read_now(submission.pk, at=now())
    return render(request, "consent/receipt.html", _given(submission))


def _given(submission: Submission) -> dict[str, Any]:
    held = receipts.held(submission, _language())
    text = held.text
    return {
        "held": held,
        "allowed": [AGREED[each] for each in held.allowed],
        "refused": [AGREED[each] for each in held.refused],
        "promised": [(PROMISES[each], text.promises.get(each.value, "")) for each in PROMISES]
        if text
        else [],
        "wished": wishes.own(submission, _language()),
        "token": signing.dumps(str(submission.receipt.pk), salt=_SALT),
    }


def _proved(request: HttpRequest) -> Submission | None:
    """The submission of the token; None where the token is false or too old, or nothing is held any more."""
    try:
        name = signing.loads(request.POST.get("token", ""), salt=_SALT, max_age=MINUTES * 60)
    except signing.BadSignature:
        return None
    return receipts.by_receipt(str(name))


def _language() -> str:
    return get_language() or "en"


def _address(request: HttpRequest) -> str:
    """Who asks, for the limit alone. Behind the proxy that brings TLS it is the last address that it adds."""
    remote = str(request.META.get("REMOTE_ADDR", ""))
    forwarded = request.headers.get("X-Forwarded-For", "").rsplit(",", maxsplit=1)[-1].strip()
    if not settings.ENVIRONMENT.is_secure or not forwarded:
        return remote
    try:
        return forwarded if ipaddress.ip_address(remote).is_private else remote
    except ValueError:
        return forwarded  # a socket without addresses
