"""Replicate weights: how far an estimate moves when the sample is made a little different, many times.

The variance is scale x the sum over replicates of rscale (theta_r - c)^2, with c the mean of the replicates,
or the estimate itself (``mse``). Sources: Wolter 2007, Introduction to Variance Estimation, 3 and 4; Judkins
1990, Journal of Official Statistics 6 (Fay); Rao and Wu 1988, JASA 83; Canty and Davison 1999, The
Statistician 48. Scales and degrees of freedom as in R survey 4.5.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.stages import WHOLE
from everycount.estimate.successive import FEWEST, successive
from everycount.faults import Fault, InputError
from everycount.sample.design import ReplicateMethod

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.estimate.stages import Bools, Floats, Ints, Stage
    from everycount.sample.design import Replicates

PLACE = "survey.toml, [design], weights"
ALIKE = 1e-24  # replicates whose squares differ by less than this part of the estimate's are all the same
_RANK = 1e-7  # a direction this much weaker than the strongest is rounding
_DIGITS = 12  # factors that agree in these are the same
TOGETHER = 32  # replicates that are looked at together
MADE = 200  # replicates of a bootstrap, where nobody says how many
JACKKNIVES = frozenset({ReplicateMethod.JK1, ReplicateMethod.JKN})
WITH_POPULATION = JACKKNIVES | {ReplicateMethod.SDR}


@dataclass(frozen=True)
class Replicated:
    """How the weights of a sample change in each replicate.

    Attributes:
        pattern: int64[rows], which line of the factors a row follows.
        factors: float64[patterns, replicates], what the weight is multiplied with.
        scale, rscales: as above; float64[replicates].
        mse: deviations are taken from the estimate itself.
        smooth: only smooth statistics can be replicated so (a jackknife): no quantiles.
        known: the relations of :attr:`relations`, where the method says them.
        under: the replicates before they were weighted, which tell the degrees of freedom.
        line: which of their lines each line follows.
    """

    pattern: Ints
    factors: Floats
    scale: float
    rscales: Floats
    mse: bool
    smooth: bool
    known: Floats | None = None
    under: Replicated | None = None
    line: Ints | None = None

    def at(self, rows: Ints) -> Replicated:
        """The same for other rows, each of them one of these."""
        return replace(self, pattern=self.pattern[rows])

    def variance(self, thetas: Floats, value: Floats) -> Floats:
        """Variance of each estimate from its replicates; NaN where they do not differ.

        Args:
            thetas: float64[estimates, replicates]; NaN in replicates that leave nobody: they are passed over.
            value: the estimates.
        """
        known = np.isfinite(thetas)
        counted = np.where(known, thetas, 0.0)
        centre = value if self.mse else counted.sum(axis=1) / np.maximum(known.sum(axis=1), 1)
        squares = np.where(known, (counted - centre[:, None]) ** 2, 0.0)
        variance: Floats = self.scale * (squares @ self.rscales)
        floor = ALIKE * value**2 * self.scale * self.rscales.sum()
        return np.where((variance > floor) & known.any(axis=1), variance, np.nan)

    def degrees(self, patterns: Bools) -> int:
        """Degrees of freedom of a group of people: the rank of their replicate weights less one.

        Lines that depend on each other within a group are those relations of all lines that leave out the
        lines outside; there are mostly few such relations, and few lines outside. Calibration gives people of
        one cluster different lines, and no more freedom: the lines before it are looked at.
        """
        if self.under is not None and self.line is not None:
            seen = np.zeros(len(self.under.factors), dtype=bool)
            seen[self.line[patterns]] = True
            return self.under.degrees(seen)
        count = int(patterns.sum())
        if not count:
            return 0
        if self.known is None and len(self.factors) > 2 * self.factors.shape[1]:
            return _rank(self.factors[patterns]) - 1
        outside = self.relations[~patterns]
        return count - (int(outside.shape[1]) - _rank(outside)) - 1

    @cached_property
    def relations(self) -> Floats:
        """float64[patterns, relations], ways in which lines of the factors add up to nothing."""
        if self.known is not None:
            return self.known
        left, strengths, _ = np.linalg.svd(self.factors, full_matrices=True)
        return np.asarray(left[:, int((strengths > _RANK * strengths[0]).sum()) :], dtype=np.float64)


def in_turns(replicates: Replicated, rows: Ints, weights: Floats) -> Iterator[Floats]:
    """The weights of some rows in every replicate, a few replicates at a time: float64[rows, replicates]."""
    for first in range(0, replicates.factors.shape[1], TOGETHER):
        factors = replicates.factors[:, first : first + TOGETHER]
        yield weights[:, None] * factors[replicates.pattern[rows]]


def _rank(lines: Floats) -> int:
    if not lines.size:
        return 0
    strengths = np.linalg.svd(lines, compute_uv=False)
    return int((strengths > _RANK * max(strengths[0], _RANK)).sum())


def read(weights: Floats, columns: Floats, rule: Replicates) -> Replicated:
    """From replicate weights that came with the data.

    Args:
        weights: float64[rows], the full weights.
        columns: float64[rows, replicates], complete replicate weights, not factors.
        rule: how they were made.
    """
    factors = columns / weights[:, None]
    _, first, pattern = np.unique(factors.round(_DIGITS), axis=0, return_index=True, return_inverse=True)
    count = columns.shape[1]
    scale, rscales = _read_scales(rule, count)
    pattern = pattern.reshape(-1).astype(np.int64)
    return Replicated(pattern, factors[first], scale, rscales, rule.mse, rule.method in JACKKNIVES)


def _read_scales(rule: Replicates, count: int) -> tuple[float, Floats]:
    rscales = np.array(rule.rscales) if rule.rscales else np.ones(count)
    if len(rscales) != count:
        problem = f"There are {count} replicates, but {len(rscales)} numbers in rscales."
        raise InputError(Fault(PLACE, problem, "Give one for each replicate, in their order."))
    if rule.scale is not None:
        return rule.scale, rscales
    usual = {
        ReplicateMethod.BRR: 1 / count,
        ReplicateMethod.FAY: 1 / (count * (1 - rule.rho) ** 2),
        ReplicateMethod.JK1: (count - 1) / count,
        ReplicateMethod.JKN: 1.0,
        ReplicateMethod.BOOTSTRAP: 1 / (count - 1),
        ReplicateMethod.SDR: 4 / count,
    }
    if rule.method not in usual or (rule.method is ReplicateMethod.JKN and not rule.rscales):
        wanted = (
            "rscales, (n - 1) / n of the stratum of each" if rule.method is ReplicateMethod.JKN else "scale"
        )
        problem = f"Replicates of method {rule.method} say nothing about their scale."
        raise InputError(Fault(PLACE, problem, f"Give {wanted}."))
    return usual[rule.method], rscales


def make(first: Stage, unit: Ints, rule: Replicates, names: tuple[str, ...]) -> Replicated:
    """Replicates of a design, from its first stage.

    Args:
        first: clusters within strata.
        unit: last-stage unit of each row, rows in the order of the file.
        rule: which replicates.
        names: what the strata are called, for messages.

    Raises:
        InputError: the design does not allow the method.
    """
    makers = {
        ReplicateMethod.JK1: _jk1,
        ReplicateMethod.JKN: _jkn,
        ReplicateMethod.BRR: _halves,
        ReplicateMethod.FAY: _halves,
        ReplicateMethod.BOOTSTRAP: _rao_wu,
        ReplicateMethod.CANTY_DAVISON: _canty_davison,
    }
    _check(first, rule, names)
    if rule.method is ReplicateMethod.SDR:
        factors, scale, rscales = successive(first, first.cluster[unit], rule)
    else:
        factors, scale, rscales = makers[rule.method](first, rule)
    jackknife = rule.method in JACKKNIVES
    known = _alike(first) if jackknife else None
    return Replicated(first.cluster[unit], factors, scale, rscales, rule.mse, jackknife, known)


def _alike(first: Stage) -> Floats:
    """In a jackknife the clusters of each stratum add up to the same in every replicate, as often as n."""
    sums = np.zeros((len(first.parent), len(first.drawn)))
    sums[np.arange(len(first.parent)), first.parent] = 1 / first.drawn[first.parent]
    return sums[:, 1:] - sums[:, :1]


def _check(first: Stage, rule: Replicates, names: tuple[str, ...]) -> None:
    """What a method asks of the design."""
    method, strata = rule.method, len(first.drawn)
    problem = remedy = ""
    odd = np.flatnonzero(first.drawn != 2)
    if not (first.drawn > 1).any():
        problem = "No stratum has two clusters, so there is nothing to replicate."
        remedy = "Leave the method of the weights out."
    elif method is ReplicateMethod.JK1 and strata > 1:
        problem, remedy = f"JK1 needs a sample without strata; there are {strata}.", 'Use method = "jkn".'
    elif method in {ReplicateMethod.BRR, ReplicateMethod.FAY} and odd.size:
        name = names[odd[0]] if odd[0] < len(names) else str(odd[0] + 1)
        problem = f'Half samples need two clusters a stratum; stratum "{name}" has {first.drawn[odd[0]]}.'
        remedy = 'Use method = "jkn" or "bootstrap".'
    elif (
        method is ReplicateMethod.SDR
        and rule.number
        and (rule.number < FEWEST or rule.number.bit_count() > 1)
    ):
        problem = f"{rule.number} replicates cannot be balanced here."
        remedy = f"Give a power of 2, such as {max(FEWEST, 1 << rule.number.bit_length())}."
    elif method not in WITH_POPULATION and (first.open < 1 - WHOLE).any():
        problem = f"Replicates of method {method} cannot hold a finite population."
        remedy = 'Leave population out, or use method = "jkn".'
    if problem:
        raise InputError(Fault(PLACE, problem, remedy))


def _jk1(first: Stage, _: Replicates) -> tuple[Floats, float, Floats]:
    """One cluster left out at a time, of a sample without strata."""
    n = len(first.parent)
    factors = np.full((n, n), n / (n - 1))
    np.fill_diagonal(factors, 0.0)
    return factors, float((n - 1) / n * first.open[0]), np.ones(n)


def _jkn(first: Stage, _: Replicates) -> tuple[Floats, float, Floats]:
    """One cluster left out at a time, the others of its stratum standing in for it."""
    several = np.flatnonzero(first.drawn[first.parent] > 1)
    drawn = first.drawn[first.parent[several]]
    together = first.parent[:, None] == first.parent[several]
    factors = np.where(together, drawn / (drawn - 1), 1.0)
    factors[several, np.arange(len(several))] = 0.0
    return factors, 1.0, (drawn - 1) / drawn * first.open[first.parent[several]]


def _halves(first: Stage, rule: Replicates) -> tuple[Floats, float, Floats]:
    """Balanced half samples; Fay's keep a share rho of the half that is left out."""
    from scipy.linalg import hadamard  # noqa: PLC0415 - a tenth of a second that few designs need

    strata = len(first.drawn)
    count = (
        1 << strata.bit_length()
    )  # more replicates than strata, so that all columns but the first are free
    signs = hadamard(count)[1 : strata + 1].astype(np.float64)
    sides = np.where(np.diff(first.parent, prepend=-1) > 0, 1.0, -1.0)
    rho = rule.rho if rule.method is ReplicateMethod.FAY else 0.0
    factors = 1.0 + (1.0 - rho) * sides[:, None] * signs[first.parent]
    return factors, 1 / (count * (1 - rho) ** 2), np.ones(count)


def _rao_wu(first: Stage, rule: Replicates) -> tuple[Floats, float, Floats]:
    """One fewer than the clusters of a stratum drawn anew, with replacement."""
    drawn = np.maximum(first.drawn - 1, 1)
    times = _draws(first, rule, drawn)
    factors = times * (first.drawn / drawn)[first.parent][:, None]
    return _whole_strata(first, factors), 1 / (factors.shape[1] - 1), np.ones(factors.shape[1])


def _canty_davison(first: Stage, rule: Replicates) -> tuple[Floats, float, Floats]:
    """As many as the clusters of a stratum drawn anew; the scale makes up for drawing one too many."""
    factors = _draws(first, rule, first.drawn)
    usual = len(first.drawn) / (1 / first.drawn).sum()
    return (
        _whole_strata(first, factors),
        usual / (usual - 1) / (factors.shape[1] - 1),
        np.ones(factors.shape[1]),
    )


def _draws(first: Stage, rule: Replicates, drawn: Ints) -> Floats:
    """How often each cluster is drawn in each replicate."""
    count = rule.number or MADE
    chance = np.random.default_rng(rule.seed)
    parts = [
        chance.multinomial(int(draws), np.full(int(n), 1 / n), size=count).T
        for draws, n in zip(drawn, first.drawn, strict=True)
    ]
    return np.concatenate(parts).astype(np.float64)


def _whole_strata(first: Stage, factors: Floats) -> Floats:
    """A stratum with one cluster stays as it is."""
    return np.where((first.drawn[first.parent] == 1)[:, None], 1.0, factors)
