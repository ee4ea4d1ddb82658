"""Whether ages and sexes look as people are, or as people round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from everycount.quality.chance import chi_square_p
from everycount.quality.report import Check, Grade, Signal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from everycount.quality.answers import Answers
    from everycount.quality.roles import Roles

OLDEST = 130
ENOUGH = 100  # people; below, every index is mostly chance
_SHRYOCK = "United Nations classes in Shryock and Siegel 1976, The Methods and Materials of Demography, ch. 8"
_WHIPPLE_CLASSES = (
    (105, "very accurate"),
    (110, "fairly accurate"),
    (125, "approximate"),
    (175, "rough"),
    (float("inf"), "very rough"),
)
_JOINT_CLASSES = ((20, "accurate"), (40, "inaccurate"), (float("inf"), "highly inaccurate"))


def by_age(ages: NDArray[np.float64]) -> NDArray[np.int64]:
    """How many people there are of each age in completed years, 0 to 130; anything else does not count."""
    known = ages[np.isfinite(ages)]
    years = np.floor(known[(known >= 0) & (known < OLDEST + 1)]).astype(np.int64)
    return np.bincount(years, minlength=OLDEST + 1).astype(np.int64)


def whipple(people: NDArray[np.int64]) -> float:
    """Whipple's index: 100 where ages 23-62 end on 0 and 5 as often as on other digits, 500 where always.

    Args:
        people: number of people of each age from 0.
    """
    total = people[23:63].sum()
    return float(500 * people[25:61:5].sum() / total) if total else float("nan")


def blended(people: NDArray[np.int64]) -> NDArray[np.float64]:
    """How many people end on each digit, blended over the ten ranges 10-89, 11-90, ... 19-98 (Myers 1940).

    Each age counts as often as there are ranges that hold it, so that an even or evenly falling population
    has about the same number at every digit.
    """
    ages = np.arange(10, 99)
    times = np.minimum(np.minimum(ages - 9, 10), 99 - ages)
    return np.bincount(ages % 10, weights=(people[10:99] * times).astype(np.float64), minlength=10).astype(
        np.float64
    )


def myers(people: NDArray[np.int64]) -> float:
    """Myers' index: the share (%) that would have to change digit for all digits to be equally frequent."""
    digits = blended(people)
    total = digits.sum()
    return float(50 * np.abs(digits / total - 0.1).sum()) if total else float("nan")


def myers_by_chance(people: int) -> tuple[float, float]:
    """Expectation of Myers' index where no digit is preferred, and what it exceeds once in 20 times.

    The ten shares are taken as independent and normal, which they are nearly.
    """
    spread = 100 * np.sqrt(0.09 / max(people, 1))  # of one digit's share, in percentage points
    mean = 5 * spread * np.sqrt(2 / np.pi)
    deviation = 0.5 * np.sqrt(10 * (1 - 2 / np.pi)) * spread
    return float(mean), float(mean + 1.645 * deviation)


def age_ratios(people: NDArray[np.int64]) -> NDArray[np.float64]:
    """Age ratios of the groups 5-9, 10-14 ... 70-74: 100 where a group is the mean of its neighbours."""
    groups = people[:80].reshape(16, 5).sum(axis=1).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios: NDArray[np.float64] = 200 * groups[1:-1] / (groups[:-2] + groups[2:])
    return ratios


def age_ratio_score(people: NDArray[np.int64]) -> float:
    """Mean distance of the age ratios from 100."""
    return float(np.abs(age_ratios(people) - 100).mean())


def joint_score(men: NDArray[np.int64], women: NDArray[np.int64]) -> float:
    """United Nations age-sex accuracy index.

    Three times the mean change of the sex ratio from one five-year group (0-4 to 70-74) to the next, and
    the age ratio scores of both sexes.

    Source: United Nations 1955, Manual II, Methods of appraisal of quality of basic data, ch. 3.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = 100 * men[:75].reshape(15, 5).sum(axis=1) / women[:75].reshape(15, 5).sum(axis=1)
    steps = np.abs(np.diff(ratios)).mean()
    return float(3 * steps + age_ratio_score(men) + age_ratio_score(women))


def joint_score_by_chance(men: NDArray[np.int64], women: NDArray[np.int64]) -> float:
    """What the age-sex accuracy index would about be if every group were right but for chance (Poisson).

    Groups are evened out with their neighbours first, so that wrong ones do not pass for small ones.
    """
    m, w = (_evened(people[:80].reshape(16, 5).sum(axis=1)) for people in (men, women))
    with np.errstate(divide="ignore", invalid="ignore"):
        of_sex = (100 * m / w) ** 2 * (1 / m + 1 / w)
        steps = np.sqrt(of_sex[:14] + of_sex[1:15]).mean()
        score = 3 * steps
        for groups in (m, w):
            around = groups[:-2] + groups[2:]
            score += (200 * groups[1:-1] / around * np.sqrt(1 / groups[1:-1] + 1 / around)).mean()
    return float(np.sqrt(2 / np.pi) * score)


def _evened(groups: NDArray[np.int64]) -> NDArray[np.float64]:
    padded = np.pad(groups, 1, mode="edge")
    return (padded[:-2] + padded[1:-1] + padded[2:]) / 3.0


@dataclass(frozen=True, slots=True)
class _Class:
    name: str
    place: int


def _class_of(figure: float, classes: tuple[tuple[float, str], ...]) -> _Class:
    return next(_Class(name, place) for place, (limit, name) in enumerate(classes) if figure < limit)


def age_signals(answers: Answers, roles: Roles) -> Iterator[Signal]:
    """Whipple's and Myers' indices, and the age and sex structure, where the columns are there."""
    ages = answers.columns.get(roles.age)
    if ages is not None:
        people = by_age(ages.numbers)
        yield from _whipple(answers.table, roles.age, people)
        yield from _myers(answers.table, roles.age, people)
    sexes = answers.columns.get(roles.sex)
    if sexes is None or not roles.male or not roles.female:
        return
    male, female = sexes.within(roles.male), sexes.within(roles.female)
    yield from _sex_ratio(answers.table, roles.sex, int(male.sum()), int(female.sum()))
    if ages is not None:
        yield from _structure(
            answers.table, roles.age, by_age(ages.numbers[male]), by_age(ages.numbers[female])
        )


def _whipple(table: str, about: str, people: NDArray[np.int64]) -> Iterator[Signal]:
    n = int(people[23:63].sum())
    if n < ENOUGH:
        return
    index = whipple(people)
    found = _class_of(index, _WHIPPLE_CLASSES)
    spread = 200 / np.sqrt(n)  # 500 sqrt(0.2 x 0.8 / n)
    by_chance = index < 100 + 1.645 * spread
    grades = (Grade.FINE, Grade.FINE, Grade.LOOK, Grade.SERIOUS, Grade.SERIOUS)
    words = (
        f'Ages ("{about}") have a Whipple index of {index:.1f} ({found.name}): of {n} people aged 23 to 62, '
        f"{index / 5:.0f} % have an age that ends on 0 or 5, where 20 % would"
        + (", which chance may do among so few." if by_chance and found.place else ".")
    )
    grade = Grade.FINE if by_chance else grades[found.place]
    threshold = "below 105 very accurate, 110 fairly accurate, 125 approximate, 175 rough"
    yield Signal(Check.WHIPPLE, table, about, index, "", grade, words, threshold, _SHRYOCK)


def _myers(table: str, about: str, people: NDArray[np.int64]) -> Iterator[Signal]:
    n = int(people[10:99].sum())
    if n < ENOUGH:
        return
    index = myers(people)
    mean, most = myers_by_chance(n)
    digits = blended(people)
    favourite = int(np.argmax(digits))
    words = (
        f'Ages ("{about}") have a Myers index of {index:.1f}: so many in 100 people would have to be of '
        f"another age for no last digit to be preferred; chance alone gives about {mean:.1f} among {n}. "
        f"The most frequent digit is {favourite} ({100 * digits[favourite] / digits.sum():.0f} %)."
    )
    yield Signal(
        Check.MYERS,
        table,
        about,
        index,
        "%",
        Grade.LOOK if index > most else Grade.FINE,
        words,
        f"0 no preference, 90 one digit only; above {most:.1f} it is not chance",
        "Myers 1940, Trans Actuar Soc Am 41:395; the limit is our own, one in 20",
    )


def _sex_ratio(table: str, about: str, men: int, women: int) -> Iterator[Signal]:
    if men + women < ENOUGH or not women:
        return
    p = chi_square_p((men - women) ** 2 / (men + women), 1)
    words = f"There are {100 * men / women:.0f} men for 100 women ({men} and {women})."
    threshold, source = "none: those who answer are not all who live there", "own rule"
    grade = Grade.OPEN
    if table != "main":
        grade = Grade.FINE if p > 0.05 else Grade.LOOK if p > 0.001 else Grade.SERIOUS
        threshold = (
            "p of an even split above 0.05 good, above 0.001 acceptable; where many have left, look why"
        )
        source = "SMART plausibility check"
    yield Signal(Check.SEX_RATIO, table, about, 100 * men / women, "", grade, words, threshold, source)


def _structure(table: str, about: str, men: NDArray[np.int64], women: NDArray[np.int64]) -> Iterator[Signal]:
    by_chance = joint_score_by_chance(men, women)
    # Half of the first class: with fewer people the index would measure their number and not their ages.
    score = joint_score(men, women)
    if not by_chance <= 10 or not np.isfinite(score):
        return
    found = _class_of(score, _JOINT_CLASSES)
    words = (
        f'The age-sex accuracy index of "{about}" is {score:.1f} ({found.name}); chance alone gives about '
        f"{by_chance:.1f} among so many people."
    )
    grade = (Grade.FINE, Grade.LOOK, Grade.SERIOUS)[found.place]
    threshold = "below 20 accurate, 40 inaccurate, above highly inaccurate"
    source = "United Nations 1955, Manual II, ch. 3"
    yield Signal(Check.AGE_STRUCTURE, table, about, score, "", grade, words, threshold, source)
