"""Likelihood intervals and tests of the reference, and the arithmetic that only R has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit, logit, ndtr, stdtr
from scipy.stats import chi2
from scipy.stats import f as f_distribution

from everycount.estimate.association import RaoScott, of_shares
from everycount.estimate.estimates import Against
from everycount.estimate.intervals import student
from everycount.estimate.plan import IntervalRule, MeasureKind
from golden.golden_frames import run, with_dimension, yes

if TYPE_CHECKING:
    from everycount.estimate.association import Groups
    from everycount.estimate.estimates import Estimate

LEVEL = 0.95
NAMES = ("statistic", "p", "ndf", "ddf")


def check_likelihood(given: Any) -> None:
    """Our interval solves the equation; R reads it off a curve through a few points of the same likelihood.

    R profiles at steps of a fifth of a limit, puts a spline through them and straight lines between three
    times as many points of the spline; and its design effect rests on the step before the last of a fit.
    Done to our likelihood, that gives R's digits; its ends are off the solution by up to 5e-5.
    """
    name = given.case["id"].split(".ciprop.")[1].rsplit(".", 1)[0]
    (row,) = given.rows
    y = yes(given.columns, name)
    frame = given.measured(MeasureKind.PROPORTION, y)
    (ours,), _ = run(frame, rule=IntervalRule.LIKELIHOOD)
    given.close(ours.value, row["estimate"], "estimate")
    given.close(ours.se, row["se"], "se")
    assert (ours.interval, ours.df) == ("likelihood", row["df"])
    assert ours.ci_low is not None
    assert ours.ci_high is not None
    assert np.allclose((ours.ci_low, ours.ci_high), (row["lower"], row["upper"]), rtol=5e-5, atol=0)
    low, high = read_off(ours, variance_of_fit(y, frame.weights))
    given.close(low, row["lower"], "lower")
    given.close(high, row["upper"], "upper")


def variance_of_fit(y: Any, weights: Any) -> float:
    """The variance of a logit under equal chances, as the last step of iterated least squares holds it."""
    w = weights / weights.mean()
    at, before = logit((w * y + 0.5) / (w + 1)), np.inf
    while True:
        mu = expit(at)
        slope = mu * (1 - mu)
        found = (w * slope * (at + (y - mu) / slope)).sum() / (w * slope).sum()
        at, mu = np.full(len(y), found), expit(found)
        deviance = -2 * (w * np.where(y == 1, np.log(mu), np.log(1 - mu))).sum()
        if abs(deviance - before) / (abs(deviance) + 0.1) < 1e-8:
            return float(1 / (w * slope).sum())
        before = deviance


def read_off(ours: Estimate, naive: float) -> tuple[float, float]:
    """R's way to the ends of the interval."""
    assert ours.value is not None
    assert ours.se is not None
    p, n = ours.value, ours.n
    scale = (ours.se / (p * (1 - p))) ** 2 / naive
    limit = float(student(LEVEL, np.array(ours.df))) * np.sqrt(scale)
    alpha = ndtr(-limit) / 2
    furthest = np.sqrt(f_distribution.isf(alpha, 1, n - 1))
    step = furthest / 5 * ours.se / (p * (1 - p))
    at, roots = [logit(p)], [0.0]
    for side in (-1.0, 1.0):
        for count in range(1, 10):
            place = logit(p) + side * count * step
            x = expit(place)
            away = 2 * (n - 1) * (p * np.log(p / x) + (1 - p) * np.log((1 - p) / (1 - x)))
            at.append(place)
            roots.append(side * np.sqrt(away))
            if abs(roots[-1]) >= furthest:
                break
    order = np.argsort(at)
    places, heights = np.array(at)[order], np.array(roots)[order]
    finer = np.linspace(places[0], places[-1], 3 * len(places))
    curve = spline(places, heights, finer)
    low, high = np.interp([-limit, limit], curve, finer)
    return float(expit(low)), float(expit(high))


def spline(x: Any, y: Any, at: Any) -> Any:
    """The cubic spline whose third derivatives at the ends are those of cubics through the last four points.

    Forsythe, Malcolm and Moler 1977, Computer Methods for Mathematical Computations, 4.4; R's default.
    """
    h, slope = np.diff(x), np.diff(y) / np.diff(x)
    size = len(x)
    matrix, right = np.zeros((size, size)), np.zeros(size)
    for i in range(1, size - 1):
        matrix[i, i - 1 : i + 2] = h[i - 1], 2 * (h[i - 1] + h[i]), h[i]
        right[i] = slope[i] - slope[i - 1]
    # The unknowns are a sixth of the second derivatives; a third derivative is 6 (s1 - s0) / h.
    matrix[0, :2], right[0] = (-h[0], h[0]), h[0] ** 2 * _third(x[:4], y[:4])
    matrix[-1, -2:], right[-1] = (h[-1], -h[-1]), -(h[-1] ** 2) * _third(x[-4:], y[-4:])
    s = np.linalg.solve(matrix, right)
    i = np.clip(np.searchsorted(x, at, side="right") - 1, 0, size - 2)
    u = at - x[i]
    first = slope[i] - h[i] * (s[i + 1] + 2 * s[i])
    return y[i] + u * (first + u * (3 * s[i] + u * (s[i + 1] - s[i]) / h[i]))


def _third(x: Any, y: Any) -> float:
    """The third divided difference of four points."""
    once = np.diff(y) / np.diff(x)
    twice = np.diff(once) / (x[2:] - x[:-2])
    return float((twice[1] - twice[0]) / (x[3] - x[0]))


def check_two_sample(given: Any) -> None:
    """R's t-test is our gap between the two groups; R takes a degree of freedom off for its slope."""
    (row,) = given.rows
    frame = given.measured(MeasureKind.MEAN, given.numeric("api00"))
    frame = with_dimension(frame, "sch.wide", given.columns["sch.wide"])
    (ours,) = [
        one
        for one in run(frame, "sch.wide")[1]
        if one.against is Against.REST and one.cell == (("sch.wide", "Yes"),)
    ]
    assert ours.difference_se is not None
    assert ours.df == row["df"] + 1
    t = ours.difference / ours.difference_se
    given.close(ours.difference, row["diff"], "difference")
    given.close(t, row["t"], "t")
    given.close(2 * stdtr(row["df"], -abs(t)), row["p"], "p")
    reach = float(student(LEVEL, np.array(row["df"]))) * ours.difference_se
    given.close(ours.difference - reach, row["lower"], "lower")
    given.close(ours.difference + reach, row["upper"], "upper")


def check_association(given: Any) -> None:
    """Rao and Scott's F is ours; R's other three are made of the same table and its covariance."""
    (row,) = given.rows
    frame = given.measured(MeasureKind.PROPORTION, yes(given.columns, "sch.wide"))
    compared: dict[tuple[str, str], Groups] = {}
    run(with_dimension(frame, "stype", given.columns["stype"]), "stype", compared=compared)
    groups = compared["m", "stype"]
    found, word = RaoScott.of(groups), given.case["id"].split(".")[-1]
    free = len(groups.x) - 1
    figures: tuple[float, float, float, float | None]
    if word == "F":
        ours = of_shares("m", "stype", groups)
        assert ours is not None
        figures = (ours.statistic, ours.p, ours.df, ours.df_below)
    elif word == "Chisq":
        figures = (found.pearson, chi2.sf(found.pearson / found.effects.mean(), free), free, None)
    else:
        left = groups.df if word == "Wald" else groups.df - free + 1
        wald = independence(groups) / free * left / groups.df
        figures = (wald, f_distribution.sf(wald, free, left), free, left)
    for name, figure in zip(NAMES, figures, strict=True):
        assert (figure is None) is (row[name] is None)
        if figure is not None:
            given.close(float(figure), row[name], name)


def independence(groups: Groups) -> float:
    """Wald's statistic of what the table of totals is beyond its margins (Koch, Freeman and Freeman 1975)."""
    table, count = np.stack([groups.y, groups.x - groups.y]), len(groups.x)
    one = np.eye(count)
    counts = np.block([[one, np.zeros((count, count))], [-one, one]])
    having, group, total = table.sum(axis=1), table.sum(axis=0), table.sum()
    beyond = (table - np.outer(having, group) / total)[0, :-1]
    slopes = []
    for place in range(count - 1):
        slope = np.full_like(table, having[0] * group[place] / total**2)
        slope[0, place] += 1
        slope[0, :] -= group[place] / total
        slope[:, place] -= having[0] / total
        slopes.append(slope.ravel())
    matrix = np.array(slopes) @ counts
    return float(beyond @ np.linalg.solve(matrix @ groups.covariance @ matrix.T, beyond))
