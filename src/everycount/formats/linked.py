"""What our JSON-LD files have in common: how they name things and say texts in several languages."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from everycount.text import UNDETERMINED

if TYPE_CHECKING:
    from everycount.release.model import Input
    from everycount.text import Text

_DIGEST = re.compile(r"(?:sha256:)?([0-9a-f]{64})")


def to_bytes(document: dict[str, Any]) -> bytes:
    """The one way to write a document: UTF-8, every script as it is, an indent that keeps lines apart."""
    return (json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def hash_name(digest: str) -> str:
    """The name of a thing that is known by its SHA-256, the same for everybody (RFC 6920, ``ni`` scheme).

    Args:
        digest: 64 hexadecimal digits, with or without ``sha256:`` before them. Any other text, which no
            release of ours holds, becomes a name within the file.
    """
    match = _DIGEST.fullmatch(digest)
    if match is None:
        return f"#{quote(digest)}"
    value = base64.urlsafe_b64encode(bytes.fromhex(match[1])).rstrip(b"=").decode()
    return f"ni:///sha-256;{value}"


def input_name(given: Input) -> str:
    """The name of a file that was read: by its content, or within the file where that is not told."""
    return hash_name(given.sha256) if given.sha256 else f"#input-{quote(given.name, safe='')}"


def words(text: Text) -> list[Any]:
    """A text as values of JSON-LD, the original first; what nobody gave a language to is a plain string."""
    return [
        said if language == UNDETERMINED else {"@value": said, "@language": language}
        for language, said in text.versions
    ]


def filled(node: dict[str, Any]) -> dict[str, Any]:
    """A node without the properties that have nothing to say."""
    return {key: value for key, value in node.items() if value not in (None, "", [], {})}
