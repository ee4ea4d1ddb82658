"""What a gatherer asks: verbs and their arguments, read strictly, and how far it has come."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_DAY, _MOMENT = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
LIST_RECORDS, LIST_IDENTIFIERS, GET_RECORD = "ListRecords", "ListIdentifiers", "GetRecord"
# verb -> (what must be there, what may be there); section 4 of the protocol.
VERBS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "Identify": (frozenset(), frozenset()),
    "ListMetadataFormats": (frozenset(), frozenset({"identifier"})),
    "ListSets": (frozenset(), frozenset({"resumptionToken"})),
    LIST_IDENTIFIERS: (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"})),
    LIST_RECORDS: (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"})),
    GET_RECORD: (frozenset({"metadataPrefix", "identifier"}), frozenset()),
}


class OaiError(Exception):
    """A question that is not answered; ``code`` is one of section 3.6 of the protocol."""

    def __init__(self, code: str, said: str) -> None:
        super().__init__(said)
        self.code, self.said = code, said


@dataclass(frozen=True, slots=True)
class Asked:
    """A question.

    Attributes:
        prefix: of the format.
        since, until: moments, both included; None for any.
        after: the record with which the part before ended: its moment and its name; None at the beginning.
    """

    verb: str
    prefix: str = ""
    identifier: str = ""
    since: datetime | None = None
    until: datetime | None = None
    after: tuple[str, str] | None = None

    def beyond(self, moment: str, name: str) -> str:
        """The token by which the question goes on after a record."""
        parts = [self.prefix, stamp(self.since), stamp(self.until), moment, name]
        return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


def stamp(at: datetime | None) -> str:
    """A moment as the protocol writes it; "" for none."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else ""


def asked(given: Mapping[str, Sequence[str]]) -> Asked:
    """The question in the arguments of a request.

    Raises:
        OaiError: it is none.
    """
    (verb,) = given.get("verb", [""]) if len(given.get("verb", [""])) == 1 else ("",)
    if verb not in VERBS:
        raise OaiError("badVerb", f"There are {', '.join(VERBS)}.")
    if any(len(said) != 1 for said in given.values()):
        raise OaiError("badArgument", "An argument is there twice.")
    one = {name: said[0] for name, said in given.items() if name != "verb"}
    if "resumptionToken" in one and verb in (LIST_RECORDS, LIST_IDENTIFIERS, "ListSets"):
        if len(one) > 1:
            raise OaiError("badArgument", "A resumptionToken stands alone.")
        return _resumed(verb, one["resumptionToken"])
    needed, allowed = VERBS[verb]
    if needed - one.keys() or one.keys() - needed - allowed:
        raise OaiError("badArgument", f"{verb} takes {', '.join(sorted(needed | allowed)) or 'nothing'}.")
    if "set" in one or verb == "ListSets":
        raise OaiError("noSetHierarchy", "There are no sets here.")
    return _between(
        Asked(verb, one.get("metadataPrefix", ""), one.get("identifier", "")),
        one.get("from"),
        one.get("until"),
    )


def _between(question: Asked, since: str | None, until: str | None) -> Asked:
    if since and until and len(since) != len(until):
        raise OaiError("badArgument", "from and until are written alike: both as days, or both as moments.")
    first = _moment(since) if since else None
    last = _moment(until) if until else None
    if last and until and _DAY.fullmatch(until):
        last += timedelta(days=1, seconds=-1)
    if first and last and first > last:
        raise OaiError("badArgument", "from is after until.")
    return replace(question, since=first, until=last)


def _moment(text: str) -> datetime:
    try:
        if _DAY.fullmatch(text) or _MOMENT.fullmatch(text):
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:  # no such day
        pass
    raise OaiError("badArgument", "Write 2026-11-23 or 2026-11-23T10:00:00Z.")


def _resumed(verb: str, token: str) -> Asked:
    try:
        prefix, since, until, *after = json.loads(base64.urlsafe_b64decode(token.encode()))
        moment, name = (str(part) for part in after)
        question = Asked(verb, str(prefix), after=(stamp(_moment(moment)), name))
        return _between(question, since or None, until or None)
    except (ValueError, TypeError, binascii.Error, OaiError):
        raise OaiError("badResumptionToken", "Begin again without a resumptionToken.") from None
