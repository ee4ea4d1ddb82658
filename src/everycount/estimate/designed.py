"""The design of the main records as arrays, ready to be handed to rows of any table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from everycount.estimate.calibration import PLACE as CALIBRATE
from everycount.estimate.calibration import Margins, margins_of
from everycount.estimate.fetch import combined, fetch, floats, integers, numbered
from everycount.estimate.frame import Frame
from everycount.estimate.nonresponse import Response
from everycount.estimate.replicates import make, read
from everycount.estimate.stages import stages_of
from everycount.estimate.weighting import Weighting
from everycount.faults import Fault, InputError
from everycount.sample import MAIN, RECORD, design_columns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from everycount.estimate.fetch import Fetched
    from everycount.estimate.replicates import Replicated
    from everycount.estimate.residuals import Calibrated
    from everycount.estimate.stages import Stages
    from everycount.sample import Calibration, Margin, NonResponse, Replicates, Sample

    Ints: TypeAlias = NDArray[np.int64]
    Floats: TypeAlias = NDArray[np.float64]
    Bools: TypeAlias = NDArray[np.bool_]

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
        calibrated: what linearised errors must know of how the weights were made.
        answered: who answered; the others weigh nothing and have no rows, but were drawn.
        remarks: what must be said of the weights, in words.
        advice: what the keeper of the records had better change; never released.
    """

    records: Ints
    strata: Ints
    stratum_names: tuple[str, ...]
    clusters: Ints
    weights: Floats
    populations: Floats | None
    answered: Bools
    replicates: Replicated | None = None
    calibrated: Calibrated | None = None
    remarks: tuple[tuple[str, str], ...] = ()
    advice: tuple[str, ...] = ()

    @classmethod
    def of(cls, sample: Sample) -> Designed:
        """The design of a sample.

        Raises:
            InputError: the records do not bear out the design, or one of them stands there twice.
        """
        approached = sample.approached
        data = fetch(design_columns(_without_totals(approached) or sample).order_by(RECORD))
        made = cls.drawn(data)
        if not len(made.records):
            return made
        totals = data if approached is None else fetch(design_columns(sample).order_by(RECORD))
        response = made.response(data, totals, sample.design.nonresponse)
        if response is not None:
            # What is left to chance when people answer is not less where all of them were asked.
            made = replace(made, populations=None)
        margins = made.margins(totals, sample.design.calibration)
        weighting = Weighting.of(made.weights, response, margins, sample.design.calibration)
        replicates = made.replicated(data, sample.design.replicates)
        return replace(
            made,
            weights=weighting.final,
            replicates=None if replicates is None else weighting.replicated(replicates),
            calibrated=weighting.calibrated(made.stages) if replicates is None else None,
            answered=weighting.answered,
            remarks=weighting.remarks(replicates),
            advice=weighting.advice,
        )

    @classmethod
    def drawn(cls, data: Fetched) -> Designed:
        """As the sample was drawn, with the weights of the design."""
        records = integers(data, RECORD)
        refuse_doubles(int((records[1:] == records[:-1]).sum()))
        strata, names = numbered(data, "_stratum")
        populations = _stages(data, "_population_")
        return cls(
            records=records,
            strata=strata,
            stratum_names=readable(names),
            clusters=clusters_of(data, strata, _stages(data, "_cluster_") or [RECORD]),
            weights=floats(data, "_weight"),
            populations=np.column_stack([floats(data, name) for name in populations])
            if populations
            else None,
            answered=np.ones(len(records), dtype=bool),
        )

    def response(self, data: Fetched, answers: Fetched, rule: NonResponse | None) -> Response | None:
        """Who answered, by class; None where nobody stands in for anybody."""
        if rule is None:
            return None
        group, names = numbered(data, "_class")
        answered = np.isin(self.records, integers(answers, RECORD))
        return Response.of(group, readable(names), answered, self.weights, rule)

    def margins(self, answers: Fetched, rule: Calibration | None) -> Margins | None:
        """What each record adds to known totals: nothing, where it did not answer."""
        if rule is None:
            return None
        found = margins_of([_margin(answers, place, margin) for place, margin in enumerate(rule.margins, 1)])
        x = np.zeros((len(self.records), len(found.totals)))
        x[self.positions(integers(answers, RECORD))] = found.x
        return replace(found, x=x)

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


def _without_totals(sample: Sample | None) -> Sample | None:
    """The sample for which no totals are known: those who did not answer do not say what they would add."""
    return sample and replace(sample, design=replace(sample.design, calibration=None))


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


def readable(keys: Iterable[str]) -> tuple[str, ...]:
    """Keys of strata as people read them."""
    return tuple(key.replace(APART, ", ") for key in keys)


def clusters_of(data: Fetched, strata: Ints, names: Iterable[str]) -> Ints:
    """A cluster is known by its stratum and the clusters above it; numbers are unique at each stage."""
    above = [strata]
    stages = []
    for name in names:
        above = [combined([*above, numbered(data, name)[0]])]
        stages.append(above[0])
    return np.column_stack(stages)


def refuse_doubles(count: int) -> None:
    """Raises the fault of records that stand there twice."""
    if count:
        problem = f"{count} of the main records have the same identity as another one."
        raise InputError(
            Fault("records, table main", problem, "Remove the doubles, or name a key that is unique.")
        )
