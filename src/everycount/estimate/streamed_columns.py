"""The columns of a large file, filled as rows stream by, each in the narrowest type that holds it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from everycount.estimate.fetch import Fetched
    from everycount.estimate.stages import Ints

BATCH = 2**17  # rows taken at a time
NO_ANSWER = -1  # beside 0 and 1


def column_for(kind: Any, rows: int, ends: tuple[int, int] | None) -> Any:
    """The narrowest column for what a name holds."""
    if kind.is_string():
        return Words(np.empty(rows, dtype=np.int32))
    if ends is not None:
        return WholeNumbers(np.empty(rows, dtype=kind.to_numpy()), ends)
    return YesOrNo(np.empty(rows, dtype=np.int8)) if kind.is_int8() else Plain(np.empty(rows))


@dataclass
class WholeNumbers:
    """A column of whole numbers; the least of its type is "none".

    Attributes:
        ends: the least and the largest of them.
        complete: there is a number in every row.
        met: marks the numbers met, as long as they take two bytes; ``all_met`` that nothing new can come.
    """

    array: NDArray[Any]
    ends: tuple[int, int]
    complete: bool = True
    met: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(2**16, dtype=bool))
    all_met: bool = False

    def take(self, at: slice, values: Fetched) -> None:
        """One batch, an Arrow array of the same type."""
        if values.null_count:
            self.complete = False
            values = values.fill_null(self.none)
        numbers = np.asarray(values)
        self.array[at] = numbers
        if self.short and len(numbers) and not self.all_met:
            self._mark(numbers)

    def _mark(self, numbers: NDArray[Any]) -> None:
        """Numbers that differ from the next, and the last: in files that are in order, few."""
        changing = numbers[:-1][numbers[1:] != numbers[:-1]]
        self.met[changing.view(self.bits)] = True
        self.met[numbers[-1:].view(self.bits)] = True
        low, high = self.ends
        self.all_met = len(self.known()) == high - low + 1

    @property
    def short(self) -> bool:
        """It takes no more than two bytes."""
        return self.array.dtype.itemsize <= 2

    @property
    def bits(self) -> str:
        """The same bytes as a number from 0."""
        return f"uint{8 * self.array.dtype.itemsize}"

    @property
    def none(self) -> int:
        """Stands for no number."""
        return int(np.iinfo(self.array.dtype).min)

    def known(self) -> NDArray[Any]:
        """The different numbers met, rising."""
        numbers: NDArray[Any]
        if self.short:
            numbers = np.sort(np.flatnonzero(self.met).astype(self.bits).view(self.array.dtype))
        else:
            numbers = np.unique(self.array)
        known: NDArray[Any] = numbers[numbers != self.none]
        return known

    def words(self) -> list[str]:
        """The same as a person writes them."""
        return [str(number) for number in self.known().tolist()]

    def moved(self, to: Ints) -> NDArray[Any]:
        """The column with each number known replaced; ``to`` has one entry more, for none."""
        known = self.known()
        if self.complete and len(to) <= np.iinfo(self.array.dtype).max and np.array_equal(known, to[:-1]):
            return self.array  # with room for one more number, which kernels need
        if not self.short:
            return _blocks(self.array, lambda part: to[_found(part, known)], to.dtype)
        table = np.full(2**16, to[-1], dtype=to.dtype)
        table[known.view(self.bits)] = to[:-1]
        return _blocks(self.array.view(self.bits), lambda part: np.asarray(table[part]), to.dtype)


def _found(numbers: NDArray[Any], known: NDArray[Any]) -> Ints:
    """The place of each number among those known; that of none is the last."""
    at = np.searchsorted(known, numbers)
    at[at == len(known)] = 0
    return np.where(known[at] == numbers, at, len(known))


def _blocks(
    column: NDArray[Any], work: Callable[[NDArray[Any]], NDArray[Any]], kind: np.dtype[Any]
) -> NDArray[Any]:
    """A new column, some rows at a time, so that nothing wide is held for all of them."""
    made = np.empty(len(column), dtype=kind)
    for first in range(0, len(column), BATCH):
        made[first : first + BATCH] = work(column[first : first + BATCH])
    return made


@dataclass
class Words:
    """A column of words as numbers in the order in which they are first met; -1 is "none"."""

    array: NDArray[np.int32]
    complete: bool = True
    places: dict[str, int] = field(default_factory=dict)

    def take(self, at: slice, values: Fetched) -> None:
        """One batch, an Arrow array of text."""
        encoded = values.dictionary_encode()
        words = encoded.dictionary.to_pylist()
        to = [self.places.setdefault(word, len(self.places)) for word in words]
        self.complete &= not values.null_count
        local = np.asarray(encoded.indices.fill_null(len(to)))
        self.array[at] = np.array([*to, -1], dtype=np.int32)[local]

    def words(self) -> list[str]:
        """The words met."""
        return list(self.places)

    def moved(self, to: Ints) -> NDArray[Any]:
        """The column with each word replaced; ``to`` has one entry more, for none."""
        return _blocks(self.array, lambda part: np.asarray(to[part]), to.dtype)


@dataclass
class YesOrNo:
    """Yes and no as 1 and 0 in a byte; -1 where there is no answer."""

    array: NDArray[np.int8]
    complete: bool = True

    def take(self, at: slice, values: Fetched) -> None:
        """One batch, an Arrow array of the same type."""
        if values.null_count:
            self.complete = False
            values = values.fill_null(NO_ANSWER)
        self.array[at] = np.asarray(values)

    def answers(self) -> NDArray[Any]:
        """The column; where there are gaps, as numbers that can be "not a number"."""
        if self.complete:
            return self.array
        answers = self.array.astype(np.float32)
        answers[self.array == NO_ANSWER] = np.nan
        return answers


@dataclass
class Plain:
    """A column of numbers as they come; the least and the largest are those of all batches."""

    array: NDArray[np.float64]
    complete: bool = True
    least: float = np.inf
    largest: float = -np.inf

    def take(self, at: slice, values: Fetched) -> None:
        """One batch; a gap becomes "not a number"."""
        if values.null_count:
            self.complete = False
            values = values.fill_null(float("nan"))
        numbers = np.asarray(values)
        self.array[at] = numbers
        if len(numbers):  # looked at while they are near; "not a number" stays what is least and largest
            self.least = float(np.minimum(self.least, numbers.min()))
            self.largest = float(np.maximum(self.largest, numbers.max()))

    @property
    def positive(self) -> bool:
        """All of them are positive numbers, and there are some."""
        return self.complete and 0 < self.least <= self.largest < np.inf

    def answers(self) -> NDArray[Any]:
        """The column."""
        return self.array
