"""What is asked of samples of the census, what the census says, and what to expect of intervals.

Even an interval without a fault holds the truth in 95 % of samples only where clusters are many and alike.
How often it should be right with the clusters that there are follows from the census itself
(:func:`expected`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import norm, t

from everycount.estimate.condition import In
from everycount.estimate.plan import Measure, MeasureKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from golden.census_draws import Census, Columns, Drawing

    Floats = NDArray[np.float64]

SYMMETRIC = frozenset(
    {MeasureKind.MEAN, MeasureKind.TOTAL, MeasureKind.COUNT, MeasureKind.RATIO, MeasureKind.GINI}
)
QUANTILES = frozenset({MeasureKind.MEDIAN, MeasureKind.QUANTILE})
TRIALS = 4000  # areas drawn of each stratum to see how they differ


@dataclass(frozen=True)
class Asked:
    """A measure of everybody or of a group, or (``gap``) of a group against everybody else.

    What rests on everybody in the file, whatever the group, needs a file for each survey: ``alone``.
    """

    name: str
    measure: Measure
    group: tuple[str, str] | None = None
    gap: bool = False
    alone: bool = False

    @property
    def symmetric(self) -> bool:
        """The interval is the value and t errors to both sides; not so for shares and quantiles."""
        return self.gap or self.measure.kind in SYMMETRIC


def share(name: str, column: str, code: str) -> Measure:
    """A proportion."""
    return Measure(name, MeasureKind.PROPORTION, condition=In(column, (code,)))


OPEN = share("open", "toilet", "No facility/bush/field")
TANKER = share("tanker", "water", "Tanker truck")
SPENDING = Measure("spending", MeasureKind.MEAN, question="pc_exp")
POOREST, RURAL = ("quint_nat", "poorest"), ("urbrur", "Rural")
QUESTIONS = (
    Asked("piped water: a proportion, 60 %", share("piped", "water", "Piped into dwelling")),
    Asked("tanker truck: a rare proportion, 2 %", TANKER),
    Asked("no toilet, the poorest: a proportion of a group", OPEN, POOREST),
    Asked("tanker truck, the poorest: rare in a group, 0.4 %", TANKER, POOREST),
    Asked("spending a person: a mean", SPENDING),
    Asked("spending, rural: a mean of a group", SPENDING, RURAL),
    Asked("people: a total", Measure("people", MeasureKind.TOTAL, question="hhsize")),
    Asked("without a toilet: a count", Measure("count", MeasureKind.COUNT, condition=OPEN.condition)),
    Asked(
        "food of all spending: a ratio",
        Measure("food", MeasureKind.RATIO, question="tot_food", denominator="tot_exp"),
    ),
    Asked("spending: the median", Measure("median", MeasureKind.MEDIAN, question="pc_exp")),
    Asked("spending: the tenth", Measure("tenth", MeasureKind.QUANTILE, question="pc_exp", at=0.1)),
    Asked("spending: the Gini coefficient", Measure("gini", MeasureKind.GINI, question="pc_exp")),
    Asked("no toilet, rural against urban: a gap", OPEN, RURAL, gap=True),
    Asked(
        "below 60 % of median spending: at risk of poverty",
        Measure("poor", MeasureKind.AT_RISK_OF_POVERTY, question="pc_exp"),
        alone=True,
    ),
    Asked(
        "at risk of poverty, rural",
        Measure("poor", MeasureKind.AT_RISK_OF_POVERTY, question="pc_exp"),
        RURAL,
        alone=True,
    ),
)


def truth(census: Census, asked: Asked) -> float:
    """What the census says."""
    return _value(census.columns, asked.measure, _inside(census, asked)) - (
        _value(census.columns, asked.measure, ~_inside(census, asked)) if asked.gap else 0.0
    )


def _inside(census: Census, asked: Asked) -> NDArray[np.bool_]:
    if asked.group is None:
        return np.ones(len(census.columns["ea"]), bool)
    column, code = asked.group
    inside: NDArray[np.bool_] = census.columns[column] == code
    return inside


def _answers(people: Columns, measure: Measure) -> Floats:
    if isinstance(measure.condition, In):
        return np.isin(people[measure.condition.question], measure.condition.codes).astype(float)
    assert measure.question is not None
    answers: Floats = people[measure.question].astype(float)
    return answers


def _below(people: Columns, measure: Measure) -> Floats:
    return people[measure.denominator].astype(float) if measure.denominator else np.ones(len(people["ea"]))


def _value(people: Columns, measure: Measure, inside: NDArray[np.bool_]) -> float:
    y, x = _answers(people, measure)[inside], _below(people, measure)[inside]
    match measure.kind:
        case MeasureKind.MEDIAN | MeasureKind.QUANTILE:
            return _quantile(y, measure.share or 0.5)
        case MeasureKind.AT_RISK_OF_POVERTY:
            return float(np.mean(y < 0.6 * _quantile(_answers(people, measure), 0.5)))
        case MeasureKind.GINI:
            # Half of the mean difference of two people over the mean, by way of the ranks.
            ranks = 2 * np.arange(1, len(y) + 1) - len(y) - 1
            return float((ranks * np.sort(y)).sum() / (len(y) * y.sum()))
        case _:
            return float(y.sum() / (1 if _is_sum(measure) else x.sum()))


def _quantile(answers: Floats, part: float) -> float:
    return float(np.quantile(answers, part, method="inverted_cdf"))


def _is_sum(measure: Measure) -> bool:
    return measure.kind in {MeasureKind.TOTAL, MeasureKind.COUNT}


def _influence(census: Census, asked: Asked) -> Floats:
    """What one household more of each kind would change (statistics.md, "Errors")."""
    inside = _inside(census, asked)
    found = _of_group(census.columns, asked.measure, inside)
    return found - _of_group(census.columns, asked.measure, ~inside) if asked.gap else found


def _of_group(people: Columns, measure: Measure, inside: NDArray[np.bool_]) -> Floats:
    y, x = _answers(people, measure), _below(people, measure)
    if measure.kind is MeasureKind.GINI:
        return _of_gini(y)
    if measure.kind in QUANTILES:
        y = (y <= _value(people, measure, inside)).astype(float)
    if _is_sum(measure):
        return y * inside
    below = (x * inside).sum()
    found: Floats = (y - x * (y * inside).sum() / below) * inside / below
    return found


def _of_gini(y: Floats) -> Floats:
    """Of everybody: sum of |y - y'| over all others, by way of the ranks, / N Y; less G / N + G y / Y."""
    order = np.argsort(y)
    people, total = len(y), y.sum()
    below, place = np.cumsum(y[order]), np.arange(1, people + 1)
    apart = np.empty(people)
    apart[order] = (2 * place - people) * y[order] - 2 * below + total
    gini = apart.sum() / (2 * people * total)
    found: Floats = apart / (people * total) - gini / people - gini * y / total
    return found


def expected(census: Census, asked: Asked, drawing: Drawing, df: float) -> float:
    """How often an interval of t errors to both sides should hold the truth, with areas drawn by size.

    Two things keep it from 95 %. The estimated variance V of unequal strata and heavy tails varies more than
    its degrees of freedom say: it has 2 V^2 / var(V) of them (Satterthwaite 1946). And where areas are
    skewed, it is small just when the estimate is far off: to the second order -2 x (x^4 + 2 x^2 - 3) / 18
    phi(x) skewness^2 (Hall 1992, The Bootstrap and Edgeworth Expansion, 2.6), with the skewness of the
    estimate. Variance and skewness are found by drawing single areas of each stratum many times.

    Args:
        census: the truth.
        asked: what is estimated; a quantile by the share below it.
        drawing: how samples are drawn, by size.
        df: degrees of freedom of the interval.
    """
    dice = np.random.default_rng(1)
    influence = _influence(census, asked)
    variance = third = uncertainty = 0.0
    for areas in census.strata.values():
        sizes = np.array([len(area) for area in areas])
        number = drawing.number(len(areas))
        chosen = dice.choice(len(areas), TRIALS, p=sizes / sizes.sum())
        means = [influence[dice.choice(areas[one], drawing.households)].mean() for one in chosen]
        off = sizes.sum() * (np.array(means) - np.mean(means))
        second, fourth = (off**2).mean(), (off**4).mean()
        variance += second / number
        third += (off**3).mean() / number**2
        uncertainty += (fourth - second**2 * (number - 3) / (number - 1)) / number**3
    x = float(t.ppf(0.975, df))
    skewed = 2 * x * (x**4 + 2 * x**2 - 3) / 18 * norm.pdf(x) * third**2 / variance**3
    return float(2 * t.cdf(x, 2 * variance**2 / uncertainty) - 1 - skewed)
