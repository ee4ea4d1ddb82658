"""What each column of a raw table becomes: a name, a kind, and the expression that gives its values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from everycount.questionnaire.identifiers import is_identifier
from everycount.questionnaire.kinds import Kind
from everycount.sample.names import Heading, name_columns
from everycount.sample.questions import POINT, kind_of
from everycount.sample.sample import Column, ColumnKind
from everycount.sample.sql import literal, number_as_text, numbers, texts
from everycount.sample.store import Storage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from everycount.questionnaire import Question
    from everycount.sample.questions import Asked
    from everycount.sample.raw import RawColumn, RawTable

# What phones and servers add and what names or places a person, in the spelling of ODK, Kobo and Ona.
IDENTIFIERS = frozenset(
    {
        "deviceid", "subscriberid", "simserial", "phonenumber", "username", "email", "ipaddress", "imei",
        "simid", "devicephonenum", "submittername", "_submitted_by", "_geolocation",
    }
)  # fmt: skip
_WHERE = ("latitude", "longitude")
_TRUE = ("1", "true", "1.0", "yes")
_FALSE = ("", "0", "false", "0.0", "no")


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a sample in the making; ``expression`` is SQL over the columns of the raw table."""

    column: Column
    header: str
    storage: Storage
    expression: str
    question: Question | None = None

    @property
    def text(self) -> str:
        """The expression as text, spelled the same whatever the storage: 1, not 1.0."""
        if self.storage is Storage.TEXT:
            return self.expression
        if self.storage is Storage.DECIMAL:
            return number_as_text(self.expression)
        return f"CAST({self.expression} AS VARCHAR)"

    def as_kind(self, kind: ColumnKind) -> Field:
        """The same values as another kind; only numbers may stay numeric."""
        column = replace(self.column, kind=kind)
        if kind is ColumnKind.NUMBER:
            return replace(self, column=column)
        return replace(self, column=column, storage=Storage.TEXT, expression=self.text)


@dataclass(slots=True)
class _Split:
    """A question whose answer has a column for each option, or for each number of a point."""

    question: Question
    parts: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a raw column turns out to be: the answers of ``question``, or all of ``split``, or itself."""

    index: int
    question: Question | None = None
    split: _Split | None = None


def lay_out(raw: RawTable, missing: Sequence[str], asked: Asked | None = None) -> tuple[Field, ...]:
    """The fields of a table, with what the questionnaire says of them."""
    plans = _plans(raw, asked)
    headings = [_heading(raw.columns[plan.index].header, plan) for plan in plans]
    names = name_columns(headings, raw.place)
    return tuple(
        _split_field(raw, plan.split, name, plan.index, missing)
        if plan.split
        else _field(raw.columns[plan.index], name, plan, missing)
        for plan, name in zip(plans, names, strict=True)
    )


def _plans(raw: RawTable, asked: Asked | None) -> list[_Plan]:
    if asked is None:
        return [_Plan(index) for index in range(len(raw.columns))]
    headers = [header.strip() for header in raw.headers]
    found = [asked.find(header) for header in headers]
    whole = {question.full_path for question in found if question is not None}
    splits: dict[tuple[str, ...], _Split] = {}
    plans = []
    for index, (header, question) in enumerate(zip(headers, found, strict=True)):
        part = asked.part(header) if question is None else None
        if part is None:
            plans.append(_Plan(index, question))
        elif part[0].full_path not in whole:
            plans += _with_part(splits, part, index)
        # The parts of a question that also has a column of its own say the same once more.
    return plans


def _with_part(
    splits: dict[tuple[str, ...], _Split], part: tuple[Question, str], index: int
) -> Iterator[_Plan]:
    """Remembers a part; the first of a question makes its column."""
    question, code = part
    if question.full_path in splits:
        splits[question.full_path].parts.append((code, index))
        return
    splits[question.full_path] = _Split(question, [(code, index)])
    yield _Plan(index, question, splits[question.full_path])


def _heading(header: str, plan: _Plan) -> Heading:
    if plan.question is None:
        return Heading(header, plan.index + 1)
    return Heading(header, plan.index + 1, plan.question.name, "/".join(plan.question.full_path))


def _field(raw: RawColumn, name: str, plan: _Plan, missing: Sequence[str]) -> Field:
    value = without_missing(f"c{plan.index}", raw.storage, missing)
    question = plan.question
    if question is None:
        kind = _kind(raw)
        column = Column(name, kind, raw.label, raw.choices, identifier=_identifies(name, kind))
        return Field(column, raw.header, raw.storage, value).as_kind(column.kind)
    column = _asked_column(question, name)
    if column.kind is ColumnKind.TEXT and raw.storage is not Storage.TEXT:
        column = replace(column, kind=ColumnKind.NUMBER)  # a calculation that the file keeps as a number
    return Field(column, raw.header, raw.storage, value, question).as_kind(column.kind)


def _asked_column(question: Question, name: str) -> Column:
    choices = tuple((choice.code, choice.labels) for choice in question.choices)
    kind = kind_of(question)
    return Column(name, kind, question.labels, choices, identifier=question.direct_identifier)


def _split_field(raw: RawTable, split: _Split, name: str, index: int, missing: Sequence[str]) -> Field:
    """The parts of an answer as forms write them: separated by spaces."""
    column = _asked_column(split.question, name)
    if column.kind is ColumnKind.PLACE:
        value = _point(raw, dict(split.parts), missing)
    else:
        chosen = (
            _chosen(f"c{position}", code, raw.columns[position].storage, missing)
            for code, position in split.parts
        )
        value = f"nullif(concat_ws(' ', {', '.join(chosen)}), '')"
    return Field(column, raw.columns[index].header, Storage.TEXT, value, split.question)


def _point(raw: RawTable, positions: dict[str, int], missing: Sequence[str]) -> str:
    """Latitude, longitude, altitude and accuracy, as far as they are there."""
    numbers = [
        Field(
            Column(name, ColumnKind.TEXT),
            name,
            raw.columns[positions[name]].storage,
            without_missing(f"c{positions[name]}", raw.columns[positions[name]].storage, missing),
        ).text
        for name in POINT
        if name in positions
    ]
    return f"nullif(concat_ws(' ', {', '.join(numbers)}), '')"


def _chosen(value: str, code: str, storage: Storage, missing: Sequence[str]) -> str:
    """The code where the cell says yes, nothing where it says no, and ``code=cell`` where it says neither."""
    text = Field(Column("", ColumnKind.TEXT), "", storage, value).text
    yes, no = texts([*_TRUE, code.lower()]), texts([*_FALSE, *(word.lower() for word in missing)])
    odd = f"{literal(code)} || '=' || replace({text}, ' ', '_')"
    when = f"WHEN lower({text}) IN {yes} THEN {literal(code)} WHEN lower({text}) IN {no} THEN NULL"
    return f"CASE {when} ELSE {odd} END"


def _identifies(name: str, kind: ColumnKind) -> bool:
    """By its name, where nobody was asked: with a questionnaire the question says so."""
    folded = name.casefold()
    if folded in IDENTIFIERS or folded.endswith(_WHERE):
        return True
    if kind not in {ColumnKind.TEXT, ColumnKind.NUMBER}:
        return False
    return is_identifier(name, Kind.INTEGER if kind is ColumnKind.NUMBER else Kind.TEXT)


def _kind(raw: RawColumn) -> ColumnKind:
    if raw.choices and raw.coded:
        return ColumnKind.CODE
    if raw.date:
        return ColumnKind.DATE
    return ColumnKind.TEXT if raw.storage is Storage.TEXT else ColumnKind.NUMBER


def without_missing(expression: str, storage: Storage, missing: Sequence[str]) -> str:
    """The expression with null for the texts that mean "no answer"; numeric columns compare as numbers."""
    if storage is not Storage.TEXT:
        for number in numbers(missing):
            expression = f"nullif({expression}, {number!r})"
        return expression
    if not missing:
        return expression
    if len(missing) == 1:
        return f"nullif({expression}, {literal(missing[0])})"
    return f"CASE WHEN {expression} IN {texts(missing)} THEN NULL ELSE {expression} END"
