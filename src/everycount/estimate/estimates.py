"""Numbers with error and basis: not publishable."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from everycount.estimate.condition import Condition
    from everycount.estimate.plan import Plan
    from everycount.sample.design import Basis, Design, Scope

# ((dimension, group code), ...) in the order of the breakdown; () is the overall value.
CellKey: TypeAlias = tuple[tuple[str, str], ...]


class Verdict(StrEnum):
    """What the number is good for, by the presentation rules of docs/reference/statistics.md."""

    PUBLISH = "publish"
    CAUTION = "caution"
    SUPPRESS = "suppress"
    COLLECT_MORE = "collect_more"


@dataclass(frozen=True, slots=True)
class Estimate:
    """One measure in one cell.

    Attributes:
        measure: id of the measure.
        cell: which group of people.
        value: the estimate; None where nobody answered. A proportion is 0-1.
        se, ci_low, ci_high, df: error of a design basis, else None. ``se`` None with a value on a design
            basis means "not estimable" (no variation between clusters, or no degrees of freedom).
        interval: name of the method that made the interval, "" without one.
        n: respondents (unweighted) with an answer, inside the measure's ``among``.
        events: of those, how many have what a proportion or count looks for; None for other kinds.
        n_excluded: rows of the cell that answered but stand outside ``among``.
        n_missing: rows of the cell inside ``among`` without an answer.
        clusters: first-stage clusters among the respondents (each record is its own where there are none).
        population: sum of the weights of the respondents.
        n_effective: n / design effect; n_kish: (sum w)^2 / sum w^2; deff: against simple random sampling
            with replacement.
        cv: se / |value|.
        largest_share: largest single respondent's share of a total or mean of non-negative values, else None.
        verdict: what the number is good for; n_needed: respondents of this design that would suffice.
    """

    measure: str
    cell: CellKey
    value: float | None
    se: float | None
    ci_low: float | None
    ci_high: float | None
    df: int | None
    interval: str
    n: int
    events: int | None
    n_excluded: int
    n_missing: int
    clusters: int
    population: float
    n_effective: float | None
    n_kish: float | None
    deff: float | None
    cv: float | None
    largest_share: float | None
    verdict: Verdict
    n_needed: int | None


class Against(StrEnum):
    """What a group is compared with.

    Everybody else in the same breakdown, the best-off group, all, or the group that the dimension names.
    """

    REST = "rest"
    BEST = "best"
    OVERALL = "overall"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Contrast:
    """A group compared with another, with the covariance that shared clusters give them.

    Made for breakdowns by one dimension. ``other`` is the other group's cell for BEST and REFERENCE, ()
    otherwise. The ratio is None where the other value is 0; errors are None without a design basis.
    """

    measure: str
    cell: CellKey
    against: Against
    other: CellKey
    difference: float
    difference_se: float | None
    difference_low: float | None
    difference_high: float | None
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    df: int | None


@dataclass(frozen=True, slots=True)
class Association:
    """Whether the groups of a dimension differ at all in a measure: one test of three groups or more.

    Attributes:
        statistic: held against F with ``df`` and ``df_below`` degrees of freedom.
        p: how often chance alone would make groups that are alike differ so.
    """

    measure: str
    dimension: str
    statistic: float
    df: float
    df_below: float
    p: float


@dataclass(frozen=True, slots=True)
class SampleFacts:
    """What the whole sample is, said beside every number; counts, and the sum of weights."""

    records: int
    strata: int
    clusters: int
    lonely_strata: int
    population: float
    n_kish: float


@dataclass(frozen=True, slots=True)
class Nesting:
    """Each group of one dimension lies in one group of another, as districts lie in regions.

    Attributes:
        table: ``main`` or a roster, whose rows bear it out.
        inner, outer: the dimensions.
        places: the outer group of each inner one that has any.
    """

    table: str
    inner: str
    outer: str
    places: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Parting:
    """Two ``among`` that leave one of the parts of people empty, which they and everybody tell apart.

    Attributes:
        table: ``main`` or a roster, whose rows bear it out.
        one, other: the two.
        nested: whoever is inside the one is inside the other.
        disjoint: nobody is inside both, and somebody is known to be in neither.
        covering: nobody is known to be in neither.
    """

    table: str
    one: Condition
    other: Condition
    nested: bool = False
    disjoint: bool = False
    covering: bool = False


@dataclass(frozen=True, slots=True)
class Crossings:
    """What groups of different dimensions have in common though no table crosses them; never printed.

    Attributes:
        ties: (table, dimension, dimension): their common cells are told here.
        nestings: those that lie in each other; their cells have the numbers of the inner dimension's.
        estimates: of the crosses of all others, only of cells in which somebody is.
        partings: conditions of ``among`` that overlap in a way that numbers can be subtracted by.
        covered: (table, dimension, code, dimension): whoever is in this group is in some group of the other,
            with which its own dimension hangs together.
    """

    ties: tuple[tuple[str, str, str], ...] = ()
    nestings: tuple[Nesting, ...] = ()
    estimates: tuple[Estimate, ...] = ()
    partings: tuple[Parting, ...] = ()
    covered: tuple[tuple[str, str, str, str], ...] = ()


NO_CROSSINGS = Crossings()


@dataclass(frozen=True, slots=True)
class Estimates:
    """Everything a plan asked for: in the order of the plan's tables, measures within, cells within.

    ``remarks`` are what must be said of the weights: how far a calibration moved them. ``advice`` is for the
    keeper of the records alone. ``crossings`` are for protection alone.
    """

    plan: Plan
    design: Design
    basis: Basis
    scope: Scope
    level: float
    facts: SampleFacts
    estimates: tuple[Estimate, ...]
    contrasts: tuple[Contrast, ...]
    remarks: tuple[tuple[str, str], ...] = ()
    associations: tuple[Association, ...] = ()
    advice: tuple[str, ...] = ()
    crossings: Crossings = NO_CROSSINGS
