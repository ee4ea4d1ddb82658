"""Proposes a survey file from a questionnaire and a file of answers. It guesses; a person decides."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount import catalogue
from everycount.faults import Fault, InputError
from everycount.questionnaire import read_xlsform
from everycount.sample import MAIN, Column, ColumnKind, Design, DesignKind, Source, read, rows
from everycount.sample.sample import RECORD, ROW
from everycount.survey.consent import consent_questions
from everycount.survey.folder import FILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from everycount.questionnaire import Questionnaire
    from everycount.sample import Sample

MOST_GROUPS = 12  # more answers than these make no readable breakdown
MOST_OF_EACH = 8

_STRATUM = re.compile(r"^(stratum|strata|strat_?\w*)$", re.IGNORECASE)
_CLUSTER = re.compile(r"^(psu|cluster|ea|enumeration_?area)(_?(id|no|code))?$", re.IGNORECASE)
_WEIGHT = re.compile(r"^(weights?|wt|wgt|pw|hh_?weight|sample_?weight)$", re.IGNORECASE)
_WHO = re.compile(
    r"sex|gender|age_?(group|band)|region|district|province|state|zone|urban|rural|residence|settlement|camp"
    r"|group|communit|ethnic|caste|religion|disab|wealth|quintile|educ|displac|migra|tenure|status",
    re.IGNORECASE,
)
_YES = frozenset({"yes", "1", "oui", "si", "sí", "true", "y"})
_NO = frozenset({"no", "0", "2", "non", "false", "n"})


@dataclass(frozen=True, slots=True)
class Answers:
    """A column that may become a dimension or a measure, with the answers met in it, most frequent first."""

    column: Column
    met: tuple[str, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes in the questionnaire's order, else the answers met."""
        return tuple(code for code, _ in self.column.choices) or self.met

    @property
    def yes(self) -> str | None:
        """The code that means yes, where the question is answered by yes or no."""
        known = {code.casefold(): code for code in self.codes}
        said = [known[word] for word in known if word in _YES]
        return said[0] if said and any(word in _NO for word in known) and len(known) <= 4 else None


def propose(records: Path, form: Path | None, out: Path, *, area: str, year: int) -> Path:
    """Makes the folder ``out`` with copies of the files and a ``survey.toml``.

    Args:
        records: the file of answers, in any format that can be read.
        form: the XLSForm, or None.
        out: a folder that does not exist yet, or is empty.
        area: ISO 3166 alpha-3 or M49 code.
        year: of the fieldwork, where nothing better is known.

    Raises:
        InputError: a file cannot be read, or the folder is in use.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(Fault(str(out), "The folder is not empty.", "Name a new one."))
    for path in (records, *((form,) if form else ())):
        if not path.is_file():
            raise InputError(Fault(str(path), "There is no such file.", "Check the name."))
    catalogue.area(area)
    questionnaire = read_xlsform(form.read_bytes(), form.name) if form else None
    sample = read(
        {MAIN: Source(records)},
        design=Design(DesignKind.CONVENIENCE),
        missing=("",),
        questionnaire=questionnaire,
    )
    lines = "\n".join(_lines(records, form, out.name, questionnaire, sample, area, year))
    out.mkdir(parents=True, exist_ok=True)
    for path in (records, *((form,) if form else ())):
        shutil.copyfile(path, out / path.name)
    target = out / FILE
    target.write_text(lines + "\n", encoding="utf-8")
    return target


def _lines(
    records: Path,
    form: Path | None,
    name: str,
    questionnaire: Questionnaire | None,
    sample: Sample,
    area: str,
    year: int,
) -> Iterator[str]:
    columns = sample.columns[MAIN]
    answers = _answers(sample)
    title = str(questionnaire.title) if questionnaire else ""
    yield f"# Proposed by `everycount init` from {records.name}."
    yield "# Every line is a guess: read it, mend it, delete it."
    yield "\n[survey]"
    yield f"id = {_quoted(re.sub(r'[^A-Za-z0-9_-]+', '-', name).strip('-') or 'survey')}"
    yield f"title = {_quoted(title or name)}"
    yield f'period = "{year}"                      # when people were asked: a year, month, date or interval'
    yield f"area = {_quoted(area)}"
    if form:
        yield f"questionnaire = {_quoted(form.name)}"
    yield f"records = {_quoted(records.name)}"
    yield 'missing = [""]                        # texts that mean "no answer", such as "NA"'
    yield from _consent(questionnaire)
    yield from _design(columns)
    yield "\n[policy]"
    yield 'name = "public"                       # public | partners | open'
    design = {column for column in columns if _role(column)}
    dimensions = _dimensions(answers, design)
    yield from _dimension_lines(dimensions)
    yield from _measure_lines(answers, design, {found.column.name for found in dimensions})
    yield "\n[[table]]"
    yield 'measures = "*"'
    yield f"by = {json.dumps([[found.column.name] for found in dimensions])}"


def _quoted(words: str) -> str:
    # A JSON string is a TOML basic string.
    return json.dumps(words, ensure_ascii=False)


def _consent(questionnaire: Questionnaire | None) -> Iterator[str]:
    for name in consent_questions(questionnaire):
        yield "\n[consent]"
        yield f'statistics = {{question = "{name}", in = ["yes"]}}   # which answer means yes?'


def _role(name: str) -> str:
    for role, pattern in (("strata", _STRATUM), ("clusters", _CLUSTER), ("weights", _WEIGHT)):
        if pattern.match(name):
            return role
    return ""


def _design(columns: Iterable[str]) -> Iterator[str]:
    found: dict[str, list[str]] = {"strata": [], "clusters": [], "weights": []}
    for name in columns:
        if role := _role(name):
            found[role].append(name)
    yield "\n[design]"
    if not found["weights"]:
        yield "# How were people found? purposive, quota, snowball, probability ..."
        yield 'kind = "convenience"'
        yield "# No weights were found: the numbers speak about the people who answered."
        return
    yield "# Were they really drawn by chance? If not: purposive, quota ..."
    yield 'kind = "probability"'
    for role in ("strata", "clusters"):
        if found[role]:
            yield f"{role} = {json.dumps(found[role][:1])}"
    yield f"weights = {_quoted(found['weights'][0])}"


def _answers(sample: Sample) -> list[Answers]:
    """The columns with their answers where there are few; one query counts, one more lists them."""
    table, columns = sample.tables[MAIN], sample.columns[MAIN]
    names = [
        name
        for name, column in columns.items()
        if name not in {RECORD, ROW}
        and not column.identifier
        and column.kind not in {ColumnKind.OTHER, ColumnKind.PLACE}
    ]
    if not names:
        return []
    counts = table.aggregate(**{f"c{index}": table[name].nunique() for index, name in enumerate(names)})
    few = list(zip(names, rows(counts)[0], strict=True))
    return [
        Answers(columns[name], _met(sample, name) if 2 <= count <= MOST_GROUPS else ())
        for name, count in few
        if count >= 2
    ]


def _met(sample: Sample, name: str) -> tuple[str, ...]:
    values = rows(sample.tables[MAIN][[name]].distinct())
    return tuple(sorted(str(value) for (value,) in values if value is not None))


def _dimensions(answers: list[Answers], design: set[str]) -> list[Answers]:
    """Columns with few answers whose name says who people are; others with a code list after them."""
    few = [
        found
        for found in answers
        if 2 <= len(found.met) <= MOST_GROUPS
        and found.column.kind in {ColumnKind.CODE, ColumnKind.TEXT}
        and found.column.name not in design
    ]
    telling = [found for found in few if _WHO.search(found.column.name)]
    return telling[:MOST_OF_EACH] or [found for found in few if found.yes is None][:2]


def _dimension_lines(dimensions: list[Answers]) -> Iterator[str]:
    for found in dimensions:
        name = found.column.name
        yield "\n[[dimension]]"
        yield f"id = {_quoted(_id(name))}"
        yield f"question = {_quoted(name)}"
        if not found.column.choices:
            groups = ", ".join(f"{_quoted(code)} = [{_quoted(code)}]" for code in found.met)
            yield f"groups = {{{groups}}}"


def _id(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_") or "column"


def _measure_lines(answers: list[Answers], design: set[str], taken: set[str]) -> Iterator[str]:
    free = [found for found in answers if found.column.name not in design | taken]
    shares = [found for found in free if found.yes][:MOST_OF_EACH]
    numbers = [found for found in free if found.column.kind is ColumnKind.NUMBER and found.yes is None][
        :MOST_OF_EACH
    ]
    if not shares and not numbers:
        shares = [found for found in free if found.codes][:1]
    for found in shares:
        yield "\n[[measure]]"
        yield f"id = {_quoted(_id(found.column.name))}"
        yield f"label = {_quoted(str(found.column.labels) or found.column.name)}"
        yield 'kind = "proportion"'
        yield f"question = {_quoted(found.column.name)}"
        yield f"in = [{_quoted(found.yes or found.codes[0])}]"
        yield 'unit = "household"                    # what a record is: household, person ...'
        yield '# better = "higher"                   # which direction is good for people?'
    for found in numbers:
        yield "\n[[measure]]"
        yield f"id = {_quoted(_id(found.column.name))}"
        yield 'kind = "mean"'
        yield f"question = {_quoted(found.column.name)}"
        yield 'number = ""                           # its unit: litres, minutes ...'
