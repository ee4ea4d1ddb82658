"""Answers of invented people, made in a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from everycount.quality.answers import Answers, Coded
from everycount.sample import Column, ColumnKind

if TYPE_CHECKING:
    from collections.abc import Sequence


def answers(table: str = "main", **columns: Sequence[str | int | float | None]) -> Answers:
    """A table of these columns; rows are numbered from 1."""
    coded = {
        name: Coded.of(
            Column(name, ColumnKind.TEXT), [None if value is None else str(value) for value in values]
        )
        for name, values in columns.items()
    }
    (count,) = {len(values) for values in columns.values()}
    rows = np.arange(1, count + 1, dtype=np.int64)
    return Answers(table, rows, rows, coded)
