"""What was answered in each column of the records: how often, and what, where the answers are few."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from everycount.questionnaire import Kind
from everycount.questionnaire.kinds import SPOKEN
from everycount.sample import MAIN, Column, ColumnKind
from everycount.sample.questions import Asked
from everycount.sample.sql import ident
from everycount.sample.store import Store
from everycount.survey.words import NO, NO_ANSWERS, STAND_INS, YES, is_other, not_said, says

if TYPE_CHECKING:
    from collections.abc import Iterable

    from everycount.questionnaire import Question, Questionnaire
    from everycount.sample import Sample

FEW = 12  # more different answers than these make no readable breakdown
RARE = 3  # an answer without a code list that fewer people gave may be in their own words
DAY = re.compile(r"^(?:(\d{4})-(\d{2})-\d{2}|\d{1,2}[/.]\d{1,2}[/.](\d{4}))(?=$|[T ])")
MANY = 50  # times as many answers as different ones: a code list, though nobody wrote it down
LONG = 60  # characters; a longer answer was typed, not chosen


@dataclass(frozen=True)
class Answers:
    """One column with what was answered in it.

    Attributes:
        table: the table of the sample.
        column: what is known of it.
        question: what was asked, where a questionnaire says so.
        rows: rows of the table.
        answered: rows with an answer.
        different: different answers.
        low, high: of the answers, where every one of them is a number; else None.
        inside: lowest and highest of the answers that are no usual stand-in for "does not know".
        days: the different days, where the answers are dates.
        met: where the answers are few, each with its number of rows, the most frequent first; for questions
            with several choices each choice.
    """

    table: str
    column: Column
    question: Question | None
    rows: int
    answered: int
    different: int
    low: float | None = None
    high: float | None = None
    met: tuple[tuple[str, int], ...] = ()
    inside: tuple[float | None, float | None] = (None, None)
    days: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The column's name."""
        return self.column.name

    @property
    def free(self) -> bool:
        """Whether somebody may have answered in own words: such answers are never shown."""
        if self.column.kind in {ColumnKind.DATE, ColumnKind.PLACE, ColumnKind.OTHER}:
            return True
        if self.column.choices:
            return any(code not in self.labels for code, _ in self.met)
        if self.low is not None:
            return False
        if self.question is not None and self.question.kind in SPOKEN:
            return True
        rare = any(count < RARE for _, count in self.met) and self.answered < MANY * self.different
        return rare or not self.met or any(len(code) > LONG for code, _ in self.met)

    @property
    def stand_in(self) -> float | None:
        """An outermost number far from the others, such as 999, that may stand for "does not know"."""
        low, high = self.inside
        if self.low is None or self.high is None or low is None or high is None:
            return None
        if self.high in STAND_INS and self.high > 1.25 * max(high, 1):
            return self.high
        return self.low if self.low in STAND_INS and self.low < 0 <= low else None

    @property
    def numeric(self) -> bool:
        """Whether every answer is a number that counts or measures."""
        known = self.column.kind is ColumnKind.NUMBER or (self.question is None and not self.column.choices)
        asked = self.question is None or self.question.kind is not Kind.CALCULATE
        return known and asked and self.low is not None

    @cached_property
    def labels(self) -> dict[str, tuple[str, ...]]:
        """The words of each code in all languages: those of the code list, else the answers themselves."""
        if self.column.choices:
            return {code: tuple(words for _, words in text.versions) for code, text in self.column.choices}
        return {code: () for code, _ in self.met}

    @cached_property
    def said(self) -> tuple[str, ...]:
        """The codes that say something, without "does not know" and the like."""
        return tuple(code for code, words in self.labels.items() if not not_said(code, words))

    @cached_property
    def yes(self) -> tuple[str, ...]:
        """The codes that mean yes, where the question is answered by yes or no; else nothing."""
        if set(self.said) == {"1", "0"} and not any(self.labels.values()):
            return ("1",)
        yes = tuple(code for code in self.said if _means(code, self.labels[code], YES))
        no = tuple(code for code in self.said if code not in yes and _means(code, self.labels[code], NO))
        return yes if yes and no else ()

    @cached_property
    def agreeing(self) -> tuple[str, ...]:
        """The codes that mean yes, also where nobody said no."""
        return self.yes or tuple(code for code in self.said if _means(code, self.labels[code], YES))

    @cached_property
    def telling(self) -> str | None:
        """The answer given most often among those that say something."""
        return next((code for code, _ in self.met if code in self.said and not is_other(code)), None)


def _means(code: str, labels: tuple[str, ...], known: frozenset[str]) -> bool:
    # A code such as 1 means nothing by itself; a code in words is heeded before its label.
    return says(code, known) or (not code.isalpha() and any(says(words, known) for words in labels))


def answers(sample: Sample, questionnaire: Questionnaire | None, table: str = MAIN) -> list[Answers]:
    """The columns of a table with their answers; identifiers are left out, unread."""
    store = Store.of(sample.tables[table])
    columns = [column for column in sample.columns[table].values() if not column.identifier]
    asked = Asked(questionnaire, None if table == MAIN else table) if questionnaire else None
    # Some files are read anew by every query; here each column is asked several times.
    relation = store.fresh("answers")
    store.keep(relation, f"SELECT * FROM {ident(table)}")  # noqa: S608 - quoted
    counts = _counts(store, relation, columns)
    found = [
        Answers(table, column, asked.find(column.name) if asked else None, *numbers)
        for column, numbers in zip(columns, counts, strict=True)
    ]
    return [_looked_into(store, relation, each) if each.answered else each for each in found]


def _looked_into(store: Store, relation: str, found: Answers) -> Answers:
    return replace(
        found,
        met=_met(store, relation, found),
        days=_days(store, relation, found),
        inside=_inside(store, relation, found),
    )


def _counts(store: Store, table: str, columns: list[Column]) -> Iterable[tuple[int, int, int, float, float]]:
    if not columns:
        return []
    parts = []
    for column in columns:
        name, number = ident(column.name), f"TRY_CAST({ident(column.name)} AS DOUBLE)"
        whole = f"count({number}) = count({name})"
        parts.append(
            f"count(*), count({name}), count(DISTINCT {name}), "
            f"CASE WHEN {whole} THEN min({number}) END, CASE WHEN {whole} THEN max({number}) END"
        )
    (flat,) = store.run(f"SELECT {', '.join(parts)} FROM {ident(table)}")  # noqa: S608 - quoted
    return [flat[start : start + 5] for start in range(0, len(flat), 5)]


def _met(store: Store, relation: str, found: Answers) -> tuple[tuple[str, int], ...]:
    name = ident(found.name)
    several = found.column.kind is ColumnKind.CODES
    if not several and found.different > FEW and not found.column.choices:
        return ()
    value = f"unnest(string_split(CAST({name} AS VARCHAR), ' '))" if several else f"CAST({name} AS VARCHAR)"
    return tuple(
        store.run(
            f"SELECT value, count(*) FROM (SELECT {value} AS value FROM {ident(relation)}) "  # noqa: S608 - quoted
            "WHERE value <> '' GROUP BY 1 ORDER BY 2 DESC, 1"
        )
    )


def _inside(store: Store, relation: str, found: Answers) -> tuple[float | None, float | None]:
    if found.low not in STAND_INS and found.high not in STAND_INS:
        return found.low, found.high
    number = f"TRY_CAST({ident(found.name)} AS DOUBLE)"
    known = ", ".join(repr(stand_in) for stand_in in sorted(STAND_INS))
    query = f"SELECT min({number}), max({number}) FROM {ident(relation)} WHERE {number} NOT IN ({known})"  # noqa: S608 - quoted
    low, high = store.run(query)[0]
    return low, high


def _days(store: Store, relation: str, found: Answers) -> tuple[str, ...]:
    if found.low is not None or found.column.choices or found.column.kind is ColumnKind.CODES:
        return ()
    name, table = f"CAST({ident(found.name)} AS VARCHAR)", ident(relation)
    first = store.run(f"SELECT min({name}), max({name}) FROM {table}")[0]  # noqa: S608 - quoted
    if not all(DAY.match(each or "") for each in first):
        return ()
    query = f"SELECT DISTINCT left({name}, 10) FROM {table} WHERE {name} <> ''"  # noqa: S608 - quoted
    return tuple(day for (day,) in store.run(query))


def texts_for_nothing(sample: Sample) -> tuple[str, ...]:
    """The texts such as NA that a program wrote for "no answer": those that stand in several columns.

    In one column alone NA may be a country, or a family.
    """
    found: dict[str, int] = {}
    for table, columns in sample.columns.items():
        store = Store.of(sample.tables[table])
        kinds = sample.tables[table].schema()
        texts = [column for column in columns.values() if kinds[column.name].is_string()]
        if not texts:
            continue
        words = [word for word in NO_ANSWERS if all(word not in dict(c.choices) for c in texts)]
        counts = ", ".join(
            f"coalesce(bool_or({ident(column.name)} = '{word}'), false)" for word in words for column in texts
        )
        (flags,) = store.run(f"SELECT {counts} FROM {ident(table)}")  # noqa: S608 - quoted; the words are ours
        for index, word in enumerate(words):
            found[word] = found.get(word, 0) + sum(flags[index * len(texts) : (index + 1) * len(texts)])
    return tuple(word for word, columns in found.items() if columns > 1)
