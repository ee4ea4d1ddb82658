"""Noise that is the same for the same people: the perturbation table of the cell-key method.

Fraser and Wooton 2005 (Joint UNECE/Eurostat work session on statistical data confidentiality); the table is
that of largest entropy among those without bias, with a given variance, within a given distance and never
below 0 (Giessing 2016, Privacy in Statistical Databases; R package ``ptable``). A count of 0 stays 0: noise
makes no person who is not there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from everycount.estimate.keyed import MODULUS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

_STEPS, _CLOSE = 200, 1e-13


@dataclass(frozen=True)
class Perturbation:
    """How counts are changed by the key of their cell.

    Attributes:
        most: the largest change.
        variance: of the change, wherever the count is not 0; above 0 and below ``most``.
        base: instead, counts are rounded at random to multiples of this, without bias; 0 for noise.
    """

    most: int = 0
    variance: float = 0.0
    base: int = 0

    def change(self, count: int, key: int) -> int:
        """What is added to a count.

        Args:
            count: of people; 0 stays 0.
            key: of the cell, 0 to MODULUS - 1.
        """
        if count == 0:
            return 0
        part = key / MODULUS
        if self.base:
            above = count % self.base
            return (self.base - above) if part < above / self.base else -above
        changes, bounds = self._rows[min(count, self.most)]
        return int(changes[min(int(np.searchsorted(bounds, part, side="right")), len(changes) - 1)])

    @property
    def spread(self) -> float:
        """Variance of the change of an ordinary count; of random rounding, over all remainders alike."""
        return (self.base**2 - 1) / 6 if self.base else self.variance

    def row(self, count: int) -> dict[int, float]:
        """The changes that a count above 0 may undergo, with their chances."""
        if self.base:
            above = count % self.base
            return (
                {0: 1.0}
                if not above
                else {-above: 1 - above / self.base, self.base - above: above / self.base}
            )
        changes, bounds = self._rows[min(count, self.most)]
        return dict(zip(changes, np.diff(bounds, prepend=0.0).tolist(), strict=True))

    @cached_property
    def _rows(self) -> dict[int, tuple[list[int], Floats]]:
        """Changes and cumulated chances of the counts 1 to ``most``; larger ones are like the last."""
        rows = {}
        for count in range(1, self.most + 1):
            changes = np.arange(max(-count, -self.most), self.most + 1)
            chances = _largest_entropy(changes.astype(np.float64), self.variance)
            rows[count] = (changes.tolist(), np.cumsum(chances))
        return rows


def _largest_entropy(changes: Floats, variance: float) -> Floats:
    """The chances p ~ exp(a d + b d^2) with mean 0 and the variance: Newton's method on the convex dual."""
    basis = np.stack([changes, changes**2])
    wanted, at = np.array([0.0, variance]), np.zeros(2)
    for _ in range(_STEPS):
        chances = _chances(at @ basis)
        gap = basis @ chances - wanted
        if np.abs(gap).max() < _CLOSE:
            break
        centred = basis - (basis @ chances)[:, None]
        step = np.linalg.solve((centred * chances) @ centred.T + 1e-15 * np.eye(2), gap)
        at = at - _damped(basis, at, step, wanted, gap) * step
    return _chances(at @ basis)


def _chances(
    exponents: Floats,
) -> Floats:
    raised = np.exp(exponents - exponents.max())
    chances: Floats = raised / raised.sum()
    return chances


def _damped(
    basis: Floats,
    at: Floats,
    step: Floats,
    wanted: Floats,
    gap: Floats,
) -> float:
    """The largest of 1, 1/2, 1/4 ... of a step that brings the dual down enough."""
    before, slope, part = _dual(basis, at, wanted), float(gap @ step), 1.0
    while part > 1e-9 and _dual(basis, at - part * step, wanted) > before - 1e-4 * part * slope:
        part /= 2
    return part


def _dual(
    basis: Floats,
    at: Floats,
    wanted: Floats,
) -> float:
    exponents = at @ basis
    top = float(exponents.max())
    return top + math.log(float(np.exp(exponents - top).sum())) - float(at @ wanted)
