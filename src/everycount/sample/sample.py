"""Records and the design by which they were found."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from everycount.text import NOTHING, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from everycount.sample.design import Design

MAIN = "main"
RECORD = "_record"  # identity of the main record, in the main table and in every roster
ROW = "_row"  # row of the source file, counted from 1 at the first record; for messages to people


class ColumnKind(StrEnum):
    """What the values of a column are."""

    CODE = "code"  # one choice
    CODES = "codes"  # several choices, separated by spaces
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    PLACE = "place"
    OTHER = "other"  # pictures, notes, metadata


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: what it holds and, where a questionnaire says so, its codes.

    Values are text for CODE, CODES, TEXT, DATE and PLACE and may be text or numeric for NUMBER; an absent
    answer is null and nothing else is.
    """

    name: str
    kind: ColumnKind
    labels: Text = NOTHING
    choices: tuple[tuple[str, Text], ...] = ()
    identifier: bool = False  # names a person directly; never a measure, never a dimension


@dataclass(frozen=True, slots=True)
class Finding:
    """Something odd in the records, kept and shown; the record itself is never changed silently."""

    table: str
    row: int | None
    column: str
    value: str
    problem: str


@dataclass(frozen=True)
class Sample:
    """Records + Design.

    Attributes:
        tables: an Ibis table by name: ``main`` and one per roster. Every table has the columns ``_record``
            and ``_row``; a roster's ``_record`` is that of the main record it belongs to.
        columns: what is known of each table's columns, by table and column name.
        design: how the respondents were found; its columns stand in ``main``.
        findings: what the checks found.
        key: column of ``main`` that tells records apart, where there is one.
        exports: the program that wrote the file of a table, where the headings tell: KoboToolbox, SurveyCTO.
        places: the file (and sheet or member) of each table, as messages to people name it.
        approached: everybody who was asked to take part, where those who answered stand in for the others;
            of those others only the design is looked at.
    """

    tables: Mapping[str, Any]
    columns: Mapping[str, Mapping[str, Column]]
    design: Design
    findings: tuple[Finding, ...] = ()
    key: str | None = None
    places: Mapping[str, str] = field(default_factory=dict)
    exports: Mapping[str, str] = field(default_factory=dict)
    approached: Sample | None = None
