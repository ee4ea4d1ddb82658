"""Where a series ought to go: its direction, and the value and year that were agreed, with the source."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from everycount.faults import Fault, InputError, unknown
from everycount.progress.places import DATA

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Kind = Literal["level", "growth", "binary"]
KINDS = ("level", "growth", "binary")
_DIRECTIONS = {"up": 1, "down": -1}
_NEEDED = ("series", "direction")
_YES = frozenset({"yes", "true", "1"})


@dataclass(frozen=True, slots=True)
class Aim:
    """What was agreed for one series.

    Attributes:
        series: its code.
        direction: 1 where more is better, -1 where less is.
        target: the value to be reached; None where no number was agreed.
        relative: the target is a part of the baseline (0.5: to halve).
        year: when it is to be reached.
        percent: the values are per cent of a whole, so that 0 and 100 are natural ends.
        kind: ``level``; ``growth``, a rate of growth itself; or ``binary``, 1 for yes and 0 for no.
        source: where the direction and the number stand.
    """

    series: str
    direction: Literal[1, -1]
    target: float | None = None
    relative: bool = False
    year: int = 2030
    percent: bool = False
    kind: Kind = "level"
    source: str = ""

    def value(self, baseline: float) -> float | None:
        """The value to be reached by whoever began at ``baseline``."""
        if self.target is None or not self.relative:
            return self.target
        return self.target * baseline

    def is_met(self, latest: float, goal: float) -> bool:
        """Whether a value is at the target or beyond; within one point of 0 or 100 per cent is at it."""
        margin = 1.0 if self.percent and goal in {0.0, 100.0} else 0.0
        return (latest - goal) * self.direction >= -margin


@cache
def agreed_aims() -> Mapping[str, Aim]:
    """The aims that come along: numbers and directions in the words of the targets themselves."""
    return read_aims(DATA / "targets.csv")


def read_aims(path: Path) -> Mapping[str, Aim]:
    """The aims in a CSV: columns ``series, direction`` and, where known, those of :class:`Aim`.

    Raises:
        InputError: with every row that cannot be understood.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in _NEEDED if name not in (reader.fieldnames or ())]
        if missing:
            problem = f'The file has no column "{missing[0]}".'
            raise InputError(
                Fault(path.name, problem, "Its columns are series, direction, target, year, source.")
            )
        rows = [(f"{path.name}, line {reader.line_num}", row) for row in reader]
    faults = [fault for place, row in rows for fault in _faults(place, row)]
    codes = [row["series"] for _, row in rows]
    faults += [
        Fault(place, f'The series "{row["series"]}" has an aim already.', "Keep one of them.")
        for at, (place, row) in enumerate(rows)
        if row["series"] in codes[:at]
    ]
    if faults:
        raise InputError(*faults)
    return {row["series"]: _aim(row) for _, row in rows}


def _faults(place: str, row: Mapping[str, str | None]) -> Iterator[Fault]:
    direction, kind = row["direction"] or "", row.get("kind") or "level"
    if direction not in _DIRECTIONS:
        yield unknown(place, "direction", direction, _DIRECTIONS)
    if kind not in KINDS:
        yield unknown(place, "kind of series", kind, KINDS)
    for name in ("target", "year"):
        written = row.get(name) or ""
        if written and not _is_number(written):
            yield Fault(place, f'The {name} "{written}" is no number.', "Write a number, or nothing.")


def _is_number(written: str) -> bool:
    try:
        return math.isfinite(float(written))
    except ValueError:
        return False


def _aim(row: Mapping[str, str | None]) -> Aim:
    target = row.get("target") or ""
    kind = row.get("kind") or "level"
    return Aim(
        series=row["series"] or "",
        direction=1 if row["direction"] == "up" else -1,
        target=float(target) if target else None,
        relative=(row.get("relative") or "").casefold() in _YES,
        year=int(float(row.get("year") or 2030)),
        percent=(row.get("percent") or "").casefold() in _YES,
        kind="growth" if kind == "growth" else "binary" if kind == "binary" else "level",
        source=row.get("source") or "",
    )
