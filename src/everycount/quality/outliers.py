"""Numbers far from all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from everycount.quality.report import Check, Grade, Signal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from everycount.quality.answers import Answers

K = 3.0
ENOUGH = 20
_LEYS = "Leys and others 2013, J Exp Soc Psychol 49:764"


def far(numbers: NDArray[np.float64], k: float = K) -> NDArray[np.bool_]:
    """Numbers more than ``k`` scaled median absolute deviations from the median; NaN never is.

    Where none is negative, a number must be far on the logarithmic scale too (of number + 1): amounts of
    money have long tails that are no errors. Where half of the numbers are equal nothing is far.
    """
    known = np.isfinite(numbers)
    found = _beyond(numbers, known, k)
    if found.any() and numbers[known].min() >= 0:
        logs = np.full(len(numbers), np.nan)
        logs[known] = np.log1p(numbers[known])
        found &= _beyond(logs, known, k)
    return found


def _beyond(numbers: NDArray[np.float64], known: NDArray[np.bool_], k: float) -> NDArray[np.bool_]:
    if not known.any():
        return known
    middle = np.median(numbers[known])
    spread = 1.4826 * np.median(np.abs(numbers[known] - middle))
    if not spread:
        return np.zeros(len(numbers), dtype=np.bool_)
    beyond = np.zeros(len(numbers), dtype=np.bool_)
    beyond[known] = np.abs(numbers[known] - middle) > k * spread
    return beyond


def outlier_signals(answers: Answers, columns: Sequence[str]) -> Iterator[Signal]:
    """For each column of numbers, those that are far from the others."""
    for name in columns:
        coded = answers.columns.get(name)
        if coded is None:
            continue
        numbers = coded.numbers
        known = int(np.isfinite(numbers).sum())
        odd = far(numbers)
        if known < ENOUGH or not odd.any():
            continue
        median = float(np.nanmedian(numbers))
        extreme = float(numbers[odd][np.argmax(np.abs(numbers[odd] - median))])
        words = (
            f'{odd.sum()} of {known} answers to "{name}" are far from the others: the farthest is '
            f"{extreme:g}, the median {median:g}."
        )
        share = 100 * float(odd.sum() / known)
        threshold = f"median +- {K:g} scaled median absolute deviations, on the plain and the log scale"
        yield Signal(
            Check.OUTLIERS,
            answers.table,
            name,
            share,
            "%",
            Grade.LOOK,
            words,
            threshold,
            _LEYS,
            answers.where(odd),
        )
