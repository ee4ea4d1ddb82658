"""Turns columns such as ``member[2]/age`` into the roster ``member``: Ona's CSV has repeats side by side."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from everycount.sample.raw import RawColumn, RawTable
from everycount.sample.sql import literal, texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from everycount.sample.store import Store

INDEX, PARENT, PARENT_TABLE = "_index", "_parent_index", "_parent_table_name"
_INDEXED = re.compile(r"^(?P<repeat>.+?)\[(?P<number>[0-9]+)\]/(?P<rest>.+)$")


def unfold(store: Store, raw: RawTable, missing: Sequence[str]) -> list[RawTable]:
    """The table without its indexed columns, and a table for each repeat; the table alone where it has none.

    Of a repeat's places, those without any answer are no rows.
    """
    repeats: dict[str, dict[int, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    plain = []
    for position, header in enumerate(raw.headers):
        found = _INDEXED.match(header)
        if found is None:
            plain.append(position)
        else:
            repeats[found["repeat"]][int(found["number"])][found["rest"]] = position
    if not repeats:
        return [raw]
    key = raw.headers.index(INDEX) if INDEX in raw.headers else None
    tables = [_without(raw, plain, key)]
    for repeat, places in repeats.items():
        tables += unfold(store, _roster(store, raw, repeat, places, key, missing), missing)
    return tables


def _without(raw: RawTable, plain: Sequence[int], key: int | None) -> RawTable:
    """The columns outside repeats, with a key for the rosters where there is none."""
    picked = [f"c{position} AS c{i}" for i, position in enumerate(plain)]
    columns = [raw.columns[position] for position in plain]
    if key is None:
        picked.append(f"CAST(r AS VARCHAR) AS c{len(picked)}")
        columns.append(RawColumn(INDEX))
    relation = f"(SELECT r, {', '.join(picked)} FROM {raw.relation})"  # noqa: S608 - our own names
    return replace(raw, columns=tuple(columns), relation=relation)


def _roster(
    store: Store,
    raw: RawTable,
    repeat: str,
    places: Mapping[int, Mapping[str, int]],
    key: int | None,
    missing: Sequence[str],
) -> RawTable:
    questions = list(dict.fromkeys(question for place in places.values() for question in place))
    parent = f"CAST({'r' if key is None else f'c{key}'} AS VARCHAR)"
    pieces = [
        _place(raw, number, [place.get(question) for question in questions], parent, missing)
        for number, place in sorted(places.items())
    ]
    count = len(questions)
    order = "row_number() OVER (ORDER BY parent_row, number)"
    picked = ", ".join(f"v{i} AS c{i}" for i in range(count))
    relation = store.fresh("repeat")
    store.keep(
        relation,
        f"SELECT {order} AS r, {picked}, CAST({order} AS VARCHAR) AS c{count}, "  # noqa: S608 - our own names
        f"parent AS c{count + 1}, {literal(raw.name)} AS c{count + 2} FROM ({' UNION ALL '.join(pieces)})",
    )
    headers = [*(f"{repeat}/{question}" for question in questions), INDEX, PARENT, PARENT_TABLE]
    columns = tuple(RawColumn(header) for header in headers)
    return RawTable(repeat, f"{raw.place}, {repeat}", columns, relation)


def _place(
    raw: RawTable, number: int, positions: Sequence[int | None], parent: str, missing: Sequence[str]
) -> str:
    """The rows that stand in one place of the repeat: all the first members, all the second ..."""
    values = ["NULL" if position is None else f"CAST(c{position} AS VARCHAR)" for position in positions]
    picked = ", ".join(f"{value} AS v{i}" for i, value in enumerate(values))
    none = texts(["", *missing])
    answered = " OR ".join(f"{value} NOT IN {none}" for value in values if value != "NULL")
    return (
        f"SELECT r AS parent_row, {number} AS number, {parent} AS parent, {picked} "  # noqa: S608 - quoted
        f"FROM {raw.relation} WHERE {answered}"
    )
