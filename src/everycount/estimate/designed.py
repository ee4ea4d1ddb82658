"""The design of the main records as arrays, ready to be handed to rows of any table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from everycount.estimate.calibration import PLACE as CALIBRATE
from everycount.estimate.calibration import Margins, calibrate, margins_of, trim
from everycount.estimate.fetch import combined, fetch, floats, integers, numbered
from everycount.estimate.frame import Frame
from everycount.estimate.replicates import make, read
from everycount.estimate.residuals import Calibrated
from everycount.estimate.stages import stages_of
from everycount.faults import Fault, InputError
from everycount.sample import MAIN, RECORD, design_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from everycount.estimate.fetch import Fetched
    from everycount.estimate.replicates import Replicated
    from everycount.estimate.stages import Stages
    from everycount.sample import Calibration, Margin, Replicates, Sample

    Ints: TypeAlias = NDArray[np.int64]
    Floats: TypeAlias = NDArray[np.float64]

APART = "\x1f"  # stands between the parts of a key that is made of several columns


@dataclass(frozen=True)
class Designed:
    """One entry per main record, in the order of ``records``.

    Attributes:
        records: identities of the main records, ascending.
        strata: stratum of each, numbered from 0; ``stratum_names`` says what the records call them.
        clusters: int64[records, stages]; the record itself where the design names no clusters.
        weights: float64, positive.
        populations: float64[records, stages given], or None.
        replicates: how the weights change in each replicate, where the design has such.
        calibrated: what errors must know of a calibration; the weights are then calibrated ones.
    """

    records: Ints
    strata: Ints
    stratum_names: tuple[str, ...]
    clusters: Ints
    weights: Floats
    populations: Floats | None
    replicates: Replicated | None = None
    calibrated: Calibrated | None = None

    @classmethod
    def of(cls, sample: Sample) -> Designed:
        """The design of a sample.

        Raises:
            InputError: the records do not bear out the design, or one of them stands there twice.
        """
        data = fetch(design_columns(sample).order_by(RECORD))
        records = integers(data, RECORD)
        _refuse_doubles(records)
        strata, names = numbered(data, "_stratum")
        populations = _stages(data, "_population_")
        weights = floats(data, "_weight")
        made = cls(
            records=records,
            strata=strata,
            stratum_names=tuple(name.replace(APART, ", ") for name in names),
            clusters=_clusters(data, strata),
            weights=weights,
            populations=np.column_stack([floats(data, name) for name in populations])
            if populations
            else None,
        )
        if sample.design.calibration is not None and len(records):
            return made.brought_to_totals(data, sample.design.calibration)
        return replace(made, replicates=made.replicated(data, sample.design.replicates))

    def brought_to_totals(self, data: Fetched, rule: Calibration) -> Designed:
        """The same with weights that meet known totals."""
        margins = margins_of([_margin(data, place, margin) for place, margin in enumerate(rule.margins, 1)])
        after = weights = calibrate(self.weights, margins, rule)
        if rule.trim is not None:
            weights = trim(after, *rule.trim, strict=rule.strict)
        held = Calibrated.of(margins.x, self.weights, after, self.stages)
        return replace(self, weights=weights, calibrated=held)

    @property
    def remarks(self) -> tuple[tuple[str, str], ...]:
        """How far a calibration moved the weights, in words."""
        if self.calibrated is None:
            return ()
        factors = self.calibrated.after / self.calibrated.before
        said = f"weights x {factors.min():.3g} to {factors.max():.3g}"
        cut = int((self.weights != self.calibrated.after).sum())
        lost = 1 - self.weights.sum() ** 2 / (self.weights**2).sum() / len(self.weights)
        said += f"; {cut} of {len(factors)} changed by trimming" if cut else ""
        return (("calibration", f"{said}; unequal weights cost {100 * lost:.0f} % of the answers' worth"),)

    @property
    def stages(self) -> Stages:
        """The records as units of the design."""
        return stages_of(
            Frame(
                MAIN,
                self.strata,
                self.clusters,
                self.weights,
                self.populations,
                {},
                {},
                {},
                self.stratum_names,
            )
        )

    def replicated(self, data: Fetched, rule: Replicates | None) -> Replicated | None:
        """Replicate weights that are columns of the records, or made from strata and clusters."""
        if rule is None or not len(self.weights):
            return None
        names = _stages(data, "_replicate_")
        if names:
            return read(self.weights, np.column_stack([floats(data, name) for name in names]), rule)
        stages = self.stages
        return make(stages.stages[0], stages.unit, rule, self.stratum_names)

    def positions(self, records: Ints) -> Ints:
        """Where each record stands here; -1 where it does not."""
        if not len(self.records):
            return np.full(len(records), -1, dtype=np.int64)
        found = np.minimum(np.searchsorted(self.records, records), len(self.records) - 1)
        return np.where(self.records[found] == records, found, -1)


def _margin(data: Fetched, place: int, margin: Margin) -> Margins:
    """What each record adds to one margin.

    Raises:
        InputError: somebody belongs to no known total, or nobody to one.
    """
    words, column = " x ".join(margin.by), f"_margin_{place}"
    if margin.total is not None:
        return Margins(floats(data, column)[:, None], np.array([margin.total]), (f"the total of {words}",))
    index, found = numbered(data, column)
    known = [APART.join(codes) for codes, _ in margin.counts]
    faults = [_no_total(words, name.replace(APART, ", ")) for name in found if name not in known]
    faults += [_nobody(words, name.replace(APART, ", ")) for name in known if name not in found]
    if faults:
        raise InputError(*faults)
    met = list(found)
    x = np.stack([(index == met.index(name)).astype(np.float64) for name in known], axis=1)
    names = tuple(f'the number of {words} "{name.replace(APART, ", ")}"' for name in known)
    return Margins(x, np.array([count for _, count in margin.counts]), names)


def _no_total(words: str, name: str) -> Fault:
    problem = f'No number is known for {words} "{name}", and somebody answered so.'
    return Fault(CALIBRATE, problem, "Give its number, or put groups together with a variable.")


def _nobody(words: str, name: str) -> Fault:
    problem = f'Nobody in the records has {words} "{name}".'
    return Fault(CALIBRATE, problem, "Put it together with another group with a variable.")


def _stages(data: Fetched, prefix: str) -> list[str]:
    names = [name for name in data.column_names if name.startswith(prefix)]
    return sorted(names, key=lambda name: int(name.removeprefix(prefix)))


def _clusters(data: Fetched, strata: Ints) -> Ints:
    """A cluster is known by its stratum and the clusters above it; numbers are unique at each stage."""
    above = [strata]
    stages = []
    for name in _stages(data, "_cluster_") or [RECORD]:
        above = [combined([*above, numbered(data, name)[0]])]
        stages.append(above[0])
    return np.column_stack(stages)


def _refuse_doubles(records: Ints) -> None:
    twice = records[1:][records[1:] == records[:-1]]
    if len(twice):
        problem = f"{len(twice)} of the main records have the same identity as another one."
        raise InputError(
            Fault("records, table main", problem, "Remove the doubles, or name a key that is unique.")
        )
