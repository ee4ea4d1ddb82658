"""Our own lists: stages, levels, kinds, designs, decisions."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from everycount.catalogue.codelists import Code, CodeList
from everycount.catalogue.files import names, read_toml
from everycount.catalogue.lookup import look_up
from everycount.text import NOTHING, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMED = frozenset({"id", "label", "parent", "about", "wording"})  # all other keys of a code are its facts


def listings() -> tuple[str, ...]:
    """The names of our own lists."""
    return names("lists", ".toml")


def listing(name: str) -> CodeList:
    """One of our own lists, such as ``value_chain_stage``, ``participation_level`` or ``sampling_design``.

    Raises:
        InputError: there is no such list.
    """
    return _listing(look_up("list", name, {known: known for known in listings()}))


@cache
def _listing(name: str) -> CodeList:
    found = read_toml(f"lists/{name}.toml")
    wording = found.get("wording", "")
    items = {entry["id"]: _code(entry, wording) for entry in found["code"]}
    return CodeList(
        found["id"],
        found["version"],
        found["agency"],
        Text.of(found["title"]),
        MappingProxyType(items),
        Text.of(found.get("about", NOTHING)),
    )


def _code(entry: Mapping[str, Any], wording: str) -> Code:
    return Code(
        entry["id"],
        Text.of(entry["label"]),
        entry.get("parent", ""),
        Text.of(entry.get("about", NOTHING)),
        entry.get("wording", wording),
        MappingProxyType({key: value for key, value in entry.items() if key not in NAMED}),
    )
