"""Cells + provenance: numbered, immutable, and all that a writer needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING, Any

from everycount.protect.cells import Cells
from everycount.release.fingerprint import compute
from everycount.text import NOTHING, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from everycount.estimate.estimates import CellKey, SampleFacts
    from everycount.estimate.plan import Benchmark, Better, MeasureKind, SdgLink
    from everycount.protect.cells import Cell
    from everycount.protect.sensitivity import Guard
    from everycount.quality.public import QualityFigure
    from everycount.sample.design import Basis, DesignKind, Lonely, Scope


@dataclass(frozen=True, slots=True)
class SurveyFacts:
    """What the survey says of itself.

    Attributes:
        id: its name in files and codes.
        title: its name for people.
        period: ISO 8601 date, month, year or interval of the fieldwork.
        area: ISO 3166 alpha-3 or M49 code.
        languages: BCP 47 tags, the survey's own first.
        about: a paragraph on who asked whom and why.
        asked_by: who designed and collected.
        licence: of the release.
        source: where the records come from, for the source line of every figure.
        invented: the people and answers are invented; every page must say so.
    """

    id: str
    title: Text
    period: str
    area: str
    languages: tuple[str, ...]
    about: Text = NOTHING
    asked_by: Text = NOTHING
    licence: str = ""
    source: str = ""
    invented: bool = False


@dataclass(frozen=True, slots=True)
class MeasureFacts:
    """A measure as readers meet it.

    Attributes:
        wording: the question as asked.
        at: the share of a quantile, or the part of the median that is a poverty line.
        do_not_map: it says who belongs to a group that no map shows.
    """

    id: str
    kind: MeasureKind
    labels: Text
    unit: str
    number: str
    better: Better | None
    sdg: SdgLink | None
    benchmark: Benchmark | None
    wording: Text
    at: float | None = None
    do_not_map: bool = False


@dataclass(frozen=True, slots=True)
class DimensionFacts:
    """A dimension as readers meet it.

    Attributes:
        groups: (code, label) in order.
        do_not_map: where its groups live is told by no map and no code of a place.
        guards: groups that the catalogue protects, with what the survey says of it.
    """

    id: str
    labels: Text
    groups: tuple[tuple[str, Text], ...]
    ordered: bool
    area: str | None
    sensitive: bool
    sdmx: str | None
    wording: Text
    do_not_map: bool = False
    guards: tuple[Guard, ...] = ()


@dataclass(frozen=True, slots=True)
class DesignFacts:
    """How sure one can be, and why; ``multiplicity`` is how many comparisons at once are allowed for."""

    kind: DesignKind
    basis: Basis
    scope: Scope
    lonely: Lonely
    weighted: bool
    clustered: bool
    interval: str
    sample: SampleFacts
    notes: dict[str, str] = field(default_factory=dict)
    multiplicity: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """A file that the release was made from.

    Attributes:
        name: from the survey folder.
        sha256: 64 hexadecimal digits; "" where the file holds answers, which could be guessed by it.
        bytes: its size; 0 where no digest is told.
    """

    name: str
    sha256: str = ""
    bytes: int = 0

    def __post_init__(self) -> None:
        # An absolute path would tell where somebody's computer keeps the records, and differ elsewhere.
        if self.name.startswith(("/", "\\")) or self.name[1:2] == ":":
            raise ValueError(f'An input is named from the survey folder, not "{self.name}".')


@dataclass(frozen=True, slots=True)
class Provenance:
    """From what the numbers were made: the same inputs and version give the same digest anywhere.

    Attributes:
        software: ``everycount`` and its version.
        inputs: every file read.
        plan: the survey file as data, as far as it names no one.
        findings: how many oddities of each kind the checks found, at most; never a value or row of a record.
        supersedes: digest of the release that this one revises, or "".
        quality: rounded figures about the quality of all records together.
        given: digests of all releases that this one was held against, the oldest first; what is empty is left
            out of files, so that those made before are read and named as they were.
    """

    software: str
    inputs: tuple[Input, ...]
    plan: dict[str, Any]
    findings: tuple[tuple[str, int], ...] = ()
    supersedes: str = ""
    quality: tuple[QualityFigure, ...] = ()
    given: tuple[str, ...] = field(default=(), metadata={"left_out": True})


@dataclass(frozen=True)  # no slots, so that the digest can be kept
class Release:
    """Protected numbers with all that is needed to read them.

    What exists is valid: every cell speaks of a known measure and known groups, once, in finite numbers. A
    breach is a fault of the program, not of the input, hence ``ValueError`` (``TypeError`` for anything that
    did not come out of :mod:`everycount.protect`).
    """

    survey: SurveyFacts
    measures: tuple[MeasureFacts, ...]
    dimensions: tuple[DimensionFacts, ...]
    breakdowns: tuple[tuple[str, ...], ...]
    design: DesignFacts
    cells: Cells
    provenance: Provenance

    def __post_init__(self) -> None:
        if not isinstance(self.cells, Cells):
            raise TypeError(
                "A release is made of Cells, which everycount.protect makes, and of nothing else."
            )
        for problem in _problems(self):
            raise ValueError(problem)

    @cached_property
    def digest(self) -> str:
        """What the release says, as ``sha256:`` and 64 hexadecimal digits (see :mod:`.fingerprint`)."""
        return compute(self)


def digest(release: Release) -> str:
    """``sha256:`` and 64 hexadecimal digits that name what the release says."""
    return release.digest


def _problems(release: Release) -> Iterator[str]:
    """What is wrong with a release; nothing, where it may exist."""
    yield from _repeated("measure", (measure.id for measure in release.measures))
    yield from _repeated("dimension", (dimension.id for dimension in release.dimensions))
    for dimension in release.dimensions:
        codes = [code for code, _ in dimension.groups]
        yield from _repeated(f'group of dimension "{dimension.id}"', codes)
        if "" in codes:  # an empty column means "total" in cells.csv
            yield f'The dimension "{dimension.id}" has a group whose code is empty.'
    yield from _cell_problems(release)


def _repeated(noun: str, names: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield f'There are two of the {noun} "{name}".'
        seen.add(name)


def _cell_problems(release: Release) -> Iterator[str]:
    measures = {measure.id for measure in release.measures}
    groups = {(dimension.id, code) for dimension in release.dimensions for code, _ in dimension.groups}
    seen: set[tuple[str, CellKey]] = set()
    for cell in release.cells.cells:
        key = (cell.measure, cell.cell)
        if cell.measure not in measures or not groups.issuperset(cell.cell):
            yield f"The cell {key} speaks of a measure or a group that the release does not know."
        if key in seen:
            yield f"The cell {key} is there twice."
        seen.add(key)
        if not all(map(isfinite, _numbers(cell))):
            yield f"The cell {key} holds a number that is not finite."


def _numbers(cell: Cell) -> Iterator[float]:
    parts = (cell.value, cell.se, cell.ci_low, cell.ci_high, cell.n_effective, cell.deff, cell.cv)
    return (part for part in parts if part is not None)
