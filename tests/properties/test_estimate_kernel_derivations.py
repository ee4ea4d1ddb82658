"""Each estimator derived twice: rolled up in arrays, and row by row in plain Python as the formulas read."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from everycount.estimate.estimates import Against
from everycount.estimate.frame import Frame, MeasureColumns
from everycount.estimate.kernel import estimate_frame
from everycount.estimate.plan import Better, Dimension, Group, IntervalRule, Measure, MeasureKind, Plan, Table
from everycount.estimate.stages import stages_of
from everycount.estimate.variance import cross_products, spread
from everycount.sample.design import Basis, Lonely
from everycount.text import NOTHING
from spec.estimate_drawing import both

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from everycount.estimate.estimates import Estimate

SIZES = {"a": 3, "b": 2, "c": 2}
OPTIONS = [Lonely.ADJUST, Lonely.AVERAGE, Lonely.CERTAINTY]
SUMS = {MeasureKind.TOTAL, MeasureKind.COUNT}
modest = settings(max_examples=60, deadline=None)


@st.composite
def frames(draw: st.DrawFn, kinds: Sequence[MeasureKind] = tuple(MeasureKind)) -> Frame:
    """Up to 24 people in up to three strata of up to four villages, some answers missing."""
    rows = draw(st.integers(2, 24))
    kind = draw(st.sampled_from(kinds))

    def some(values: st.SearchStrategy[float]) -> np.ndarray:
        return np.array(draw(st.lists(values, min_size=rows, max_size=rows)))

    strata = some(st.integers(0, 2)).astype(np.int64)
    first = strata * 4 + some(st.integers(0, 3)).astype(np.int64)
    clusters = np.stack([first, first * 3 + some(st.integers(0, 2)).astype(np.int64)], axis=1)
    answers = st.integers(0, 1) if kind in {MeasureKind.PROPORTION, MeasureKind.COUNT} else st.integers(-3, 9)
    y = some(st.one_of(answers.map(float), answers.map(float), st.just(math.nan)))
    x = some(st.integers(1, 5).map(float)) if kind is MeasureKind.RATIO else np.ones(rows)
    columns = MeasureColumns(y, x, some(st.sampled_from([1.0, 1.0, 1.0, 0.0])).astype(bool))
    dimensions = {
        name: Dimension(name, name, groups=tuple(Group(str(code), NOTHING, ()) for code in range(size)))
        for name, size in SIZES.items()
    }
    return Frame(
        "main",
        strata,
        clusters,
        some(st.sampled_from([0.5, 1.0, 2.0, 7.25])),
        populations(strata, clusters) if draw(st.booleans()) else None,
        {name: some(st.integers(-1, size - 1)).astype(np.int64) for name, size in SIZES.items()},
        dimensions,
        {"m": (Measure("m", kind, better=Better.HIGHER), columns)},
    )


def populations(strata: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """Twice what was drawn, plus one; in the first stratum exactly what was drawn."""

    def of(parents: np.ndarray, units: np.ndarray) -> list[float]:
        drawn = {parent: len(set(units[parents == parent])) for parent in set(parents)}
        return [drawn[parent] * (1 if parent == 0 else 2) + (parent != 0) for parent in parents]

    return np.array([of(strata, clusters[:, 0]), of(clusters[:, 0], clusters[:, 1])]).T.astype(float)


@dataclass
class Plain:
    """The textbook, row by row."""

    frame: Frame
    lonely: Lonely

    def counts(self, inside: Sequence[bool]) -> list[int]:
        """Rows of a domain that answered, inside the measure."""
        columns = self.frame.measures["m"][1]
        answered = [not math.isnan(y) for y in columns.y]
        return [row for row, here in enumerate(inside) if here and columns.inside[row] and answered[row]]

    def value(self, rows: Sequence[int]) -> float | None:
        measure, columns = self.frame.measures["m"]
        if not rows:
            return None
        above = sum(self.frame.weights[row] * columns.y[row] for row in rows)
        below = sum(self.frame.weights[row] * columns.x[row] for row in rows)
        return above if measure.kind in SUMS else above / below

    def influences(self, rows: Sequence[int]) -> dict[int, float]:
        """By row; rows of others have none, which counts as 0."""
        measure, columns = self.frame.measures["m"]
        w = self.frame.weights
        if measure.kind in SUMS:
            return {row: w[row] * columns.y[row] for row in rows}
        below, value = sum(w[row] * columns.x[row] for row in rows), self.value(rows)
        assert value is not None
        return {row: w[row] * (columns.y[row] - value * columns.x[row]) / below for row in rows}

    def variance(self, influence: dict[int, float]) -> float:
        stages = 1 if self.frame.populations is None else 2
        total, everybody = 0.0, range(len(self.frame.weights))
        for stage in range(stages):
            contributions = []
            parents: dict[int, list[int]] = defaultdict(list)
            for row in everybody:
                parents[int(self.frame.clusters[row, 0] if stage else self.frame.strata[row])].append(row)
            units = len({self.unit(row, stage) for row in everybody})
            centre = sum(influence.values()) / units
            contributions = [
                self.within(rows, stage, influence, centre)
                for rows in parents.values()
                if any(row in influence for row in rows)
            ]
            known = [value for value in contributions if value is not None]
            if contributions and not known:
                return math.nan
            total += sum(known) * (len(contributions) / len(known) if known else 1)
        return total

    def unit(self, row: int, stage: int) -> int:
        return int(self.frame.clusters[row, stage])

    def fraction(self, row: int, stage: int, drawn: int) -> float:
        given_sizes = self.frame.populations
        return 0.0 if given_sizes is None else drawn / given_sizes[row, stage]

    def within(
        self, rows: list[int], stage: int, influence: dict[int, float], everybodys: float
    ) -> float | None:
        """One parent's part; None where the average of the others has to stand for it."""
        sums: dict[int, float] = defaultdict(float)
        for row in rows:
            sums[self.unit(row, stage)] += influence.get(row, 0.0)
        n = len(sums)
        f = self.fraction(rows[0], stage, n)
        reach = 1.0
        if stage:
            stratum = self.frame.strata[rows[0]]
            villages = {
                self.unit(row, 0)
                for row in range(len(self.frame.strata))
                if self.frame.strata[row] == stratum
            }
            reach = self.fraction(rows[0], 0, len(villages))
        if n == 1 and f < 1:
            alone = {Lonely.CERTAINTY: 0.0, Lonely.AVERAGE: None}
            (only,) = sums.values()
            return alone.get(self.lonely, reach * (1 - f) * (only - everybodys) ** 2)
        mean = sum(sums.values()) / n
        return reach * (1 - f) * n / max(n - 1, 1) * sum((value - mean) ** 2 for value in sums.values())


def codes_of(cell: Estimate) -> dict[str, int]:
    return {name: int(code) for name, code in cell.cell}


def members(frame: Frame, groups: dict[str, int]) -> list[bool]:
    return [
        all(frame.dimensions[name][row] == code for name, code in groups.items())
        for row in range(len(frame.weights))
    ]


@modest
@given(frames(), st.sampled_from(OPTIONS), st.sampled_from([(), ("a",), ("b", "a"), ("a", "b", "c")]))
def test_cells_are_what_the_textbook_says(frame: Frame, lonely: Lonely, by: tuple[str, ...]) -> None:
    plain = Plain(frame, lonely)
    for cell in both(frame, *by, lonely=lonely)[0]:
        rows = plain.counts(members(frame, codes_of(cell)))
        assert cell.n == len(rows)
        assert near(cell.value, plain.value(rows), 1e-12)
        if cell.se:
            assert cell.se**2 == pytest.approx(plain.variance(plain.influences(rows)), rel=1e-9)
        elif cell.value is not None and cell.df:
            size = sum(value**2 for value in plain.influences(rows).values())
            variance = plain.variance(plain.influences(rows))
            assert math.isnan(variance) or variance <= 1e-9 * max(size, 1)
        psus = {(frame.strata[row], frame.clusters[row, 0]) for row in rows}
        assert cell.clusters == len(psus)
        assert cell.df == len(psus) - len({stratum for stratum, _ in psus})
        assert cell.population == pytest.approx(sum(frame.weights[row] for row in rows))


@modest
@given(frames([MeasureKind.MEAN, MeasureKind.PROPORTION, MeasureKind.RATIO]), st.sampled_from(OPTIONS))
def test_gaps_are_linearised_directly(frame: Frame, lonely: Lonely) -> None:
    """The error of a difference from its own influence values, against covariances of the groups."""
    plain = Plain(frame, lonely)
    best = {c.cell: c.other for c in both(frame, "a", lonely=lonely)[1] if c.against is Against.BEST}
    for contrast in both(frame, "a", lonely=lonely)[1]:
        own = plain.counts(members(frame, {"a": int(contrast.cell[0][1])}))
        other = {
            Against.OVERALL: [True] * len(frame.weights),
            Against.REST: [code >= 0 and str(code) != contrast.cell[0][1] for code in frame.dimensions["a"]],
            Against.BEST: members(frame, {"a": int(best[contrast.cell][0][1])})
            if contrast.cell in best
            else [],
        }[contrast.against]
        others = plain.counts(other)
        one, two = plain.value(own), plain.value(others)
        assert one is not None
        assert two is not None
        assert contrast.difference == pytest.approx(one - two, abs=1e-12)
        if contrast.difference_se:
            first, second = plain.influences(own), plain.influences(others)
            gap = {row: first.get(row, 0.0) - second.get(row, 0.0) for row in first.keys() | second.keys()}
            assert contrast.difference_se**2 == pytest.approx(plain.variance(gap), rel=1e-8)
            if contrast.ratio_high and contrast.ratio and contrast.ratio_low:
                log_gap = {row: first.get(row, 0.0) / one - second.get(row, 0.0) / two for row in gap}
                halves = math.log(contrast.ratio_high / contrast.ratio_low) / 2
                t = (contrast.difference_high or 0) - contrast.difference
                assert halves == pytest.approx(
                    t / contrast.difference_se * math.sqrt(plain.variance(log_gap)), rel=1e-7, abs=1e-9
                )


@modest
@given(frames(), st.sampled_from([Lonely.ADJUST, Lonely.CERTAINTY]))
def test_variance_of_entries_is_the_diagonal_of_the_cross_products(frame: Frame, lonely: Lonely) -> None:
    stages = stages_of(frame)
    columns = frame.measures["m"][1]
    rows = np.where(np.isnan(columns.y), 0.0, columns.y * frame.weights)
    rows -= rows.sum() / len(rows)  # as influence values of a mean, which sum to nothing
    dense = np.zeros((stages.units, 2))
    np.add.at(dense[:, 0], stages.unit, rows)
    dense[:, 1] = 2 * dense[:, 0]
    product = sum(cross_products(stages, dense, lonely=lonely))
    owner, unit = np.repeat([0, 1], stages.units), np.tile(np.arange(stages.units), 2)
    sparse = spread(stages, owner, unit, dense.T.ravel(), 2, lonely=lonely).variance
    assert np.diag(product) == pytest.approx(sparse, rel=1e-9, abs=1e-9)
    assert product[0, 1] == pytest.approx(2 * product[0, 0], rel=1e-9, abs=1e-9)


@modest
@given(frames())
def test_a_breakdown_is_the_same_alone_and_among_others(frame: Frame) -> None:
    """Rolled up from a parent or from the rows."""
    everything = [(), ("a",), ("b",), ("a", "b"), ("c", "a"), ("a", "b", "c")]
    plan = Plan((), interval=IntervalRule.AUTO)

    def run(*breakdowns: tuple[str, ...]) -> list[Estimate]:
        tables = [Table(("m",), by) for by in breakdowns]
        return estimate_frame(frame, plan, lonely=Lonely.ADJUST, basis=Basis.DESIGN, tables=tables)[0]

    together = run(*everything)
    alone = [cell for by in everything for cell in run(by)]
    assert [cell.cell for cell in together] == [cell.cell for cell in alone]
    for one, other in zip(together, alone, strict=True):
        same(one, other)


def same(one: Estimate, other: Estimate) -> None:
    assert (one.n, one.df, one.clusters, one.events, one.n_missing, one.n_excluded) == (
        other.n,
        other.df,
        other.clusters,
        other.events,
        other.n_missing,
        other.n_excluded,
    )
    for name in ("value", "se", "ci_low", "ci_high", "deff", "n_kish", "largest_share"):
        assert near(getattr(one, name), getattr(other, name), 1e-7), name


def near(one: float | None, other: float | None, relative: float) -> bool:
    """Both are unknown, or both are known and close."""
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=relative, abs_tol=1e-9)


def shuffled(frame: Frame, order: np.ndarray) -> Frame:
    measure, columns = frame.measures["m"]
    moved = MeasureColumns(columns.y[order], columns.x[order], columns.inside[order])
    return replace(
        frame,
        strata=frame.strata[order],
        clusters=frame.clusters[order],
        weights=frame.weights[order],
        populations=None if frame.populations is None else frame.populations[order],
        dimensions={name: codes[order] for name, codes in frame.dimensions.items()},
        measures={"m": (measure, moved)},
    )


@modest
@given(frames(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(frame: Frame, random: object) -> None:
    order = np.arange(len(frame.weights))
    random.shuffle(order)  # type: ignore[attr-defined]
    compare_all(frame, shuffled(frame, order))


def compare_all(one: Frame, other: Frame, check: Callable[[Estimate, Estimate], None] = same) -> None:
    for by in ((), ("a",), ("a", "b")):
        for left, right in zip(both(one, *by)[0], both(other, *by)[0], strict=True):
            check(left, right)


@modest
@given(frames(), st.permutations(range(12)))
def test_the_names_of_clusters_do_not_matter(frame: Frame, names: list[int]) -> None:
    renamed = np.array(names, dtype=np.int64)
    first = renamed[frame.clusters[:, 0]]
    second = first * 3 + frame.clusters[:, 1] % 3
    compare_all(frame, replace(frame, clusters=np.stack([first, second], axis=1)))


@modest
@given(frames(), st.sampled_from([0.1, 3.0, 1000.0]))
def test_weights_matter_only_relative_to_each_other(frame: Frame, factor: float) -> None:
    """Means and shares stay; sums grow with the weights."""
    kind = frame.measures["m"][0].kind
    times = factor if kind in SUMS else 1.0

    def scaled(one: Estimate, other: Estimate) -> None:
        same(
            replace(one, **{name: grown(one, name, times) for name in ("value", "se", "ci_low", "ci_high")}),
            other,
        )

    compare_all(frame, replace(frame, weights=frame.weights * factor), scaled)


def grown(cell: Estimate, name: str, times: float) -> float | None:
    value = getattr(cell, name)
    return None if value is None else value * times


@modest
@given(frames())
def test_domains_partition(frame: Frame) -> None:
    """Cells of those in some group add up to everybody in some group; nobody is counted twice or lost."""
    within = replace(
        frame, dimensions={name: np.maximum(codes, 0) for name, codes in frame.dimensions.items()}
    )
    (everybody,) = both(within)[0]
    for by in (("a",), ("b", "c"), ("a", "b", "c")):
        found = both(within, *by)[0]
        for name in ("n", "n_missing", "n_excluded"):
            assert sum(getattr(cell, name) for cell in found) == getattr(everybody, name)
        assert sum(cell.population for cell in found) == pytest.approx(everybody.population)
        if frame.measures["m"][0].kind in SUMS:
            total = math.fsum(cell.value or 0.0 for cell in found)
            assert total == pytest.approx(everybody.value or 0.0, abs=1e-9)


@modest
@given(frames([MeasureKind.MEAN]))
def test_design_effect_of_everybody_is_against_simple_random_sampling(frame: Frame) -> None:
    (cell,) = both(frame)[0]
    rows = Plain(frame, Lonely.ADJUST).counts([True] * len(frame.weights))
    assume(cell.deff is not None and cell.se is not None and len(rows) > 1)
    y, w = frame.measures["m"][1].y[rows], frame.weights[rows]
    mean = (w * y).sum() / w.sum()
    simple = (w * (y - mean) ** 2).sum() / w.sum() * len(rows) / (len(rows) - 1) / len(rows)
    assert cell.deff == pytest.approx((cell.se or 0) ** 2 / simple, rel=1e-8)
    assert cell.n_effective is None or cell.n_effective == pytest.approx(len(rows) / (cell.deff or 1))
    assert cell.n_kish == pytest.approx(w.sum() ** 2 / (w**2).sum())
