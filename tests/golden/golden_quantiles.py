"""Quantiles of the reference, by R survey's arithmetic to the last bit; and where we differ on purpose.

Two of R's own figures depend on what they should not: rule ``shahvaish`` on the unit of the weights, the ends
of the score interval on respondents counted without their weights. Both are made again here as R makes them,
so that the difference is known to be that one and no other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from everycount.estimate.plan import MeasureKind, Plan, QuantileInterval, QuantileRule
from everycount.estimate.quantile_cells import Breakdown
from everycount.estimate.quantiles import TO_THE_BIT, Care, Ladder
from everycount.sample.design import Basis, Lonely
from golden.golden_frames import with_measure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from everycount.estimate.frame import Frame

NAN = float("nan")


def turned(frame: Frame, answers: Any, share: float, plan: Plan, care: Care = TO_THE_BIT) -> Breakdown:
    """The one quantile of everybody."""
    made = with_measure(frame, MeasureKind.QUANTILE, answers)
    measure, columns = made.measures["m"]
    made = replace(made, measures={"m": (replace(measure, at=share), columns)})
    return Breakdown.of(made, plan, "m", (), lonely=Lonely.FAIL, basis=Basis.DESIGN, care=care)


def check_quantiles(given: Any) -> None:
    """Five quantiles by one rule and one interval."""
    word = given.case["id"].split(".")[-1]
    by_rule = ".qrule." in given.case["id"]
    plan = Plan(
        (),
        quantile_rule=QuantileRule(word) if by_rule else QuantileRule.HF1,
        quantile_interval=QuantileInterval.MEAN if by_rule else QuantileInterval(word),
    )
    for row in given.rows:
        found = turned(given.frame, given.numeric("api00"), row["q"], plan)
        if plan.quantile_rule is QuantileRule.SHAHVAISH:
            _same(given, _as_r_scales(found, row["q"]), row)
        elif plan.quantile_interval is QuantileInterval.SCORE:
            _near_the_score(given, found, row)
        else:
            ends = found.ends()
            _same(given, (found.value[0], ends.low[0], ends.high[0]), row, found)


def _same(
    given: Any, ours: tuple[float, float, float], row: Mapping[str, Any], found: Breakdown | None = None
) -> None:
    theirs = [NAN if row.get(name) is None else row[name] for name in ("estimate", "lower", "upper")]
    assert np.allclose(ours, theirs, rtol=1e-8, atol=0, equal_nan=True), (given.case["id"], row, ours)
    if found is not None and row.get("se") is not None:
        se = (ours[2] - ours[1]) / (2 * found.t[0])
        assert np.isclose(se, row["se"], rtol=1e-8, atol=0), (given.case["id"], row, se)


def _only(found: Breakdown) -> Ladder:
    (ladder,) = found.ladders
    assert ladder is not None
    return ladder


def _as_r_scales(found: Breakdown, share: float) -> tuple[float, float, float]:
    """R takes half of the raw weight away where half of a weight of mean 1 is meant."""
    ladder = _only(found)

    def at(place: float | None) -> float:
        return NAN if place is None or not 0 <= place <= 1 else ladder.shah_vaish(place, ladder.weights)

    value = at(share)
    (below,) = found.shares_at(np.array([value]))
    if below.value == 1:  # the largest answer: R's interval is that one point
        return value, value, value
    return value, at(below.ci_low), at(below.ci_high)


def _near_the_score(given: Any, found: Breakdown, row: Mapping[str, Any]) -> None:
    """R looks for an end numerically, up to a step off, and maps the unweighted share there back.

    Where errors shrink faster than shares, the score crosses its limit more than once, and R may find another
    crossing than the first.
    """
    ladder = Ladder.of(_only(found).answers, _only(found).weights)  # equal shares are equal
    assert np.isclose(found.value[0], row["estimate"], rtol=1e-8, atol=0)
    ends = found.ends()
    for ours, theirs, limit in ((ends.low[0], row["lower"], 1), (ends.high[0], row["upper"], -1)):
        step = int(np.searchsorted(ladder.steps, ours))
        around = ladder.steps[max(step - 5, 0) : step + 3]
        scores = [found.scores(np.array([answer]))[0] - limit * found.t[0] for answer in around]
        crossed = [place for place in range(1, len(scores)) if scores[place - 1] * scores[place] <= 0]
        ends_found = [answer for place in crossed for answer in around[place - 1 : place + 1]]
        shares = [ladder.people_up_to(float(answer)) / len(ladder.answers) for answer in ends_found]
        assert theirs in {ladder.at(share, QuantileRule.HF1) for share in shares}, (given.case["id"], row)
