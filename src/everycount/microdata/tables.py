"""The values of the exported tables, as Arrow tables sorted by pseudonym."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from everycount.estimate.designed import Designed
from everycount.microdata.values import month_of, number_of
from everycount.microdata.variables import NUMBER, PERSON, WEIGHT, Exported, Variable, variables
from everycount.sample import MAIN, RECORD, ROW
from everycount.sample.sql import ident, number_as_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from everycount.sample import Column, Sample


def tables(
    sample: Sample, kept: Mapping[str, Sequence[Column]], persons: Mapping[int, str], *, days: bool
) -> Iterator[Exported]:
    """Every table of the sample, main first; rows in the order of the pseudonyms, which tells nothing.

    ``days`` leaves dates whole; else they are cut to their month.
    """
    weights = Designed.of(sample)
    by_record = dict(zip(weights.records.tolist(), weights.weights.tolist(), strict=True))
    weighted = sample.design.weights is not None or sample.design.calibration is not None
    for name in (MAIN, *(table for table in sample.tables if table != MAIN)):
        columns = tuple(kept.get(name, ()))
        shape = variables(columns, roster=name != MAIN, weighted=weighted, days=days)
        yield _table(sample, name, shape, persons, by_record)


def _table(
    sample: Sample,
    name: str,
    shape: tuple[Variable, ...],
    persons: Mapping[int, str],
    weights: Mapping[int, float],
) -> Exported:
    import pyarrow as pa  # noqa: PLC0415 - only exports need Arrow tables of answers

    answers = _answers(sample, name, dict.fromkeys(each.source for each in shape if each.source))
    records = answers.column(RECORD).to_pylist()
    people = [persons[record] for record in records]
    order = np.lexsort([np.asarray(answers.column(ROW).to_pylist()), np.asarray(people)])
    made: dict[str, Any] = {}
    lost: dict[str, int] = {}
    for variable in shape:
        if variable.name == PERSON and not variable.source:
            made[PERSON] = pa.array(people)
        elif variable.name == WEIGHT and not variable.source:
            made[WEIGHT] = pa.array([weights[record] for record in records])
        elif variable.name == NUMBER and not variable.source:
            made[NUMBER] = pa.array(np.zeros(len(records), dtype=np.int64))  # counted once they are in order
        else:
            made[variable.name], missing = _values(variable, answers.column(variable.source))
            lost |= {variable.name: missing} if missing else {}
    table = pa.table(made).take(pa.array(order))
    if NUMBER in made and shape[1].name == NUMBER:
        place = table.schema.get_field_index(NUMBER)
        table = table.set_column(place, NUMBER, pa.array(_counted(table.column(PERSON).to_pylist())))
    return Exported(name, shape, table, lost)


def _counted(people: Sequence[str]) -> list[int]:
    """1, 2, 3 ... within each person; the people stand together."""
    counts: list[int] = []
    for place, person in enumerate(people):
        counts.append(counts[-1] + 1 if place and people[place - 1] == person else 1)
    return counts


def _answers(sample: Sample, table: str, names: Mapping[str, None]) -> Any:
    """The columns as text (one way for all), with the numbers of record and row."""
    expression = sample.tables[table]
    backend = expression.get_backend()
    types = expression.schema()
    chosen = [f"{_as_text(name, str(types[name]))} AS {ident(name)}" for name in names]
    query = (
        f"SELECT {', '.join([RECORD, ROW, *chosen])} "  # noqa: S608 - names are quoted
        f"FROM ({backend.compile(expression)}) WHERE {RECORD} IS NOT NULL"
    )
    return backend.con.sql(query).to_arrow_table()


def _as_text(name: str, kind: str) -> str:
    text = number_as_text(ident(name)) if kind.startswith("float") else f"CAST({ident(name)} AS VARCHAR)"
    return f"nullif({text}, '')"


def _values(variable: Variable, column: Any) -> tuple[Any, int]:
    """The values of one variable, and how many answers it cannot hold."""
    import pyarrow as pa  # noqa: PLC0415 - as above

    texts = column.to_pylist()
    if variable.code is not None:
        chosen = [None if text is None else int(variable.code in text.split()) for text in texts]
        return pa.array(chosen, pa.int8()), 0
    if variable.month:
        months = [None if text is None else month_of(text) for text in texts]
        return pa.array(months, pa.string()), sum(
            month is None and text is not None for month, text in zip(months, texts, strict=True)
        )
    if not variable.numeric:
        return pa.array(texts, pa.string()), 0
    numbers = [None if text is None else number_of(text) for text in texts]
    missing = sum(number is None and text is not None for number, text in zip(numbers, texts, strict=True))
    whole = all(number is None or number == int(number) for number in numbers)
    return pa.array(numbers, pa.float64()) if not whole else _whole(numbers), missing


def _whole(numbers: Sequence[float | None]) -> Any:
    import pyarrow as pa  # noqa: PLC0415 - as above

    return pa.array([None if number is None else int(number) for number in numbers], pa.int64())
