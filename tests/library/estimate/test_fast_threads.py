"""The compiled kernel gives the same bits with any number of threads, on a sample that busies them all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

pytest.importorskip("numba", reason="the compiled kernel is an extra: everycount[fast]")

from everycount.estimate import fast, fast_source
from everycount.estimate.frame import Frame, MeasureColumns
from everycount.estimate.kernel import estimate_frame, finish_frame
from everycount.estimate.plan import Dimension, Group, Measure, MeasureKind, Plan, Table
from everycount.sample.design import Basis, Lonely
from everycount.text import NOTHING

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from everycount.estimate.estimates import Contrast, Estimate

ROWS, STRATA, CLUSTERS = 60_000, 150, 1_500
SIZES = {"region": 12, "sex": 2, "age": 8, "group": 20}
BREAKDOWNS: list[tuple[str, ...]] = [
    (),
    ("region",),
    ("group",),
    ("sex", "age"),
    ("region", "group", "sex"),
    ("group", "age"),
]
KINDS = (
    MeasureKind.PROPORTION,
    MeasureKind.PROPORTION,
    MeasureKind.COUNT,
    MeasureKind.MEAN,
    MeasureKind.TOTAL,
    MeasureKind.RATIO,
)


def people(*, in_order: bool) -> Frame:
    """Invented people: some regions hold several strata, some strata one cluster, one question has gaps."""
    rng = np.random.default_rng(11)
    cluster = np.sort(rng.integers(0, CLUSTERS, ROWS))
    stratum = np.minimum(cluster // 10, STRATA - 1)
    stratum[cluster >= CLUSTERS - 5] = STRATA - 5 + cluster[cluster >= CLUSTERS - 5] % 5
    at = np.lexsort((cluster, stratum)) if in_order else rng.permutation(ROWS)
    cluster, stratum = cluster[at], stratum[at]
    codes: dict[str, NDArray[Any]] = {
        name: rng.integers(0, size, ROWS).astype(np.int8) for name, size in SIZES.items()
    }
    codes["region"] = (stratum % 12).astype(np.int8)
    codes["group"][rng.random(ROWS) < 0.01] = -1
    return Frame(
        "main",
        stratum,
        cluster[:, None],
        rng.lognormal(3, 0.7, ROWS),
        None,
        codes,
        {
            n: Dimension(n, n, groups=tuple(Group(str(c), NOTHING, ()) for c in range(s)))
            for n, s in SIZES.items()
        },
        {f"m{place}": answers(rng, f"m{place}", kind) for place, kind in enumerate(KINDS)},
    )


def answers(rng: np.random.Generator, name: str, kind: MeasureKind) -> tuple[Measure, MeasureColumns]:
    """Yes and no in a byte, with gaps in the second measure; else numbers of many sizes."""
    y: NDArray[Any] = (rng.random(ROWS) < 0.2).astype(np.int8)
    inside = np.ones(ROWS, dtype=bool)
    if name == "m1":
        y, inside = np.where(rng.random(ROWS) < 0.1, np.nan, y), rng.random(ROWS) < 0.9
    if kind in {MeasureKind.MEAN, MeasureKind.TOTAL, MeasureKind.RATIO}:
        y = rng.lognormal(2, 1, ROWS)
    x = rng.lognormal(1, 0.3, ROWS) if kind is MeasureKind.RATIO else np.ones(ROWS)
    return Measure(name, kind), MeasureColumns(y, x, inside)


def found(frame: Frame, threads: int) -> tuple[list[bytes], list[Estimate], list[Contrast]]:
    """Every array of the finished table as bytes, the estimates and the comparisons."""
    tables = [Table(tuple(frame.measures), by) for by in BREAKDOWNS]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fast, "ENOUGH", 0)
        patch.setattr(fast, "processors", lambda: threads)
        patch.setattr(fast_source, "BLOCK", 2_000)  # many windows in each chunk of strata
        plan, lonely, basis = Plan(()), Lonely.ADJUST, Basis.DESIGN
        table = list(finish_frame(frame, plan, lonely=lonely, basis=basis, tables=tables))
        cells, gaps = estimate_frame(frame, plan, lonely=lonely, basis=basis, tables=tables)
    arrays = [(one.value, one.se, one.n_kish, one.bounds.low, one.bounds.high) for one in table]
    return [array.tobytes() for many in arrays for array in many], cells, gaps


@pytest.mark.parametrize("in_order", [True, False], ids=["in order", "in any order"])
def test_any_number_of_threads_gives_the_same_bits(*, in_order: bool) -> None:
    frame = people(in_order=in_order)
    alone, cells, gaps = found(frame, 1)
    assert sum(cell.se is not None for cell in cells) > 2_000
    assert gaps
    for threads in (2, 3, 7):
        arrays, others, other_gaps = found(frame, threads)
        assert arrays == alone
        assert (others, other_gaps) == (cells, gaps)


def test_rows_in_any_order_give_what_they_give_in_order() -> None:
    """The same villages and people: only the last digits may differ, where sums are made in another order."""
    frame = people(in_order=True)
    at = np.random.default_rng(3).permutation(ROWS)
    turned = Frame(
        frame.table,
        frame.strata[at],
        frame.clusters[at],
        frame.weights[at],
        None,
        {name: codes[at] for name, codes in frame.dimensions.items()},
        frame.groups,
        {
            name: (measure, MeasureColumns(columns.y[at], columns.x[at], columns.inside[at]))
            for name, (measure, columns) in frame.measures.items()
        },
    )
    for one, other in zip(found(frame, 2)[1], found(turned, 2)[1], strict=True):
        assert (one.n, one.df, one.clusters) == (other.n, other.df, other.clusters)
        assert one.value == pytest.approx(other.value, rel=1e-9)
        assert one.se == pytest.approx(other.se, rel=1e-8)
