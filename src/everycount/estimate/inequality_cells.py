"""Poverty thresholds, Gini coefficients and quintile shares in every cell, with their linearised errors.

The total of the influences (:mod:`everycount.estimate.inequality`) has the variance of the figure, so it is
estimated as any total is: a group as a domain of the whole design, with population sizes, lonely clusters and
calibration. Replicate weights make each figure anew; but what rests on quantiles, whose error a jackknife
cannot give, keeps its influences there and lets the replicates weigh those.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.inequality import Figure
from everycount.estimate.intervals import EXACT
from everycount.estimate.placed import people_of
from everycount.estimate.plan import INEQUALITY, POVERTY, Measure, MeasureKind, Table
from everycount.estimate.poverty_cells import Poverty
from everycount.estimate.remade import numbers, optional, remade
from everycount.estimate.replicates import Replicated, in_turns
from everycount.estimate.sums import estimate_sums
from everycount.faults import Fault, InputError
from everycount.sample.design import Basis

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from everycount.estimate.estimates import Contrast, Estimate
    from everycount.estimate.frame import Frame
    from everycount.estimate.plan import Plan
    from everycount.estimate.stages import Floats, Ints
    from everycount.sample.design import Lonely

_SHARED_OUT = INEQUALITY - POVERTY


def estimate_inequality(
    frame: Frame, plan: Plan, *, lonely: Lonely, basis: Basis, tables: Sequence[Table]
) -> tuple[list[Estimate], list[Contrast]]:
    """Every cell of every table, for measures of inequality; arguments as in the kernel.

    Shares at risk of poverty are compared between groups, the other figures are not.

    Raises:
        InputError: an answer below 0 where something is shared out, no poverty line above 0, or as
            :func:`everycount.estimate.sums.estimate_sums`.
    """
    keys = dict.fromkeys((measure, table.by) for table in tables for measure in table.measures)
    poverty = {
        name: Poverty(frame, plan, name, lonely, basis)
        for name in dict.fromkeys(name for name, _ in keys)
        if frame.measures[name][0].kind is MeasureKind.AT_RISK_OF_POVERTY
    }
    faults = [fault for one in poverty.values() for fault in one.faults()]
    faults += [fault for name, _ in keys for fault in _negative_faults(frame, name)]
    if faults:
        raise InputError(*dict.fromkeys(faults))
    found: list[Estimate] = []
    contrasts: list[Contrast] = []
    for name, by in keys:
        if name in poverty:
            cells, more = poverty[name].breakdown(by)
            contrasts += more
        else:
            cells = _figures(frame, plan, name, by, lonely, basis)
        found += cells
    return found, contrasts


def _negative_faults(frame: Frame, name: str) -> Iterator[Fault]:
    """Where somebody has less than nothing, shares of the whole have no meaning, and no bounds."""
    measure, columns = frame.measures[name]
    if measure.kind not in _SHARED_OUT:
        return
    least = float(np.nanmin(np.where(columns.inside, columns.y, np.nan), initial=0.0))
    if least < 0:
        yield Fault(
            f'measure "{name}"',
            f'An answer of "{measure.question}" is {least:g}; what is shared out cannot be below 0.',
            "Make a variable that turns such answers into 0, or leave them out: among with at_least = 0.",
        )


def _figures(
    frame: Frame, plan: Plan, name: str, by: tuple[str, ...], lonely: Lonely, basis: Basis
) -> list[Estimate]:
    """One figure in the cells of one breakdown."""
    measure, columns = frame.measures[name]
    figure = Figure.of(measure, plan.quantile_rule)
    y, w, people = columns.y, frame.weights, people_of(frame, columns, by)
    influence = np.where(np.isnan(y), np.nan, 0.0)
    for rows in people:
        influence[rows] = figure.influence(y[rows], w[rows])
    total = Measure(name, MeasureKind.TOTAL), replace(columns, y=influence)
    turned = replace(frame, measures={name: total})
    found, _ = estimate_sums(turned, plan, lonely=lonely, basis=basis, tables=[Table((name,), by)])
    value = np.array([figure.value(y[rows], w[rows]) for rows in people])
    largest = np.array([figure.largest_share(y[rows], w[rows]) for rows in people])
    cells = [_valued(one, *of) for one, *of in zip(found, optional(value), optional(largest), strict=True)]
    if basis is not Basis.DESIGN:
        return cells
    df = np.array([one.df or 0 for one in cells])
    variance = numbers([one.se for one in cells]) ** 2
    again = frame.replicates
    if isinstance(again, Replicated) and (figure.smooth or not again.smooth):
        thetas = np.stack([_thetas(figure, again, y, w, rows) for rows in people])
        variance = np.where(df > 0, again.variance(thetas, value), np.nan)
    else:
        heaped = [figure.heaped(y[rows], w[rows], frame.clusters[rows, 0]) for rows in people]
        variance = np.where(heaped, np.nan, variance)
    variance = np.where(np.isfinite(value), variance, np.nan)
    return remade(measure, cells, variance, df, plan)


def _valued(one: Estimate, value: float | None, largest: float | None) -> Estimate:
    """The total of the influences becomes the figure; certain where everybody was asked."""
    if one.interval != EXACT or value is None:
        return replace(one, value=value, cv=None, largest_share=largest)
    cv = 0.0 if value else None
    return replace(one, value=value, ci_low=value, ci_high=value, cv=cv, largest_share=largest)


def _thetas(figure: Figure, again: Replicated, y: Floats, w: Floats, rows: Ints) -> Floats:
    """The figure of a group in every replicate; NaN where nobody is left."""
    if not len(rows):
        return np.full(again.factors.shape[1], math.nan)
    return np.concatenate([figure.values(y[rows], part) for part in in_turns(again, rows, w[rows])])
