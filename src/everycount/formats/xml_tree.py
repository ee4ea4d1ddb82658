"""XML documents as trees of plain parts, written with lxml at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from everycount.formats.sdmx_xml import legal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lxml.etree import _Element

    from everycount.text import Text

    Child: TypeAlias = "Part | str | None"

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True)
class Part:
    """An element: its name, its attributes without empty ones, and what stands in it, in order."""

    name: str
    attributes: tuple[tuple[str, str], ...]
    children: tuple[Part | str, ...]


def part(name: str, *children: Child, language: str = "", **attributes: str) -> Part:
    """An element; children that are None and attributes that are empty are left out.

    Args:
        name: of the element.
        children: other elements and texts.
        language: becomes ``xml:lang``.
        attributes: by name; an underscore at the end falls off.
    """
    given = {key.rstrip("_"): value for key, value in attributes.items()} | {_LANGUAGE: language}
    kept = tuple((key, value) for key, value in given.items() if value)
    return Part(name, kept, tuple(child for child in children if child is not None))


def spoken(name: str, text: Text, **attributes: str) -> Iterator[Part]:
    """An element for each version of a text."""
    for language, words in text.versions:
        yield part(name, words, language=language, **attributes)


def group(name: str, children: Iterable[Part | None], **attributes: str) -> Part | None:
    """An element of elements; nothing where there are none."""
    kept = [child for child in children if child is not None]
    return part(name, *kept, **attributes) if kept else None


def to_bytes(root: Part, namespace: str) -> bytes:
    """The document in UTF-8, an element a line where no text stands between them."""
    from lxml import etree  # noqa: PLC0415 - only documents with a questionnaire need it

    tree = etree.Element(f"{{{namespace}}}{root.name}", nsmap={None: namespace})  # type: ignore[dict-item]
    _fill(tree, root, etree.SubElement, namespace)
    etree.indent(tree, space=" ")
    written: bytes = etree.tostring(tree, encoding="UTF-8", xml_declaration=True)
    return written + b"\n"


def _fill(here: _Element, made: Part, below: Callable[[_Element, str], _Element], namespace: str) -> None:
    """Gives an element its attributes, texts and elements; ``below`` makes an element in another."""
    for key, value in made.attributes:
        here.set(key, legal(value))
    last: _Element | None = None
    for child in made.children:
        if isinstance(child, Part):
            last = below(here, f"{{{namespace}}}{child.name}")
            _fill(last, child, below, namespace)
        elif last is None:
            here.text = f"{here.text or ''}{legal(child)}"
        else:
            last.tail = f"{last.tail or ''}{legal(child)}"
