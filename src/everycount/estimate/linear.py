"""From linearised answers to a variance, whichever way the errors of a frame are made.

For the few figures whose influences reach beyond their own cell; all others go through the sums of
:mod:`everycount.estimate.sums`, which is faster.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.replicates import Replicated
from everycount.estimate.residuals import Calibrated
from everycount.estimate.stages import stages_of, sums_by
from everycount.estimate.variance import spread

if TYPE_CHECKING:
    from everycount.estimate.frame import Frame
    from everycount.estimate.stages import Floats, Ints, Stages
    from everycount.sample.design import Lonely


@dataclass(frozen=True)
class Linear:
    """The design of a frame, its replicates or its calibration.

    Attributes:
        frame: rows with their design.
        lonely: what a stratum with one cluster contributes.
    """

    frame: Frame
    lonely: Lonely

    @cached_property
    def stages(self) -> Stages:
        """The design."""
        again = self.frame.calibrated
        return again.stages if isinstance(again, Calibrated) else stages_of(self.frame)

    @property
    def everybody_asked(self) -> bool:
        """No cluster was left out at any stage, so that nothing is uncertain."""
        return not any((stage.open > 0).any() for stage in self.stages.stages)

    def moved(self, rows: Ints, z: Floats) -> Floats:
        """What each last-stage unit, or each replicate, does to the total of z; a sum of z gives a sum of it.

        Args:
            rows: the rows that z speaks of; all others have 0.
            z: their linearised answers.
        """
        again, calibrated = self.frame.replicates, self.frame.calibrated
        held = self.frame.weights[rows] * z
        if isinstance(again, Replicated):
            by_pattern = np.bincount(again.pattern[rows], weights=held, minlength=len(again.factors))
            moved: Floats = by_pattern @ again.factors - held.sum()
            return moved
        if isinstance(calibrated, Calibrated):
            return calibrated.influence(rows, z, self.frame.weights)[0]
        return sums_by(self.stages.unit[rows], held, self.stages.units)

    def variance(self, moved: Floats) -> float:
        """Variance of a figure from what moves it; NaN where nothing does."""
        again = self.frame.replicates
        if isinstance(again, Replicated):
            return float(again.variance(moved[None], np.zeros(1))[0])
        units = np.arange(self.stages.units)
        return float(
            spread(self.stages, np.zeros_like(units), units, moved, 1, lonely=self.lonely).variance[0]
        )
