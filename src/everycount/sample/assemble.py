"""Puts raw tables together: rosters find their main record, look-ups their columns a place in ``main``."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from everycount.faults import Fault, InputError, unknown
from everycount.sample.links import KEYS, LINKS
from everycount.sample.sample import MAIN, RECORD, ROW, Finding, Sample
from everycount.sample.sql import ident
from everycount.sample.store import Storage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from everycount.sample.design import Design
    from everycount.sample.layout import Field
    from everycount.sample.raw import RawTable
    from everycount.sample.source import Source
    from everycount.sample.store import Store

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Part:
    """One table on its way into the sample: where it comes from, what it is in the file, what it becomes."""

    name: str
    source: Source
    raw: RawTable
    fields: tuple[Field, ...]

    def find(self, word: str) -> Field | None:
        """The field with that heading or name."""
        for each in self.fields:
            if word in {each.header, each.column.name}:
                return each
        return None

    def get(self, word: str, what: str) -> Field:
        """The field with that heading or name, or a fault that says which are there."""
        found = self.find(word)
        if found is None:
            names = [each.column.name for each in self.fields]
            raise InputError(unknown(f"{self.raw.place}, {what}", "column", word, names))
        return found


@dataclass
class Assembly:
    """The database being filled."""

    store: Store
    parts: dict[str, Part]
    findings: list[Finding] = field(default_factory=list)

    def finish(self, design: Design) -> Sample:
        """The sample of all parts."""
        main = self.parts[MAIN]
        lookups = [part for part in self.parts.values() if part.source.lookup]
        tables = {MAIN: self._main(main, lookups)}
        for part in _parents_first(self.parts):
            tables[part.name] = self._roster(part)
        for part in self.parts.values():
            self.findings.extend(part.raw.findings)
        return Sample(
            tables={name: self.store.table(name, _storages(fields)) for name, fields in tables.items()},
            columns={name: {f.column.name: f.column for f in fields} for name, fields in tables.items()},
            design=design,
            findings=tuple(self.findings),
            key=_key(main),
        )

    def _main(self, main: Part, lookups: Sequence[Part]) -> tuple[Field, ...]:
        values = _values(main.fields)
        query = f"SELECT r AS {ROW}, r AS {RECORD}, {values} FROM {main.raw.relation}"  # noqa: S608 - quoted
        fields = main.fields
        for lookup in lookups:
            query, fields = self._joined(main, query, fields, lookup)
        if not lookups:
            self.store.keep(MAIN, query, lazy=True)
        else:
            self.store.keep(MAIN, f"SELECT * FROM ({query}) ORDER BY {ROW}", lazy=main.raw.lazy)  # noqa: S608
        return fields

    def _joined(
        self, main: Part, query: str, fields: tuple[Field, ...], lookup: Part
    ) -> tuple[str, tuple[Field, ...]]:
        """``main`` with the columns of one look-up."""
        keys = [lookup.get(word, "on") for word in lookup.source.on]
        ours = [main.get(word, f'on, for the look-up "{lookup.name}"') for word in lookup.source.on]
        self._refuse_twins(lookup, keys)
        wanted = [lookup.get(word, "take") for word in lookup.source.take] or [
            each for each in lookup.fields if each not in keys
        ]
        present = {each.column.name.casefold() for each in fields}
        new = [each for each in wanted if each.column.name.casefold() not in present]
        table = self.store.fresh("lookup")
        columns = [f"{each.text} AS k{i}" for i, each in enumerate(keys)]
        columns += [f"{each.expression} AS {ident(each.column.name)}" for each in wanted]
        self.store.keep(table, f"SELECT {', '.join(columns)} FROM {lookup.raw.relation}")  # noqa: S608 - quoted
        on = " AND ".join(f"{_text('m', each)} = l.k{i}" for i, each in enumerate(ours))
        join = f"FROM ({query}) AS m LEFT JOIN {table} AS l ON {on}"
        self._refuse_contradictions(lookup, [each for each in wanted if each not in new], fields, join)
        self._note_unmatched(lookup, ours, join)
        added = "".join(f", l.{ident(each.column.name)}" for each in new)
        kept = tuple(_plain(each) for each in new)
        return f"SELECT m.*{added} {join}", (*fields, *kept)

    def _refuse_twins(self, lookup: Part, keys: Sequence[Field]) -> None:
        columns = ", ".join(each.text for each in keys)
        positions = ", ".join(str(i) for i in range(1, len(keys) + 1))
        twins = self.store.run(
            f"SELECT {columns}, count(*) FROM {lookup.raw.relation} "  # noqa: S608 - quoted
            f"GROUP BY {positions} HAVING count(*) > 1 ORDER BY ALL LIMIT {_SHOWN}"
        )
        if twins:
            names = ", ".join(each.column.name for each in keys)
            raise InputError(
                *(
                    Fault(
                        f"{lookup.raw.place}, column {names}",
                        f'The value "{_shown(twin[:-1])}" stands in {twin[-1]} rows.',
                        'Keep one row for each, or name the columns that tell the rows apart in "on".',
                    )
                    for twin in twins
                )
            )

    def _refuse_contradictions(
        self, lookup: Part, shared: Sequence[Field], fields: Sequence[Field], join: str
    ) -> None:
        """Columns that both files have must say the same; main's is kept."""
        by_name = {each.column.name.casefold(): each for each in fields}
        faults = []
        for theirs in shared:
            ours = by_name[theirs.column.name.casefold()]
            first = self.store.run(
                f"SELECT m.{ROW}, {_text('m', ours)}, {_text('l', theirs)} {join} "
                f"WHERE {_text('m', ours)} <> {_text('l', theirs)} ORDER BY 1 LIMIT 1"
            )
            for row, here, there in first:
                problem = f'Record {row} has "{here}" in its own file and "{there}" here.'
                remedy = 'Rename the column in one file, or leave it out with "take".'
                faults.append(Fault(f"{lookup.raw.place}, column {theirs.column.name}", problem, remedy))
        if faults:
            raise InputError(*faults)

    def _note_unmatched(self, lookup: Part, ours: Sequence[Field], join: str) -> None:
        values = ", ".join(_text("m", each) for each in ours)
        names = ", ".join(each.column.name for each in ours)
        positions = ", ".join(str(i) for i in range(2, len(ours) + 2))
        lost = self.store.run(
            f"SELECT min(m.{ROW}), {values} {join} WHERE l.k0 IS NULL "
            f"GROUP BY {positions} ORDER BY 1 LIMIT {_SHOWN}"
        )
        problem = f"No row of {lookup.raw.place} has this value; the columns it would give are empty."
        for row, *found in lost:
            self.findings.append(Finding(MAIN, row, names, _shown(found), problem))

    def _roster(self, part: Part) -> tuple[Field, ...]:
        parent = self.parts[part.source.parent]
        child, key = _link(part, parent)
        self.store.keep(
            part.name,
            f"SELECT a.r AS {ROW}, b.r AS {RECORD}, a.* EXCLUDE (r, _parent) FROM "  # noqa: S608 - quoted
            f"(SELECT r, {child.text} AS _parent, {_values(part.fields)} FROM {part.raw.relation}) AS a "
            f"LEFT JOIN (SELECT {_text('p', key)} AS k, min(p.{RECORD}) AS r FROM {ident(parent.name)} AS p "
            f"GROUP BY 1) AS b ON a._parent = b.k ORDER BY 1",
        )
        return part.fields


def _key(main: Part) -> str | None:
    """The column that tells records apart: the one that is named, or one that exports always have."""
    if main.source.key:
        return main.get(main.source.key, "key").column.name
    found = (main.find(word) for word in KEYS)
    return next((each.column.name for each in found if each is not None), None)


def _link(part: Part, parent: Part) -> tuple[Field, Field]:
    """The column of a roster that repeats its parent's key, and that key."""
    word = part.source.parent_key or ""
    child = part.get(word, "parent_key")
    if parent.source.key:
        return child, parent.get(parent.source.key, "key")
    guesses = [LINKS.get(word.rsplit("/", 1)[-1], word), *KEYS]
    for guess in guesses:
        key = parent.find(guess)
        if key is not None:
            return child, key
    problem = f'No column is known by which the rows of "{part.name}" find their parent.'
    raise InputError(Fault(parent.raw.place, problem, 'Name the column that identifies a row as its "key".'))


def _parents_first(parts: Mapping[str, Part]) -> list[Part]:
    waiting = [part for part in parts.values() if part.name != MAIN and not part.source.lookup]
    done = {MAIN}
    order: list[Part] = []
    while waiting:
        ready = [part for part in waiting if part.source.parent in done]
        if not ready:
            names = ", ".join(f'"{part.name}"' for part in waiting)
            problem = f"The tables {names} are each other's parents, or their parent is a look-up."
            raise InputError(Fault("records", problem, 'Let "parent" lead to the main table.'))
        order += ready
        done.update(part.name for part in ready)
        waiting = [part for part in waiting if part not in ready]
    return order


def _shown(values: Iterable[Any]) -> str:
    return ", ".join("" if value is None else str(value) for value in values)


def _values(fields: Sequence[Field]) -> str:
    return ", ".join(f"{each.expression} AS {ident(each.column.name)}" for each in fields)


def _plain(each: Field) -> Field:
    """The field once it stands in a table under its own name."""
    return replace(each, expression=ident(each.column.name))


def _text(alias: str, each: Field) -> str:
    """A finished column as text."""
    name = f"{alias}.{ident(each.column.name)}"
    return replace(each, expression=name).text


def _storages(fields: Sequence[Field]) -> dict[str, Storage]:
    return {ROW: Storage.WHOLE, RECORD: Storage.WHOLE, **{f.column.name: f.storage for f in fields}}
