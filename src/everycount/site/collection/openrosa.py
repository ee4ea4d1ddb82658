"""The OpenRosa interface: what ODK Collect, KoboCollect and Enketo speak.

Standard: https://docs.getodk.org/openrosa/ (form list, manifest, HTTP, form submission). Statuses follow what
the clients make of them: 201 and 202 are success, 200 to a POST is read as a captive portal, and a 500 blocks
a phone's queue.
"""

from __future__ import annotations

import hashlib
import threading
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.http import http_date, parse_etags
from django.views.decorators.http import require_http_methods, require_safe

from everycount.faults import InputError
from everycount.questionnaire import Received
from everycount.site.collection import beside, messages, queries
from everycount.site.collection.answers import HEADERS, answered, refusal
from everycount.site.collection.intake import WRITER, BusyError
from everycount.site.collection.marks import mark, mark_of_bytes
from everycount.site.collection.models import KeyKind, MediaFile
from everycount.site.collection.package import Arrived, Fate, Outcome, Package, drawn_code
from everycount.site.collection.plain import SMALL, only_xml
from everycount.site.collection.upload import XML_PART, Catch, SealingHandler
from everycount.site.vault.actions import drop

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from everycount.site.collection.models import Key, Questionnaire

ACCEPTED = (
    5_000_000  # bytes: Collect makes smaller, separately acknowledged requests of it; larger ones are taken
)
ACCEPTED_BY_BROWSERS = 100_000_000  # Enketo refuses a single file above the number
MOST_ENTITIES = 10_000  # in one question
CODE_PART = "everycount_receipt"  # our own form draws the receipt code itself; no other client sends it
LONGEST_FORM, LONGEST_INSTANCE, LONGEST_VERSION = 200, 255, 100  # characters, as the tables have it
LARGE_XML = 1_000_000  # bytes; what is larger takes a hundred times as much while it is taken apart
_LARGE = threading.BoundedSemaphore(2)  # so few of those at a time
_STATUS = {
    Fate.STORED: 201,
    Fate.FILES_ADDED: 201,
    Fate.AGAIN: 202,
    Fate.THANKED: 202,
    Fate.CONFLICT: 409,
    Fate.OUTDATED: 409,
    Fate.ORPHAN: 404,
    Fate.SPENT: 403,
}
_WORDS = {
    Fate.FILES_ADDED: "The files have come. Thank you.",
    Fate.AGAIN: "This has come before; nothing is lost. Thank you.",
    Fate.THANKED: "Thank you. What was here was taken back by the person; nothing is stored.",
    Fate.CONFLICT: "Other answers came under this number. Yours are kept aside for the office: tell them.",
    Fate.OUTDATED: "Somebody changed these meanwhile. Yours are kept aside for the office: tell them.",
    Fate.ORPHAN: "The answers that you changed have not come yet. Send those first; these are kept aside.",
    Fate.SPENT: "This link has been used; it works once. Ask your coordinator for another one.",
}


@require_safe
def form_list(request: HttpRequest, key: Key) -> HttpResponse:
    """The forms that this key may fill; 304 where the phone has the list already."""
    way = request.path.rpartition("/")[0] or "/phone"  # downloads go the way that the list was asked
    asked = request.GET.get("formID")
    asked = asked and asked[: LONGEST_FORM + 1]  # it is kept for a moment, and no longer one is there

    def find() -> tuple[bytes, str]:
        body = messages.form_list(queries.listed(key, asked), f"{settings.ENVIRONMENT.public_url}{way}")
        return body, _etag(body)

    return _tagged(request, *queries.LISTS.get((key.id, way, asked), find))


@require_safe
def form_xml(_request: HttpRequest, key: Key, version: UUID) -> HttpResponse:
    """One form: the very bytes whose MD5 was listed."""
    found = queries.form_of(key, version)
    return answered(bytes(found.xform)) if found else refusal(404, "There is no such form.")


@require_safe
def manifest(request: HttpRequest, key: Key, version: UUID) -> HttpResponse:
    """The files of a form."""
    if queries.form_of(key, version) is None:
        return refusal(404, "There is no such form.")
    base = f"{settings.ENVIRONMENT.public_url}{request.path.rpartition('/')[0]}"
    files = list(queries.media_of(version))
    named = {each.name for each in files}  # a file that somebody put there comes first
    lists = {name: _md5_of(key, version, name) for name in beside.names_of(version) if name not in named}
    body = messages.manifest(files, lists, base)
    return _tagged(request, body, _etag(body))


def _md5_of(key: Key, version: UUID, name: str) -> str:
    content = beside.content_of(key, version, name, datetime.now(UTC)) or b""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


@require_safe
def media(_request: HttpRequest, key: Key, version: UUID, number: int) -> HttpResponse:
    """One file of a form."""
    if queries.form_of(key, version) is None:
        return refusal(404, "There is no such form.")
    found = MediaFile.objects.filter(version=version, pk=number).first()
    if found is None:
        return refusal(404, "There is no such file.")
    return HttpResponse(bytes(found.content), content_type="application/octet-stream", headers=HEADERS)


@require_safe
def entities(request: HttpRequest, key: Key, version: UUID, number: int) -> HttpResponse:
    """Which of the asked entities of a list are gone; phones then remove them from their copy."""
    found = MediaFile.objects.filter(version=version, pk=number, is_entity_list=True).first()
    if found is None or queries.form_of(key, version) is None:
        return refusal(404, "There is no such list.")
    asked = [each for each in request.GET.get("id", "").split(",") if each][:MOST_ENTITIES]
    return answered(messages.integrity({each: each not in queries.entities_of(found) for each in asked}))


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


def _tagged(request: HttpRequest, body: bytes, etag: str) -> HttpResponse:
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return answered(b"", 304, {"ETag": etag})
    return answered(body, 200, {"ETag": etag})


@require_http_methods(["HEAD", "GET", "POST"])
def submission(request: HttpRequest, key: Key) -> HttpResponse:
    """HEAD and GET say what is accepted; POST takes a submission."""
    if request.method != "POST":
        return _accepting(request, HttpResponse(status=204, headers={**HEADERS, "Date": http_date()}))
    return _accepting(request, _post(request, key))


def _accepting(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    browser = "Mozilla" in request.META.get("HTTP_USER_AGENT", "")
    response["X-OpenRosa-Accept-Content-Length"] = str(ACCEPTED_BY_BROWSERS if browser else ACCEPTED)
    return response


def _post(request: HttpRequest, key: Key) -> HttpResponse:
    try:
        xml = _at_a_glance(request)
    except OSError:
        return refusal(503, "The connection broke. Send it again.")
    return _read(request, key) if xml is None else _submit(key, Catch(xml=xml), xml)


def _at_a_glance(request: HttpRequest) -> bytes | None:
    """The XML, where a small body holds nothing else. Django then reads any other one from memory."""
    length = request.META.get("CONTENT_LENGTH", "")
    if not (length.isascii() and length.isdigit() and int(length) <= SMALL):
        return None
    return only_xml(request.META.get("CONTENT_TYPE", ""), request.body)


def _read(request: HttpRequest, key: Key) -> HttpResponse:
    handler = SealingHandler(initiative=key.initiative_id, by=key.ref, at=datetime.now(UTC))
    request.upload_handlers = [handler]
    try:
        request.FILES  # noqa: B018 - reading it is what takes the body
    except (
        MultiPartParserError,
        SuspiciousOperation,
        RequestDataTooBig,
        TooManyFieldsSent,
        TooManyFilesSent,
    ):
        handler.let_go()
        return _undone(handler.caught, 400, "The request is broken or too large. Send it again.")
    except OSError:
        handler.let_go()
        return _undone(handler.caught, 503, "The connection broke, or the disk is full. Send it again.")
    caught = handler.caught
    if caught.problem:
        return _undone(caught, 413, caught.problem)
    if caught.broken:
        return _undone(caught, 400, "The request ended before its end. Send it again.")
    text = request.POST.get(XML_PART)
    if caught.xml is None and text is not None:
        caught.xml = text.encode()
    if caught.xml is None:
        return _undone(caught, 400, f"The part {XML_PART} is missing.")
    return _submit(key, caught, caught.xml, drawn_code(request.POST.get(CODE_PART)))


def _undone(caught: Catch, status: int, words: str) -> HttpResponse:
    drop([file.prepared for file in caught.files])
    return refusal(status, words)


def _submit(key: Key, caught: Catch, xml: bytes, code: str = "") -> HttpResponse:
    with _LARGE if len(xml) > LARGE_XML else nullcontext():
        taken = _taken_apart(key, caught, xml)
    if isinstance(taken, HttpResponse):
        return taken
    try:
        outcome = WRITER.put(replace(taken, code=code))
    except BusyError:
        return refusal(503, "The node could not write just now. Nothing is lost: send it again.")
    return _said(outcome)


def _taken_apart(key: Key, caught: Catch, xml: bytes) -> Package | HttpResponse:
    """What is to be stored, or why nothing is."""
    try:
        received = Received.read(xml)
    except InputError as error:
        return _undone(caught, 400, str(error))
    form_id = received.envelope.form_id[: LONGEST_FORM + 1]  # kept for a moment, however long it is
    questionnaire = queries.questionnaire_of(key, form_id)
    if questionnaire is None:
        return _undone(caught, 404, f'The form "{form_id}" is not known here, or not with this key.')
    if questionnaire.closed_at is not None:
        return _undone(
            caught, 403, f"“{questionnaire.title}” is closed. Tell your coordinator that answers are left."
        )
    try:
        return _package(key, questionnaire, received, caught, xml)
    except BaseException:
        drop([file.prepared for file in caught.files])
        raise


def _package(
    key: Key, questionnaire: Questionnaire, received: Received, caught: Catch, xml: bytes
) -> Package:
    envelope, own = received.envelope, key.initiative_id
    name = envelope.version[: LONGEST_VERSION + 1]  # the same
    version = queries.version_named(questionnaire.id, name, of_draft=key.kind == KeyKind.DRAFT)
    named = received.media(queries.form(version)) if version and not envelope.encrypted else ()
    marks = {
        name: mark("file name", name, of=own) for name in (*named, *(file.name for file in caught.files))
    }
    digest = mark_of_bytes("xml", xml, of=own)
    instance = _short(envelope.instance_id or "", own) or f"without:{digest}"
    replaces = _short(envelope.deprecated_id or "", own)
    return Package(
        questionnaire=questionnaire.id,
        initiative=key.initiative_id,
        key=key.id,
        instance=instance,
        replaces="" if replaces == instance else replaces,  # what replaces itself replaces nothing
        version=envelope.version[:LONGEST_VERSION],  # a longer one is none of ours, so it is held
        is_held=version is None,
        is_test=key.kind == KeyKind.DRAFT,
        is_once=key.kind == KeyKind.ONCE,
        xml=xml,
        digest=digest,
        named=tuple(marks[name] for name in named),
        files=tuple(
            Arrived(
                marks[file.name],
                file.digest,
                file.prepared,
                is_named=envelope.encrypted or file.name in named,
            )
            for file in caught.files
        ),
    )


def _short(instance: str, own: UUID) -> str:
    """An instanceID; of one that no client makes and no table takes, its mark."""
    return instance if len(instance) <= LONGEST_INSTANCE else f"long:{mark('instance', instance, of=own)}"


def _said(outcome: Outcome) -> HttpResponse:
    status = _STATUS[outcome.fate]
    words = _WORDS.get(outcome.fate) or _thanks(outcome.receipt)
    return answered(messages.response(words, good=status < 300), status)


def _thanks(receipt: str) -> str:
    if not receipt:
        return "The changed answers have come. Thank you."
    where = f"{settings.ENVIRONMENT.public_url}/receipt"
    return f"Thank you. Receipt: {receipt}. Keep it: at {where} you see what is held and can take it back."
