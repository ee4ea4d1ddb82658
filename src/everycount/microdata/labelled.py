"""SPSS and Stata files with the words of questions and codes.

Both know numbers with labels: a code that is no whole number gets one, and ``codebook.csv`` says which. What
the formats do not hold is cut at a character's border (ReadStat's limits: SPSS 64 bytes of a name, 256 of a
label, 120 of a value's label; Stata 32 characters of a name, 80 of a label, 32,000 of a value's label).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from everycount.faults import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from everycount.microdata.variables import Exported, Variable

_STATA_TEXT = 2045  # bytes of a text; longer ones need strL, which pyreadstat does not write
_SPSS_TEXT = 32767
_LARGEST = 2_147_483_620  # the largest whole number that can have a label in Stata


@dataclass(frozen=True, slots=True)
class Limits:
    """What a format can hold."""

    suffix: str
    name: int
    label: int
    value_label: int
    text: int
    in_bytes: bool
    forbidden: str  # a pattern of what no name may contain
    reserved: frozenset[str]


SPSS = Limits(
    ".sav", 64, 256, 120, _SPSS_TEXT, in_bytes=True, forbidden=r"[^\w.@#$]",
    reserved=frozenset({"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"}),
)  # fmt: skip
STATA = Limits(
    ".dta", 32, 80, 32_000, _STATA_TEXT, in_bytes=False, forbidden=r"[^A-Za-z0-9_]",
    reserved=frozenset(
        {"_all", "_b", "byte", "_coef", "_cons", "double", "float", "if", "in", "int", "long", "_n", "_pi",
         "_pred", "_rc", "_skip", "str", "strl", "using", "with"}
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Labelled:
    """One column as the format holds it.

    Attributes:
        name: there.
        label: there.
        numbers: for a column of codes, the number of each code.
        labels: words of each number.
    """

    name: str
    label: str
    numbers: Mapping[str, int]
    labels: Mapping[int, str]


def labelled(table: Exported, limits: Limits, language: str) -> list[Labelled]:
    """How each variable of a table stands in the format."""
    taken: set[str] = set()
    made = []
    for variable in table.variables:
        name = _name(variable.name, limits, taken)
        numbers = _numbers(variable, table.values.column(variable.name).to_pylist())
        words = {code: text.say(language, code) for code, text in variable.choices}
        labels = {
            number: _cut(words.get(code, f"{code} (not in the questionnaire)"), limits.value_label, limits)
            for code, number in numbers.items()
        }
        label = _cut(variable.labels.say(language, variable.name), limits.label, limits)
        made.append(Labelled(name, label, numbers, labels))
    return made


def write_labelled(table: Exported, limits: Limits, path: Path, language: str) -> None:
    """Writes one table.

    Raises:
        InputError: the packages that write these formats are not installed.
    """
    write, frame_of = _writers(limits)
    columns = labelled(table, limits, language)
    frame = frame_of(
        {
            column.name: _series(variable, column, table.values.column(variable.name).to_pylist(), limits)
            for variable, column in zip(table.variables, columns, strict=True)
        }
    )
    more: dict[str, Any] = {"row_compress": True} if limits is SPSS else {"version": 15}
    write(
        frame,
        str(path),
        column_labels={column.name: column.label for column in columns},
        variable_value_labels={column.name: dict(column.labels) for column in columns if column.labels},
        **more,
    )


def _writers(limits: Limits) -> tuple[Callable[..., None], Callable[..., Any]]:
    # pyreadstat writes from a pandas frame; pandas is an extra that only these two formats need.
    try:
        import pandas  # noqa: ICN001, PLC0415
    except ImportError:
        problem = "SPSS and Stata files need pandas, which is not installed."
        remedy = 'Run: pip install "everycount[stat]", or ask for csv and parquet only.'
        raise InputError(Fault("--format", problem, remedy)) from None
    import pyreadstat  # noqa: PLC0415

    return (pyreadstat.write_sav if limits is SPSS else pyreadstat.write_dta), pandas.DataFrame


def _series(variable: Variable, column: Labelled, values: Sequence[Any], limits: Limits) -> Any:
    import pandas  # noqa: ICN001, PLC0415 - as above

    if column.numbers:
        return pandas.array(
            [None if each is None else column.numbers[each] for each in values], dtype="Int64"
        )
    if variable.numeric:
        whole = all(each is None or isinstance(each, int) for each in values)
        return pandas.array(values, dtype="Int64" if whole else "Float64")
    return pandas.array(
        [None if each is None else _cut(each, limits.text, limits) for each in values], dtype=object
    )


def _numbers(variable: Variable, values: Sequence[Any]) -> dict[str, int]:
    """A number for each code: the code itself where all are whole numbers, else 1, 2, 3 ...

    Codes that occur and are not in the questionnaire come last, so that none is lost.
    """
    if not variable.choices or variable.numeric:
        return {}
    known = [code for code, _ in variable.choices]
    codes = [*known, *sorted({value for value in values if value is not None} - set(known))]
    whole = [
        code for code in codes if re.fullmatch(r"0|-?[1-9][0-9]{0,9}", code) and abs(int(code)) <= _LARGEST
    ]
    if len(whole) == len(codes):
        return {code: int(code) for code in codes}
    return {code: number for number, code in enumerate(codes, start=1)}


def _name(name: str, limits: Limits, taken: set[str]) -> str:
    """A name that the format takes: its alphabet, its length, not reserved, and unique."""
    made = re.sub(limits.forbidden, "_", name) or "_"
    made = made if made[0].isalpha() else f"v{made}"
    made = f"{made}_" if made.casefold() in limits.reserved else made
    made = _cut(made, limits.name, limits, "").rstrip(".")
    number, wanted = 1, made
    while made.casefold() in taken:
        number += 1
        made = f"{_cut(wanted, limits.name - len(str(number)) - 1, limits, '')}_{number}"
    taken.add(made.casefold())
    return made


def _cut(text: str, most: int, limits: Limits, sign: str = "…") -> str:
    """The text within a limit of characters or bytes (UTF-8), with a sign where something is missing."""
    if not limits.in_bytes:
        return text if len(text) <= most else text[: most - len(sign)] + sign
    data = text.encode()
    if len(data) <= most:
        return text
    return data[: most - len(sign.encode())].decode(errors="ignore") + sign
