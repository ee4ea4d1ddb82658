"""Those who answered stand in for those of their class who did not.

In each class the weights of those who answered are multiplied with the sum of the weights of all who were
approached, divided by that of those who answered (Oh and Scheuren 1983; Kalton and Flores-Cervantes 2003,
Journal of Official Statistics 19). That holds where within a class those who answer are like those who do
not. The factors are estimates themselves: a total T of a class moves with the sums above and below the line,
so each record approached has a share of T in its influence, whether it answered or not (Särndal, Swensson
and Wretman 1992, 15.6, with the classes as response homogeneity groups).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.stages import sums_by
from everycount.faults import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.estimate.replicates import Replicated
    from everycount.estimate.stages import Bools, Floats, Ints, Stages
    from everycount.sample.design import NonResponse

PLACE = "survey.toml, [nonresponse]"


@dataclass(frozen=True)
class Response:
    """Who answered, class by class.

    Attributes:
        group: class of each record.
        answered: which records answered.
        weights: of all records, before anybody stands in for anybody.
        approached, reached: sums of the weights of all, and of those who answered, by class.
        names: what the classes are called.
        rule: what is too few, and too much.
    """

    group: Ints
    answered: Bools
    weights: Floats
    approached: Floats
    reached: Floats
    names: tuple[str, ...]
    rule: NonResponse

    @classmethod
    def of(
        cls, group: Ints, names: Sequence[str], answered: Bools, weights: Floats, rule: NonResponse
    ) -> Response:
        """From the class of each record.

        Raises:
            InputError: nobody of a class answered, so nobody can stand in for it.
        """
        approached = sums_by(group, weights, len(names))
        reached = sums_by(group, weights * answered, len(names))
        faults = [_nobody(names[place], rule) for place in np.flatnonzero(reached <= 0).tolist()]
        if faults:
            raise InputError(*faults)
        return cls(group, answered, weights, approached, reached, tuple(names), rule)

    @property
    def factors(self) -> Floats:
        """What the weights are multiplied with, by class."""
        return self.approached / self.reached

    @property
    def adjusted(self) -> Floats:
        """The weights of those who answered; 0 of the others."""
        return np.where(self.answered, self.weights * self.factors[self.group], 0.0)

    def shift(self, stages: Stages) -> Floats:
        """float64[units, classes]: by which share of its total a class moves with each unit."""
        moved = np.zeros((stages.units, len(self.approached)))
        np.add.at(moved, (stages.unit, self.group), self.weights - self.adjusted)
        return moved / self.approached

    def again(self, replicates: Replicated) -> Floats:
        """float64[classes, replicates]: the factors of each replicate, over those of the sample.

        A class that is not in a replicate keeps its factor, and so does one of which nobody is left who
        answered: there is nobody to stand in.
        """
        patterns, classes = len(replicates.factors), len(self.approached)
        place = self.group * patterns + replicates.pattern
        above, below = (
            sums_by(place, part, classes * patterns).reshape(classes, patterns) @ replicates.factors
            for part in (self.weights, self.weights * self.answered)
        )
        known = (above > 0) & (below > 0)
        factors = np.divide(above, below, out=np.ones_like(above), where=known)
        return np.where(known, factors / self.factors[:, None], 1.0)

    @property
    def answers(self) -> Ints:
        """How many answered, by class."""
        return np.bincount(self.group[self.answered], minlength=len(self.approached))

    @property
    def weak(self) -> Ints:
        """The classes that are too small, or in which each stands in for too many."""
        return np.flatnonzero((self.answers < self.rule.fewest) | (self.factors > self.rule.largest))

    @property
    def advice(self) -> tuple[str, ...]:
        """The weak classes by name: for the keeper of the records, since it tells of small groups."""
        words = " x ".join(self.rule.classes)
        return tuple(
            f'The class {words} "{self.names[place]}" has {self.answers[place]} answers and a factor of '
            f"{self.factors[place]:.3g}: put it together with another one, with a variable."
            for place in (self.weak.tolist() if words else ())
        )

    @property
    def remark(self) -> tuple[str, str]:
        """How many answered, what that does to the weights, and how many classes are too weak for it."""
        count, weak = self.answers, len(self.weak)
        said = f"{int(self.answered.sum())} of {len(self.answered)} approached answered"
        said += f"; weights x {self.factors.min():.3g} to {self.factors.max():.3g}"
        said += f" in {len(count)} {'class' if len(count) == 1 else 'classes'}"
        if self.rule.classes:
            said += f" of {' x '.join(self.rule.classes)}"
        if weak:
            limits = f"fewer than {self.rule.fewest} answers or a factor above {self.rule.largest:g}"
            said += f"; {weak} with {limits}, better put together with others"
        return ("non-response", f"{said}; errors allow for it")


def _nobody(name: str, rule: NonResponse) -> Fault:
    words = " x ".join(rule.classes)
    where = f'with {words} "{name}"' if words else "at all"
    problem = f"Nobody {where} answered, so nobody can stand in for those who did not."
    return Fault(PLACE, problem, "Put the class together with another one with a variable.")
