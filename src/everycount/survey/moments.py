"""Moments: the file of sums that a source sends to be pooled (``docs/reference/moments.md``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import everycount
from everycount.estimate.additive import CellState  # noqa: TC001 - the codec reads annotations
from everycount.estimate.demands import measure_questions
from everycount.estimate.engine import opened as opened_engine
from everycount.estimate.estimates import CellKey, SampleFacts  # noqa: TC001 - the codec reads annotations
from everycount.estimate.plan import Group  # noqa: TC001 - the codec reads annotations
from everycount.estimate.pooling import source_of
from everycount.estimate.rules import rule_questions
from everycount.faults import Fault, InputError
from everycount.protect import Policy, Sendable, sendable
from everycount.release.codec import WrongShapeError, decoder, encode, plain
from everycount.release.document import parse
from everycount.release.fingerprint import COMPACT, hashed
from everycount.release.model import SurveyFacts  # noqa: TC001 - the codec reads annotations
from everycount.sample.sample import Column  # noqa: TC001 - the codec reads annotations
from everycount.survey.earlier import refuse_other_meanings
from everycount.survey.folder import read_folder
from everycount.survey.river import estimated, open_records, silent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from everycount.estimate.plan import Plan
    from everycount.estimate.pooling import Place
    from everycount.release.model import Release
    from everycount.sample import Sample
    from everycount.survey.document import Document

SCHEMA = "everycount-moments/1"
# What a survey file says of its own survey, and not of what is counted how.
OWN = ("survey", "policy", "quality", "consent")
_NO_CHANCE = 5  # cells of two sources that say the same in each hold the same people
_AGAIN = "Let its source make it again with this version."


@dataclass(frozen=True, slots=True)
class Row:
    """One measure in one cell; without sums where the source held them back."""

    measure: str
    cell: CellKey
    sums: CellState | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of the questions of one table that the plan names."""

    table: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Met:
    """The groups of one dimension, in order."""

    dimension: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class MomentsFile:
    """What a source sends.

    Attributes:
        software: what made it.
        survey: what the survey says of itself.
        policy: the rules by which cells were held back.
        plan: digest of what is counted how; sources are pooled only where it is the same.
        strata: digests of the names of the strata, by which a stratum in two sources is known.
        sample: counts of all records.
        asked: what is known of the questions that the plan names.
        met: the groups of each dimension.
        rows: the sums. A cell that is not there is empty.
    """

    software: str
    survey: SurveyFacts
    policy: Policy
    plan: str
    strata: tuple[str, ...]
    sample: SampleFacts
    asked: tuple[Asked, ...]
    met: tuple[Met, ...]
    rows: tuple[Row, ...]

    @property
    def groups(self) -> dict[str, tuple[Group, ...]]:
        """The groups by dimension."""
        return {one.dimension: one.groups for one in self.met}

    def is_of_the_same_records(self, other: MomentsFile) -> bool:
        """Whether two files say the same of as many people, to the last digit, wherever both say anything.

        A digest of the records would tell it surely, and would tell whoever guesses them right that he did.
        """
        if self == other:
            return True
        mine, theirs = self.states, other.states
        both = [place for place, sums in mine.items() if sums is not None and theirs.get(place) is not None]
        alike = self.sample == other.sample and all(mine[place] == theirs[place] for place in both)
        return alike and len(both) >= _NO_CHANCE

    @property
    def states(self) -> dict[Place, CellState | None]:
        """The sums by place."""
        return {(row.measure, row.cell): row.sums for row in self.rows}


def moments_of(
    path: Path,
    *,
    policy: str | None = None,
    given: Sequence[Release] = (),
    engine: str = "duckdb",
    progress: Callable[[str], None] = silent,
) -> MomentsFile:
    """The sums of a survey folder that may leave it.

    Args:
        path: the folder.
        policy: what was agreed with those who pool, instead of the folder's policy.
        given: releases of the same records that are already out, so that all together give nothing away.
        engine: what evaluates the expressions.
        progress: is told each stage as it begins.

    Raises:
        InputError: with every fault of the folder, its records, or of a plan that cannot be pooled.
    """
    folder = read_folder(path, policy=policy)
    opened = open_records(folder, progress)
    refuse_other_meanings(folder, opened.sample, given)
    progress("estimating")
    with opened_engine(engine) as other:
        source = source_of(opened.sample, opened.plan, other)
    earlier = [one.cells for one in given]
    estimates = estimated(opened, engine, earlier)
    progress("protecting")
    chosen = sendable(estimates, source.states, folder.policy, earlier)
    plan = plan_digest(folder.document)
    return MomentsFile(
        software=f"everycount {everycount.__version__}",
        survey=folder.facts,
        policy=chosen.policy,
        plan=plan,
        strata=tuple(sorted(hashed(f"{plan}\n{name}") for name in source.strata)),
        sample=estimates.facts,
        asked=_asked(opened.sample, opened.plan),
        met=tuple(Met(dimension.id, dimension.groups) for dimension in estimates.plan.dimensions),
        rows=_rows(chosen),
    )


def _rows(chosen: Sendable) -> tuple[Row, ...]:
    return tuple(Row(measure, cell, state) for (measure, cell), state in chosen.states.items())


def plan_digest(document: Document) -> str:
    """Names what is counted how: the same for every source that may be pooled."""
    said = {key: part for key, part in document.data.items() if key not in OWN}
    said["missing"] = document.data["survey"].get("missing")
    said["consent"] = bool(document.data.get("consent"))
    return hashed(COMPACT.encode(plain(said)))


def _asked(sample: Sample, plan: Plan) -> tuple[Asked, ...]:
    """What is known of the questions that a plan names; nothing of any other."""
    names = {dimension.question for dimension in plan.dimensions}
    names |= {name for measure in plan.measures for name in measure_questions(measure)}
    names |= {name for variable in plan.variables for name in rule_questions(variable.rule)}
    return tuple(
        Asked(table, tuple(column for name, column in columns.items() if name in names))
        for table, columns in sample.columns.items()
    )


def to_bytes(moments: MomentsFile) -> bytes:
    """The one way to write them: JSON in UTF-8, sorted keys, shortest exact numbers, a cell a line."""
    content = encode(moments)
    rows = content.pop("rows")
    head = {"schema": SCHEMA, "digest": _digest(moments), **content}
    lines = [f'"{name}":{COMPACT.encode(head[name])}' for name in sorted(head)]
    lines.append('"rows":[\n' + ",\n".join(map(COMPACT.encode, rows)) + "\n]")
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _digest(moments: MomentsFile) -> str:
    return hashed(COMPACT.encode(encode(moments)))


def from_bytes(data: bytes, place: str) -> MomentsFile:
    """The moments that :func:`to_bytes` wrote.

    Raises:
        InputError: they are not moments, or their content and their digest do not belong together.
    """
    document = parse(data, place)
    if document.pop("schema", None) != SCHEMA:
        problem = f'This is not a file of moments of the schema "{SCHEMA}".'
        raise InputError(Fault(place, problem, "Name a file that everycount moments wrote."))
    digest = document.pop("digest", None)
    try:
        moments: MomentsFile = decoder(MomentsFile)(document)
    except WrongShapeError as wrong:
        path = ".".join(wrong.path).replace(".[", "[")
        raise InputError(Fault(f"{place}, {path or 'top level'}", wrong.problem, _AGAIN)) from None
    if digest != _digest(moments):
        problem = "The content is not the one that its digest was made from."
        raise InputError(Fault(place, problem, _AGAIN))
    return moments


def columns_of(files: Iterable[MomentsFile]) -> dict[str, dict[str, Column]]:
    """What is known of the questions, by table and name; of several sources, the first that knows it."""
    found: dict[str, dict[str, Column]] = {"main": {}}
    for file in files:
        for one in file.asked:
            known = found.setdefault(one.table, {})
            for column in one.columns:
                known.setdefault(column.name, column)
    return found
