"""The smallest and largest that a sum of unknowns can be, in whole people (HiGHS)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from everycount.protect.block import Block
    from everycount.protect.puzzle import Puzzle

_NEAR = 1e-6
_BRANCHES = 300  # of one search in whole numbers; a limit in seconds would differ from machine to machine
_MORE = 10  # times the largest number that is known, above which nobody looks
_FRUITLESS = 2  # searches at random without a find, after which each question is put alone


@dataclass(frozen=True, slots=True)
class Ask:
    """A sum of unknowns, and what it truly is.

    Attributes:
        at: the unknowns.
        times: how often each counts.
        true: the sum in truth.
    """

    at: NDArray[np.int64]
    times: NDArray[np.float64]
    true: float

    def of(self, world: NDArray[np.float64]) -> float:
        """What it is in a world."""
        return float(self.times @ world[self.at])


class Solver:
    """A puzzle in the form that HiGHS takes, and the worlds found so far."""

    def __init__(self, puzzle: Puzzle | Block) -> None:
        # SciPy's optimizer costs a tenth of a second to import, which releases without secrets must not pay.
        from scipy import optimize, sparse  # noqa: PLC0415

        self._optimize = optimize
        self._size = puzzle.size
        self._worlds: list[NDArray[np.float64]] = []
        rows, low, high = puzzle.rows()
        # Where the overall value is hidden nothing else bounds a goal, and no world would be found.
        self._people = _MORE * (1 + max((one for one in high if np.isfinite(one)), default=0))
        pairs = puzzle.ties()
        table = sparse.csr_array(_matrix(rows, pairs), shape=(len(rows) + len(pairs), self._size))
        bounds = np.array([*low, *(0.0 for _ in pairs)]), np.array([*high, *(0.0 for _ in pairs)])
        self._rows = optimize.LinearConstraint(table, *bounds)

    def fixed(self, asks: Sequence[Ask]) -> list[int]:
        """Those that are the same in all worlds, or for which no other world was found."""
        waiting = self._unlike(range(len(asks)), asks, self._worlds)
        waiting = self._search_at_random(waiting, asks)
        found = []
        while waiting:
            first = waiting.pop(0)
            if self._is_fixed(asks[first]):
                found.append(first)
            elif self._worlds:
                waiting = self._unlike(waiting, asks, self._worlds[-2:])
        return found

    def reach(self, ask: Ask) -> tuple[float, float]:
        """The least and the most; outwards where a search in whole numbers takes too long."""
        return -self._most(ask, -1.0), self._most(ask, 1.0)

    def _most(self, ask: Ask, sign: float) -> float:
        goal = np.zeros(self._size)
        np.add.at(goal, ask.at, -sign * ask.times)
        found = self._solve(goal, whole=True)
        if found is None:
            found = self._solve(goal, whole=False)
        if sign < 0:
            return 0.0 if found is None else -ask.of(found)
        endless = found is None or found[ask.at].max(initial=0) >= self._people
        return np.inf if found is None or endless else ask.of(found)

    def _unlike(
        self, waiting: Iterable[int], asks: Sequence[Ask], worlds: Sequence[NDArray[np.float64]]
    ) -> list[int]:
        return [
            one
            for one in waiting
            if all(abs(asks[one].of(world) - asks[one].true) < _NEAR for world in worlds)
        ]

    def _search_at_random(self, waiting: list[int], asks: Sequence[Ask]) -> list[int]:
        """One world mostly tells many sums apart from the truth, so a few goals at random settle most."""
        draw = np.random.default_rng(len(asks))
        fruitless = 0
        while waiting and fruitless < _FRUITLESS:
            goal = np.zeros(self._size)
            for one in waiting:
                np.add.at(goal, asks[one].at, draw.normal() * asks[one].times)
            world = self._world(goal)
            left = waiting if world is None else self._unlike(waiting, asks, [world])
            fruitless = fruitless + 1 if len(left) == len(waiting) else 0
            waiting = left
        return waiting

    def _is_fixed(self, ask: Ask) -> bool:
        for sign in (1.0, -1.0):
            goal = np.zeros(self._size)
            np.add.at(goal, ask.at, sign * ask.times)
            world = self._world(goal)
            if world is not None and abs(ask.of(world) - ask.true) >= _NEAR:
                return False
        return True

    def _world(self, goal: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """A world at the far end of a goal; fractions first, since they mostly are whole already."""
        found = self._solve(goal, whole=False)
        if found is not None and np.abs(found - np.rint(found)).max(initial=0) > _NEAR:
            found = self._solve(goal, whole=True)
        if found is not None:
            found = np.rint(found)
            self._worlds.append(found)
        return found

    def _solve(self, goal: NDArray[np.float64], *, whole: bool) -> NDArray[np.float64] | None:
        found: Any = self._optimize.milp(
            goal,
            constraints=self._rows,
            bounds=self._optimize.Bounds(0, self._people),
            integrality=np.full(self._size, 1 if whole else 0),
            options={"node_limit": _BRANCHES} if whole else {},
        )
        return found.x if found.x is None else np.asarray(found.x, dtype=np.float64)


def _matrix(
    rows: Sequence[NDArray[np.int64]], ties: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]]
) -> tuple[NDArray[np.float64], tuple[NDArray[np.int64], NDArray[np.int64]]]:
    parts = [(row, 1.0, place) for place, row in enumerate(rows)]
    parts += [
        (side, sign, len(rows) + place)
        for place, pair in enumerate(ties)
        for side, sign in zip(pair, (1.0, -1.0), strict=True)
    ]
    columns = np.concatenate([row for row, _, _ in parts]) if parts else np.zeros(0, dtype=np.int64)
    lengths = [len(row) for row, _, _ in parts]
    values = np.repeat([sign for _, sign, _ in parts], lengths)
    places = np.repeat(np.array([place for _, _, place in parts], dtype=np.int64), lengths)
    return values, (places, columns)
