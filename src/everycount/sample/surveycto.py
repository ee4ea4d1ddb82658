"""Exports of SurveyCTO, and of ODK Briefcase, from which their format comes.

Long: a file for each repeat group, with PARENT_KEY, KEY and SET-OF-group (ODK Briefcase, its page
docs/export-format.md). Wide: all in one file, the members of a repeat side by side as ``age_1``, ``age_2``,
and each option of a several-choice question beside the whole answer as ``crops_maize`` (SurveyCTO help,
"Understanding the format of exported data"; a minus becomes an underscore: ``crops__99``). Which of the
numbers are members and which are options only the form can tell. Dates are written as ``Apr 26, 2018
8:56:00 AM`` (Java's MEDIUM style).

Codes such as -99 are answers here as everywhere, until ``missing`` names them.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from everycount.questionnaire.kinds import Kind
from everycount.sample.store import Storage

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from everycount.questionnaire import Question, Questionnaire
    from everycount.sample.raw import RawTable

MOMENTS = frozenset({"SubmissionDate", "CompletionDate", "starttime", "endtime"})
_SEVERAL = frozenset({Kind.SELECT_MULTIPLE, Kind.RANK})
_DATES = frozenset({Kind.DATE, Kind.DATETIME, Kind.TODAY, Kind.START, Kind.END})
_NUMBERS = re.compile(r"(?:_[0-9]+)+$")
_FORMATS = (("%b %-d, %Y %-I:%M:%S %p", "%Y-%m-%dT%H:%M:%S"), ("%b %-d, %Y", "%Y-%m-%d"))


def from_surveycto(tables: Sequence[RawTable], questionnaire: Questionnaire | None) -> list[RawTable]:
    """The tables with ISO dates and, where a form says what they are, wide columns named by their place."""
    wide = _Wide(questionnaire) if questionnaire is not None else None
    return [_read(table, wide) for table in tables]


def _read(table: RawTable, wide: _Wide | None) -> RawTable:
    if wide is not None and "PARENT_KEY" not in table.headers:
        placed = wide.headings(table.headers)
        columns = tuple(
            replace(column, header=header) for column, header in zip(table.columns, placed, strict=True)
        )
        table = replace(table, columns=columns)
    return _dated(table, MOMENTS | (wide.dates if wide is not None else frozenset()))


def _dated(table: RawTable, names: Collection[str]) -> RawTable:
    """Dates as ISO 8601 has them; a text that is no date of SurveyCTO's stays, and is found by the checks."""
    picked, dated = [], False
    for place, column in enumerate(table.columns):
        own = f"c{place}"
        if column.storage is Storage.TEXT and re.split(r"[/\-.]", column.header)[-1] in names:
            dated = True
            tries = (f"strftime(try_strptime({own}, '{read}'), '{written}')" for read, written in _FORMATS)
            picked.append(f"coalesce({', '.join(tries)}, {own}) AS {own}")
        else:
            picked.append(own)
    if not dated:
        return table
    relation = f"(SELECT r, {', '.join(picked)} FROM {table.relation})"  # noqa: S608 - our own names
    return replace(table, relation=relation)


@dataclass(frozen=True)
class _Wide:
    """The headings of a wide export, as the form explains them."""

    questionnaire: Questionnaire

    @cached_property
    def dates(self) -> frozenset[str]:
        """Names of questions that are answered with a date."""
        return frozenset(each.name for each in self.questionnaire.questions if each.kind in _DATES)

    @cached_property
    def _named(self) -> dict[str, Question]:
        times = Counter(each.name for each in self.questionnaire.questions)
        return {each.name: each for each in self.questionnaire.questions if times[each.name] == 1}

    @cached_property
    def _options(self) -> dict[str, tuple[Question, str]]:
        """``crops_maize`` and ``crops__99``, by the question and the code that they stand for."""
        found: dict[str, tuple[Question, str]] = {}
        for question in self._named.values():
            for code in question.codes if question.kind in _SEVERAL else ():
                found.setdefault(f"{question.name}_{code.replace('-', '_')}", (question, code))
        return found

    def headings(self, headers: Sequence[str]) -> list[str]:
        """``age_2`` as ``members[2]/age``, ``crops_maize`` as ``crops/maize``; others stay as they are."""
        return [self._heading(header.strip()) for header in headers]

    def _heading(self, header: str) -> str:
        if header in self._named:
            return header
        for question, numbers, option in self._readings(header):
            rows = self._rows(question)
            if len(rows) == len(numbers):
                place = "/".join(f"{row}[{number}]" for row, number in zip(rows, numbers, strict=True))
                parts = (place, question.name, option)
                return "/".join(part for part in parts if part)
        return header

    def _readings(self, header: str) -> list[tuple[Question, list[str], str]]:
        """Every way to cut a heading into question, numbers of rows and option; the longest name first."""
        readings = []
        tail = _NUMBERS.search(header)
        numbers = tail[0].strip("_").split("_") if tail else []
        for used in range(len(numbers) + 1):
            own = numbers[len(numbers) - used :]
            stem = header.removesuffix("".join(f"_{number}" for number in own))
            if stem in self._options:
                readings.append((self._options[stem][0], own, self._options[stem][1]))
            if stem in self._named:
                readings.append((self._named[stem], own, ""))
        return readings

    def _rows(self, question: Question) -> list[str]:
        """The repeats around a question, outermost first."""
        around = {group.full_path for group in self.questionnaire.groups if group.repeat}
        path = question.full_path
        return [path[end - 1] for end in range(1, len(path)) if path[:end] in around]
