"""What is printed where a policy changes counts: all follows from the changed ones, nothing from the true.

A rounded number of respondents is worth nothing beside a share, a standard error or degrees of freedom from
which the true one can be solved. So a share is made of changed counts, its standard error of the changed
share, the changed number and a coarse design effect, and its interval of these; other numbers are cut to as
many digits as their error bears. What the change adds to the uncertainty is added to error and interval.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.intervals import EXACT, Proportions, of_proportions, student
from everycount.estimate.keyed import KeysOfCell
from everycount.estimate.plan import SHARES, MeasureKind
from everycount.estimate.verdict import Quality, judge
from everycount.protect.cell_key import Perturbation

if TYPE_CHECKING:
    from everycount.estimate.estimates import Contrast, Estimate, Estimates
    from everycount.estimate.keyed import CellKeys
    from everycount.estimate.plan import IntervalRule, Measure
    from everycount.protect.policy import Policy

_FIGURES = 2  # of errors and design effects
_LADDER = (1.0, 2.0, 5.0)
_SCALED = (MeasureKind.TOTAL, MeasureKind.COUNT)  # these grow with the number of people counted
_NO_KEYS = KeysOfCell(0, 0, 0)
_HOUSEHOLDS = 5  # base for numbers of households that no key is known of


@dataclass(frozen=True)
class Changed:
    """Makes the numbers that may be printed under a policy that changes counts.

    Attributes:
        policy: with rounding or noise.
        keys: of the cells; None where the policy needs none.
        rule: how intervals of proportions are made.
        level: of the intervals.
        clustered: degrees of freedom are those of clusters or replicates, whose number is no secret.
    """

    policy: Policy
    keys: CellKeys | None
    rule: IntervalRule
    level: float
    clustered: bool

    @classmethod
    def of(cls, estimates: Estimates, policy: Policy, keys: CellKeys | None) -> Changed:
        """For the numbers of some estimates.

        Raises:
            ValueError: the policy needs keys and there are none; the survey room says so to people.
        """
        if policy.needs_key and keys is None:
            raise ValueError(
                "This policy changes counts by the keys of cells: give them, see estimate.cell_keys."
            )
        clustered = bool(estimates.design.clusters or estimates.design.replicates)
        return cls(policy, keys, estimates.plan.interval, estimates.level, clustered)

    def n(self, one: Estimate) -> int:
        """The respondents that are printed; never nobody where there is somebody."""
        return self._count(one.n, self._keys(one).n, least=1)

    def estimate(self, one: Estimate, measure: Measure) -> Estimate:
        """An estimate as it may be printed."""
        if one.value is None or not self.policy.changes_counts:
            return one
        n = self.n(one)
        deff = None if one.deff is None else _coarse(one.deff)
        frame = replace(one, n=n, deff=deff, df=self._df(one, n))
        made = self._share(one, frame) if measure.kind in SHARES else self._amount(one, frame, measure)
        return self._told(made, measure)

    def contrast(self, found: Contrast, one: Estimate) -> Contrast:
        """A comparison in steps of its own error: the exact one would tell the exact values."""
        if not self.policy.changes_counts:
            return found
        step = _step(
            found.difference_se or 1 / math.sqrt(max(1, self.n(one))) * max(abs(one.value or 0), 1e-9)
        )
        return replace(
            found,
            difference=_to(found.difference, step),
            difference_low=_down(found.difference_low, step),
            difference_high=_up(found.difference_high, step),
            ratio=None if found.ratio is None else _coarse(found.ratio),
            ratio_low=None
            if found.ratio_low is None
            else _down(found.ratio_low, _last_place(found.ratio_low)),
            ratio_high=None if found.ratio_high is None else _coarse(found.ratio_high),
        )

    def knows(self, one: Estimate) -> bool:
        """What is printed of a cell can be told; not where it follows from keys that nobody has made."""
        return self.keys is None or not one.n or (one.measure, one.cell) in self.keys

    def _keys(self, one: Estimate) -> KeysOfCell:
        return _NO_KEYS if self.keys is None or not one.n else self.keys[one.measure, one.cell]

    @property
    def _table(self) -> Perturbation:
        policy = self.policy
        return Perturbation(
            policy.noise, policy.noise_variance, policy.round_counts if policy.round_at_random else 0
        )

    def _count(self, count: int, key: int, *, least: int = 0) -> int:
        if count == 0:
            return 0
        if self.policy.needs_key:
            return max(least, count + self._table.change(count, key))
        base = self.policy.round_counts
        return max(least * base, (2 * count + base) // (2 * base) * base)

    def _df(self, one: Estimate, n: int) -> int | None:
        """Where every record is its own cluster, degrees of freedom are respondents less strata."""
        if one.df is None or self.clustered:
            return one.df
        strata = one.clusters - one.df
        clusters = n if one.clusters == one.n else one.clusters // _HOUSEHOLDS * _HOUSEHOLDS
        return max(1, clusters - strata)

    def _share(self, one: Estimate, frame: Estimate) -> Estimate:
        """A share of changed counts, its error and interval of what is printed of it."""
        value, blur = self._changed_share(one, frame.n)
        sampled = None if one.se is None or frame.deff is None else _binomial(value, frame.n, frame.deff)
        low, high, method = self._bounds(value, sampled, frame)
        error = math.hypot(sampled or 0.0, blur)
        t = self._t(frame)
        return replace(
            frame,
            value=value,
            se=None if one.se is None else _coarse(error),
            n_effective=frame.n / frame.deff * (sampled / error) ** 2 if sampled and frame.deff else None,
            ci_low=None if low is None else max(0.0, value - math.hypot(value - low, t * blur)),
            ci_high=None if high is None else min(1.0, value + math.hypot(high - value, t * blur)),
            interval=one.interval if one.interval == EXACT else method,
        )

    def _changed_share(self, one: Estimate, n: int) -> tuple[float, float]:
        """(share, standard deviation of what changing it has added)."""
        value = one.value or 0.0
        if not self.policy.needs_key:
            grid = max(
                1, n - self.policy.round_counts // 2
            )  # the fewest that the rounded number may stand for
            return round(value * grid) / grid, 1 / (grid * math.sqrt(12))
        events, keys, mirrored = one.events or 0, self._keys(one), False
        fewer, key, part = events, keys.events, value
        if 2 * events > one.n:  # the rarer side is changed, so that a share and its opposite stay one
            fewer, key, part, mirrored = one.n - events, keys.others, 1 - value, True
        if fewer == 0:
            return value, 0.0
        counted = self._count(fewer, key)
        changed = _clean(min(1.0, part * (counted / fewer) / (n / one.n)))
        # How much of the share one person more is: with weights more than 1 / n, where the few weigh much.
        each = changed / counted if counted else 1 / n
        # By the side that is the rarer one in print: the side that was changed would tell where the truth is.
        rarer = min(changed, 1 - changed)
        blur = math.sqrt(self._table.spread * (each**2 + (rarer / n) ** 2))
        return (1 - changed if mirrored else changed), blur

    def _bounds(
        self, value: float, se: float | None, frame: Estimate
    ) -> tuple[float | None, float | None, str]:
        """The interval of a share that has the printed number, error and degrees of freedom."""
        if frame.interval in ("", EXACT):
            return (value, value, EXACT) if frame.interval == EXACT else (None, None, "")
        effective = frame.n / frame.deff if frame.deff else math.nan
        error = se or math.nan
        # Cleaned, because the dust of a division by the true number would choose between two intervals.
        numbers = (value, error, float(frame.n), _clean(value * frame.n), effective, self._t(frame))
        bounds = of_proportions(self.rule, Proportions(*(np.array([one]) for one in numbers)), self.level)
        low, high = float(bounds.low[0]), float(bounds.high[0])
        known = math.isfinite(low) and math.isfinite(high)
        return (low, high, bounds.method[0]) if known else (None, None, "")

    def _t(self, frame: Estimate) -> float:
        t = float(student(self.level, np.array([frame.df or 0]))[0])
        return t if math.isfinite(t) else 0.0

    def _amount(self, one: Estimate, frame: Estimate, measure: Measure) -> Estimate:
        """A number that is no share: scaled with the people counted, then cut to what its error bears."""
        factor, added = self._factor(one, frame, measure)
        value = (one.value or 0.0) * factor
        if measure.kind is MeasureKind.COUNT and math.isclose(one.population, one.n):
            step, cut = 1.0, 0.0  # a number of respondents: itself a changed count
        else:
            step = _step((one.se or abs(one.value or 0.0) / math.sqrt(one.events or one.n)) or 1.0)
            cut = step / math.sqrt(12)
        blur, t = math.hypot(abs(one.value or 0.0) * added, cut), self._t(frame)
        value_printed = _to(value, step)
        below = (
            None if one.ci_low is None else math.hypot(((one.value or 0.0) - one.ci_low) * factor, t * blur)
        )
        above = (
            None if one.ci_high is None else math.hypot((one.ci_high - (one.value or 0.0)) * factor, t * blur)
        )
        return replace(
            frame,
            value=value_printed,
            se=None if one.se is None else _coarse(math.hypot(one.se * factor, blur)),
            n_effective=frame.n / frame.deff if frame.deff else None,
            ci_low=None if below is None else _down(value_printed - below, step),
            ci_high=None if above is None else _up(value_printed + above, step),
        )

    def _factor(self, one: Estimate, frame: Estimate, measure: Measure) -> tuple[float, float]:
        """(changed / true number of people counted, its standard deviation)."""
        if measure.kind not in _SCALED or not one.n:
            return 1.0, 0.0
        counted, changed = one.n, frame.n
        if measure.kind is MeasureKind.COUNT:
            counted = one.events or 0
            changed = self._count(counted, self._keys(one).events)
        if not counted:
            return 1.0, 0.0
        base = self.policy.round_counts
        spread = self._table.spread if self.policy.needs_key else (base**2 - 1) / 12
        return changed / counted, math.sqrt(spread) / counted

    def _told(self, made: Estimate, measure: Measure) -> Estimate:
        """What follows from the numbers that are printed: cv, and the respondents that would suffice."""
        se, value, effective = made.se, made.value or 0.0, made.n_effective
        cv = se / abs(value) if se is not None and value else None
        wide = None if made.ci_low is None or made.ci_high is None else made.ci_high - made.ci_low
        made = replace(made, cv=cv)
        if made.n_needed is None:
            return made
        extreme = measure.kind in SHARES and value in (0.0, 1.0)
        known = se is not None
        quality = Quality(
            value, made.n, extreme, made.interval == EXACT, known, wide, made.df or 0, effective, cv
        )
        return replace(made, n_needed=judge(measure.kind, quality)[1])


def _binomial(share: float, n: int, deff: float) -> float:
    """Standard error of a share by its design effect (statistics.md, Taylor variance: V = deff S^2 / n)."""
    return math.sqrt(deff * share * (1 - share) / max(1, n - 1))


def _coarse(number: float) -> float:
    """Two figures, rounded up: an error is not made smaller."""
    return _up(number, _last_place(number)) or 0.0


def _last_place(number: float) -> float:
    return 10.0 ** (math.floor(math.log10(abs(number))) - _FIGURES + 1) if number else 1.0


def _step(error: float) -> float:
    """The largest of 1, 2, 5, 10 ... or .5, .2 ... that is no larger than an error."""
    tens = 10.0 ** math.floor(math.log10(error))
    return max(one * tens for one in _LADDER if one * tens <= error * (1 + 1e-12))


def _to(number: float, step: float) -> float:
    return _clean(round(number / step) * step)


def _down(number: float | None, step: float) -> float | None:
    return None if number is None else _clean(math.floor(number / step + 1e-9) * step)


def _up(number: float | None, step: float) -> float | None:
    return None if number is None else _clean(math.ceil(number / step - 1e-9) * step)


def _clean(number: float) -> float:
    """Without the dust of binary fractions: 0.30000000000000004 is 0.3."""
    return float(f"{number:.12g}") + 0.0
