"""From the weights of a design to those that are used: non-response, then known totals, then limits.

Whatever the sample went through, each of its replicates goes through as well: factors for non-response and
calibration are made anew from the replicate's own weights (R survey's ``calibrate`` of a replicate design;
Valliant 1993, JASA 88). Limits are the exception: the factor that trimming gave a record stays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.calibration import PLACE, Margins, solve, trim
from everycount.estimate.residuals import Calibrated
from everycount.estimate.stages import sums_by
from everycount.faults import Fault, InputError

if TYPE_CHECKING:
    from everycount.estimate.nonresponse import Response
    from everycount.estimate.replicates import Replicated
    from everycount.estimate.stages import Bools, Floats, Ints, Stages
    from everycount.sample.design import Calibration


@dataclass(frozen=True)
class Weighting:
    """The weights of the records at each step; 0 for those who did not answer.

    Attributes:
        response: who answered, where not everybody did.
        margins: known totals with what each record adds to them, where there are any.
        rule: how totals are met.
        before: after non-response; after: after calibration; final: after trimming.
        steps: of the search for calibrated weights.
    """

    response: Response | None
    margins: Margins | None
    rule: Calibration | None
    before: Floats
    after: Floats
    final: Floats
    steps: int

    @classmethod
    def of(
        cls, weights: Floats, response: Response | None, margins: Margins | None, rule: Calibration | None
    ) -> Weighting:
        """From the weights of the design.

        Raises:
            InputError: no weights meet the totals, or stay within the limits.
        """
        before = weights if response is None else response.adjusted
        if margins is None or rule is None:
            return cls(response, None, None, before, before, before, 0)
        solved = solve(before, margins, rule)
        final = after = solved.weights
        if rule.trim is not None:
            here = before > 0
            final = np.zeros_like(after)
            final[here] = trim(after[here], *rule.trim, strict=rule.strict)
        return cls(response, margins, rule, before, after, final, solved.steps)

    @property
    def plain(self) -> bool:
        """The weights are those of the design."""
        return self.response is None and self.margins is None

    @property
    def answered(self) -> Bools:
        """Who answered."""
        return np.ones(len(self.before), dtype=bool) if self.response is None else self.response.answered

    def calibrated(self, stages: Stages) -> Calibrated | None:
        """What linearised errors must know of this."""
        if self.plain:
            return None
        x = np.zeros((len(self.before), 0)) if self.margins is None else self.margins.x
        return Calibrated.of(x, self.before, self.after, stages, self.response)

    def replicated(self, given: Replicated) -> Replicated:
        """The replicates, each weighted as the sample was.

        Raises:
            InputError: a replicate cannot meet the totals.
        """
        if self.plain:
            return given
        lines = _Lines.of(self, given)
        factors = given.factors[lines.pattern]
        if self.response is not None:
            factors = factors * self.response.again(given)[lines.group]
        if self.margins is not None and self.rule is not None:
            factors = factors * _moved(lines, factors, self.margins, self.rule)
        pattern = np.zeros(len(self.before), dtype=np.int64)
        pattern[lines.records] = lines.line
        return replace(given, pattern=pattern, factors=factors, known=None, under=given, line=lines.pattern)

    def remarks(self, given: Replicated | None) -> tuple[tuple[str, str], ...]:
        """What must be said of the weights, in words."""
        said = [] if self.response is None else [self.response.remark]
        if self.margins is not None:
            said.append(("calibration", self._calibration()))
        if given is not None and not self.plain:
            count = given.factors.shape[1]
            said.append(("replicates weighted", f"each of the {count} by itself, as the sample was"))
        return tuple(said)

    @property
    def advice(self) -> tuple[str, ...]:
        """What the keeper of the records had better change."""
        return () if self.response is None else self.response.advice

    def _calibration(self) -> str:
        here = self.before > 0
        after, final = self.after[here], self.final[here]
        factors = after / self.before[here]
        said = f"weights x {factors.min():.3g} to {factors.max():.3g}, found in {self.steps} steps"
        cut = int((final != after).sum())
        lost = 1 - final.sum() ** 2 / (final**2).sum() / len(final)
        said += f"; {cut} of {len(factors)} changed by trimming" if cut else ""
        return f"{said}; unequal weights cost {100 * lost:.0f} % of the answers' worth"


@dataclass(frozen=True)
class _Lines:
    """Records that have the same factor in every replicate.

    Attributes:
        records: those who answered; line: the line of each.
        pattern, group, kind: of each line, its pattern of the given replicates, its class, and its kind:
            which of ``x`` it adds to the totals.
        x: float64[kinds, totals].
        weight: what the records of a line weigh together before calibration.
    """

    records: Ints
    line: Ints
    pattern: Ints
    group: Ints
    kind: Ints
    x: Floats
    weight: Floats

    @classmethod
    def of(cls, weighting: Weighting, given: Replicated) -> _Lines:
        records = np.flatnonzero(weighting.before > 0)
        nothing = np.zeros(len(records), dtype=np.int64)
        group = nothing if weighting.response is None else weighting.response.group[records]
        x, kind = np.zeros((1, 0)), nothing
        if weighting.margins is not None:
            x, kind = np.unique(weighting.margins.x[records], axis=0, return_inverse=True)
        parts = np.stack([given.pattern[records], group, kind.reshape(-1)], axis=1)
        lines, line = np.unique(parts, axis=0, return_inverse=True)
        line = line.reshape(-1).astype(np.int64)
        weight = sums_by(line, weighting.before[records], len(lines))
        return cls(records, line, lines[:, 0], lines[:, 1], lines[:, 2], x, weight)


def _moved(lines: _Lines, factors: Floats, margins: Margins, rule: Calibration) -> Floats:
    """float64[lines, replicates]: the factors of calibration in each replicate, over those of the sample.

    How far a weight moves depends on what its record adds to the totals and on nothing else, so records of
    one kind are looked at together.
    """
    kinds, margins = len(lines.x), replace(margins, x=lines.x)
    start = np.zeros((kinds, factors.shape[1]))
    np.add.at(start, lines.kind, lines.weight[:, None] * factors)
    first = sums_by(lines.kind, lines.weight, kinds)
    once = _factors(first, margins, rule)
    moved = np.ones_like(start)
    for place in range(factors.shape[1]):
        try:
            moved[:, place] = _factors(start[:, place], margins, rule)
        except InputError as error:
            raise InputError(*_in_replicate(error, place + 1, factors.shape[1])) from None
    return (moved / once[:, None])[lines.kind]


def _factors(weights: Floats, margins: Margins, rule: Calibration) -> Floats:
    """How far each kind moves; 1 where nobody of it is left."""
    after = solve(weights, margins, rule).weights
    return np.divide(after, weights, out=np.ones_like(after), where=weights != 0)


def _in_replicate(error: InputError, number: int, count: int) -> list[Fault]:
    remedy = "Put groups together that are rare or stand in one cluster, or leave the replicates out."
    return [
        Fault(PLACE, f"In replicate {number} of {count}: {fault.problem}", remedy) for fault in error.faults
    ]
