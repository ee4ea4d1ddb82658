"""All 41 one- to three-way breakdowns of 6 dimensions, file to finished table, against peers in the same run.

The people are invented (``../shared/bench/survey_gen.py``: 500 strata, 20,000 clusters, 36 states, 20 groups,
weights, up to ten yes-or-no answers). A finished table has value, Taylor error, interval on the cell's own
degrees of freedom, n, Kish's n and effective n of every cell. Every size runs in processes of its own, so
that memory is its peak; times are the best of several runs. Other work on the machine moves seconds more than
ratios.

    python bench/kernel.py [--rows 1_000_000 10_000_000 50_000_000] [--measures 1 10] [--times 3]
        [--no-peers] [--no-plain]

R `survey` (Debian: r-cran-survey) and `svy` (from the package index, into an environment that is thrown away)
are timed at the first size on breakdowns of 20 and 160 cells, loading not counted, and extrapolated by the
number of cells, and for `svy` of measures; the factor is said. A peer that is not there is said, too.
Files are kept in the system's folder for such, under ``everycount-bench``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import peers

if TYPE_CHECKING:
    from collections.abc import Callable

    from everycount.estimate.finished import Finished
    from everycount.sample import Sample

HERE = Path(__file__).resolve().parent
MAKER = HERE.parent.parent / "shared" / "bench" / "survey_gen.py"
KEPT = Path(tempfile.gettempdir(), "everycount-bench")
DIMENSIONS = ("sex", "age_band", "social_group", "state", "disability", "wealth")
BREAKDOWNS = [by for ways in (1, 2, 3) for by in combinations(DIMENSIONS, ways)]
# Seconds of the one-scan prototype (statistics reference of the design), by rows and measures: the target.
ONE_SCAN = {
    (1_000_000, 1): 0.16,
    (1_000_000, 10): 0.33,
    (10_000_000, 1): 0.56,
    (10_000_000, 10): 1.00,
    (50_000_000, 1): 1.7,
    (50_000_000, 10): 3.4,
}
MEMORY = 4.2  # GB, at most
PLAIN_ROWS = 1_000_000
R_FASTER, SVY_FASTER = 2_000, 500  # at least


def main() -> None:
    """Make the people, run every size, print."""
    asked = arguments()
    if asked.one:
        print(json.dumps(STEPS[asked.one[0]](Path(asked.one[1]), int(asked.one[2]), asked.times)))
        return
    if not MAKER.is_file():
        sys.exit("The maker of invented people, ../shared/bench/survey_gen.py, is not there.")
    first = run("first", made(asked.rows[0]), 2, 1)
    print(f"first run in a process: {first['table']:.1f} s (13 s more where nothing compiled is kept)")
    before: dict[int, tuple[int, float]] = {}
    for rows in asked.rows:
        for measures in asked.measures:
            found = report(rows, measures, asked)
            if measures in before:
                smaller, seconds = before[measures]
                grown = found["table"] / seconds
                print(f"  {rows // smaller} times the people of before, {grown:.1f} times the time")
            before[measures] = rows, found["table"]
            if rows == asked.rows[0] and asked.peers:
                beside(made(rows), measures, found)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--measures", type=int, nargs="+", default=[1, 10])
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--no-peers", dest="peers", action="store_false")
    parser.add_argument("--no-plain", dest="plain", action="store_false")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    return parser.parse_args()


def made(rows: int) -> Path:
    """The file of so many people, drawn once."""
    KEPT.mkdir(exist_ok=True)
    file = KEPT / f"{rows}-{hashlib.sha256(MAKER.read_bytes()).hexdigest()[:8]}.parquet"
    if not file.exists():
        part = file.with_suffix(".part")
        few = ["--strata", "100", "--psus", "1000"] if rows < 100_000 else []
        command = [sys.executable, str(MAKER), str(part), "--n", str(rows), *few]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        part.rename(file)
    return file


def run(step: str, file: Path, measures: int, times: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--times", str(times), "--one", step, str(file), str(measures)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


def report(rows: int, measures: int, asked: argparse.Namespace) -> dict[str, float]:
    """One size: our own times."""
    file = made(rows)
    found = run("table", file, measures, asked.times)
    print(f"\n{rows:,} people, {measures} measures, {found['cells']:,.0f} cells and measures with people")
    line("file to finished table", found["table"], against_one_scan(rows, measures, found["table"]))
    line(
        "of it: rows into memory",
        found["rows"],
        f"the file's bare scan by DuckDB takes {found['scan']:.2f} s",
    )
    line("of it: sums to table", found["table"] - found["rows"])
    line(
        "processor, per core",
        found["cpu"] / cores(),
        "what the table would take at best, were nothing else running",
    )
    print("    one thread and several give the same bits: " + ("yes" if found["same"] else "NO"))
    memory = run("first", file, measures, 1)["memory"]
    print(f"    {'peak memory':28}{memory:8.2f} GB  {'within' if memory < MEMORY else 'ABOVE'} {MEMORY} GB")
    if rows <= 10_000_000:
        line(
            "read + estimate",
            run("whole", file, measures, 1)["whole"],
            "estimates, verdicts, comparisons; once",
        )
    if asked.plain and rows <= PLAIN_ROWS:
        plain = run("plain", file, measures, 1)
        line("the same without numba", plain["table"], f"{plain['table'] / found['table']:.0f} times as long")
    return found


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def against_one_scan(rows: int, measures: int, seconds: float) -> str:
    target = ONE_SCAN.get((rows, measures))
    return f"{seconds / target:.1f} x the one-scan figure of {target} s" if target else ""


def line(what: str, seconds: float, more: str = "") -> None:
    print(f"    {what:28}{seconds:8.2f} s   {more}")


def beside(file: Path, measures: int, found: dict[str, float]) -> None:
    """Peers on single breakdowns of the same file, by the cell, for all cells."""
    cells, ours = found["cells"] / measures, found["table"]
    for name, seconds, count in peers.duckdb_seconds(file, measures):
        line(
            f"DuckDB, {name}",
            seconds,
            f"{count} cells, sums and squares alone; 41 of it: {41 * seconds / ours:.0f} x",
        )
    for peer, wanted, times, timed in (
        ("R survey", R_FASTER, 1, peers.r_seconds(file, measures)),
        ("svy", SVY_FASTER, measures, peers.svy_seconds(file)),
    ):
        if isinstance(timed, str):
            print(f"    {peer} is not compared: {timed}")
            continue
        for name, seconds, count in timed:
            factor = cells * times / count
            ratio = seconds * factor / ours
            line(
                f"{peer}, {name}",
                seconds,
                f"x {factor:,.0f} for all cells: {ratio:,.0f} x (wanted {wanted:,})",
            )


def survey(file: Path, measures: int) -> tuple[Sample, Any]:
    """The sample and the plan, as anybody would write them."""
    from everycount.estimate.condition import In  # noqa: PLC0415  (so that what loads is timed)
    from everycount.estimate.plan import Dimension, Measure, MeasureKind, Plan, Table  # noqa: PLC0415
    from everycount.sample import Design, DesignKind, Source, read  # noqa: PLC0415

    names = [f"y{place:02}" for place in range(1, measures + 1)]
    plan = Plan(
        tuple(Measure(name, MeasureKind.PROPORTION, condition=In(name, ("1",))) for name in names),
        dimensions=tuple(Dimension(name, name) for name in DIMENSIONS),
        tables=tuple(Table(tuple(names), by) for by in BREAKDOWNS),
    )
    design = Design(DesignKind.PROBABILITY, strata=("stratum",), clusters=("psu",), weights="weight")
    return read({"main": Source(file)}, design=design), plan


def finished(file: Path, measures: int) -> tuple[list[Finished], Any, float]:
    """File to finished table: the table, the frame, and the seconds until rows were in memory."""
    from everycount.estimate.demands import asked  # noqa: PLC0415
    from everycount.estimate.kernel import finish_frame  # noqa: PLC0415
    from everycount.estimate.run import Counted, slimmed  # noqa: PLC0415
    from everycount.sample import basis  # noqa: PLC0415

    began = time.perf_counter()
    sample, plan = survey(file, measures)
    (frame,) = Counted.of(slimmed(sample, plan), plan).frames
    rows = time.perf_counter() - began
    resting, lonely = basis(sample.design.kind), sample.design.lonely
    table = list(finish_frame(frame, plan, lonely=lonely, basis=resting, tables=asked(plan)))
    for one in table:
        assert len(one.n_kish) == len(one.n_effective) == len(one.bounds.low)  # noqa: S101  # the whole table
    return table, frame, rows


def step_table(file: Path, measures: int, times: int) -> dict[str, float]:
    """The best of several runs in one process; what loads once is loaded."""
    import duckdb  # noqa: PLC0415

    finished(made(20_000), measures)
    best, processor = (9e9, 0.0), 0.0
    for _ in range(times):
        frame = table = None
        began, used = time.perf_counter(), time.process_time()
        table, frame, rows = finished(file, measures)
        seconds = time.perf_counter() - began
        if seconds < best[0]:
            best, processor = (seconds, rows), time.process_time() - used
    names = ["stratum", "psu", "weight", *DIMENSIONS, *(f"y{place:02}" for place in range(1, measures + 1))]
    query = f"select {', '.join(f'sum({name})' for name in names)} from '{file}'"  # noqa: S608  (names of our own)
    scan = least(lambda: duckdb.sql(query).fetchall(), times)
    cells = sum(float((one.n > 0).sum()) for one in table or ())
    same = same_bits(frame, measures)
    return {"table": best[0], "rows": best[1], "cpu": processor, "scan": scan, "cells": cells, "same": same}


def same_bits(frame: Any, measures: int) -> bool:
    """One thread and three give the very same sums and variances."""
    import numpy as np  # noqa: PLC0415

    from everycount.estimate import fast  # noqa: PLC0415
    from everycount.estimate.stages import stages_of  # noqa: PLC0415
    from everycount.sample import Lonely  # noqa: PLC0415

    stages, names, bys = stages_of(frame), list(frame.measures)[: min(measures, 3)], [(), *BREAKDOWNS]
    one, other = (
        fast.sums_of(frame, stages, names, bys, lonely=Lonely.ADJUST, threads=threads) or {}
        for threads in (1, 3)
    )
    pairs = [(one[name][by], other[name][by]) for name in names for by in bys]
    return bool(pairs) and all(
        np.array_equal(a.totals, b.totals)
        and np.array_equal(
            a.spread(stages, Lonely.ADJUST).variance, b.spread(stages, Lonely.ADJUST).variance, equal_nan=True
        )
        for a, b in pairs
    )


def step_first(file: Path, measures: int, _: int) -> dict[str, float]:
    """Once, in a process that did nothing before."""
    seconds = least(lambda: finished(file, measures), 1)
    return {"table": seconds, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}


def step_plain(file: Path, measures: int, _: int) -> dict[str, float]:
    """Without the compiled kernel."""
    from everycount.estimate import fast  # noqa: PLC0415

    fast.ENOUGH = 2**62
    return {"table": least(lambda: finished(file, measures), 1)}


def step_whole(file: Path, measures: int, _: int) -> dict[str, float]:
    """What a release is made from: estimates with verdicts, and comparisons."""
    from everycount.estimate import estimate  # noqa: PLC0415

    finished(made(20_000), measures)
    return {"whole": least(lambda: estimate(*survey(file, measures)), 1)}


def least(work: Callable[[], object], times: int) -> float:
    """Seconds of the quickest of several runs."""
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return min(seconds)


STEPS = {"table": step_table, "first": step_first, "plain": step_plain, "whole": step_whole}


if __name__ == "__main__":
    main()
