"""The answers of one table, computed and numbered, as the checks need them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from everycount.sample.sample import RECORD, ROW, Column
from everycount.sample.sql import ident, number_as_text
from everycount.sample.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from everycount.quality.roles import Split
    from everycount.sample.sample import Sample

NOBODY = -1  # the number of "no answer"
_AT_ONCE = 200  # columns that are held as words at a time; a survey may have thousands


@dataclass(frozen=True)
class Coded:
    """One column: the place of each answer in ``words``, -1 for none. Words are sorted and all occur."""

    column: Column
    codes: NDArray[np.int32]
    words: tuple[str, ...]

    @classmethod
    def of(cls, column: Column, values: Sequence[str | None]) -> Coded:
        """From plain values."""
        words = tuple(sorted({value for value in values if value is not None}))
        places = {word: place for place, word in enumerate(words)}
        codes = [NOBODY if value is None else places[value] for value in values]
        return cls(column, np.asarray(codes, dtype=np.int32), words)

    @cached_property
    def answered(self) -> NDArray[np.bool_]:
        """Whether there is an answer."""
        found: NDArray[np.bool_] = self.codes != NOBODY
        return found

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """How often each word occurs."""
        return np.bincount(self.codes[self.answered], minlength=len(self.words)).astype(np.int64)

    @cached_property
    def numbers(self) -> NDArray[np.float64]:
        """The answers as numbers; NaN where there is none or it is not a finite number."""
        known = np.array([*(_number(word) for word in self.words), np.nan], dtype=np.float64)
        return known[self.codes]  # -1 takes the last, which is NaN

    def told(self, no_answer: Sequence[str]) -> NDArray[np.bool_]:
        """Whether there is an answer, and not one of the codes that mean none."""
        telling = np.array([*(word not in no_answer for word in self.words), False], dtype=np.bool_)
        return telling[self.codes]

    def within(self, words: Sequence[str]) -> NDArray[np.bool_]:
        """Whether the answer is one of ``words``."""
        chosen = np.array([*(word in words for word in self.words), False], dtype=np.bool_)
        return chosen[self.codes]

    def grouped(self, split: Split) -> tuple[NDArray[np.int32], tuple[str, ...]]:
        """The group of each row, -1 for none, and the names of the groups."""
        if not split.groups:
            return self.codes, self.words
        members = {word: place for place, (_, words) in enumerate(split.groups) for word in words}
        places = np.array([*(members.get(word, NOBODY) for word in self.words), NOBODY], dtype=np.int32)
        return places[self.codes], tuple(code for code, _ in split.groups)


def _number(word: str) -> float:
    """The number as estimation reads it: Python alone would take ``1_000`` and digits of any script."""
    if not word.isascii() or "_" in word:
        return float("nan")
    try:
        number = float(word)
    except ValueError:
        return float("nan")
    return number if np.isfinite(number) else float("nan")


@dataclass(frozen=True)
class Answers:
    """Columns of one table; ``rows`` and ``records`` are its ``_row`` and ``_record``."""

    table: str
    rows: NDArray[np.int64]
    records: NDArray[np.int64]
    columns: Mapping[str, Coded]

    def __len__(self) -> int:
        return len(self.rows)

    def where(self, chosen: NDArray[np.bool_]) -> tuple[int, ...]:
        """The rows for which ``chosen`` is true, in order."""
        return tuple(sorted(int(row) for row in self.rows[chosen]))


def read_answers(sample: Sample, table: str, names: Sequence[str]) -> Answers:
    """The columns ``names`` of a table, some at a time; rows without a record are left out."""
    expression = sample.tables[table]
    store, types = Store.of(expression), expression.schema()
    chosen = [f"{_as_text(name, str(types[name]))} AS c{place}" for place, name in enumerate(names)]
    query = (
        f"SELECT {ROW}, {RECORD}, {', '.join(chosen) or '0'} "  # noqa: S608 - names are quoted
        f"FROM ({store.backend.compile(expression)}) WHERE {RECORD} IS NOT NULL"
    )
    with _laid_out(store, query, wide=len(types) > _AT_ONCE) as source:
        columns: dict[str, Coded] = {}
        for start in range(0, max(len(names), 1), _AT_ONCE):
            block = names[start : start + _AT_ONCE]
            data = _taken(store, source, range(start, start + len(block)))
            columns |= {
                name: _coded(sample.columns[table][name], data.column(f"c{place}"))
                for place, name in enumerate(block, start)
            }
    return Answers(table, _whole(data.column(ROW)), _whole(data.column(RECORD)), columns)


@contextmanager
def _laid_out(store: Store, query: str, *, wide: bool) -> Iterator[str]:
    """What to read from: the query itself or, of a wide table, its result.

    DuckDB makes a query better before it runs it, in time that grows with the square of its columns, and of
    all columns behind it: 50 s of work for 6,000. There is nothing to be made better in reading everything
    once, and the result is a plain table.
    """
    if not wide:
        yield f"({query})"
        return
    name = store.fresh("answers")
    store.run("PRAGMA disable_optimizer")
    try:
        store.keep(name, query)
    finally:
        store.run("PRAGMA enable_optimizer")
    try:
        yield ident(name)
    finally:
        store.run(f"DROP TABLE {ident(name)}")


def _taken(store: Store, source: str, places: Iterable[int]) -> Any:
    """Some columns as an Arrow table, in the order of the rows."""
    names = ", ".join((ROW, RECORD, *(f"c{place}" for place in places)))
    query = f"SELECT {names} FROM {source} ORDER BY {ROW}"  # noqa: S608 - names of our own
    return store.connection.sql(query).to_arrow_table()


def _as_text(name: str, kind: str) -> str:
    text = number_as_text(ident(name)) if kind.startswith("float") else f"CAST({ident(name)} AS VARCHAR)"
    return f"nullif({text}, '')"


def _whole(column: Any) -> NDArray[np.int64]:
    return np.asarray(column.to_pylist(), dtype=np.int64)


def _coded(column: Column, values: Any) -> Coded:
    """Numbers the answers in the order of their words, so that the order of the rows does not matter."""
    encoded = values.combine_chunks().dictionary_encode(null_encoding="encode")
    words = encoded.dictionary.to_pylist()
    present = sorted((place for place, word in enumerate(words) if word is not None), key=words.__getitem__)
    places = np.full(len(words), NOBODY, dtype=np.int32)
    places[present] = np.arange(len(present), dtype=np.int32)
    # Read where they lie: Arrow's own conversion would bring pandas.
    found = encoded.indices
    if not len(found):
        return Coded(column, np.empty(0, dtype=np.int32), ())
    indices = np.frombuffer(found.buffers()[1], np.int32, len(found), found.offset * 4)
    return Coded(column, places[indices], tuple(words[place] for place in present))
