"""Peers on single breakdowns of the benchmark's file: R `survey`, `svy`, DuckDB. Loading is not counted."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from functools import cache
from pathlib import Path
from typing import TypeAlias

# Name of the breakdown, seconds, cells; or why there is nothing.
Timed: TypeAlias = "list[tuple[str, float, int]]"

MINUTES = 20 * 60
COLUMNS = ["stratum", "psu", "weight", "social_group", "age_band"]
R = """
ok <- suppressWarnings(suppressMessages(require(survey, quietly = TRUE)))
if (!ok) { cat("absent"); quit() }
options(survey.lonely.psu = "adjust")
arguments <- commandArgs(trailingOnly = TRUE)
data <- read.csv(arguments[1])
answers <- as.formula(paste("~", paste(grep("^y", names(data), value = TRUE), collapse = "+")))
design <- svydesign(id = ~psu, strata = ~stratum, weights = ~weight, data = data)
for (by in c("social_group", "age_band + social_group")) {
  seconds <- system.time(found <- svyby(answers, as.formula(paste("~", by)), design, svymean,
                                        vartype = c("se", "ci")))[["elapsed"]]
  cat(by, seconds, nrow(found), sep = "\\t"); cat("\\n")
}
"""
SVY = """
import json, sys, time, polars, svy
columns = ["stratum", "psu", "weight", "social_group", "age_band", "y01"]
data = polars.read_parquet(sys.argv[1], columns=columns)
sample = svy.Sample(data, svy.Design(stratum="stratum", psu="psu", wgt="weight"))
found = []
for by in ("social_group", ("age_band", "social_group")):
    began = time.perf_counter()
    sample.estimation.mean("y01", by=by)
    seconds = time.perf_counter() - began
    names = [by] if isinstance(by, str) else list(by)
    found.append((" x ".join(names), seconds, data.select(names).n_unique()))
print(json.dumps(found))
"""
BY = "age_band, social_group"
GROUPED = """
    select {by}, sum(n), sum(w), {totals}, {squares} from (
        select stratum, {by}, sum(n) n, sum(w) w, {totals}, {squares} from (
            select stratum, psu, {by}, count(*) n, sum(weight) w, {answers} from '{file}' group by all
        ) group by all
    ) group by all
"""


def r_seconds(file: Path, measures: int) -> Timed | str:
    """R `survey`: svyby of all measures together, which takes it hardly longer than one."""
    program = shutil.which("Rscript")
    if program is None:
        return "there is no Rscript (Debian: r-base-core, r-cran-survey)"
    import pyarrow.csv  # noqa: PLC0415  (a second that only peers cost)
    import pyarrow.parquet  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        text, script = Path(folder, "people.csv"), Path(folder, "peer.R")
        script.write_text(R, encoding="utf-8")
        columns = [*COLUMNS, *(f"y{place:02}" for place in range(1, measures + 1))]
        pyarrow.csv.write_csv(pyarrow.parquet.read_table(file, columns=columns), text)
        said = _told([program, "--vanilla", str(script), str(text)])
    if said is None or said.strip() == "absent":
        return "the package survey is not there (Debian: r-cran-survey), or failed"
    lines = [line.split("\t") for line in said.splitlines()]
    return [(by.replace(" + ", " x "), float(seconds), int(cells)) for by, seconds, cells in lines]


@cache
def svy_seconds(file: Path) -> Timed | str:
    """`svy` of PyPI: one measure at a time is all that it does."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = str(Path(folder, "bin", "python"))
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "svy", "polars"]
        if _told(install) is None:
            return "it cannot be installed here"
        said = _told([python, "-c", SVY, str(file)])
    return "it failed" if said is None else [tuple(one) for one in json.loads(said)]


def duckdb_seconds(file: Path, measures: int) -> Timed:
    """The best single query: sums per cluster and their squares, without degrees of freedom or intervals."""
    import duckdb  # noqa: PLC0415

    names = [f"y{place:02}" for place in range(1, measures + 1)]
    inner = ", ".join(f"sum(weight * {name}) {name}, sum(weight * {name}) ** 2 s{name}" for name in names)
    totals, squares = (", ".join(f"sum({p}{name}) {p}{name}" for name in names) for p in ("", "s"))
    query = GROUPED.format(by=BY, totals=totals, squares=squares, answers=inner, file=file)
    seconds, cells = [], 0
    for _ in range(2):
        began = time.perf_counter()
        cells = len(duckdb.sql(query).fetchall())
        seconds.append(time.perf_counter() - began)
    return [("age_band x social_group", min(seconds), cells)]


def _told(command: list[str]) -> str | None:
    """What a program says; None where it fails."""
    try:
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=MINUTES)
    except (subprocess.SubprocessError, OSError) as error:
        print(f"    ({Path(command[0]).name}: {error})", file=sys.stderr)
        return None
    return done.stdout


if __name__ == "__main__":
    print("Peers are timed by bench/kernel.py, beside what they are compared with.")
