"""Collectors beside each other: what differs more than chance would make it, and how surely.

Whoever works in another place meets other people. So what stands here is where to look, and no verdict about
anybody; :func:`shared` says how far collectors and places can be told apart at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaincinv

from everycount.quality.chance import LEVEL, adjusted, association
from everycount.quality.digits import digit_preference, last_digits
from everycount.quality.odd import Odd, Oddity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from everycount.quality.heap import Heap

ENOUGH = 20  # interviews of one collector, and of the others together
DIGITS = 50  # numbers whose last digits are looked at
ROUNDER = 0.15  # by how much more of a collector's numbers than of the others' end on 0 or 5
_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Compared:
    """A share of one collector's interviews beside that of all others.

    Attributes:
        collector: who.
        met, of: in how many interviews, of how many.
        low, high: 95 % interval of the share, exact (Clopper and Pearson 1934).
        others: the share of all others.
        p: probability of so large a difference by chance, allowed for all that are compared together.
    """

    collector: int
    met: int
    of: int
    low: float
    high: float
    others: float
    p: float

    @property
    def differs(self) -> bool:
        """More than chance would do, false discoveries at most 5 %."""
        return self.p < LEVEL


def interval(met: int, of: int, level: float = _CONFIDENCE) -> tuple[float, float]:
    """The exact interval of a share (Clopper and Pearson 1934, Biometrika 26:404)."""
    tail = (1 - level) / 2
    low = float(betaincinv(met, of - met + 1, tail)) if met else 0.0
    high = float(betaincinv(met + 1, of - met, 1 - tail)) if met < of else 1.0
    return low, high


def compared(counts: Mapping[int, tuple[int, int]]) -> list[Compared]:
    """Every collector with :data:`ENOUGH` interviews beside all others, tested together.

    Args:
        counts: how often it was met, and of how many, by collector.
    """
    all_met, all_of = (sum(each[place] for each in counts.values()) for place in (0, 1))
    chosen = {who: (met, of) for who, (met, of) in counts.items() if of >= ENOUGH and all_of - of >= ENOUGH}
    chance = adjusted([_by_chance(met, of, all_met, all_of) for met, of in chosen.values()]) if chosen else []
    return [
        Compared(who, met, of, *interval(met, of), (all_met - met) / (all_of - of), p)
        for p, (who, (met, of)) in zip(chance, chosen.items(), strict=True)
    ]


def _by_chance(met: int, of: int, all_met: int, all_of: int) -> float:
    """Fisher's exact test, two-sided, by the hypergeometric distribution."""
    from scipy.stats import hypergeom  # noqa: PLC0415 - slow to import, and wanted only here

    table = hypergeom(all_of, all_met, of)
    low, high = table.support()
    chances = table.pmf(np.arange(low, high + 1))
    here = table.pmf(met)
    return float(min(1.0, chances[chances <= here * (1 + 1e-7)].sum()))


def heaping(heap: Heap) -> Iterator[Oddity]:
    """Collectors more of whose numbers end on 0 or 5 than those of all others do.

    People round by themselves, so a collector is held against the others and not against an even ten.
    """
    found = []
    for place in sorted({each for traits in heap.traits for each in traits.numbers}):
        digits = _digits(heap, place)
        total = sum(digits.values(), start=np.zeros(10, dtype=np.int64))
        if total.max(initial=0) == total.sum():
            continue
        for who, mine in digits.items():
            others = total - mine
            if mine.sum() >= DIGITS and others.sum() >= DIGITS:
                found.append((who, place, mine, others, _apart(mine, others)))
    chance = adjusted([p for *_, p in found])
    for p, (who, place, mine, others, _) in zip(chance, found, strict=True):
        here, there = _round(mine), _round(others)
        if p < LEVEL and here - there > ROUNDER:
            figures: dict[str, float] = {
                "percent": round(100 * here),
                "others": round(100 * there),
                "of": int(mine.sum()),
            }
            figures["score"] = round(digit_preference(mine), 1)
            yield Oddity(who, Odd.HEAPING, place, figures=figures)


def _digits(heap: Heap, place: str) -> dict[int, NDArray[np.int64]]:
    found = {}
    for who, rows in heap.by_collector().items():
        words = [each for row in rows for each in heap.traits[row].numbers.get(place, ())]
        found[who] = last_digits(words, np.ones(len(words), dtype=np.int64))
    return found


def _round(digits: NDArray[np.int64]) -> float:
    return float((digits[0] + digits[5]) / digits.sum())


def _apart(mine: NDArray[np.int64], others: NDArray[np.int64]) -> float:
    table = np.array([[each[[0, 5]].sum(), each.sum() - each[[0, 5]].sum()] for each in (mine, others)])
    return association(table.astype(np.float64)).p


def shared(who: NDArray[np.int32], places: NDArray[np.int32]) -> float:
    """How far one knows the place when one knows the collector: Cramér's V, 0 not at all, 1 wholly.

    Args:
        who: number of the collector of each interview, -1 for none.
        places: number of the place of each, -1 for none.
    """
    use = (who >= 0) & (places >= 0)
    if not use.any():
        return 0.0
    table = np.zeros((int(who.max()) + 1, int(places.max()) + 1))
    np.add.at(table, (who[use], places[use]), 1)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    few = min(table.shape) - 1
    return min(1.0, association(table).w / float(np.sqrt(few))) if few else 0.0
