"""Derivations: how an indicator's groups follow from answers, as data.

A derivation is written like a ``[[variable]]`` of a survey file, with ``$name`` where a survey names its
question. :func:`derivation` puts the survey's own columns and codes in and returns the table that the survey
file would hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from everycount.catalogue.codelists import Code
from everycount.catalogue.files import names, read_toml
from everycount.catalogue.lookup import PLACE, look_up
from everycount.faults import Fault, InputError, unknown
from everycount.text import NOTHING, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Derivation:
    """A published rule from answers to groups.

    Attributes:
        id: its name, such as ``wg-ss-identifier``.
        standard: whose rule it is.
        title: what it derives.
        about: the rule in words, with what it leaves missing.
        columns: placeholder to the concept of the question bank whose answers it reads; read-only.
        values: the codes it gives, in order, with labels; read-only.
        codelist: id of the SDG code list that ``values`` belong to, or "".
        cases: the rule, with placeholders.
        wording: ``verified``, ``recalled`` or ``own``, as for concepts.
        source: where the rule stands.
    """

    id: str
    standard: str
    title: Text
    about: Text
    columns: Mapping[str, str]
    values: Mapping[str, Code]
    codelist: str
    cases: tuple[Mapping[str, Any], ...]
    wording: str
    source: str


@cache
def _derivations() -> dict[str, Derivation]:
    files = (read_toml(f"derivations/{name}.toml") for name in names("derivations", ".toml"))
    found = [_derivation(entry, file) for file in files for entry in file["derivation"]]
    return {entry.id: entry for entry in found}


def _derivation(entry: Mapping[str, Any], file: Mapping[str, Any]) -> Derivation:
    values = file["values"][entry["values"]]
    return Derivation(
        id=entry["id"],
        standard=file["standard"],
        title=Text.of(entry["title"]),
        about=Text.of(entry.get("about", NOTHING)),
        columns=MappingProxyType(file["columns"][entry["columns"]]),
        values=MappingProxyType(
            {value["id"]: Code(value["id"], Text.of(value["label"])) for value in values}
        ),
        codelist=entry.get("codelist", ""),
        cases=tuple(MappingProxyType(_spread(case, file.get("codes", {}))) for case in entry["cases"]),
        wording=entry["wording"],
        source=entry["source"],
    )


def _spread(node: Any, groups: Mapping[str, Sequence[str]]) -> Any:
    """A rule with the named groups of codes (``@improved``) written out."""
    if isinstance(node, dict):
        return {key: _spread(value, groups) for key, value in node.items()}
    if isinstance(node, list):
        return [code for part in node for code in _members(part, groups)]
    return node


def _members(part: Any, groups: Mapping[str, Sequence[str]]) -> list[Any]:
    if isinstance(part, str) and part.startswith("@"):
        return list(groups[part[1:]])
    return [_spread(part, groups)]


def derivations() -> tuple[Derivation, ...]:
    """Every derivation of the catalogue."""
    return tuple(_derivations().values())


def derivation(
    name: str,
    columns: Mapping[str, str] | None = None,
    codes: Mapping[str, str | Sequence[str]] | None = None,
    variable: str = "",
) -> dict[str, Any]:
    """A derivation as a ``[[variable]]`` table of a survey file.

    Args:
        name: the derivation's id, such as ``wg-ss-identifier``.
        columns: placeholder to the survey's question; for ``wg-ss-identifier``: seeing, hearing, walking,
            remembering, self_care, communicating. A placeholder that is left out keeps its own name.
        codes: the catalogue's answer code to the survey's code or codes for the same answer, where they
            differ.
        variable: id of the variable; by default the derivation's id with underscores.

    Returns:
        ``{"id": ..., "cases": [{"when": condition, "value": code}, ...]}``; the first case that holds gives
        the value, and where none holds there is no answer.

    Raises:
        InputError: there is no such derivation, placeholder or answer code.
    """
    found = look_up("derivation", name, _derivations())
    columns, codes = dict(columns or {}), dict(codes or {})
    faults = [
        unknown(PLACE, f"column of {name}", key, found.columns) for key in columns if key not in found.columns
    ]
    used = dict.fromkeys(code for case in found.cases for code in _codes(case))
    faults += [unknown(PLACE, f"answer code of {name}", key, used) for key in codes if key not in used]
    faults += _doubled(name, columns)
    if faults:
        raise InputError(*faults)
    cases = [_filled(dict(case), columns, codes) for case in found.cases]
    return {"id": variable or name.replace("-", "_"), "cases": cases}


def _doubled(name: str, columns: Mapping[str, str]) -> Iterator[Fault]:
    """One question cannot stand for two columns: the rule would count it twice."""
    seen: dict[str, str] = {}
    for key, column in columns.items():
        if column in seen:
            problem = f'{name}: the question "{column}" is given for "{seen[column]}" and for "{key}".'
            yield Fault(PLACE, problem, "Name a question of its own for each.")
        seen.setdefault(column, key)


def _codes(node: Any) -> Iterator[str]:
    """The answer codes that a rule looks at."""
    if isinstance(node, list):
        for part in node:
            yield from _codes(part)
    elif hasattr(node, "items"):
        for key, value in node.items():
            yield from value if key == "in" else _codes(value)


def _filled(node: Any, columns: Mapping[str, str], codes: Mapping[str, str | Sequence[str]]) -> Any:
    """A rule with the survey's questions and codes in place of the catalogue's."""
    if isinstance(node, list):
        return [_filled(part, columns, codes) for part in node]
    if not isinstance(node, dict):
        return node
    return {key: _filled_value(key, value, columns, codes) for key, value in node.items()}


def _filled_value(
    key: str, value: Any, columns: Mapping[str, str], codes: Mapping[str, str | Sequence[str]]
) -> Any:
    if key in {"question", "take"}:
        placeholder = value.removeprefix("$")
        return columns.get(placeholder, placeholder)
    if key == "in":
        return [own for code in value for own in _own(codes.get(code, code))]
    return _filled(value, columns, codes)


def _own(codes: str | Sequence[str]) -> Sequence[str]:
    return (codes,) if isinstance(codes, str) else codes
