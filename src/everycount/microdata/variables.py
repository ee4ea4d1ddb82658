"""Columns of the exported files: what one column of the records becomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from everycount.microdata.chosen import is_day
from everycount.sample import ColumnKind
from everycount.text import NOTHING, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from everycount.sample import Column

PERSON = "person"  # the pseudonym
NUMBER = "number"  # which row of a roster it is, from 1, within the person
WEIGHT = "final_weight"


@dataclass(frozen=True)
class Variable:
    """One column of a file.

    Attributes:
        name: in the files, unique in its table.
        source: the column of the records; "" for what the export adds.
        labels: the wording.
        numeric: whether values are numbers; else they are text.
        choices: code and words, where values are codes.
        code: for one choice of a question with several: its code. Values are then 1 (chosen), 0 (not) and
            nothing (not answered).
        month: of a date, year and month are there and no more.
        band: of a number, the band of so many whole numbers in which it lies and no more; 0: as it is.
    """

    name: str
    source: str
    labels: Text = NOTHING
    numeric: bool = False
    choices: tuple[tuple[str, Text], ...] = ()
    code: str | None = None
    month: bool = False
    band: int = 0


@dataclass(frozen=True)
class Exported:
    """One table: its columns and their values (``pyarrow.Table`` with one column per variable).

    Attributes:
        lost: by column, how many answers are not what the question asks for, a number or a date.
    """

    name: str
    variables: tuple[Variable, ...]
    values: Any
    lost: Mapping[str, int]


def variables(columns: Sequence[Column], *, roster: bool, weighted: bool, days: bool) -> tuple[Variable, ...]:
    """The columns of one table's files, in the order of the records."""
    taken: set[str] = set()
    added = [Variable(PERSON, "", Text.of("Pseudonym of the record", "en"))]
    if roster:
        added.append(Variable(NUMBER, "", Text.of("Row of the roster within the record", "en"), numeric=True))
    if weighted:
        added.append(Variable(WEIGHT, "", Text.of("Weight with which it is counted", "en"), numeric=True))
    made = [*added, *(variable for column in columns for variable in _of(column, days=days))]
    return tuple(_renamed(variable, taken) for variable in made)


def _of(column: Column, *, days: bool) -> Iterator[Variable]:
    if column.kind is ColumnKind.CODES and column.choices:
        for code, words in column.choices:
            yield Variable(
                f"{column.name}_{code}", column.name, _joined(column.labels, words), numeric=True, code=code
            )
        return
    numeric, month = column.kind is ColumnKind.NUMBER, is_day(column) and not days
    yield Variable(
        column.name, column.name, column.labels, numeric=numeric, choices=column.choices, month=month
    )


def _joined(question: Text, choice: Text) -> Text:
    """The words of the question and of the choice, in each language of the question."""
    if not question:
        return choice
    return Text(tuple((tag, f"{words}: {choice.say(tag)}") for tag, words in question.versions))


def _renamed(variable: Variable, taken: set[str]) -> Variable:
    """The same with a name that no column before it has, whatever its case."""
    name, number = variable.name, 1
    while name.casefold() in taken:
        number += 1
        name = f"{variable.name}_{number}"
    taken.add(name.casefold())
    return variable if name == variable.name else Variable(**{**vars(variable), "name": name})
