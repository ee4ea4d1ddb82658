"""The little XML that SDMX files need, as text: a tree of 100,000 attributes costs more than it gives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.text import Text

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SCHEMAS = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
NAMESPACES = {
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xmlns:mes": f"{_SCHEMAS}/message",
    "xmlns:com": f"{_SCHEMAS}/common",
}
STRUCTURE_NAMESPACE = {"xmlns:str": f"{_SCHEMAS}/structure"}
DATA_NAMESPACE = {"xmlns:ss": f"{_SCHEMAS}/data/structurespecific"}

_MARKUP = re.compile(r'[&<>"\t\n\r]')
_ESCAPES = {
    "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;",
    # A reader turns bare white space of an attribute into blanks (XML 1.0, 3.3.3).
    "\t": "&#9;", "\n": "&#10;", "\r": "&#13;",
}  # fmt: skip
# What XML 1.0 (2.2) cannot say at all.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def is_plain(text: str) -> bool:
    """There is nothing to escape in the text."""
    return not _MARKUP.search(text) and not _ILLEGAL.search(text)


def legal(text: str) -> str:
    """The text with U+FFFD in the place of characters that XML has no way to say."""
    return _ILLEGAL.sub("\ufffd", text)


def escape(text: str) -> str:
    """A text as content or attribute value, made legal."""
    return text if is_plain(text) else _MARKUP.sub(lambda match: _ESCAPES[match[0]], legal(text))


def attributes(values: dict[str, str]) -> str:
    """Attributes with a space before each."""
    return "".join(f' {name}="{escape(value)}"' for name, value in values.items())


def element(name: str, *children: str, **values: str) -> str:
    """An element; ``children`` are markup already. A trailing underscore of an attribute falls off."""
    opened = (
        f"{name}{attributes({key.rstrip('_').replace('__', ':'): value for key, value in values.items()})}"
    )
    return f"<{opened}>{''.join(children)}</{name}>" if children else f"<{opened}/>"


def names(text: Text, fallback: str, tag: str = "com:Name") -> Iterator[str]:
    """A name in every language."""
    for language, words in text.versions or (("en", fallback),):
        yield element(tag, escape(words), xml__lang=language)


def ref(**values: str) -> str:
    """A reference to an artefact."""
    return element("Ref", **values)
