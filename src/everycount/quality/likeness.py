"""For each interview the one most like it, while they come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from everycount.quality.alike import FEWEST, matches

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from everycount.quality.heap import Heap

BULK = 500  # interviews that are compared all at once where so many are new


class Likeness:
    """For each interview the one most like it; kept, so that a new interview is compared once with each.

    Attributes:
        share: of questions answered alike with that one.
        partner: row of that one; -1 where there is none.
        columns: of the questions that are compared.
    """

    def __init__(self) -> None:
        self.share = np.zeros(0)
        self.partner = np.zeros(0, dtype=np.int64)
        self.columns: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._since = 0

    def refresh(self, heap: Heap) -> tuple[NDArray[np.float64], NDArray[np.int64], int]:
        """Shares of questions answered alike, partners, and how many questions were compared."""
        told = np.flatnonzero(self._telling(heap))
        if not np.array_equal(told, self.columns) and self._is_stale(heap):
            self.columns, self.share, self.partner = told, np.zeros(0), np.zeros(0, dtype=np.int64)
            self._since = len(heap.names)
        done = len(self.share)
        fresh = len(heap.names) - done
        self.share = np.concatenate([self.share, np.zeros(fresh)])
        self.partner = np.concatenate([self.partner, np.full(fresh, -1, dtype=np.int64)])
        if fresh > BULK and len(self.columns) >= FEWEST:
            self._all_at_once(heap)
            return self.share, self.partner, len(self.columns)
        gone = (self.partner >= 0) & ~heap.there[self.partner]
        self.share[gone] = 0
        for row in [*np.flatnonzero(gone & heap.there).tolist(), *range(done, len(heap.names))]:
            if heap.there[row] and len(self.columns) >= FEWEST:
                self._compare(heap.codes[:, self.columns], heap.there, row)
        return self.share, self.partner, len(self.columns)

    def _all_at_once(self, heap: Heap) -> None:
        """Many that came at once, as after a start: of some thousands every pair, of more the neighbours."""
        here = np.flatnonzero(heap.there)
        found = matches(heap.codes[here][:, self.columns])
        self.share = np.zeros(len(heap.names))
        self.partner = np.full(len(heap.names), -1, dtype=np.int64)
        self.share[here], self.partner[here] = found.share, here[found.partner]

    def _is_stale(self, heap: Heap) -> bool:
        """Whether the heap has grown by a quarter since the questions were chosen."""
        return not len(self.columns) or len(heap.names) >= 1.25 * self._since

    def _telling(self, heap: Heap) -> NDArray[np.bool_]:
        """Questions that tell interviews apart, as Kuriakose and Robbins choose them."""
        codes = heap.codes[heap.there]
        if not len(codes):
            return np.zeros(codes.shape[1], dtype=np.bool_)
        answered = (codes >= 0).mean(axis=0) >= 0.9
        telling: NDArray[np.bool_] = answered & (
            codes.max(axis=0) != np.where(codes >= 0, codes, np.iinfo(np.int32).max).min(axis=0)
        )
        return telling

    def _compare(self, codes: NDArray[np.int32], there: NDArray[np.bool_], row: int) -> None:
        """One interview with all others, for both sides."""
        mine = codes[row]
        given = (codes >= 0) | (mine >= 0)
        alike = ((codes == mine) & (mine >= 0)).sum(axis=1)
        rate = alike / np.maximum(given.sum(axis=1), 1)
        rate[~there[: len(rate)]] = 0
        rate[row] = 0
        best = int(rate.argmax())
        self.share[row], self.partner[row] = rate[best], best
        better = rate > self.share
        self.share[better], self.partner[better] = rate[better], row
