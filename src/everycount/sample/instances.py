"""The records of an export as answers that can be written as instances again, rosters within rosters too.

What servers call a submission: ODK Central keeps its first instanceID as ``KEY`` (``__id`` in OData) through
every edit; KoboToolbox gives ``_uuid`` anew with each edit and keeps the first one in ``meta/rootUuid`` and
the one before in ``meta/deprecatedID``, where it has them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from everycount.questionnaire.filling import Filled
from everycount.questionnaire.kinds import LINES, METADATA, POINTS, SPOKEN, Kind
from everycount.sample.cells import as_text
from everycount.sample.links import is_added, own_link
from everycount.sample.sample import MAIN, RECORD, ROW
from everycount.sample.sql import ident
from everycount.sample.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from everycount.questionnaire import Group, Question, Questionnaire
    from everycount.sample.sample import Sample

# Columns that name a submission through its edits, surest first.
NAMES = ("rootUuid", "KEY", "__id", "instanceID", "meta-instanceID", "_uuid", "uuid")
_BEFORE = ("deprecatedID", "meta-deprecatedID")
_VERSIONS = ("FormVersion", "formVersion", "__version__", "_version_")
_LOCKED = {"not decrypted", "notDecrypted", "missing encrypted form data"}
_ZEROS = re.compile(r"(?<=\d)(?:\.0+|(\.\d*?[1-9])0+)(?![\w.])")  # that end a number with a point
_NUMBERS = POINTS | LINES | {Kind.INTEGER, Kind.DECIMAL, Kind.RANGE}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SHEET = 31  # signs of a sheet's name in a workbook; longer names of repeats are cut
# What servers add, beside what the reader of exports knows, under the last part of its name.
_SYSTEM = frozenset(
    {
        *NAMES, *_BEFORE, *_VERSIONS, "submissionDate", "updatedAt", "deletedAt", "submitterId",
        "submitterName", "attachmentsPresent", "attachmentsExpected", "status", "reviewState", "deviceId",
        "edits", "instanceName", "uid", "by_whom", "timestamp", "label",
    }
)  # fmt: skip
_ANSWERED = SPOKEN - METADATA - {Kind.NOTE}


@dataclass(frozen=True, slots=True)
class Exported:
    """One record.

    Attributes:
        place: file and row, as messages name it.
        name: what its server calls the submission through all edits; "" where the row does not say.
        before: what the server called it before the last edit, where names change; or "".
        version: of the form, as the record says; or "".
        locked: the answers are encrypted, so that none is here.
        filled: the answers.
    """

    place: str
    name: str
    before: str
    version: str
    locked: bool
    filled: Filled


@dataclass(frozen=True)
class Export:
    """The records of a sample, in terms of a questionnaire.

    Attributes:
        sample: what was read.
        questionnaire: the form into whose instances it goes.
        key: the column that names a submission; None takes the server's own.
    """

    sample: Sample
    questionnaire: Questionnaire
    key: str | None = None

    @cached_property
    def _store(self) -> Store:
        """With the main table computed once: that of a large file is parsed at each use."""
        store = Store.of(self.sample.tables[MAIN])
        store.keep("_exported", f"SELECT * FROM {ident(MAIN)}")  # noqa: S608 - quoted
        return store

    @cached_property
    def named_by(self) -> str | None:
        """The column that names a submission; None where the file has none."""
        columns = self.sample.columns[MAIN]
        wanted = NAMES if self.key is None else (self.key,)
        return next((each for each in wanted if each in columns), None)

    @cached_property
    def count(self) -> int:
        """How many records there are."""
        ((number,),) = self._store.run("SELECT count(*) FROM _exported")
        return int(number)

    @cached_property
    def _groups(self) -> Mapping[str, Group]:
        """The repeat of each roster's table."""
        groups = {group.name: group for group in self.questionnaire.rosters}
        cut = {name[:_SHEET]: group for name, group in groups.items()}
        found = {table: groups.get(table) or cut.get(table) for table in self.sample.tables if table != MAIN}
        return {table: group for table, group in found.items() if group is not None}

    def strange_tables(self) -> list[str]:
        """Tables for which the form has no repeat; lists that servers add are none of them."""
        known = {MAIN, *self._groups}
        return [name for name in self.sample.tables if name not in known and not name.startswith("_")]

    def strange_columns(self) -> list[str]:
        """Columns that hold something and for which the form has no question, as ``table, column``."""
        found = []
        for table in (MAIN, *self._groups):
            asked = self._asked(table)
            strange = [
                each for each in self.sample.columns[table] if each not in asked and not _is_added(each)
            ]
            found += [each if table == MAIN else f"{table}, {each}" for each in self._held(table, strange)]
        return found

    def _held(self, table: str, columns: Sequence[str]) -> list[str]:
        if not columns:
            return []
        counts = ", ".join(f"count(nullif(CAST({ident(each)} AS VARCHAR), ''))" for each in columns)
        (numbers,) = self._store.run(f"SELECT {counts} FROM {ident(table)}")  # noqa: S608 - quoted
        return [each for each, number in zip(columns, numbers, strict=True) if number]

    def absent_questions(self) -> list[str]:
        """Questions for which no table has a column."""
        present = {each for table in (MAIN, *self._groups) for each in self._asked(table).values()}
        wanted = [each for each in self.questionnaire.questions if each.kind in _ANSWERED]
        return ["/".join(each.full_path) for each in wanted if each not in present]

    def orphans(self) -> dict[str, int]:
        """How many rows of each roster belong to no record."""
        query = f"SELECT count(*) FROM {{}} WHERE {ident(RECORD)} IS NULL"  # noqa: S608 - quoted
        found = {table: self._store.run(query.format(ident(table)))[0][0] for table in self._groups}
        return {table: number for table, number in found.items() if number}

    def _asked(self, table: str) -> Mapping[str, Question]:
        """The question that each column answers; by its name where only one is called so."""
        roster = None if table == MAIN else self._groups[table].name
        named: dict[str, list[Question]] = {}
        for question in self.questionnaire.questions_of(roster):
            for word in {question.name, "/".join(question.full_path)}:
                named.setdefault(word, []).append(question)
        columns = self.sample.columns[table]
        return {each: named[each][0] for each in columns if len(named.get(each, ())) == 1}

    def batches(self, size: int) -> Iterator[list[Exported]]:
        """The records in their order, so many at a time."""
        for start in range(0, self.count, size):
            rosters = self._rosters(start, start + size)
            yield [self._record(row, rosters) for row in self._rows("_exported", MAIN, start, start + size)]

    def _rows(self, relation: str, table: str, after: int, until: int) -> list[dict[str, Any]]:
        """The rows of some records, by column."""
        columns = [ROW, RECORD, *self.sample.columns[table]]
        found = self._store.run(
            f"SELECT {', '.join(map(ident, columns))} FROM {ident(relation)} "  # noqa: S608 - quoted
            f"WHERE {RECORD} > {after} AND {RECORD} <= {until} ORDER BY {ROW}"
        )
        return [dict(zip(columns, row, strict=True)) for row in found]

    def _record(self, row: Mapping[str, Any], rosters: Mapping[int, Mapping[str, list[Filled]]]) -> Exported:
        def first(words: Sequence[str]) -> str:
            return next((text for each in words if (text := as_text(row.get(each)) or "")), "").strip()

        asked = self._asked_main
        system = [each for each in ("Status", "status") if each not in asked]
        return Exported(
            place=f"{self.sample.places.get(MAIN, MAIN)}, record {row[ROW]}",
            name=_spelt(first([self.named_by] if self.named_by else [])),
            before=_spelt(first([each for each in _BEFORE if each not in asked])),
            version=first([each for each in _VERSIONS if each not in asked]),
            locked=first(system) in _LOCKED,
            filled=Filled(_texts(row, asked), rosters.get(row[RECORD], {})),
        )

    @cached_property
    def _asked_main(self) -> Mapping[str, Question]:
        return self._asked(MAIN)

    def _rosters(self, after: int, until: int) -> Mapping[int, Mapping[str, list[Filled]]]:
        """The rows that belong to each record, those of inner rosters inside the rows of outer ones."""
        of_record: dict[int, dict[str, list[Filled]]] = {}
        keyed: dict[str, dict[tuple[int, str], dict[str, list[Filled]]]] = {}
        for table, group in sorted(self._groups.items(), key=lambda pair: len(pair[1].path)):
            asked, link = self._asked(table), self._link(table)
            rows = self._rows(table, table, after, until)
            keys = self._keys_into(table)
            for row in rows:
                inside: dict[str, list[Filled]] = {}
                filled = Filled(_texts(row, asked), inside)
                for key in keys:
                    keyed.setdefault(f"{table} {key}", {})[row[RECORD], as_text(row[key]) or ""] = inside
                above = of_record.setdefault(row[RECORD], {})
                if link is not None:
                    parent, child, key = link
                    mark = (row[RECORD], as_text(row[child]) or "")
                    above = keyed.get(f"{parent} {key}", {}).get(mark, above)
                above.setdefault(group.name, []).append(filled)
        return of_record

    def _link(self, table: str) -> tuple[str, str, str] | None:
        """The roster around a roster, the column that names its row, and that row's key.

        None for an outer one. What names no row of it stays with its record, where the writer of instances
        has no place for it.
        """
        names = {group.name: each for each, group in self._groups.items()}
        around = next((names[each] for each in reversed(self._groups[table].path) if each in names), None)
        if around is None:
            return None
        found = own_link(self.sample.columns[table], self.sample.columns[around])
        return None if found is None else (around, *found)

    def _keys_into(self, table: str) -> set[str]:
        links = [self._link(each) for each in self._groups]
        return {link[2] for link in links if link is not None and link[0] == table}


def _texts(row: Mapping[str, Any], asked: Mapping[str, Question]) -> dict[str, str]:
    return {
        "/".join(question.full_path): _plain(text, question.kind)
        for column, question in asked.items()
        if (text := as_text(row[column]))
    }


def _plain(text: str, kind: Kind) -> str:
    """The same number the same, whichever kind of export it comes from: 5, not 5.0."""
    if kind not in _NUMBERS:
        return text
    return _ZEROS.sub(lambda found: found[1] or "", text)


def _spelt(name: str) -> str:
    """As phones write it: Kobo leaves the prefix out in some columns."""
    return f"uuid:{name}" if UUID.fullmatch(name) else name


def _is_added(name: str) -> bool:
    return is_added(name) or name in _SYSTEM or "@odata" in name
