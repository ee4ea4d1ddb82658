"""Puts raw tables together: rosters find their main record, look-ups their columns a place in ``main``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from everycount.faults import Fault, InputError
from everycount.sample.links import KEYS, LINKS
from everycount.sample.lookups import Lookup
from everycount.sample.part import Part, text_in, values_of
from everycount.sample.sample import MAIN, RECORD, ROW, Finding, Sample
from everycount.sample.sql import ident
from everycount.sample.store import Storage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from everycount.sample.design import Design
    from everycount.sample.layout import Field
    from everycount.sample.store import Store


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
            places={name: self.parts[name].raw.place for name in tables},
            exports={name: said for name in tables if (said := self.parts[name].raw.dialect)},
        )

    def _main(self, main: Part, lookups: Sequence[Part]) -> tuple[Field, ...]:
        values = values_of(main.fields)
        query = f"SELECT r AS {ROW}, r AS {RECORD}, {values} FROM {main.raw.relation}"  # noqa: S608 - quoted
        if not lookups:
            self.store.keep(MAIN, query, lazy=True)
            return main.fields
        fields = main.fields
        for part in lookups:
            lookup = Lookup(self.store, part, main, query, fields)
            self.findings += lookup.check()
            query, fields = lookup.joined, lookup.fields
        order = "" if main.raw.lazy else f" ORDER BY {ROW}"
        self.store.keep(MAIN, f"SELECT * FROM ({query}){order}", lazy=main.raw.lazy)  # noqa: S608 - above
        return fields

    def _roster(self, part: Part) -> tuple[Field, ...]:
        parent = self.parts[part.source.parent]
        child, key = _link(part, parent)
        rows = f"r AS {ROW}, {child.text} AS {RECORD}, {values_of(part.fields)} FROM {part.raw.relation}"
        keys = f"{text_in('p', key)} AS k, min(p.{RECORD}) AS r FROM {ident(parent.name)} AS p GROUP BY 1"
        self.store.keep(
            part.name,
            f"SELECT a.{ROW}, b.r AS {RECORD}, a.* EXCLUDE ({ROW}, {RECORD}) "  # noqa: S608 - quoted above
            f"FROM (SELECT {rows}) AS a LEFT JOIN (SELECT {keys}) AS b ON a.{RECORD} = b.k ORDER BY 1",
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
    for guess in [LINKS[word]] if word in LINKS else [word, *KEYS]:
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


def _storages(fields: Sequence[Field]) -> dict[str, Storage]:
    return {ROW: Storage.WHOLE, RECORD: Storage.WHOLE, **{f.column.name: f.storage for f in fields}}
