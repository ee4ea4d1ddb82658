"""The answers, verb by verb."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from everycount.formats.sdmx_xml import HEAD, attributes, element, escape
from everycount.site.machines.oai.asking import LIST_IDENTIFIERS, LIST_RECORDS, Asked, OaiError, asked, stamp
from everycount.site.machines.oai.records import DC, FORMATS, Record, record, records
from everycount.site.publication.citing import absolute

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

PATH = "/oai"
PART = 50  # records in one answer
_SPACE = "http://www.openarchives.org/OAI/2.0/"
_ROOT = {
    "xmlns": _SPACE,
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": f"{_SPACE} {_SPACE}OAI-PMH.xsd",
}


def answer(given: Mapping[str, Sequence[str]], *, at: datetime) -> bytes:
    """The whole answer to a request with these arguments."""
    told: dict[str, str] = {}
    try:
        question = asked(given)
        told = {name: said[0] for name, said in given.items()}
        said = element(question.verb, _answered(question, at))
    except OaiError as refused:
        if refused.code in {"badVerb", "badArgument"}:
            told = {}  # section 3.2: such a request is not repeated
        said = element("error", escape(refused.said), code=refused.code)
    head = element("responseDate", stamp(at))
    request = f"<request{attributes(told)}>{escape(absolute(PATH))}</request>"
    return f"{HEAD}<OAI-PMH{attributes(_ROOT)}>{head}{request}{said}</OAI-PMH>\n".encode()


def _answered(question: Asked, at: datetime) -> str:
    if question.verb == "Identify":
        return _identify(at)
    if question.verb == "ListMetadataFormats":
        return _formats(question, at)
    if question.verb in (LIST_RECORDS, LIST_IDENTIFIERS):
        return _listed(question, at)
    one = record(question.identifier, at=at)
    if question.prefix not in one.formats():
        raise OaiError("cannotDisseminateFormat", f"It is there as {', '.join(one.formats())}.")
    return one.whole(question.prefix)


def _identify(at: datetime) -> str:
    first = next(iter(records(DC, at=at)), None)
    told = {
        "repositoryName": f"Everycount, {absolute('')}",
        "baseURL": absolute(PATH),
        "protocolVersion": "2.0",
        "adminEmail": settings.DEFAULT_FROM_EMAIL,
        "earliestDatestamp": first.moment if first else stamp(at),
        "deletedRecord": "transient",
        "granularity": "YYYY-MM-DDThh:mm:ssZ",
    }
    return "".join(element(name, escape(said)) for name, said in told.items())


def _formats(question: Asked, at: datetime) -> str:
    names = record(question.identifier, at=at).formats() if question.identifier else list(FORMATS)
    return "".join(
        element(
            "metadataFormat",
            element("metadataPrefix", name),
            element("schema", FORMATS[name][1]),
            element("metadataNamespace", FORMATS[name][0]),
        )
        for name in names
    )


def _listed(question: Asked, at: datetime) -> str:
    since, until = stamp(question.since), stamp(question.until)
    found = [
        one
        for one in records(question.prefix, at=at)
        if (not since or one.moment >= since) and (not until or one.moment <= until)
    ]
    ahead = [one for one in found if question.after is None or (one.moment, one.name) > question.after]
    if not ahead:
        raise OaiError("noRecordsMatch", "There are none.")
    part, more = ahead[:PART], len(ahead) > PART
    whole = question.verb == LIST_RECORDS
    said = [one.whole(question.prefix) if whole else one.header() for one in part]
    return "".join(said) + _token(question, found, part[-1], more=more)


def _token(question: Asked, found: Sequence[Record], last: Record, *, more: bool) -> str:
    """How to go on; an empty one ends a list that came in parts (section 3.5)."""
    if not more and question.after is None:
        return ""
    size = str(len(found))
    token = question.beyond(last.moment, last.name) if more else ""
    return element("resumptionToken", token, completeListSize=size)
