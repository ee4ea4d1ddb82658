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
from everycount.quality.durations import FAST
from everycount.quality.interviewers import FEWEST, MOST_WORDS, Clustering, clustering, stability
from everycount.quality.odd import Odd, Oddity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

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
    """Every collector with :data:`ENOUGH` interviews beside all others; see :func:`compared_together`."""
    return compared_together({"": counts})[""]


def compared_together(
    measures: Mapping[str, Mapping[int, tuple[int, int]]],
) -> dict[str, list[Compared]]:
    """Every collector with :data:`ENOUGH` interviews beside all others, in several measures tested together.

    Args:
        measures: by the measure and the collector, how often it was met, and of how many interviews.
    """
    chosen = [
        (name, who, met, of, sum(each[0] for each in counts.values()), total)
        for name, counts in measures.items()
        for total in [sum(each[1] for each in counts.values())]
        for who, (met, of) in counts.items()
        if of >= ENOUGH and total - of >= ENOUGH
    ]
    chance = adjusted([_by_chance(met, of, all_met, total) for *_, met, of, all_met, total in chosen])
    found: dict[str, list[Compared]] = {name: [] for name in measures}
    for p, (name, who, met, of, all_met, total) in zip(chance, chosen, strict=True):
        others = (all_met - met) / (total - of)
        found[name].append(Compared(who, met, of, *interval(met, of), others, p))
    return found


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


@dataclass(frozen=True, slots=True)
class Standing:
    """Collectors beside each other.

    Attributes:
        interviews: of each collector.
        measures: by the measure; see :func:`compared_together`.
        apart: how far the answers of a collector are distributed otherwise than those of all others, above
            chance (:func:`everycount.quality.interviewers.stability`), and over how many questions.
        icc: the median intraclass correlation of the closed questions; None with fewer than five collectors.
        deff: the median of what that makes of the variance of a mean.
    """

    interviews: dict[int, int]
    measures: dict[str, list[Compared]]
    apart: dict[int, tuple[float, int]]
    icc: float | None
    deff: float | None


def standing(heap: Heap, flagged: Collection[int]) -> Standing:
    """How collectors stand beside each other now.

    Args:
        heap: the interviews.
        flagged: rows with a flag that nobody dismissed.
    """
    minutes = heap.minutes[:, 1] - heap.minutes[:, 0]
    known = np.isfinite(minutes) & (minutes > 0) & heap.there
    half = FAST * float(np.median(minutes[known])) if known.any() else 0.0
    gaps = np.array([each.left_open / max(each.asked, 1) for each in heap.traits])
    usual = float(np.median(gaps[heap.there])) if heap.there.any() else 0.0
    marked = np.zeros(len(heap.names), dtype=np.bool_)
    marked[list(flagged)] = True
    by = heap.by_collector()
    measures = {
        "flagged": {who: (int(marked[rows].sum()), len(rows)) for who, rows in by.items()},
        "short": {
            who: (int((minutes[rows][known[rows]] < half).sum()), int(known[rows].sum()))
            for who, rows in by.items()
        },
        "open": {who: (int((gaps[rows] > usual).sum()), len(rows)) for who, rows in by.items()},
    }
    found = list(_clusterings(heap)) if len(by) >= FEWEST else []
    return Standing(
        interviews={who: len(rows) for who, rows in by.items()},
        measures=compared_together(measures),
        apart=dict(_apart_from_others(heap, by)),
        icc=float(np.median([each.icc for each in found])) if found else None,
        deff=float(np.median([each.deff for each in found])) if found else None,
    )


def _clusterings(heap: Heap) -> Iterator[Clustering]:
    use = heap.there & (heap.who >= 0)
    for column in heap.codes.T:
        here = use & (column >= 0)
        words = np.unique(column[here])
        if here.sum() >= ENOUGH and 2 <= len(words) <= MOST_WORDS:
            values = (column[here][:, None] == words).astype(np.float64)
            one = clustering(values, heap.who[here])
            if one.interviewers >= FEWEST:
                yield one


def _apart_from_others(
    heap: Heap, by: Mapping[int, NDArray[np.int64]]
) -> Iterator[tuple[int, tuple[float, int]]]:
    everybody = np.concatenate([*by.values()]) if by else np.zeros(0, dtype=np.int64)
    for who, rows in by.items():
        excess = []
        for column in heap.codes.T:
            wide = int(column.max(initial=-1)) + 1
            if 2 <= wide <= MOST_WORDS:
                mine, total = (
                    np.bincount(column[part][column[part] >= 0], minlength=wide) for part in (rows, everybody)
                )
                if mine.sum() >= ENOUGH and (total - mine).sum() >= ENOUGH:
                    index, chance = stability(mine, total - mine)
                    excess.append(index - chance)
        if excess:
            yield who, (float(np.mean(excess)), len(excess))


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
