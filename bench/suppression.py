"""How much protection hides and how long it takes, its audit included.

First 4,000 invented people and the cells of up to four dimensions at once. Then the 41 breakdowns of
``bench/kernel.py``, where ``../shared`` is: of 20,000 people nearly every cell is small. Then, with
``--folder``, a survey folder of any size. After either a line gives the ratio to reading and estimating in
the same run. Seconds are the processor's, since other work on the machine moves the clock's more.

Run: python bench/suppression.py [--rows 20_000 1_000_000] [--folder SURVEY_FOLDER]
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from dataclasses import replace
from itertools import chain, combinations
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import kernel

from everycount.estimate import estimate
from everycount.estimate.plan import Dimension
from everycount.protect import PARTNERS, PUBLIC, Policy, protect
from everycount.survey.folder import read_folder
from everycount.survey.river import open_records
from library.protect.people import Survey, estimates, share  # type: ignore[import-not-found]  # tests are no package

if TYPE_CHECKING:
    from everycount.estimate.estimates import Estimates

GROUPS = {
    "region": "abcdef",
    "sex": "fm",
    "age": "12345",
    "wealth": "12345",
    "disability": "ny",
}
WEIGHTS = {"disability": (93, 7), "region": (25, 22, 20, 15, 12, 6)}
MEASURES = [share("safe", "water", "1"), share("basic", "water", "2"), share("none", "water", "3", "4")]


def invented(people: int, ways: int) -> Survey:
    """Everybody answers; disability is rare, one region small."""
    draw = random.Random(20170301)
    found = [
        {name: draw.choices(codes, WEIGHTS.get(name))[0] for name, codes in GROUPS.items()}
        | {"water": draw.choices("1234", (40, 30, 20, 10))[0]}
        for _ in range(people)
    ]
    bys = list(chain.from_iterable(combinations(GROUPS, size) for size in range(ways + 1)))
    return Survey(
        found, MEASURES, {one.id: bys for one in MEASURES}, [Dimension(one, one) for one in GROUPS], GROUPS
    )


def report(title: str, survey: Survey, policy: Policy) -> None:
    tell(title, estimates(survey), policy)


def tell(title: str, made: Estimates, policy: Policy) -> float:
    """Protects, prints what is shown, and returns the seconds it took."""
    started = time.process_time()
    cells = protect(made, policy)
    seconds = time.process_time() - started
    found = Counter(cell.status.value for cell in cells.cells)
    total = len(cells.cells)
    shares = ", ".join(f"{name} {100 * number / total:.1f} %" for name, number in sorted(found.items()))
    print(f"{title}: {total} cells in {seconds:.2f} s: {shares}")
    return seconds


def beside(seconds: float, before: float) -> None:
    print(f"reading and estimating {before:.2f} s; protection and audit take {seconds / before:.1f} x that")


def folder(path: Path) -> None:
    """A survey folder, beside what reading and estimating it takes."""
    began = time.process_time()
    survey = read_folder(path)
    opened = open_records(survey)
    made = estimate(opened.sample, opened.plan)
    before = time.process_time() - began
    beside(tell(str(survey.facts.id), made, survey.policy), before)


def breakdowns(rows: int) -> None:
    """The table of the benchmark of estimation; invented people with 36 states and 20 groups."""
    file = kernel.made(rows)
    began = time.process_time()
    made = estimate(*kernel.survey(file, 1))
    before = time.process_time() - began
    beside(tell(f"{rows:,} people in {len(kernel.BREAKDOWNS)} breakdowns, public", made, PUBLIC), before)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--folder", type=Path, help="a survey folder to protect as well")
    parser.add_argument("--rows", type=int, nargs="*", default=[20_000], help="people of the 41 breakdowns")
    asked = parser.parse_args()
    two, three = invented(4000, 2), invented(4000, 3)
    small = replace(PUBLIC, name="own", min_respondents=3, min_respondents_extreme=3)
    report("up to two ways, public", two, PUBLIC)
    report("up to three ways, public", three, PUBLIC)
    report("up to three ways, partners", three, PARTNERS)
    report("up to three ways, least 3", three, small)
    report("up to four ways, public", invented(4000, 4), PUBLIC)
    for rows in asked.rows if kernel.MAKER.exists() else ():
        breakdowns(rows)
    if asked.folder:
        folder(asked.folder)


if __name__ == "__main__":
    main()
