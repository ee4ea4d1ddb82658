"""Whether one last digit is favoured over the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from everycount.quality.chance import LEVEL, chi_square_p
from everycount.quality.report import Check, Grade, Signal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from everycount.quality.answers import Answers

ENOUGH = 100
_CLASSES = ((8, "excellent"), (12, "good"), (20, "acceptable"), (float("inf"), "problematic"))


def last_digits(words: Sequence[str], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """How often numbers end on each digit, taken at the finest place that any of them was written to.

    Args:
        words: the numbers as written; what is no plain number does not count.
        counts: how often each occurs.
    """
    plain = [word.strip().lstrip("+-") for word in words]
    numbers = [each if each.replace(".", "", 1).isdecimal() and each.isascii() else "" for each in plain]
    # Exports write 5.0 for 5: zeros that end every number are no digits that somebody chose.
    tails = [each.partition(".")[2].rstrip("0") for each in numbers]
    places = max((len(tail) for tail in tails), default=0)
    found = np.zeros(10, dtype=np.int64)
    for number, tail, count in zip(numbers, tails, counts, strict=True):
        if number:
            whole = number.partition(".")[0] or "0"
            digit = tail.ljust(places, "0")[-1] if places else whole[-1]
            found[int(digit)] += count
    return found


def digit_preference(digits: NDArray[np.int64]) -> float:
    """The digit preference score DPS = 100 sqrt(chi2 / (n df)), 0 even to 100 one digit only."""
    n = int(digits.sum())
    return float(100 * np.sqrt(chi_square(digits) / (n * 9))) if n else float("nan")


def chi_square(digits: NDArray[np.int64]) -> float:
    """Pearson's chi-square of the digits against an even distribution; 9 degrees of freedom."""
    expected = digits.sum() / 10
    return float(((digits - expected) ** 2 / expected).sum()) if expected else 0.0


def digit_signals(answers: Answers, columns: Sequence[str]) -> Iterator[Signal]:
    """The digit preference score of each column."""
    for name in columns:
        coded = answers.columns.get(name)
        if coded is None:
            continue
        digits = last_digits(coded.words, coded.counts)
        if digits.sum() >= ENOUGH:
            yield _signal(answers.table, name, digits)


def _signal(table: str, name: str, digits: NDArray[np.int64]) -> Signal:
    score = digit_preference(digits)
    place = next(place for place, (limit, _) in enumerate(_CLASSES) if score < limit)
    by_chance = chi_square_p(chi_square(digits), 9) > LEVEL
    favourite = int(np.argmax(digits))
    share = 100 * digits[favourite] / digits.sum()
    words = (
        f'The last digits of "{name}" have a preference score of {score:.1f} ({_CLASSES[place][1]}): '
        f"{share:.0f} % of {digits.sum()} end on {favourite}, where 10 % would"
        + (", which chance may do among so few." if by_chance and place else ".")
    )
    grade = Grade.FINE if by_chance else (Grade.FINE, Grade.FINE, Grade.LOOK, Grade.SERIOUS)[place]
    threshold = "below 8 excellent, 12 good, 20 acceptable, above problematic"
    source = "WHO MONICA digit preference score, classes of SMART and NiPN"
    return Signal(Check.DIGITS, table, name, score, "", grade, words, threshold, source)
