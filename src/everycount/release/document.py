"""``release.json``: the whole release in one file, and the only input that writers need."""

from __future__ import annotations

import json
from math import isfinite
from typing import TYPE_CHECKING, Any

from everycount.faults import Fault, InputError
from everycount.release.codec import WrongShapeError, decoder, encode
from everycount.release.fingerprint import COMPACT, hashed
from everycount.release.model import Release

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = "everycount-release/1"
NAME = "release.json"
_HEAD = ("schema", "digest", "exact", "files")
_AGAIN = "Take the file as the release was published, or make the release again."


def as_json(release: Release, files: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A release as plain JSON values.

    Args:
        release: what to write.
        files: ``sha256:`` digests of the files that go with it, by name.

    Returns:
        The fields of :class:`Release`, with ``schema``, ``digest`` (what it says, the same on any machine),
        ``exact`` (every last bit) and ``files``.
    """
    content = encode(release)
    return {**_head(release, _texts(content), files), **content}


def to_bytes(release: Release, files: Mapping[str, str] | None = None) -> bytes:
    """The one way to write :func:`as_json`: UTF-8, sorted keys, shortest exact numbers, a cell a line."""
    texts = _texts(encode(release))
    return _joined(texts | _texts(_head(release, texts, files)))


def _head(release: Release, texts: Mapping[str, str], files: Mapping[str, str] | None) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "digest": release.digest,
        "exact": hashed(_joined(texts)),
        "files": dict(files or {}),
    }


def rewritten(document: Mapping[str, Any]) -> bytes:
    """The bytes that belong to a document that was read."""
    return _joined(_texts(document))


def _content(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in document.items() if name not in _HEAD}


def _texts(document: Mapping[str, Any]) -> dict[str, str]:
    return {name: _laid_out(name, part) for name, part in document.items()}


def _joined(texts: Mapping[str, str]) -> bytes:
    return ("{\n" + ",\n".join(f'"{name}":{texts[name]}' for name in sorted(texts)) + "\n}\n").encode()


def _laid_out(name: str, part: Any) -> str:
    """Cells and contrasts one a line, so that two releases can be compared line by line."""
    if name != "cells" or not isinstance(part, dict):
        return COMPACT.encode(part)
    lines = (f'"{key}":{_rows(part[key])}' for key in sorted(part))
    return "{" + ",\n".join(lines) + "}"


def _rows(part: Any) -> str:
    if not isinstance(part, list) or not part:
        return COMPACT.encode(part)
    return "[\n" + ",\n".join(map(COMPACT.encode, part)) + "\n]"


def release_from_json(document: Mapping[str, Any], place: str = NAME) -> Release:
    """The release that :func:`as_json` wrote.

    Raises:
        InputError: the document is not a release, or its content and its digest do not belong together.
    """
    _check_schema(document, place)
    try:
        release: Release = decoder(Release)(_content(document))
    except WrongShapeError as wrong:
        path = ".".join(wrong.path).replace(".[", "[")
        raise InputError(Fault(f"{place}, {path or 'top level'}", wrong.problem, _AGAIN)) from None
    if document.get("exact") != _exact(document):
        problem = "The content is not the one that its digest was made from."
        raise InputError(Fault(place, problem, _AGAIN))
    return release


def _exact(document: Mapping[str, Any]) -> str | None:
    """The exact digest; None for what no release of ours can hold, such as half a surrogate pair."""
    try:
        return hashed(_joined(_texts(_content(document))))
    except (ValueError, RecursionError):
        return None


def _check_schema(document: Mapping[str, Any], place: str) -> None:
    found = document.get("schema")
    if found == SCHEMA:
        return
    problem = f'The schema is "{found}", and this version of Everycount reads "{SCHEMA}".'
    raise InputError(Fault(f"{place}, schema", problem, "Make the release again with this version."))


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"{text} is not a number of JSON")
    return value


def parse(data: bytes, place: str = NAME) -> dict[str, Any]:
    """The JSON object in a file's bytes.

    Raises:
        InputError: the bytes are not a JSON object in UTF-8.
    """
    try:
        document = json.loads(data, parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError) as problem:  # JSONDecodeError and UnicodeDecodeError are ValueErrors
        raise InputError(Fault(place, f"This is not JSON: {problem}.", _AGAIN)) from None
    if not isinstance(document, dict):
        raise InputError(Fault(place, "A release is a JSON object; this is something else.", _AGAIN))
    return document
