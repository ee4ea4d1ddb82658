"""Code lists, those of the SDG data structure first of all."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from everycount.catalogue.files import names, read_json, read_table
from everycount.catalogue.lookup import look_up
from everycount.text import NOTHING, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

STRUCTURE = "sdmx/structure.json"


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of a code list.

    Attributes:
        id: the code as it is written in data.
        labels: its name for people.
        parent: id of the code above, or "".
        about: what it means, in a sentence or two.
        wording: ``verified`` where the words follow a published text that we have read, ``own`` where they
            are ours, "" for lists taken over whole.
        facts: what else the list records of its codes, by name; read-only.
    """

    id: str
    labels: Text
    parent: str = ""
    about: Text = NOTHING
    wording: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CodeList:
    """A versioned list of codes; ``items`` keeps its order and is read-only."""

    id: str
    version: str
    agency: str
    title: Text
    items: Mapping[str, Code]
    about: Text = NOTHING

    def __len__(self) -> int:
        return len(self.items)

    def __contains__(self, code: object) -> bool:
        return code in self.items

    def __getitem__(self, code: str) -> Code:
        """The entry of a code.

        Raises:
            InputError: there is no such code; the remedy gives the nearest one.
        """
        return look_up(f"code of {self.id}", code, self.items)


@dataclass(frozen=True, slots=True)
class Dimension:
    """A dimension or attribute of the SDG data structure; ``codelist`` is "" where it takes free values."""

    id: str
    name: str
    codelist: str
    mandatory: bool


@cache
def dimensions() -> tuple[Dimension, ...]:
    """The dimensions of the SDG data structure in its order, TIME_PERIOD last."""
    return tuple(Dimension(**part) for part in read_json(STRUCTURE)["dimensions"])


@cache
def attributes() -> tuple[Dimension, ...]:
    """The attributes of the SDG data structure in its order."""
    return tuple(Dimension(**part) for part in read_json(STRUCTURE)["attributes"])


@cache
def _by_dimension() -> dict[str, str]:
    """Names under which code lists are known, the lists' own among them, to the lists' ids."""
    own = {name: name for name in names("sdmx", ".csv")}
    return own | {part.id: part.codelist for part in (*dimensions(), *attributes()) if part.codelist}


def codes(name: str) -> CodeList:
    """A code list of the SDG data structure, by its id (``CL_SEX``) or its dimension's (``SEX``).

    Raises:
        InputError: there is no such code list.
    """
    return _codelist(look_up("code list", name, _by_dimension()))


@cache
def _codelist(name: str) -> CodeList:
    about = read_json(STRUCTURE)["codelists"][name]
    items = {
        row["code"]: Code(row["code"], Text.of(row["en"], "en"), row["parent"])
        for row in read_table(f"sdmx/{name}.csv")
    }
    title = Text.of(about["name"], "en")
    return CodeList(name, about["version"], about["agency"], title, MappingProxyType(items))
