"""Weights brought to known totals, as little away from where they were as can be.

Each weight d becomes w = d g(x'l): linear g = 1 + x'l (held within bounds where there are some), raking
g = exp(x'l), or the logit g between its bounds, with l such that sum w x is the known total of every margin.
Source: Deville and Särndal 1992, JASA 87 (their cases 1, 2, 6 and 7). Post-stratification is one margin, by
any of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from everycount.faults import Fault, InputError
from everycount.sample.design import CalibrationMethod

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from everycount.estimate.stages import Floats
    from everycount.sample.design import Calibration

PLACE = "survey.toml, [calibrate]"
CLOSE = 1e-12  # of a margin; reached unless rounding stands in the way
GOOD = 1e-8  # what a margin must hold to
_STEPS, _HALVINGS = 100, 30
_TRIMS = 1000
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Margins:
    """What is known of the population, and what each record adds to it.

    Attributes:
        x: float64[records, totals].
        totals: float64[totals], above 0.
        names: what each total is, in words.
    """

    x: Floats
    totals: Floats
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Solved:
    """Weights that meet the margins, and in how many steps they were found."""

    weights: Floats
    steps: int


def calibrate(weights: Floats, margins: Margins, rule: Calibration) -> Floats:
    """The weights that meet the margins; see :func:`solve`."""
    return solve(weights, margins, rule).weights


def solve(weights: Floats, margins: Margins, rule: Calibration) -> Solved:
    """The weights that meet the margins, by Newton's method.

    Raises:
        InputError: no weights of this kind meet them; the message names the margins that are off.
    """
    factor, slope = _distance(rule)
    x, scale = margins.x / margins.totals, weights[:, None]
    found = np.zeros(len(margins.totals))
    away, steps = _away(weights * factor(x @ found), x), 0
    for _ in range(_STEPS):
        if np.abs(away).max() <= CLOSE:
            break
        matrix = (x * scale * slope(x @ found)[:, None]).T @ x
        step = np.asarray(np.linalg.lstsq(matrix, -away, rcond=1e-12)[0], dtype=np.float64)
        better = _better(found, step, away, lambda tried: _away(weights * factor(x @ tried), x))
        if better is None:
            break
        found, away = better
        steps += 1
    if not np.abs(away).max() <= GOOD:
        raise InputError(*_not_met(margins, away, rule))
    return Solved(weights * factor(x @ found), steps)


def _away(weights: Floats, x: Floats) -> Floats:
    """How far each margin is off, as a share of its total."""
    return weights @ x - 1.0


def _better(
    found: Floats, step: Floats, away: Floats, measure: Callable[[Floats], Floats]
) -> tuple[Floats, Floats] | None:
    """The longest of ever shorter steps that brings the margins nearer; None where none does."""
    for halved in range(_HALVINGS):
        tried = found + step / 2**halved
        with np.errstate(over="ignore", invalid="ignore"):
            left = measure(tried)
        if np.isfinite(left).all() and left @ left < away @ away:
            return tried, left
    return None


def _distance(rule: Calibration) -> tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]:
    """How the factor depends on x'l, and its slope."""
    low, high = rule.bounds or (-np.inf, np.inf)
    if rule.method is CalibrationMethod.LINEAR:
        return lambda u: np.clip(1 + u, low, high), lambda u: ((1 + u > low) & (1 + u < high)).astype(float)
    if rule.method is CalibrationMethod.RAKING:
        return np.exp, np.exp
    grown = (high - low) / ((1 - low) * (high - 1))

    def factor(u: Floats) -> Floats:
        odds = np.exp(np.clip(grown * u, -500, 500))
        return (low * (high - 1) + high * (1 - low) * odds) / (high - 1 + (1 - low) * odds)

    return factor, lambda u: (factor(u) - low) * (high - factor(u)) / ((1 - low) * (high - 1))


def _not_met(margins: Margins, away: Floats, rule: Calibration) -> list[Fault]:
    remedy = "Let margins agree with each other, put groups that are rare in the sample together, "
    remedy += "or give wider bounds." if rule.bounds else 'or use method = "linear".'
    worst = [place for place in np.argsort(-np.abs(away))[:_SHOWN] if np.abs(away[place]) > GOOD]
    return [
        Fault(
            PLACE,
            f"No weights were found that meet {margins.names[place]}: "
            f"{margins.totals[place] * (1 + away[place]):,.6g} instead of {margins.totals[place]:,.6g}.",
            remedy,
        )
        for place in worst
    ]


def trim(weights: Floats, low: float, high: float, *, strict: bool) -> Floats:
    """Weights held within limits; what is cut off is shared out equally among those that were within.

    With ``strict`` this is repeated until none is outside (R survey's ``trimWeights``). The sum stays.

    Raises:
        InputError: the limits leave no room for the sum of the weights.
    """
    if not low * len(weights) <= weights.sum() <= high * len(weights):
        problem = f"The mean weight, {weights.mean():.6g}, is not between {low:g} and {high:g}."
        raise InputError(Fault(f"{PLACE}, trim", problem, "Give limits on either side of it."))
    for _ in range(_TRIMS if strict else 1):
        held = np.clip(weights, low, high)
        within = weights == held
        if within.all():
            return weights
        taking = within if within.any() else np.ones(len(weights), dtype=bool)
        weights = held + np.where(taking, (weights.sum() - held.sum()) / taking.sum(), 0.0)
    if strict and not ((weights >= low * (1 - GOOD)) & (weights <= high * (1 + GOOD))).all():
        problem = f"Weights cannot be held between {low:g} and {high:g}: there is too little room."
        raise InputError(Fault(f"{PLACE}, trim", problem, "Give wider limits, or leave strict out."))
    return weights


def margins_of(parts: Sequence[Margins]) -> Margins:
    """Several as one."""
    names = tuple(name for part in parts for name in part.names)
    return Margins(
        np.concatenate([part.x for part in parts], axis=1),
        np.concatenate([part.totals for part in parts]),
        names,
    )
