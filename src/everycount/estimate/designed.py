"""The design of the main records as arrays, ready to be handed to rows of any table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from everycount.estimate.fetch import combined, fetch, floats, integers, numbered
from everycount.estimate.frame import Frame
from everycount.estimate.replicates import make, read
from everycount.estimate.stages import stages_of
from everycount.faults import Fault, InputError
from everycount.sample import MAIN, RECORD, design_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from everycount.estimate.fetch import Fetched
    from everycount.estimate.replicates import Replicated
    from everycount.sample import Sample
    from everycount.sample.design import Replicates

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
    """

    records: Ints
    strata: Ints
    stratum_names: tuple[str, ...]
    clusters: Ints
    weights: Floats
    populations: Floats | None
    replicates: Replicated | None = None

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
        return replace(made, replicates=made.replicated(data, sample.design.replicates))

    def replicated(self, data: Fetched, rule: Replicates | None) -> Replicated | None:
        """Replicate weights that are columns of the records, or made from strata and clusters."""
        if rule is None or not len(self.weights):
            return None
        names = _stages(data, "_replicate_")
        if names:
            return read(self.weights, np.column_stack([floats(data, name) for name in names]), rule)
        everybody = Frame(
            MAIN, self.strata, self.clusters, self.weights, self.populations, {}, {}, {}, self.stratum_names
        )
        stages = stages_of(everybody)
        return make(stages.stages[0], stages.unit, rule, self.stratum_names)

    def positions(self, records: Ints) -> Ints:
        """Where each record stands here; -1 where it does not."""
        if not len(self.records):
            return np.full(len(records), -1, dtype=np.int64)
        found = np.minimum(np.searchsorted(self.records, records), len(self.records) - 1)
        return np.where(self.records[found] == records, found, -1)


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
