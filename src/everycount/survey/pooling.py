"""Several files of moments in, one release out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import combinations
from math import fsum
from typing import TYPE_CHECKING

import everycount
from everycount.estimate.estimates import Estimates, SampleFacts
from everycount.estimate.pooling import pool
from everycount.estimate.run import merged
from everycount.faults import Fault, InputError
from everycount.protect import guarded, protect_pooled
from everycount.release.model import Input, Provenance, Release
from everycount.sample import Basis, Sample, basis, scope
from everycount.survey import told
from everycount.survey.endangering import refuse_small_places
from everycount.survey.folder import read_folder
from everycount.survey.moments import MomentsFile, columns_of, from_bytes, plan_digest
from everycount.survey.names import bind
from everycount.survey.river import design_facts, dimension_facts, measure_facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from everycount.estimate.plan import Group, Plan
    from everycount.survey.folder import SurveyFolder

FEWEST = 2
NOTE = (
    "Sums of {} sources, none of which sent a record. Groups are not compared with each other: that would "
    "need the sums of single clusters. A cell that a source held back has no number."
)


@dataclass(frozen=True)
class Sent:
    """A file of moments as it came."""

    place: str
    data: bytes
    moments: MomentsFile

    @classmethod
    def read(cls, path: Path) -> Sent:
        """The file at ``path``."""
        data = path.read_bytes()
        return cls(path.name, data, from_bytes(data, path.name))


def pool_files(
    paths: Sequence[Path], plan: Path, *, policy: str | None = None
) -> tuple[Release, SurveyFolder]:
    """The release of several sources that share a plan; its records need not be there.

    Args:
        paths: files that ``everycount moments`` wrote.
        plan: the survey folder whose plan they share.
        policy: name of a policy that takes the place of the folder's.

    Raises:
        InputError: the files do not belong together, or not to the plan.
    """
    folder = read_folder(plan, policy=policy, records=False)
    if len(paths) < FEWEST:
        problem = "One source alone has nothing to be pooled with."
        raise InputError(Fault("everycount pool", problem, "Name two files of moments or more."))
    # The order of files must not matter, not even for the order of groups.
    sent = sorted(map(Sent.read, paths), key=lambda one: one.data)
    faults = [*_of_other_plans(sent, plan_digest(folder.document)), *_of_each_other(sent, folder)]
    if faults:
        raise InputError(*faults)
    return _release(folder, sent), folder


def _of_other_plans(sent: Sequence[Sent], plan: str) -> Iterator[Fault]:
    for one in sent:
        if one.moments.plan != plan:
            problem = "It was made by another plan than that of the folder."
            remedy = "Give every source the same survey.toml; only [survey] and [policy] may differ."
            yield Fault(one.place, problem, remedy)


def _of_each_other(sent: Sequence[Sent], folder: SurveyFolder) -> Iterator[Fault]:
    """Nobody may be counted twice."""
    for one, other in combinations(sent, 2):
        place = f"{one.place} and {other.place}"
        shared = set(one.moments.strata) & set(other.moments.strata)
        if one.moments.is_of_the_same_records(other.moments):
            yield Fault(place, "They are made from the same records.", "Name each source once.")
        elif shared and basis(folder.design.kind) is Basis.DESIGN:
            problem = f"They have {len(shared)} {'stratum' if len(shared) == 1 else 'strata'} in common."
            remedy = "Find out whether the same people were asked; else give each source strata of its own."
            yield Fault(place, problem, remedy)


def _release(folder: SurveyFolder, sent: Sequence[Sent]) -> Release:
    moments = [one.moments for one in sent]
    columns = columns_of(moments)
    plan = bind(folder.plan, columns, folder.document, folder.facts.languages[0])
    folder.document.settle()
    plan = _with_groups(plan, moments)
    design = replace(folder.design, notes=folder.design.notes | {"pooled": NOTE.format(len(sent))})
    resting = basis(design.kind)
    pooled = pool(plan, design.lonely, resting, [one.states for one in moments])
    facts = _facts([one.sample for one in moments])
    estimates = guarded(
        Estimates(plan, design, resting, scope(design), plan.level, facts, pooled.estimates, ())
    )
    refuse_small_places(estimates.plan, folder.document)
    folder.document.settle()
    sample = Sample({}, columns, design)
    return Release(
        survey=folder.facts,
        measures=tuple(measure_facts(measure, sample, estimates.plan) for measure in estimates.plan.measures),
        dimensions=tuple(dimension_facts(dimension, sample) for dimension in estimates.plan.dimensions),
        breakdowns=tuple(dict.fromkeys(table.by for table in plan.tables)),
        design=design_facts(estimates),
        cells=protect_pooled(estimates, folder.policy, pooled.held_back),
        provenance=Provenance(
            software=f"everycount {everycount.__version__}",
            inputs=tuple(_input(one, folder) for one in sent),
            plan=told.plan(folder, sample),
        ),
    )


def _input(sent: Sent, folder: SurveyFolder) -> Input:
    """A file of moments: its sums are for those who pool, and a digest would tell who guesses them right."""
    if folder.policy.protect:
        return Input(sent.place)
    return Input(sent.place, sha256(sent.data).hexdigest(), len(sent.data))


def _with_groups(plan: Plan, moments: Sequence[MomentsFile]) -> Plan:
    """The plan with every group that a source met."""

    def versions(name: str) -> list[tuple[Group, ...]]:
        return [one.groups[name] for one in moments if name in one.groups]

    dimensions = tuple(
        merged(dimension, [replace(dimension, groups=groups) for groups in versions(dimension.id)])
        for dimension in plan.dimensions
    )
    return replace(plan, dimensions=dimensions)


def _facts(samples: Sequence[SampleFacts]) -> SampleFacts:
    weights = fsum(one.population for one in samples)
    squares = fsum(one.population**2 / one.n_kish for one in samples if one.n_kish)
    return SampleFacts(
        records=sum(one.records for one in samples),
        strata=sum(one.strata for one in samples),
        clusters=sum(one.clusters for one in samples),
        lonely_strata=sum(one.lonely_strata for one in samples),
        population=weights,
        n_kish=weights**2 / squares if squares else 0.0,
    )
