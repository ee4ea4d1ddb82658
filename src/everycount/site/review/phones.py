"""What came back, as the form in a browser asks for it with its key (ODK Collect asks no such thing).

The answers are opened for the phone that sent them alone, one submission at a time; each time is an event.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST, require_safe

from everycount.faults import InputError
from everycount.questionnaire import Received
from everycount.site.collection import messages
from everycount.site.collection import queries as collection
from everycount.site.collection.answers import HEADERS, answered, refusal
from everycount.site.consent import gate
from everycount.site.review import actions
from everycount.site.review.queries import returned

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from everycount.site.collection.models import Key

_GONE = "It is not here to be mended any more: it was mended, decided, or taken back."
_PRIVATE = {**HEADERS, "Cache-Control": "private, no-store"}


@require_safe
def listing(request: HttpRequest, key: Key) -> HttpResponse:
    """What came back to this phone, and what is asked about what it sent, in the language of its page."""
    language, at = _language(request), datetime.now(UTC)
    with override(language):
        rows = [
            {
                "id": str(each.submission.pk),
                "state": each.decision.state,
                "title": each.submission.questionnaire.title,
                "sentAt": int(each.submission.received_at.timestamp() * 1000),
                "reason": _(each.decision.get_reason_display()),
                "words": each.words,
                "questions": each.questions,
                "answered": each.answered,
            }
            for each in returned.came_back(key, language, at=at)
        ]
        asked = [
            {
                "id": str(each.submission.pk),
                "title": each.submission.questionnaire.title,
                "sentAt": int(each.submission.received_at.timestamp() * 1000),
                "asked": each.words,
                "answered": each.answered,
            }
            for each in returned.asked(key, at=at)
        ]
    return JsonResponse({"returned": rows, "asked": asked}, headers=_PRIVATE)


@require_safe
def one(request: HttpRequest, key: Key, name: UUID) -> HttpResponse:
    """The answers of one of them, to be mended; a HEAD opens nothing."""
    rows = returned.to_mend(key, name)
    if request.method == "HEAD":
        return answered(b"") if rows.exists() else refusal(404, _GONE)
    opened = gate.open_to_sender(rows, key=key, at=datetime.now(UTC))
    form = returned.version_of(opened.submission) if opened else None
    if opened is None or form is None:
        return refusal(404, _GONE)
    names = Received.read(opened.xml).media(collection.form(form))
    files = returned.files_of(opened.submission, names)
    return JsonResponse(
        {
            "instance": opened.submission.current,
            "formId": opened.submission.questionnaire.form_id,
            "title": opened.submission.questionnaire.title,
            "version": opened.submission.version,
            "form": str(form),
            "xml": opened.xml.decode(errors="replace"),
            "files": [{"name": each, "number": number} for each, number in files],
        },
        headers=_PRIVATE,
    )


@require_safe
def file(request: HttpRequest, key: Key, name: UUID, number: int) -> HttpResponse:
    """A picture, a sound or a file of it."""
    rows = returned.to_mend(key, name)
    if request.method == "HEAD":
        return answered(b"") if rows.exists() else refusal(404, _GONE)
    opened = gate.open_file_to_sender(rows, number, key=key, at=datetime.now(UTC))
    if opened is None:
        return refusal(404, _GONE)
    content = opened[1]
    return StreamingHttpResponse(content, content_type="application/octet-stream", headers=_PRIVATE)  # type: ignore[return-value]  # middleware takes both


@require_POST
def reply(request: HttpRequest, key: Key, name: UUID) -> HttpResponse:
    """What the phone's person answers to what was found."""
    found = returned.to_answer(key, name)
    with override(_language(request)):
        if found is None:
            return refusal(404, _GONE)
        try:
            actions.reply(
                submission=found.pk, words=request.POST.get("words", ""), by=key, at=datetime.now(UTC)
            )
        except InputError as error:
            return refusal(400, " ".join(f"{each.problem} {each.remedy}" for each in error.faults))
        return answered(messages.response(_("Your answer is with the reviewers."), good=True), 201)


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
