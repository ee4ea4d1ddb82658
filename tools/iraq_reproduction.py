"""What was published of Tal Afar (Iraq, 2021), computed again from the answers and compared line by line.

The publication counts each choice of each question, overall and in eight divisions of the city: 3,570 lines
with a value, the number of people behind it, and 95 % limits. ``tests/golden/iraq/survey.toml`` is the survey
folder; the answers stay in ``../shared`` and are copied for the time of the run.
"""

from __future__ import annotations

import csv
import re
import shutil
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate import estimate
from everycount.estimate.intervals import student
from everycount.survey.folder import read_folder
from everycount.survey.river import open_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from everycount.estimate.estimates import Estimate

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "golden" / "iraq"
PAGE = "docs/generated/iraq-reproduction.md"
DATA = Path("data") / "surveys" / "iraq-tal-afar-2021"
PREFIX = "cleaningtools_"
FILES = ("survey.csv", "choices.csv", "clean_data.csv")
ROUNDING = 1e-12  # the publication prints 15 digits; its program and ours add up in different orders

# Where the publication's name of a question stands for one of our variables: see the survey file.
VARIABLES = {"pay_water_charges_when": "charges_paid", "spend_tap": "spent_at_taps"}
CODES = {("pay_water_charges_when", "about_half"): "about_half_pay"}

PRINTED, CUT, FALSE, RENAMED = "as it stands", "cut at the point", "FALSE for 0", "renamed"
LATER, TWICE = "**other base**", "**two versions**"
SAME, DF, ALIKE, NONE, OTHER = "the same", "degrees of freedom", "all alike", "one answer", "another value"
REPRODUCED = (PRINTED, RENAMED, CUT, FALSE)
VALUES = {
    PRINTED: "",
    RENAMED: "Answers and publication say `about_half`, the form says `about_half_pay`. A plan may not "
    "name a code that the form does not know, so a variable gives it the form's name.",
    CUT: "Names were cut at their last point: 0.5 and 1.5 are both printed as 5, 0.75 as 75, and lost "
    "their labels. The lines follow each other in the order of the names, and are compared so.",
    FALSE: "The clean file says `FALSE` where it was 0 (the raw file has the zeros): a program took a "
    "column of zeros for yes and no. Text is no number to us and would be no answer; a variable "
    "says that it is 0.",
    LATER: "Not reproduced. `own_business` stands last among the columns of livelihoods, and its 0/1 "
    "column is empty for 66 households that named others, as exports write a choice that a "
    "phone's older form did not have. The publication leaves these households out. The list of "
    "what each of them named has no trace of that; we read the list, so they count as not naming "
    "it.",
    TWICE: "Not reproduced. Answers with several choices are in the file twice, as a list and as 0/1 "
    "columns. The cleaning log changed the columns of a few households and left their lists "
    "alone. The publication counts the columns, we read the list.",
}
LIMITS = {
    SAME: "",
    DF: "The standard error is the same, the quantile of Student's t is not: the publication takes "
    "the degrees of freedom of all who answered the question in the city for each division, we "
    "take those of the division.",
    ALIKE: "Everybody, or nobody, of those asked: the publication prints limits of no width at all. We "
    "say that nothing varied, and give no error for a mean; for a share an interval that is not "
    "empty (Korn-Graubard), such as 0 to 5 %.",
    NONE: "A single answer in the city; neither has limits.",
    OTHER: "Limits around a value that is not reproduced, above.",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the publication; ``division`` is empty for the whole city, ``low`` None without limits."""

    question: str
    choice: str
    division: str
    value: float
    low: float | None
    high: float | None
    people: int
    answers: int


@dataclass(frozen=True, slots=True)
class Compared:
    """A line beside ours: how its value and its limits came out, and why; "" says that no reason is known."""

    line: Line
    value: str
    limits: str


def lines(folder: Path) -> list[Line]:
    """Every published line, those of the whole city first."""
    return [
        Line(
            row["main_variable"],
            row["choice"],
            row.get("subset_1_val", ""),
            float(row["mean.pct"]),
            float(row["mean.pct_low"]) if row["mean.pct_low"] else None,
            float(row["mean.pct_upp"]) if row["mean.pct_upp"] else None,
            int(row["n_unweighted"]),
            int(row["response_count"]),
        )
        for name in ("overall_analysis.csv", "analysis_by_group.csv")
        for row in _rows(folder / f"{PREFIX}{name}")
    ]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def choices(folder: Path, published: Iterable[Line]) -> dict[str, tuple[str, ...]]:
    """The choices of each published question in the order of the alphabet; none for a number."""
    lists: dict[str, list[str]] = defaultdict(list)
    for row in _rows(folder / f"{PREFIX}choices.csv"):
        lists[row["list_name"]].append(row["name"])
    asked = {row["name"]: row["type"].split() for row in _rows(folder / f"{PREFIX}survey.csv") if row["type"]}
    asked["water_sources"] = ["select_multiple", "water_sources"]  # a group of the form is called so, too
    counted = {line.question for line in published if line.choice}
    return {
        name: tuple(sorted(lists[asked[name][-1]])) if name in counted else ()
        for name in dict.fromkeys(line.question for line in published)
    }


def measure_id(question: str, choice: str = "") -> str:
    """Our name for one line of the publication."""
    return re.sub(r"\W", "_", f"{question}__{choice}" if choice else question)


def plan(offered: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """A measure for each choice, and for each number."""
    for name, codes in offered.items():
        question = VARIABLES.get(name, name)
        for code in codes or ("",):
            yield f'\n[[measure]]\nid = "{measure_id(name, code)}"\nquestion = "{question}"'
            yield f'kind = "proportion"\nin = ["{code}"]' if code else 'kind = "mean"'


def computed(source: Path, offered: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], Estimate]:
    """Our numbers by measure and division, through the survey folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in FILES:
            shutil.copyfile(source / f"{PREFIX}{file}", folder / f"{PREFIX}{file}")
        head = (FOLDER / "survey.toml").read_text(encoding="utf-8")
        (folder / "survey.toml").write_text("\n".join([head, *plan(offered)]) + "\n", encoding="utf-8")
        opened = open_records(read_folder(folder))
        found = estimate(opened.sample, opened.plan).estimates
    return {(each.measure, each.cell[0][1] if each.cell else ""): each for each in found}


def compare(source: Path) -> list[Compared]:
    """Every published line beside ours, in the order of the publication."""
    published = lines(source)
    offered = choices(source, published)
    ours = computed(source, offered)
    answers = _rows(source / f"{PREFIX}clean_data.csv")
    asked: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in published:
        asked[line.question, line.division].append(line)
    return [
        _compared(line, code, ours[measure_id(line.question, code), line.division], answers)
        for (question, _), together in asked.items()
        for line, code in zip(together, _codes(together, offered[question], ours), strict=True)
    ]


def _codes(
    together: Sequence[Line], offered: Sequence[str], ours: Mapping[tuple[str, str], Estimate]
) -> list[str]:
    """The choice that each line of one question and division speaks of.

    Names with a point in them were cut there; then the lines are the choices that somebody gave, in the order
    of the alphabet.
    """
    if not any("." in code for code in offered):
        return [CODES.get((line.question, line.choice), line.choice) for line in together]
    question, division = together[0].question, together[0].division
    return [code for code in offered if ours[measure_id(question, code), division].events]


def _compared(line: Line, code: str, ours: Estimate, answers: Sequence[Mapping[str, str]]) -> Compared:
    people = ours.events if line.choice else ours.n
    if ours.value is not None and _near(ours.value, line.value) and people == line.people:
        return Compared(line, _named(line, code), _limits(line, ours))
    why = _columns_differ(line, code, answers)
    return Compared(line, why, OTHER if why else "")


def _columns_differ(line: Line, code: str, answers: Sequence[Mapping[str, str]]) -> str:
    """Why the 0/1 column of a choice gives what is published, where it does and the list does not."""
    column = f"{line.question}.{code}"
    if column not in answers[0]:
        return ""
    asked = [
        row for row in answers if line.division in {"", row["socio_eco_division"]} and row[line.question]
    ]
    marked = [row[column] == "TRUE" for row in asked if row[column]]
    if sum(marked) != line.people or not _near(sum(marked) / len(marked), line.value):
        return ""
    return LATER if len(marked) < len(asked) else TWICE


def _named(line: Line, code: str) -> str:
    if line.choice != code:
        return (
            RENAMED
            if (line.question, line.choice) in CODES
            else CUT
            if code.endswith(f".{line.choice}")
            else ""
        )
    return FALSE if VARIABLES.get(line.question) == "spent_at_taps" else PRINTED


def _limits(line: Line, ours: Estimate) -> str:
    if line.low is None or line.high is None:
        return NONE if ours.ci_low is None and line.answers == 1 else ""
    if line.low == line.high:
        return ALIKE if ours.se is None else ""
    if ours.ci_low is None or ours.ci_high is None or ours.se is None:
        return ""
    if _near(ours.ci_low, line.low) and _near(ours.ci_high, line.high):
        return SAME
    quantile = float(student(0.95, np.array(line.answers - 1)))
    half = (line.high - line.low) / 2
    return DF if _near(half, quantile * ours.se) and ours.df != line.answers - 1 else ""


def _near(ours: float, theirs: float) -> bool:
    return abs(ours - theirs) <= ROUNDING * max(1.0, abs(ours), abs(theirs))


def page(found: Sequence[Compared]) -> str:
    """The page: how many lines are the same, and why the others are not."""
    return "\n".join(
        [_head(found), *_table(found, VALUES, "value"), "", *_table(found, LIMITS, "limits"), ""]
    )


HEAD = """\
# Tal Afar 2021: what was published, computed again

<!-- Generated by tools/iraq_reproduction.py from the answers in ../shared. -->

IMPACT Initiatives asked 578 households of Tal Afar (Iraq) about water in July 2021. Questionnaire, clean
answers and {lines:,} results ({whole:,} for the city, {parts:,} for its eight divisions) are public
(`cleaningtools`, MIT). `tests/golden/iraq/survey.toml` computes them again through a survey folder, and
`tests/golden/test_iraq_reproduction.py` holds every line to it: share or mean, number of people, limits.
Numbers are the same where they differ by less than a millionth of a millionth.

**{values:,} of {lines:,} values** are the same, with the same number of people behind them.
"""


def _head(found: Sequence[Compared]) -> str:
    whole = sum(not each.line.division for each in found)
    values = sum(each.value in REPRODUCED for each in found)
    return HEAD.format(lines=len(found), whole=whole, parts=len(found) - whole, values=values)


def _table(found: Sequence[Compared], reasons: Mapping[str, str], what: str) -> Iterator[str]:
    counts: Counter[tuple[str, bool]] = Counter(
        (getattr(each, what), bool(each.line.division)) for each in found
    )
    yield f"| {what} | city | divisions | why |"
    yield "|---|---|---|---|"
    for name in (*reasons, ""):
        city, divisions = counts[name, False], counts[name, True]
        if name or city or divisions:
            yield f"| {name or 'not the same'} | {city} | {divisions} | {reasons.get(name, 'not known')} |"


def pages(shared: Path = ROOT.parent / "shared") -> dict[str, str]:
    """The page by its path; nothing where the answers are not beside the project."""
    source = shared / DATA
    return {PAGE: page(compare(source))} if source.is_dir() else {}


if __name__ == "__main__":
    for path, text in pages().items():
        (ROOT / path).write_text(text, encoding="utf-8")
