"""What a solver is asked of numbers of people that are not printed, of a whole question or a part of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from everycount.estimate.estimates import CellKey
    from everycount.protect.world import Room


@dataclass(frozen=True)
class Kinds:
    """The kinds of answers that measures and conditions tell apart.

    Attributes:
        measures: ids.
        holds: bool[kinds, measures], the answer counts.
        member: bool[kinds, rooms], who answers so is inside the room's ``among``.
    """

    measures: tuple[str, ...]
    holds: NDArray[np.bool_]
    member: NDArray[np.bool_]


class Unknowns(ABC):
    """Sums of unknown numbers of people, by the kinds of answers that they gave.

    Attributes:
        rooms: the families that the question is asked of.
        kinds: the kinds of answers.
    """

    rooms: Sequence[Room]
    kinds: Kinds
    _rows: list[tuple[NDArray[np.int64], float, float]]
    _ties: list[tuple[NDArray[np.int64], NDArray[np.int64]]]

    def n(self, room: Room, cell: CellKey) -> NDArray[np.int64] | None:
        """The unknowns whose sum is how many of a cell answered; None where the cell is none of them."""
        return self._unknowns(cell, self.kinds.member[:, self.rooms.index(room)])

    def events(self, room: Room, cell: CellKey, measure: str) -> NDArray[np.int64] | None:
        """The unknowns whose sum is how many of a cell count for a measure."""
        holds = self.kinds.holds[:, self.kinds.measures.index(measure)]
        return self._unknowns(cell, self.kinds.member[:, self.rooms.index(room)] & holds)

    def rows(self) -> tuple[list[NDArray[np.int64]], list[float], list[float]]:
        """Sums of unknowns with their bounds."""
        return (
            [row for row, _, _ in self._rows],
            [low for _, low, _ in self._rows],
            [high for _, _, high in self._rows],
        )

    def ties(self) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Pairs of sums that are equal."""
        return self._ties

    @abstractmethod
    def _unknowns(self, cell: CellKey, kinds: NDArray[np.bool_]) -> NDArray[np.int64] | None:
        """The unknowns of some kinds in a cell."""
