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
    from collections.abc import Collection, Iterator, Mapping, Sequence


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
    choices: Mapping[str, Collection[str]] | None = None,
    variable: str = "",
) -> dict[str, Any]:
    """A derivation as a ``[[variable]]`` table of a survey file.

    Args:
        name: the derivation's id, such as ``wg-ss-identifier``.
        columns: placeholder to the survey's question; for ``wg-ss-identifier``: seeing, hearing, walking,
            remembering, self_care, communicating. A placeholder that is left out keeps its own name.
        codes: the catalogue's answer code to the survey's code or codes for the same answer, where they
            differ.
        choices: placeholder to the codes that the survey's question offers; codes that it does not offer are
            left out of the rule, so that a reader that refuses unknown codes can take it.
        variable: id of the variable; by default the derivation's id with underscores.

    Returns:
        ``{"id": ..., "cases": [{"when": condition, "value": code}, ...]}``; the first case that holds gives
        the value, and where none holds there is no answer.

    Raises:
        InputError: there is no such derivation, placeholder or answer code, or one question is given for two
            placeholders.
    """
    found = look_up("derivation", name, _derivations())
    own = _Own(dict(columns or {}), dict(codes or {}), dict(choices or {}))
    faults = [*_unknown_names(found, own), *_doubled(name, own.columns)]
    if faults:
        raise InputError(*faults)
    cases = ((own.condition(case["when"]), case["value"]) for case in found.cases)
    table = [{"when": when, "value": value} for when, value in cases if when is not None]
    return {"id": variable or name.replace("-", "_"), "cases": table}


def _unknown_names(found: Derivation, own: _Own) -> Iterator[Fault]:
    for key in dict.fromkeys((*own.columns, *own.choices)):
        if key not in found.columns:
            yield unknown(PLACE, f"column of {found.id}", key, found.columns)
    used = dict.fromkeys(code for case in found.cases for code in _codes(case["when"]))
    for key in own.codes:
        if key not in used:
            yield unknown(PLACE, f"answer code of {found.id}", key, used)


def _doubled(name: str, columns: Mapping[str, str]) -> Iterator[Fault]:
    """One question cannot stand for two columns: the rule would count it twice."""
    seen: dict[str, str] = {}
    for key, column in columns.items():
        if column in seen:
            problem = f'{name}: the question "{column}" is given for "{seen[column]}" and for "{key}".'
            yield Fault(PLACE, problem, "Name a question of its own for each.")
        seen.setdefault(column, key)


def _codes(condition: Mapping[str, Any]) -> Iterator[str]:
    """The answer codes that a condition looks at."""
    yield from condition.get("in", ())
    for part in (*condition.get("any", ()), *condition.get("all", ())):
        yield from _codes(part)
    if "not" in condition:
        yield from _codes(condition["not"])


@dataclass(frozen=True, slots=True)
class _Own:
    """A survey's questions, codes and choices, to be put in place of the catalogue's."""

    columns: Mapping[str, str]
    codes: Mapping[str, str | Sequence[str]]
    choices: Mapping[str, Collection[str]]

    def condition(self, rule: Mapping[str, Any]) -> dict[str, Any] | None:
        """A condition in the survey's words; None where it can never hold, for want of any of its codes."""
        if "question" in rule:
            return self._leaf(rule)
        if "not" in rule:  # the catalogue's rules negate bounds alone, which no missing code can make void
            return {"not": self.condition(rule["not"])}
        kind = "any" if "any" in rule else "all"
        parts = [self.condition(part) for part in rule[kind]]
        if None in parts and (kind == "all" or not any(parts)):
            return None
        return {kind: [part for part in parts if part is not None]}

    def _leaf(self, rule: Mapping[str, Any]) -> dict[str, Any] | None:
        placeholder = rule["question"].removeprefix("$")
        question = {"question": self.columns.get(placeholder, placeholder)}
        if "in" not in rule:
            return question | {key: value for key, value in rule.items() if key != "question"}
        offered = self.choices.get(placeholder)
        own = [code for standard in rule["in"] for code in self._translated(standard)]
        kept = [code for code in dict.fromkeys(own) if offered is None or code in offered]
        return question | {"in": kept} if kept else None

    def _translated(self, standard: str) -> Sequence[str]:
        found = self.codes.get(standard, standard)
        return (found,) if isinstance(found, str) else found
