"""The little YAML that metadata need: names, texts, yes or no, and lists of these.

Every text stands in double quotes, so that no reader takes ``no`` for false, ``6.1`` for a number or ``a: b``
for a mapping. Written to mean the same in YAML 1.1 and 1.2.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Scalar: TypeAlias = str | bool
    Value: TypeAlias = Scalar | Sequence[str] | Sequence[Mapping[str, Scalar]]

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
# Beyond what JSON escapes: what YAML calls a line break or does not call printable (YAML 1.2.2, 5.1 and 5.4).
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def dump(document: Mapping[str, Value]) -> bytes:
    """A mapping as YAML in UTF-8.

    Raises:
        ValueError: a key is more than letters, digits and underscores.
    """
    return ("\n".join(_lines(document)) + "\n").encode()


def _lines(document: Mapping[str, Value]) -> Iterator[str]:
    for name, value in document.items():
        if isinstance(value, str | bool):
            yield f"{_key(name)}: {_scalar(value)}"
        elif not value:
            yield f"{_key(name)}: []"
        else:
            yield f"{_key(name)}:"
            for item in value:
                yield f"  - {_scalar(item) if isinstance(item, str) else _flow(item)}"


def _flow(item: Mapping[str, Scalar]) -> str:
    return "{" + ", ".join(f"{_key(name)}: {_scalar(value)}" for name, value in item.items()) + "}"


def _key(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f'"{name}" cannot be a key of a metadata file.')
    return name


def _scalar(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    # A string of JSON is one of YAML; astral characters stay as they are, for YAML knows no surrogates.
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))
