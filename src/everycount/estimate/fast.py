"""The sums of all breakdowns in one compiled scan of the rows: the fast twin of the plain kernel.

The variance of a ratio R = Y / X is (A - 2 R B + R^2 C) / X^2 with A, B and C the design's sums of squares
of y, products of y and x, and squares of x (Särndal, Swensson and Wretman 1992, 5.5-5.6, multiplied out).
None of them needs R, so that one scan suffices; y is measured from the ratio of all rows, which keeps digits.
Cells in which the difference loses digits all the same are summed again from their own rows, as the plain
kernel does it.

Chunks of strata are the same whatever the number of threads, and are added in their order: the same bits.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import TYPE_CHECKING

from everycount.estimate.fast_cells import refine
from everycount.estimate.fast_layout import Layout, families
from everycount.estimate.fast_source import Column, Source, batches, compiled_code
from everycount.estimate.fast_tables import scanned
from everycount.estimate.plan import MeasureKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.estimate.fast_cells import FastMoments
    from everycount.estimate.fast_layout import Breakdown
    from everycount.estimate.frame import Frame
    from everycount.estimate.plan import Measure
    from everycount.estimate.stages import Stages
    from everycount.sample.design import Lonely

# Rows times breakdowns from which compiled code pays. The plain kernel takes about 2 s a measure there;
# loading the compiled one takes 0.4 s, compiling it 13 s, once a machine. A survey of 4,000 households never
# gets near.
ENOUGH = 20_000_000
COVERED = frozenset(
    {MeasureKind.PROPORTION, MeasureKind.MEAN, MeasureKind.TOTAL, MeasureKind.COUNT, MeasureKind.RATIO}
)


def pays(rows: int, breakdowns: int) -> bool:
    """Whether the compiled kernel is there, and the work large enough for it."""
    return rows * breakdowns >= ENOUGH and find_spec("numba") is not None


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def covers(measure: Measure, stages: Stages) -> bool:
    """Whether the compiled kernel knows the measure and the design: one stage of it."""
    return measure.kind in COVERED and len(stages.stages) == 1


def sums_of(
    frame: Frame,
    stages: Stages,
    measures: Sequence[str],
    breakdowns: Sequence[Breakdown],
    *,
    lonely: Lonely,
    threads: int | None = None,
) -> dict[str, dict[Breakdown, FastMoments]] | None:
    """The sums of measures in every breakdown.

    Args:
        frame: the rows; group codes, answers and strata may be of any narrow type that holds them.
        stages: the design of the frame; one stage.
        measures: ids of measures that :func:`covers` knows.
        breakdowns: the dimensions crossed, in order.
        lonely: what a stratum with one cluster contributes.
        threads: how many to use; all processors there are.

    Returns:
        For each measure and breakdown, or None where a breakdown has too many cells for tables, or the
        compiler that is installed cannot work with the NumPy that is.
    """
    try:
        compiled_code()
    except ImportError:
        return None
    threads = threads or processors()
    used = dict.fromkeys(name for by in breakdowns for name in by)
    nowhere = {name: int(frame.dimensions[name].min(initial=0) < 0) for name in used}
    sizes = {name: len(frame.groups[name].groups) for name in nowhere}
    together = families(breakdowns, {name: sizes[name] + nowhere[name] for name in sizes})
    if together is None:
        return None
    with ThreadPoolExecutor(threads) as pool:
        source = Source.of(frame, stages, lonely, pool, threads)
        found: dict[str, dict[Breakdown, FastMoments]] = {name: {} for name in measures}
        columns = [Column.of(source, name) for name in measures]
        for members in together:
            layout = Layout.of(members, sizes, nowhere, source.outer({name for by in members for name in by}))
            for batch in batches(columns, layout.full):
                made = scanned(source, layout, batch)
                refine(source, layout, {id(one.every): one.every for one in made}.values())
                for one in made:
                    found[one.measure.id][one.by] = one
    return found
