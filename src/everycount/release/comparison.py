"""What changed from one release to the next."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from everycount.release.codec import encode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from everycount.estimate.estimates import CellKey
    from everycount.protect.cells import Cell
    from everycount.release.model import Release

_COMPARED = ("value", "se", "ci_low", "ci_high", "df", "interval", "n", "n_effective", "deff", "cv",
             "basis", "scope", "status", "verdict", "n_needed", "note")  # fmt: skip
# What a reader is shown of a number; the other fields stand behind it.
SEEN = ("value", "ci_low", "ci_high", "n", "status")
_SAME = 1e-9  # relative; below this two engines have only added in another order


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that both releases have and that says something else now.

    Attributes:
        measure, cell: which.
        fields: (field, old, new) of everything in the cell that differs.
        difference: new value minus old, None unless both are shown.
        within_rounding: the values may be equal before rounding.
        within_interval: the new value lies in the old interval; None without an old interval.
    """

    measure: str
    cell: CellKey
    fields: tuple[tuple[str, Any, Any], ...]
    difference: float | None
    within_rounding: bool
    within_interval: bool | None

    @property
    def is_seen(self) -> bool:
        """Something that a reader is shown has changed, and not a figure behind it alone."""
        return any(name in SEEN for name, _old, _new in self.fields)

    def __str__(self) -> str:
        changed = "; ".join(f"{name} {_said(old)} -> {_said(new)}" for name, old, new in self.fields)
        return f"{_place(self.measure, self.cell)}: {changed}{self._size()}"

    def _size(self) -> str:
        if self.difference is None or not any(name == "value" for name, _, _ in self.fields):
            return ""
        if self.within_rounding:
            return f" ({self.difference:+.6g}, within rounding)"
        inside = {None: "", True: ", within the old interval", False: ", outside the old interval"}
        return f" ({self.difference:+.6g}{inside[self.within_interval]})"


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that differs between two releases; false where nothing does.

    Attributes:
        added, removed: (measure, cell) that only the new, or only the old release has.
        changed: cells of both that say something else.
        facts: sentences about everything around the cells: survey, measures, dimensions, wording, design,
            policy, comparisons of groups, provenance.
    """

    added: tuple[tuple[str, CellKey], ...] = ()
    removed: tuple[tuple[str, CellKey], ...] = ()
    changed: tuple[Change, ...] = ()
    facts: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.facts)

    def lines(self) -> list[str]:
        """What differs, a line each, in plain words."""
        return [
            *self.facts,
            *(f"{_place(*key)}: new" for key in self.added),
            *(f"{_place(*key)}: no longer there" for key in self.removed),
            *map(str, self.changed),
        ]


def compare(old: Release, new: Release) -> Comparison:
    """What changed from ``old`` to ``new``; empty where both say the same.

    Numbers that differ by less than a billionth are the same: engines add in different orders.
    """
    before = {(cell.measure, cell.cell): cell for cell in old.cells.cells}
    after = {(cell.measure, cell.cell): cell for cell in new.cells.cells}
    half_steps = _half_step(old.cells.policy.decimals) + _half_step(new.cells.policy.decimals)
    changes = (_change(before[key], cell, half_steps) for key, cell in after.items() if key in before)
    return Comparison(
        tuple(key for key in after if key not in before),
        tuple(key for key in before if key not in after),
        tuple(change for change in changes if change is not None),
        tuple(_facts(old, new)),
    )


def _half_step(decimals: int | None) -> float:
    return 0.0 if decimals is None else 0.5 * 10.0**-decimals


def _change(old: Cell, new: Cell, rounding: float) -> Change | None:
    pairs = ((name, getattr(old, name), getattr(new, name)) for name in _COMPARED)
    differing = tuple(pair for pair in pairs if not _same(pair[1], pair[2]))
    if not differing:
        return None
    difference = None if old.value is None or new.value is None else new.value - old.value
    return Change(
        new.measure,
        new.cell,
        differing,
        difference,
        difference is not None and abs(difference) <= rounding * (1 + _SAME),
        _inside(old, new.value),
    )


def _inside(old: Cell, value: float | None) -> bool | None:
    if value is None or old.ci_low is None or old.ci_high is None:
        return None
    return old.ci_low <= value <= old.ci_high


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, float) and isinstance(new, float):
        return abs(old - new) <= _SAME * max(abs(old), abs(new))
    return bool(old == new)


def _facts(old: Release, new: Release) -> Iterator[str]:
    yield from _fields("survey", encode(old.survey), encode(new.survey))
    yield from _listed("measure", old.measures, new.measures)
    yield from _listed("dimension", old.dimensions, new.dimensions)
    yield from _fields("design", encode(old.design), encode(new.design))
    yield from _fields("policy", encode(old.cells.policy), encode(new.cells.policy))
    if old.cells.level != new.cells.level:
        yield f"confidence level: {old.cells.level} -> {new.cells.level}"
    yield from _breakdowns(old, new)
    yield from _contrasts(old, new)
    yield from _fields("provenance", encode(old.provenance), encode(new.provenance))


def _listed(noun: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[str]:
    """Things with an id: which came, which went, and what is said differently of the others."""
    before, after = {thing.id: thing for thing in old}, {thing.id: thing for thing in new}
    yield from (f'{noun} "{name}": new' for name in after if name not in before)
    yield from (f'{noun} "{name}": no longer there' for name in before if name not in after)
    kept = [name for name in before if name in after]
    for name in kept:
        yield from _fields(f'{noun} "{name}"', encode(before[name]), encode(after[name]))
    if kept != [name for name in after if name in before]:
        yield f"{noun}s: in another order"


def _fields(what: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    for name in dict.fromkeys((*old, *new)):
        before, after = old.get(name), new.get(name)
        if isinstance(before, dict) and isinstance(after, dict):
            yield from _fields(f"{what}, {name}", before, after)
        elif not _same(before, after):
            yield f"{what}, {name}: {_said(before)} -> {_said(after)}"


def _breakdowns(old: Release, new: Release) -> Iterator[str]:
    before, after = set(old.breakdowns), set(new.breakdowns)
    yield from (f"breakdown {_crossed(by)}: new" for by in new.breakdowns if by not in before)
    yield from (f"breakdown {_crossed(by)}: no longer there" for by in old.breakdowns if by not in after)


def _crossed(by: tuple[str, ...]) -> str:
    return " x ".join(by) or "overall"


def _contrasts(old: Release, new: Release) -> Iterator[str]:
    """Comparisons of groups follow from the cells, so how many differ says enough."""
    before = {(row.measure, row.cell, row.against): row for row in old.cells.contrasts}
    after = {(row.measure, row.cell, row.against): row for row in new.cells.contrasts}
    names = [field.name for field in fields(new.cells.contrasts[0])] if new.cells.contrasts else []
    differing = sum(
        not all(_same(getattr(before[key], name), getattr(row, name)) for name in names)
        for key, row in after.items()
        if key in before
    )
    came, went = len(after.keys() - before.keys()), len(before.keys() - after.keys())
    if came or went or differing:
        yield f"comparisons of groups: {differing} changed, {came} new, {went} no longer there"


def _place(measure: str, cell: CellKey) -> str:
    return f"{measure} [{', '.join(f'{dimension} = {code}' for dimension, code in cell) or 'overall'}]"


def _said(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "nothing"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list):  # texts and groups are lists of pairs
        return ", ".join(_pair(part) for part in value)
    return str(value)


def _pair(part: Any) -> str:
    if isinstance(part, list):
        return "(" + ", ".join(_pair(piece) for piece in part) + ")"
    return str(part)
