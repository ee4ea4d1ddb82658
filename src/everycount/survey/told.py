"""What a release tells of the files it was made from: enough to know them again, nothing of a single record.

A digest of a small file of records is no secret: whoever knows all records but one tries what that one may
say until the digest fits, and the number of bytes tells how long its answers are. What the survey file leaves
out is named there for the program and not for readers; and codes of a column that names people are people.
"""

from __future__ import annotations

import re
from collections import Counter
from hashlib import file_digest
from typing import TYPE_CHECKING, Any

from everycount.protect import Status
from everycount.quality.report import Check
from everycount.release.model import Input
from everycount.survey.folder import FILE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from everycount.protect import Cells, Policy
    from everycount.quality.public import QualityFigure
    from everycount.sample import Column, Finding, Sample
    from everycount.survey.folder import SurveyFolder

LEFT_OUT = "…"
_VALUES = ("in", "at_least", "at_most", "between")  # what a condition may hold an answer against
_MORE = re.compile(r"(\d+) more rows have the same problem\.")  # see everycount.sample.checks
_NUMBER = re.compile(r"\d+")
_OPEN = frozenset({Status.SHOWN, Status.NO_ANSWERS})


def inputs(folder: SurveyFolder) -> Iterator[Input]:
    """Every file that was read; of the records and of what leaves people out by name, the name alone."""
    kept = {source.path for source in folder.sources.values()} | {folder.path / FILE}
    for path in folder.files:
        name = path.relative_to(folder.path).as_posix()
        if folder.policy.protect and path in kept:
            yield Input(name)
            continue
        with path.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        yield Input(name, digest, path.stat().st_size)


def plan(folder: SurveyFolder, sample: Sample) -> dict[str, Any]:
    """The survey file as data, without the answers that it leaves out and without codes that are people."""
    also = {sample.key} if sample.key else set()
    return hushed(folder.document.data, sample.columns.values(), also, protect=folder.policy.protect)


def hushed(
    data: Mapping[str, Any],
    tables: Iterable[Mapping[str, Column]],
    also: Collection[str] = (),
    *,
    protect: bool,
) -> dict[str, Any]:
    """The same of any survey file.

    Args:
        data: of the file.
        tables: the questions of each table.
        also: further columns that name people.
        protect: the policy hides anything at all.
    """
    told: dict[str, Any] = _plain(data)
    if not protect:
        return told
    people = {one.name for columns in tables for one in columns.values() if one.identifier} | set(also)
    for dimension in told.get("dimension", ()):
        if dimension.get("drop"):
            dimension["drop"] = [LEFT_OUT]
    for variable in told.get("variable", ()):
        if "recode" in variable and not people.isdisjoint(_taken(variable)):
            variable["recode"] = {LEFT_OUT: LEFT_OUT}
    _hush(told, people)
    return told


def _taken(variable: dict[str, Any]) -> set[str]:
    """The columns whose answers a variable takes as they are."""
    cases = [case for case in variable.get("cases", ()) if isinstance(case, dict)]
    return {str(one["take"]) for one in (variable, *cases) if "take" in one}


def _hush(part: Any, people: Collection[str]) -> None:
    """Takes what answers are held against out of every condition on one of some columns."""
    if isinstance(part, list):
        for one in part:
            _hush(one, people)
    if isinstance(part, dict):
        if part.get("question") in people:
            for key in part.keys() & set(_VALUES):
                part[key] = [LEFT_OUT, LEFT_OUT] if key == "between" else [LEFT_OUT]
        for one in part.values():
            _hush(one, people)


def _plain(value: Any) -> Any:
    """TOML as JSON has it: dates become their ISO 8601 text."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool) else str(value)


def findings(found: Iterable[Finding], policy: Policy) -> tuple[tuple[str, int], ...]:
    """How many oddities of each kind there are at most; no row, and no number of rows below the least.

    They are counted over all records, those of people who did not agree to be counted among them.
    """
    about_rows: Counter[str] = Counter()
    about_files: Counter[str] = Counter()
    kind = ""
    for one in found:
        more = _MORE.fullmatch(one.problem)
        if more and kind:
            about_rows[kind] += int(more[1])
        elif one.row is None:
            about_files[one.problem] += 1
        else:
            kind = _NUMBER.sub(LEFT_OUT, one.problem) if policy.protect else one.problem
            about_rows[kind] += 1
    step = max(policy.min_respondents, 1) if policy.protect else 1
    rounded = {name: -(-count // step) * step for name, count in about_rows.items()}
    return tuple(sorted((about_files + Counter(rounded)).items()))


def quality(figures: Iterable[QualityFigure], cells: Cells) -> tuple[QualityFigure, ...]:
    """The figures without those that are reckoned from the sizes of groups which are hidden, or not shown."""
    return tuple(one for one in figures if one.check is not Check.COVERAGE or _all_shown(one.about, cells))


def _all_shown(dimension: str, cells: Cells) -> bool:
    """Some measure is shown of every group of a dimension, so that how many are in each is no secret."""
    if not cells.policy.protect:
        return True
    by_measure: dict[str, set[Status]] = {}
    for cell in cells.cells:
        if [name for name, _ in cell.cell] == [dimension]:
            by_measure.setdefault(cell.measure, set()).add(cell.status)
    return any(found <= _OPEN for found in by_measure.values())
