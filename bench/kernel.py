"""All 41 one- to three-way breakdowns of 6 dimensions, with Taylor errors, against the file and peers.

The people are invented: 36 states, strata within them, 20,000 clusters, groups that are absent from most
places, weights, up to ten yes-or-no answers. Every size is run in a process of its own, so that memory is its
peak. Ratios are of one run on one machine; other work on it moves seconds more than ratios.

    python bench/kernel.py [--rows 1_000_000 10_000_000] [--measures 1 10] [--plain]
        [--svy PYTHON] [--r RSCRIPT]

``--plain`` times the plain kernel as well (up to 1 M rows). ``--svy`` names a Python that has svy, polars and
pyarrow; ``--r`` an Rscript with the package survey. Both are timed on one breakdown of 1 M rows, loading not
counted, and extrapolated by the number of cells, as the lines say. 50 M rows need 4 GB, and a minute to be
drawn: ``--rows 50_000_000``.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from everycount.estimate import fast
from everycount.estimate.frame import Frame, MeasureColumns
from everycount.estimate.kernel import _Cells, _Work, estimate_frame
from everycount.estimate.plan import Dimension, Group, Measure, MeasureKind, Plan, Table
from everycount.estimate.stages import stages_of
from everycount.sample.design import Basis, Lonely
from everycount.text import NOTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from everycount.estimate.moments import CellSums

STATES, STRATA, CLUSTERS, ANSWERS = 36, 500, 20_000, 10
DIMENSIONS = {"sex": 2, "age_band": 8, "social_group": 20, "state": STATES, "disability": 2, "wealth": 5}
BREAKDOWNS = [by for ways in (1, 2, 3) for by in combinations(DIMENSIONS, ways)]
DRAWN_AT_ONCE = 1_000_000
PEER_ROWS = 1_000_000
ONE_BREAKDOWN = """
    select age_band, social_group, sum(n), sum(w), sum(y), sum(spread) from (
        select stratum, age_band, social_group, sum(n) n, sum(w) w, sum(y) y,
            sum(y * y) - sum(y) ** 2 / 40 spread
        from (
            select stratum, psu, age_band, social_group, count(*) n, sum(weight) w, sum(weight * y01) y
            from '{file}' group by all
        ) group by all
    ) group by all
"""
SVY = """
import json, sys, time, polars, svy
data = polars.read_parquet(sys.argv[1])
sample = svy.Sample(data, svy.Design(stratum="stratum", psu="psu", wgt="weight"))
began = time.perf_counter()
sample.estimation.mean("y01", by="social_group")
print(json.dumps(time.perf_counter() - began))
"""
R = """
suppressMessages(library(survey)); options(survey.lonely.psu = "remove")
path <- commandArgs(trailingOnly = TRUE)[1]; data <- read.csv(path)
design <- svydesign(id = ~psu, strata = ~stratum, weights = ~weight, data = data)
cat(system.time(svyby(~y01, ~social_group, design, svymean, vartype = c("se", "ci")))[["elapsed"]])
"""


def main() -> None:
    """Draw the people, run every size, print."""
    asked = arguments()
    if asked.one:
        print(json.dumps(one_size(Path(asked.one[0]), int(asked.one[1]), plain=asked.plain)))
        return
    warm = {"rows": 20_000, "measures": 2}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "warm.parquet")
        draw(file, warm["rows"])
        began = time.perf_counter()
        run_one(file, warm["measures"], plain=False)
        print(f"first run of a process: {time.perf_counter() - began:.1f} s (compiles where nothing is kept)")
        for rows in asked.rows:
            file = Path(folder, f"{rows}.parquet")
            draw(file, rows)
            for measures in asked.measures:
                found = run_one(file, measures, plain=asked.plain and rows <= PEER_ROWS)
                report(rows, measures, found)
                if rows == PEER_ROWS:
                    peers(file, measures, found, asked)
            file.unlink()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--measures", type=int, nargs="+", default=[1, ANSWERS])
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--svy")
    parser.add_argument("--r")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    return parser.parse_args()


def run_one(file: Path, measures: int, *, plain: bool) -> dict[str, float]:
    command = [sys.executable, __file__, "--one", str(file), str(measures), *(["--plain"] if plain else [])]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


def report(rows: int, measures: int, found: dict[str, float]) -> None:
    table = found["read"] + found["sums"] + found["table"]
    print(f"\n{rows:,} people, {measures} measures, {found['cells']:,.0f} cells and measures with people")
    line("reading the columns", found["read"])
    line("sums of all breakdowns", found["sums"], f"{found['sums_one']:.2f} s on one thread, same bits")
    line("errors and intervals", found["table"])
    line("file to finished table", table, f"{table / found['read']:.1f} x reading alone")
    line("estimates, verdicts, gaps", found["estimates"], "what a release is made from, without reading")
    line(
        "DuckDB, one breakdown",
        found["duckdb"],
        f"all breakdowns take {table / found['duckdb']:.1f} x as long",
    )
    print(f"  {'peak memory':28}{found['memory']:8.2f} GB")
    if "plain" in found:
        more = f"{found['plain'] / found['estimates']:.1f} x, {found['plain_memory']:.2f} GB"
        line("estimates without numba", found["plain"], more)


def line(what: str, seconds: float, more: str = "") -> None:
    print(f"  {what:28}{seconds:8.2f} s   {more}")


def one_size(file: Path, measures: int, *, plain: bool) -> dict[str, float]:
    """One size in this process: seconds of each step, the best of two, and memory."""
    found = {"read": best(lambda: read(file, measures))}
    pa.default_memory_pool().release_unused()
    frame = framed(file, measures)
    names, tables = list(frame.measures), [Table(tuple(frame.measures), by) for by in [(), *BREAKDOWNS]]
    sums: dict[int, dict[str, Any]] = {}

    def summed(threads: int | None) -> None:
        made = fast.sums_of(
            frame, stages_of(frame), names, [(), *BREAKDOWNS], lonely=Lonely.ADJUST, threads=threads
        )
        assert made is not None  # noqa: S101  # these breakdowns fit a table
        sums[threads or 0] = made

    found["sums"], found["sums_one"] = best(lambda: summed(2)), best(lambda: summed(1))
    same_bits(frame, sums[1], sums[2])
    found["cells"] = sum(float((one.n > 0).sum()) for by_all in sums[2].values() for one in by_all.values())
    found["table"] = best(lambda: finished(frame, sums[2], tables))
    sums.clear()
    found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    found["estimates"] = best(lambda: estimated(frame, tables, enough=0))
    found["duckdb"] = best(lambda: duckdb.sql(ONE_BREAKDOWN.format(file=file)).fetchall())
    if plain:
        found["plain"] = best(lambda: estimated(frame, tables, enough=2**62), times=1)
        found["plain_memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return found


def best(work: Callable[[], object], times: int = 2) -> float:
    """Seconds of the quickest of several runs."""
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def same_bits(frame: Frame, one: dict[str, Any], two: dict[str, Any]) -> None:
    """One thread and two give the very same numbers."""
    stages = stages_of(frame)
    for name, breakdowns in one.items():
        for by, sums in breakdowns.items():
            other = two[name][by]
            spreads = [which.spread(stages, Lonely.ADJUST) for which in (sums, other)]
            assert np.array_equal(sums.totals, other.totals)  # noqa: S101  # what this benchmark is for
            assert np.array_equal(spreads[0].variance, spreads[1].variance, equal_nan=True)  # noqa: S101


def finished(frame: Frame, sums: dict[str, dict[tuple[str, ...], CellSums]], tables: list[Table]) -> None:
    """Values, errors, degrees of freedom and intervals of all cells, as arrays."""
    stages = stages_of(frame)
    work = _Work(frame, Plan(()), Lonely.ADJUST, True, stages, None, sums)  # type: ignore[arg-type]  # no plain
    for name in sums:
        for table in tables:
            cells = _Cells.of(work, sums[name][table.by])
            cells.bounds()


def estimated(frame: Frame, tables: list[Table], *, enough: int) -> None:
    """What a release is made from: estimates with verdicts, and comparisons."""
    fast.ENOUGH = enough
    estimate_frame(frame, Plan(()), lonely=Lonely.ADJUST, basis=Basis.DESIGN, tables=tables)


def peers(file: Path, measures: int, found: dict[str, float], asked: argparse.Namespace) -> None:
    """Peers on the 20 groups of one breakdown, extrapolated to all cells (and measures, for svy)."""
    table = found["read"] + found["sums"] + found["table"]
    if asked.svy:
        one, times = float(subprocess.check_output([asked.svy, "-c", SVY, str(file)])), found["cells"] / 20
        line("svy, 20 cells", one, f"times {times:,.0f} for all: {one * times / table:,.0f} x as long")
    if asked.r:
        text = file.with_suffix(".csv")
        columns = ["stratum", "psu", "weight", "social_group", "y01"]
        pyarrow.csv.write_csv(pq.read_table(file, columns=columns), text)
        one = float(subprocess.check_output([asked.r, "-e", R, str(text)]))
        times = found["cells"] / measures / 20  # svyby takes hardly longer for ten measures than for one
        line("R survey, 20 cells", one, f"times {times:,.0f} for all: {one * times / table:,.0f} x as long")
        text.unlink()


def read(file: Path, measures: int) -> pa.Table:
    answers = [f"y{place:02}" for place in range(1, measures + 1)]
    return pq.read_table(file, columns=["stratum", "psu", "weight", *DIMENSIONS, *answers])


def framed(file: Path, measures: int) -> Frame:
    """The rows as the kernel takes them, in the narrow types of the file; read a column at a time."""
    names = [f"y{place:02}" for place in range(1, measures + 1)]
    wanted = ["stratum", "psu", "weight", *DIMENSIONS, *names]
    column = {name: pq.read_table(file, columns=[name]).column(0).to_numpy() for name in wanted}
    rows = len(column["psu"])
    ones, everybody = np.broadcast_to(1.0, rows), np.ones(rows, dtype=bool)
    return Frame(
        "main",
        column["stratum"],
        column["psu"][:, None],
        column["weight"],
        None,
        {name: column[name] for name in DIMENSIONS},
        {
            name: Dimension(name, name, groups=tuple(Group(str(code), NOTHING, ()) for code in range(size)))
            for name, size in DIMENSIONS.items()
        },
        {
            name: (Measure(name, MeasureKind.PROPORTION), MeasureColumns(column[name], ones, everybody))
            for name in names
        },
    )


@dataclass(frozen=True)
class Places:
    """The clusters of the design.

    Attributes:
        stratum, state, people, weight: of each cluster.
        mix: share of the groups in each cluster, added up from the first, float64[clusters, groups].
    """

    stratum: np.ndarray
    state: np.ndarray
    people: np.ndarray
    weight: np.ndarray
    mix: np.ndarray

    @classmethod
    def of(cls, rng: np.random.Generator, rows: int) -> Places:
        """Strata in states of different size, two clusters or more in each, a mix of groups of its own."""
        strata, clusters = min(STRATA, rows // 100), min(CLUSTERS, rows // 10)
        size = rng.gamma(1.5, 1.0, STATES) + 0.15
        state = np.sort(
            np.append(np.arange(STATES), rng.choice(STATES, strata - STATES, p=size / size.sum()))
        )
        of_stratum = 2 + rng.multinomial(clusters - 2 * strata, np.full(strata, 1 / strata))
        stratum = np.repeat(np.arange(strata), of_stratum)
        share = rng.lognormal(0.0, 0.25, clusters)
        people = 1 + rng.multinomial(rows - clusters, share / share.sum())
        weight = rng.lognormal(5.0, 0.6, strata)[stratum] * rng.lognormal(0.0, 0.2, clusters)
        groups = DIMENSIONS["social_group"]
        common = rng.dirichlet(np.full(groups, 0.6), STATES) + 1e-4
        mix = rng.standard_gamma(np.maximum(3.0 * common[state[stratum]], 1e-3)) + 1e-6
        mix /= mix.sum(axis=1, keepdims=True)
        return cls(stratum, state[stratum], people, weight, np.cumsum(mix, axis=1))

    def chunks(self) -> Iterator[tuple[int, int]]:
        """Runs of clusters of about a million people."""
        chunk = np.cumsum(self.people) // DRAWN_AT_ONCE
        edges = np.append(np.flatnonzero(np.diff(chunk, prepend=-1)), len(chunk))
        yield from zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)


def people(
    rng: np.random.Generator,
    places: Places,
    first: int,
    last: int,
    effects: dict[str, np.ndarray],
    luck: np.ndarray,
) -> dict[str, np.ndarray]:
    """Everybody in some clusters; a household shares group, wealth and weight."""
    psu = np.repeat(np.arange(first, last, dtype=np.int32), places.people[first:last])
    head = rng.random(len(psu)) < 1 / 4.4
    head[np.flatnonzero(np.diff(psu, prepend=-1))] = True
    household, home = np.cumsum(head) - 1, psu[head]
    drawn = rng.random(len(home))[:, None]
    group = np.minimum((drawn > places.mix[home]).sum(axis=1), DIMENSIONS["social_group"] - 1)
    wealth = np.searchsorted([-1.2, -0.55, 0.0, 0.6], rng.normal(0.08 * (group - 10), 1.0))
    weight = places.weight[home] * rng.uniform(0.85, 1.25, len(home))
    age = (rng.beta(1.1, 2.1, len(psu)) * 100).astype(np.int64)
    codes = {
        "sex": rng.random(len(psu)) < 0.507,
        "age_band": np.searchsorted([5, 15, 25, 35, 45, 60, 75], age, side="right"),
        "social_group": group[household],
        "state": places.state[psu],
        "disability": rng.random(len(psu)) < 0.01 + 0.0022 * age,
        "wealth": wealth[household],
    }
    narrow = {name: code.astype(np.int8) for name, code in codes.items()}
    answers = {}
    for place, base in enumerate(np.linspace(-3.2, 1.0, ANSWERS)):
        pull = base + luck[place, psu] + sum(effects[name][place, code] for name, code in narrow.items())
        answers[f"y{place + 1:02}"] = (rng.random(len(psu)) < 1 / (1 + np.exp(-pull))).astype(np.int8)
    columns = {"stratum": places.stratum[psu].astype(np.int16), "psu": psu, "weight": weight[household]}
    return columns | narrow | answers


def draw(file: Path, rows: int) -> None:
    """Invented people, written a million at a time: the same people for the same number of rows."""
    rng = np.random.default_rng([1, rows])
    places = Places.of(rng, rows)
    effects = {name: rng.normal(0, 0.4, (ANSWERS, size)) for name, size in DIMENSIONS.items()}
    luck = rng.normal(0, 0.5, (ANSWERS, CLUSTERS))
    writer = None
    for first, last in places.chunks():
        table = pa.table(people(rng, places, first, last, effects, luck))
        writer = writer or pq.ParquetWriter(file, table.schema, compression="zstd")
        writer.write_table(table)
    if writer is not None:
        writer.close()


if __name__ == "__main__":
    main()
