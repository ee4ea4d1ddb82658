"""Exports of CommCare: paths with points, row numbers that link repeats, three dashes for what was not asked.

Sources (CommCare HQ, github.com/dimagi/commcare-hq): ``corehq/apps/export/const.py`` (``---`` where a
question is missing from a form, an empty text where it was left blank),
``corehq/apps/export/models/new.py`` (``number`` and ``number__0`` ... of rows and their parents; ``question
| option`` and ``question | extra`` for split answers),
``corehq/apps/export/tests/test_form_export_subcases.py`` (``form.babies.eye_color`` in the sheet of a
repeat).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from everycount.sample.raw import RawColumn
from everycount.sample.sample import Finding
from everycount.sample.sql import literal, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.sample.raw import RawTable
    from everycount.sample.store import Store

NOT_ASKED = "---"
NUMBER = "number"  # of a row; a question may be called so, too, therefore it gets an underscore here
PARENT_NUMBER = "_parent_number"  # made here: the number of the row above
_SHEET = re.compile(r"^Repeat\s*[-:]\s*")
_BAR, _EXTRA = " | ", "extra"
_PREFIXES = ("form.", "info.")


def from_commcare(store: Store, main: RawTable, rosters: Sequence[RawTable]) -> list[RawTable]:
    """The sheets of an export: ``group/question`` for headings, and a link from each row to its parent."""
    tables = [_plain(store, main)]
    tables += [_linked(_plain(store, roster)) for roster in rosters]
    return tables


def _plain(store: Store, table: RawTable) -> RawTable:
    findings = (*table.findings, *_not_asked(store, table))
    table = _joined(table)
    columns = tuple(replace(column, header=_heading(column.header)) for column in table.columns)
    name = _SHEET.sub("", table.name).replace(".", "/")
    return replace(table, columns=columns, name=name, nothing=(NOT_ASKED,), findings=findings)


def _joined(table: RawTable) -> RawTable:
    """The options of an answer, each in a column of its own, as one answer with spaces between.

    What was chosen beyond the options stands in a column called ``extra``, and is part of the answer.
    """
    parts: dict[str, list[str]] = {}
    kept: list[tuple[str, RawColumn]] = []
    for place, column in enumerate(table.columns):
        question, bar, option = column.header.strip().partition(_BAR)
        if not bar:
            kept.append((f"c{place}", column))
            continue
        if question not in parts:
            parts[question] = []
            kept.append((question, RawColumn(question)))
        parts[question].append(_chosen(f"CAST(c{place} AS VARCHAR)", option))
    if not parts:
        return table
    picked = ", ".join(
        f"{_answer(parts[value]) if value in parts else value} AS c{place}"
        for place, (value, _) in enumerate(kept)
    )
    relation = f"(SELECT r, {picked} FROM {table.relation})"  # noqa: S608 - our own names, options quoted
    return replace(table, columns=tuple(column for _, column in kept), relation=relation)


def _chosen(value: str, option: str) -> str:
    none = texts(("", NOT_ASKED))
    if option == _EXTRA:
        return f"CASE WHEN {value} NOT IN {none} THEN {value} END"
    return f"CASE WHEN {value} NOT IN {none[:-1]}, '0') THEN {literal(option)} END"


def _answer(parts: Sequence[str]) -> str:
    return f"nullif(concat_ws(' ', {', '.join(parts)}), '')"


def _heading(header: str) -> str:
    """``form.household.sex`` is household/sex."""
    place = header.strip()
    if place == NUMBER or place.startswith(f"{NUMBER}__"):
        return f"_{place}"
    for prefix in _PREFIXES:
        if place.startswith(prefix):
            return place.removeprefix(prefix).replace(".", "/")
    return place


def _not_asked(store: Store, table: RawTable) -> tuple[Finding, ...]:
    counts = " + ".join(f"count_if(c{place} = '{NOT_ASKED}')" for place in range(len(table.columns)))
    ((number,),) = store.run(f"SELECT {counts} FROM {table.relation}")  # noqa: S608 - our own names
    if not number:
        return ()
    problem = (
        f'CommCare writes "{NOT_ASKED}" where a question was not asked; {number} cells count as no answer.'
    )
    return (Finding(table.place, None, "", NOT_ASKED, problem),)


def _linked(table: RawTable) -> RawTable:
    """A row of a repeat is numbered within its parent: ``4.0`` is the first of the parent 4."""
    if f"_{NUMBER}" not in table.headers:
        return table
    own, new = table.headers.index(f"_{NUMBER}"), len(table.columns)
    parent = f"regexp_replace(CAST(c{own} AS VARCHAR), '\\.[0-9]+$', '')"
    relation = f"(SELECT *, {parent} AS c{new} FROM {table.relation})"  # noqa: S608 - our own names
    return replace(table, columns=(*table.columns, RawColumn(PARENT_NUMBER)), relation=relation)
