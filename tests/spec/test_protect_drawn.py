"""Drawn tables: what stands left goes in, what stands right comes out. ``s`` small, ``c`` complementary."""

from __future__ import annotations

import pytest

from everycount.estimate.plan import Dimension
from everycount.protect import PUBLIC, Status, protect
from library.protect.people import Survey, estimates, share, spread

SIGNS = {
    Status.SHOWN: "#",
    Status.SUPPRESSED_SMALL: "s",
    Status.SUPPRESSED_COMPLEMENTARY: "c",
    Status.NO_ANSWERS: "0",
}

DRAWN = {
    "large groups stay": """
        40 50 | # #
        60 70 | # #
        80 90 | # #
    """,
    "one small cell takes the cheapest square with it": """
         6 50 | s c
        60 70 | c c
        80 90 | # #
    """,
    "two small cells in one row share a square": """
         6  8 | s s
        60 70 | c c
        80 90 | # #
    """,
    "three small cells need one more": """
         6  8 | s s
         8 70 | s c
        80 90 | # #
    """,
    "an empty cell is said to be empty and serves as nobody's partner": """
         6 50 | s c
         0 70 | 0 #
        80 90 | c c
    """,
}


@pytest.mark.parametrize("drawing", DRAWN.values(), ids=DRAWN)
def test_drawn(drawing: str) -> None:
    rows = [line.split("|") for line in drawing.split("\n") if "|" in line]
    numbers = [[int(number) for number in left.split()] for left, _ in rows]
    wanted = [right.split() for _, right in rows]
    assert _signs(numbers) == wanted


def _signs(numbers: list[list[int]]) -> list[list[str]]:
    rows, columns = "123"[: len(numbers)], "12"[: len(numbers[0])]
    table = {
        (row, column): (n // 2, n - n // 2)
        for row, line in zip(rows, numbers, strict=True)
        for column, n in zip(columns, line, strict=True)
    }
    survey = Survey(
        spread(table, ("row", "column"), "water", ("y", "n")),
        [share("safe", "water", "y")],
        {"safe": [(), ("row",), ("column",), ("row", "column")]},
        [Dimension("row", "row"), Dimension("column", "column")],
        {"row": rows, "column": columns},
    )
    cells = [cell for cell in protect(estimates(survey), PUBLIC).cells if len(cell.cell) == 2]
    found = {tuple(code for _, code in cell.cell): SIGNS[cell.status] for cell in cells}
    return [[found[row, column] for column in columns] for row in rows]
