"""Cells + provenance: numbered, immutable, and all that a writer needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from everycount.text import NOTHING, Text

if TYPE_CHECKING:
    from everycount.estimate.estimates import SampleFacts
    from everycount.estimate.plan import Benchmark, Better, MeasureKind, SdgLink
    from everycount.protect.cells import Cells
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
    """A measure as readers meet it; ``wording`` is the question as it was asked."""

    id: str
    kind: MeasureKind
    labels: Text
    unit: str
    number: str
    better: Better | None
    sdg: SdgLink | None
    benchmark: Benchmark | None
    wording: Text


@dataclass(frozen=True, slots=True)
class DimensionFacts:
    """A dimension as readers meet it: (code, label) of its groups in order."""

    id: str
    labels: Text
    groups: tuple[tuple[str, Text], ...]
    ordered: bool
    area: str | None
    sensitive: bool
    sdmx: str | None
    wording: Text


@dataclass(frozen=True, slots=True)
class DesignFacts:
    """How sure one can be, and why."""

    kind: DesignKind
    basis: Basis
    scope: Scope
    lonely: Lonely
    weighted: bool
    clustered: bool
    interval: str
    sample: SampleFacts
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Input:
    """A file that the release was made from."""

    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Provenance:
    """From what the numbers were made: the same inputs and version give the same digest anywhere.

    Attributes:
        software: ``everycount`` and its version.
        inputs: every file read.
        plan: the survey file as data.
        findings: how many oddities of each kind the checks found; never a value of a record.
        supersedes: digest of the release that this one revises, or "".
    """

    software: str
    inputs: tuple[Input, ...]
    plan: dict[str, Any]
    findings: tuple[tuple[str, int], ...] = ()
    supersedes: str = ""


@dataclass(frozen=True, slots=True)
class Release:
    """Protected numbers with all that is needed to read them."""

    survey: SurveyFacts
    measures: tuple[MeasureFacts, ...]
    dimensions: tuple[DimensionFacts, ...]
    breakdowns: tuple[tuple[str, ...], ...]
    design: DesignFacts
    cells: Cells
    provenance: Provenance
