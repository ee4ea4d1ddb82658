"""A survey of 4,000 households with 60 tables, from the shell to the last file, against a limit of 2 seconds.

Prints the best of several whole runs (a new process each), what the interpreter and the imports alone cost,
and the ratio to the limit. Then, from one run inside this process, how long reading and estimating take, how
long protection with its audit, and the ratio: protection is to take no longer than what comes before it.
Usage: python bench/river.py [households]
"""

from __future__ import annotations

import csv
import itertools
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from everycount.protect import Status, protect
from everycount.survey.folder import read_folder
from everycount.survey.river import estimated, open_records

LIMIT = 2.0  # seconds, from the shell, first run included
RUNS = 5
HIDDEN = (Status.SUPPRESSED_SMALL, Status.SUPPRESSED_COMPLEMENTARY)
GROUPS = {"sex": 2, "age": 5, "region": 6, "residence": 2, "wealth": 5, "disability": 2}
MEASURES = ("water", "sanitation", "school")


def write_folder(folder: Path, households: int) -> int:
    """A stratified cluster sample with 60 tables; returns how many there are."""
    rng = random.Random(7)
    with (folder / "records.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["stratum", "psu", "weight", *GROUPS, *MEASURES])
        for index in range(households):
            groups = [rng.randint(1, count) for count in GROUPS.values()]
            answers = [rng.choice(["yes", "no"]) for _ in MEASURES]
            writer.writerow([index * 20 // households, index // 10, rng.uniform(0.5, 3), *groups, *answers])
    ways = [by for count in (1, 2, 3) for by in itertools.combinations(GROUPS, count)][:20]
    lines = [
        '[survey]\nid = "bench"\ntitle = "Bench"\nperiod = "2026"\narea = "BGD"\nrecords = "records.csv"',
        '[design]\nkind = "probability"\nstrata = ["stratum"]\nclusters = ["psu"]\nweights = "weight"',
        *(f'[[dimension]]\nid = "{name}"\nquestion = "{name}"' for name in GROUPS),
        *(
            f'[[measure]]\nid = "{name}"\nkind = "proportion"\nquestion = "{name}"\nin = ["yes"]'
            for name in MEASURES
        ),
        *(f'[[table]]\nmeasures = ["{name}"]\nby = [{list(by)}]' for by in ways for name in MEASURES),
    ]
    (folder / "survey.toml").write_text("\n\n".join(lines), encoding="utf-8")
    return len(ways) * len(MEASURES)


def timed(*command: str) -> float:
    """Seconds of one whole process."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began


def staged(folder: Path) -> tuple[float, float, float]:
    """Seconds of reading and estimating, and of protecting with its audit; and the share of hidden cells."""
    began = time.perf_counter()
    opened = open_records(read_folder(folder))
    made = estimated(opened)
    before = time.perf_counter()
    cells = protect(made, opened.folder.policy).cells
    after = time.perf_counter()
    return before - began, after - before, sum(one.status in HIDDEN for one in cells) / len(cells)


def main() -> None:
    """Print the figures."""
    households = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    everycount = (sys.executable, "-m", "everycount")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tables = write_folder(folder, households)
        release = (*everycount, "release", str(folder), "--out", str(folder / "out"), "--quiet")
        first = timed(*release)
        runs = sorted(timed(*release) for _ in range(RUNS))
        bare = min(
            timed(sys.executable, "-c", "import ibis, duckdb, numpy; ibis.duckdb.connect()") for _ in range(3)
        )
        staged(folder)  # what is imported on the way is paid by the first
        before, protecting, hidden = staged(folder)
    print(f"{households} households, {tables} tables: first run {first:.2f} s, ", end="")
    print(f"then best {runs[0]:.2f} s, worst {runs[-1]:.2f} s")
    print(f"interpreter, Ibis and an empty DuckDB alone: {bare:.2f} s ({bare / runs[0]:.0%} of the best run)")
    print(f"ratio to the limit of {LIMIT:.0f} s: {first / LIMIT:.2f} (first), {runs[0] / LIMIT:.2f} (best)")
    print(f"of the {tables} tables, in one process: reading and estimating {before:.2f} s, ", end="")
    print(f"protection and audit {protecting:.3f} s ({hidden:.0%} of the cells hidden): ", end="")
    print(f"{protecting / before:.2f} of that (limit 1)")


if __name__ == "__main__":
    main()
