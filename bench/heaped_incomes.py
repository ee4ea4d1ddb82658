"""How often 95 % intervals of inequality hold the truth where incomes are heaped: two kinds of errors.

Run: python bench/heaped_incomes.py [draws]

An invented population of 2,000 villages of 50 people; samples of 60 villages and 12 people in each. ``none``
is the share of samples in which the rule for heaps gives no linearised error; the column before it says how
the intervals would have fared without that rule.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.inequality import Figure, Kernel
from everycount.estimate.intervals import student
from everycount.estimate.plan import LINE, MeasureKind, QuantileRule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

VILLAGES, PEOPLE, DRAWN, ASKED, AGAIN = 2000, 50, 60, 12, 60
NAMES = ("poverty threshold", "at risk of poverty", "quintile share", "gini")
THRESHOLD, QUINTILES, GINI = (
    Figure(kind, LINE, QuantileRule.HF1)
    for kind in (MeasureKind.POVERTY_THRESHOLD, MeasureKind.QUINTILE_SHARE, MeasureKind.GINI)
)


def values(y: Floats, w: Floats) -> Floats:
    """The four numbers of a sample."""
    line = THRESHOLD.value(y, w)
    return np.array([line, w @ (y < line) / w.sum(), QUINTILES.value(y, w), GINI.value(y, w)])


def linearised(y: Floats, w: Floats, village: NDArray[np.int64]) -> Floats:
    """Their errors from influences: the first stage, drawn with replacement."""
    pull = THRESHOLD.influence(y, w)
    line = THRESHOLD.value(y, w)
    poor = ((y < line) - w @ (y < line) / w.sum()) / w.sum() + Kernel.of(y, w).density(line) * pull
    sums = [
        np.bincount(village, w * z) for z in (pull, poor, QUINTILES.influence(y, w), GINI.influence(y, w))
    ]
    found: Floats = np.sqrt([DRAWN / (DRAWN - 1) * ((one - one.mean()) ** 2).sum() for one in sums])
    return found


def bootstrapped(y: Floats, w: Floats, village: NDArray[np.int64], chance: np.random.Generator) -> Floats:
    """The same from villages drawn anew, one fewer than there are (Rao and Wu)."""
    found = []
    for _ in range(AGAIN):
        times = chance.multinomial(DRAWN - 1, np.full(DRAWN, 1 / DRAWN)) * DRAWN / (DRAWN - 1)
        kept = times[village] > 0
        found.append(values(y[kept], (w * times[village])[kept]))
    return np.asarray(np.std(found, axis=0, ddof=1), dtype=np.float64)


def main(draws: int) -> None:
    """One table for each width of the heaps."""
    chance = np.random.default_rng(20170301)
    home = chance.normal(8, 0.4, VILLAGES)[:, None]
    smooth = np.exp(home + chance.normal(0, 0.6, (VILLAGES, PEOPLE)))
    t = float(student(0.95, np.array(DRAWN - 1)))
    village, w = np.repeat(np.arange(DRAWN), ASKED), np.full(DRAWN * ASKED, VILLAGES * PEOPLE / DRAWN / ASKED)
    for width in (0, 50, 250, 500):
        people = np.round(smooth / width) * width if width else smooth
        truth = values(people.ravel(), np.ones(people.size))
        held, again, none = np.zeros(4), np.zeros(4), np.zeros(4)
        for _ in range(draws):
            some = chance.choice(VILLAGES, DRAWN, replace=False)
            y = np.concatenate([chance.choice(people[one], ASKED, replace=False) for one in some])
            away = np.abs(values(y, w) - truth) / t
            held += away <= linearised(y, w, village)
            again += away <= bootstrapped(y, w, village, chance)
            leaps = THRESHOLD.heaped(y, w, village)
            none += (leaps, leaps, QUINTILES.heaped(y, w, village), False)
        print(f"heaps of {width}" if width else "no heaps", f"(median {truth[0] / LINE:.0f})")
        for place, name in enumerate(NAMES):
            parts = (f"{part[place] / draws:5.0%}" for part in (held, none, again))
            print("  {:<20} linearised {}  none {}  bootstrap {}".format(name, *parts))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
