"""Entities: households or places that a form makes, or brings up to date, for forms of a later round.

After the ODK XForms specification of entities (getodk.github.io/xforms-spec/entities), as pyxform writes it:
``meta/entity`` names list and id, ``entities:saveto`` on a bind names the property that an answer fills.
Entities inside of repeats are not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from everycount.questionnaire.markup import local, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.etree import _Element

SAVE_TO = "{http://www.opendatakit.org/xforms/entities}saveto"
_FILE = re.compile(r"jr://file-csv/([^/]+\.csv)")
_YES = frozenset({"1", "true", "true()"})
LONGEST = 255  # characters of an id


@dataclass(frozen=True, slots=True)
class Declared:
    """What a form says of entities.

    Attributes:
        list: name of the list that it makes or brings up to date; "" for none.
        properties: names of properties by the place of the answer that fills them (``group/name``).
        files: names of the CSV files that it asks for, such as ``households.csv``.
    """

    list: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entity:
    """What one submission says of an entity.

    Attributes:
        id: of the entity; the same in every round.
        is_new: the submission makes it; else it brings it up to date.
        label: as people find it in the list; "" where the submission says none.
        properties: those that the submission fills.
    """

    id: str
    is_new: bool
    label: str
    properties: Mapping[str, str] = field(repr=False)


def declared(xform: bytes) -> Declared:
    """What an XForm says of entities.

    Raises:
        InputError: it is no XML that could be read.
    """
    root = parse(xform, "form")
    found = {
        match.group(1): None
        for each in root.iter("{*}instance")
        if (match := _FILE.fullmatch(each.get("src", "")))
    }
    first = next(root.iter("{*}instance"), None)
    entity = None if first is None else _entity(next(iter(first), first))
    if entity is None:
        return Declared(files=tuple(found))
    saved = {
        "/".join(bind.get("nodeset", "").strip("/").split("/")[1:]): bind.get(SAVE_TO, "")
        for bind in root.iter("{*}bind")
        if bind.get(SAVE_TO)
    }
    return Declared(entity.get("dataset", ""), saved, tuple(found))


def read_entity(xml: bytes, form: Declared) -> Entity | None:
    """What a submission says of an entity; None where it says nothing, or is about another list.

    Raises:
        InputError: it is no XML that could be read.
    """
    root = parse(xml, "submission.xml")
    entity = _entity(root)
    if entity is None or not form.list or entity.get("dataset") != form.list:
        return None
    name = _plain_id(entity.get("id", ""))
    is_new, is_update = (entity.get(each, "").strip() in _YES for each in ("create", "update"))
    if not name or len(name) > LONGEST or not (is_new or is_update):
        return None
    label = next((each.text or "" for each in entity if local(each) == "label"), "")
    filled = {form.properties[path]: text for path, text in _leaves(root, ()) if path in form.properties}
    return Entity(name, is_new, label.strip(), filled)


def _entity(data: _Element) -> _Element | None:
    """``meta/entity`` of the form's data, or of a submission."""
    meta = next((each for each in data if local(each) == "meta"), None)
    return None if meta is None else next((each for each in meta if local(each) == "entity"), None)


def _plain_id(name: str) -> str:
    return name.strip().lower().removeprefix("uuid:")


def _leaves(element: _Element, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Every answer with its place; ``parse`` has refused what is nested too deep to be walked."""
    for child in element:
        here = (*path, local(child))
        if len(child):
            yield from _leaves(child, here)
        else:
            yield "/".join(here), (child.text or "").strip()
