"""The criteria of quality, the outcomes of a decision and the lenses of others, read from dated files.

A new version is a new file beside the old one: an assessment keeps the id of the one that it was made by.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar

from everycount.faults import InputError, unknown
from everycount.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CURRENT = "quality-2026"
_LENSES = "lenses-2026"
BLOCKS = ("I", "P", "M", "O")  # institution and ethics, participation, method, output


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that is looked at.

    Attributes:
        id: the letter of its block and a number.
        question: what is asked.
        counts: what evidence counts.
        filled: who brings the evidence: ``machine``, ``people`` or ``both``.
        levels: what 0 to 3 mean here; empty where only the common scale holds.
    """

    id: str
    name: Text
    question: Text
    counts: Text
    filled: str
    levels: tuple[Text, ...] = ()

    def __post_init__(self) -> None:
        if self.id[0] not in BLOCKS or self.filled not in {"machine", "people", "both"}:
            raise ValueError(f"The criterion {self.id} has no known block or filler.")
        if len(self.levels) not in {0, 4}:
            raise ValueError(f"The criterion {self.id} has other levels than 0 to 3.")

    @property
    def block(self) -> str:
        """The letter of its block."""
        return self.id[0]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an office can decide to do with the data.

    Attributes:
        official: the number enters official statistics, or is held against them: all gates must stand.
    """

    id: str
    name: Text
    official: bool


@dataclass(frozen=True, slots=True)
class Gate:
    """What must stand before official use.

    Attributes:
        criterion: whose answer it looks at; "" for the check of disclosure.
        least: score that the answer needs.
        percent: share that the computed evidence needs.
    """

    id: str
    criterion: str = ""
    least: int = 0
    percent: int = 0


@dataclass(frozen=True, slots=True)
class Model:
    """One dated version of criteria, outcomes and gates."""

    id: str
    dated: str
    source: str
    criteria: tuple[Criterion, ...]
    outcomes: tuple[Outcome, ...]
    gates: tuple[Gate, ...]

    def criterion(self, name: str) -> Criterion:
        """The criterion of that id.

        Raises:
            InputError: there is none.
        """
        return _named(self.criteria, name, "criterion")

    def outcome(self, name: str) -> Outcome:
        """The outcome of that id.

        Raises:
            InputError: there is none.
        """
        return _named(self.outcomes, name, "outcome")


@dataclass(frozen=True, slots=True)
class Asked:
    """One heading of a lens and the criteria that it asks."""

    words: str
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lens:
    """Somebody else's text on quality, as it lies over the criteria.

    Attributes:
        wording: whose words its headings are: ``headings`` of the text, or ``ours``.
        note: what is not known of it here.
    """

    id: str
    name: str
    dated: str
    source: str
    wording: str
    asks: tuple[Asked, ...]
    note: str = ""

    @property
    def criteria(self) -> frozenset[str]:
        """Every criterion that it asks."""
        return frozenset(name for asked in self.asks for name in asked.criteria)

    def words_for(self, criterion: str) -> tuple[str, ...]:
        """Its headings under which a criterion stands."""
        return tuple(asked.words for asked in self.asks if criterion in asked.criteria)


Named = TypeVar("Named", Criterion, Outcome, Lens)


@cache
def model(name: str = CURRENT) -> Model:
    """A version of the criteria.

    Raises:
        InputError: there is none of that name.
    """
    if name != CURRENT:
        raise InputError(unknown("model", "version of the criteria", name, [CURRENT]))
    read = _read(name)
    shared = read["participation"]["levels"]
    return Model(
        read["id"],
        read["dated"],
        read["source"],
        tuple(_criterion(row, shared) for row in read["criterion"]),
        tuple(Outcome(row["id"], Text.of(row["name"]), row["official"]) for row in read["outcome"]),
        tuple(Gate(**row) for row in read["gate"]),
    )


@cache
def lenses() -> tuple[Lens, ...]:
    """Every lens, the whole model first."""
    return tuple(_lens(row) for row in _read(_LENSES)["lens"])


def lens(name: str) -> Lens:
    """The lens of that id.

    Raises:
        InputError: there is none.
    """
    return _named(lenses(), name, "lens")


def asked(seen: Lens, version: Model) -> tuple[Criterion, ...]:
    """The criteria that an assessment through a lens answers: the lens's own and those of the gates."""
    gates = {gate.criterion for gate in version.gates}
    return tuple(each for each in version.criteria if each.id in seen.criteria | gates)


def _criterion(row: Mapping[str, Any], shared: list[dict[str, str]]) -> Criterion:
    levels = row.get("levels", [])
    return Criterion(
        row["id"],
        Text.of(row["name"]),
        Text.of(row["question"]),
        Text.of(row["counts"]),
        row["filled"],
        tuple(Text.of(each) for each in (shared if levels == "participation" else levels)),
    )


def _lens(row: Mapping[str, Any]) -> Lens:
    headings = tuple(Asked(each["words"], tuple(each["criteria"])) for each in row["asks"])
    return Lens(**{**row, "asks": headings})


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files("everycount.framework") / "data" / f"{name}.toml").read_text("utf-8"))


def _named(rows: Iterable[Named], name: str, noun: str) -> Named:
    known = {row.id: row for row in rows}
    if name not in known:
        raise InputError(unknown(noun, noun, name, known))
    return known[name]
