"""The river: from a survey folder to a release. A pure function of records, design, plan and policy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import everycount
from everycount.estimate import estimate, narrow, responding
from everycount.estimate.condition import questions
from everycount.estimate.origins import sources
from everycount.faults import Fault, InputError
from everycount.protect import guarded, guards, not_mapped, protect, set_aside, with_earlier
from everycount.release import digest
from everycount.release.model import (
    DesignFacts,
    DimensionFacts,
    MeasureFacts,
    Provenance,
    Release,
)
from everycount.sample import MAIN, Basis, check, read, rows
from everycount.survey import told
from everycount.survey.consent import SHARING, STATISTICS
from everycount.survey.earlier import refuse_other_meanings
from everycount.survey.endangering import refuse_small_places
from everycount.survey.folder import read_folder
from everycount.survey.judged import describe
from everycount.survey.names import Names, bind
from everycount.survey.noise import keyed
from everycount.survey.replicates import with_replicates
from everycount.text import NOTHING, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from everycount.estimate.estimates import CellKey, Estimates
    from everycount.estimate.plan import Dimension, Measure, Plan
    from everycount.protect import Cells
    from everycount.quality.public import QualityFigure
    from everycount.sample import Design, Finding, Sample
    from everycount.survey.folder import SurveyFolder

_BETWEEN = " / "  # between the questions that one measure is made from


def silent(_stage: str) -> None:
    """Progress that is not shown."""


@dataclass(frozen=True)
class Opened:
    """A survey folder with its records open: what the plan means for them, and what the checks found."""

    folder: SurveyFolder
    sample: Sample
    plan: Plan
    findings: tuple[Finding, ...]


def open_records(folder: SurveyFolder, progress: Callable[[str], None] = silent) -> Opened:
    """Reads the records of a survey folder and holds its names against them.

    Raises:
        InputError: the records cannot be read, or the survey file names what they do not have.
    """
    progress("reading the records")
    sample = read(
        folder.sources, design=folder.design, missing=folder.missing, questionnaire=folder.questionnaire
    )
    refuse_empty(sample, "The file holds no record.", "Export the records again.")
    sample = with_replicates(sample, folder.document)
    plan = bind(folder.plan, sample.columns, folder.document, folder.facts.languages[0])
    _check_conditions(folder, sample)
    folder.document.settle()
    if folder.responded is not None:
        sample = responding(sample, folder.responded)
        refuse_empty(sample, "Nobody responded.", "Look at the code that means so in [nonresponse].")
    progress("checking the answers")
    findings = check(sample, folder.questionnaire)
    if folder.consent.statistics is not None:
        sample = narrow(sample, folder.consent.statistics)
        refuse_empty(sample, "Nobody agreed to be counted.", "Look at the code that means yes in [consent].")
    return Opened(folder, sample, plan, findings)


def refuse_empty(sample: Sample, problem: str, remedy: str) -> None:
    """Raises where no record is left."""
    if not rows(sample.tables[MAIN].count().as_table())[0][0]:
        raise InputError(Fault(sample.places.get(MAIN, MAIN), problem, remedy))


def _check_conditions(folder: SurveyFolder, sample: Sample) -> None:
    names = Names(folder.document, {"main": dict(sample.columns["main"])}, folder.facts.languages[0])
    if folder.responded is not None:
        names.check(("nonresponse", "responded"), questions(folder.responded))
    for purpose, rule in ((STATISTICS, folder.consent.statistics), (SHARING, folder.consent.sharing)):
        if rule is not None:
            names.check(("consent", purpose), questions(rule))


def make_release(
    folder: SurveyFolder,
    *,
    given: Sequence[Release] = (),
    withheld: Collection[tuple[str, CellKey]] = (),
    noise_key: bytes | None = None,
    engine: str = "duckdb",
    progress: Callable[[str], None] = silent,
) -> Release:
    """The release of a survey folder.

    Args:
        folder: what to release.
        given: every earlier release of the initiative that anybody may hold, the oldest first, so that all
            together give nothing away.
        withheld: (measure, cell) that the community does not want shown; whole measures and breakdowns by
            :func:`everycount.protect.of_measure` and :func:`everycount.protect.of_breakdown`.
        noise_key: the initiative's secret, where the policy changes counts by it.
        engine: what evaluates conditions and variables, and adds up: ``duckdb``, ``postgres`` or ``spark``.
        progress: is told each stage as it begins.

    Raises:
        InputError: with every fault of the survey file or its records; or an earlier release cannot be held
            against this one, or what is to be withheld is not there.
    """
    opened = open_records(folder, progress)
    refuse_other_meanings(folder, opened.sample, given)
    progress("estimating")
    earlier = [one.cells for one in given]
    estimates = estimated(opened, engine, earlier)
    progress("protecting")
    policy, keys = keyed(folder.policy, opened.sample, with_earlier(opened.plan, *earlier), noise_key)
    cells = protect(estimates, policy, given=earlier, withheld=withheld, keys=keys)
    progress("describing the records")
    described = told.quality(describe(folder, opened.sample, opened.plan), cells)
    return _release(opened, estimates, cells, given, described)


def estimated(opened: Opened, engine: str = "duckdb", given: Sequence[Cells] = ()) -> Estimates:
    """Everything that the plan asks for, its dimensions as sensitive as the catalogue has their groups.

    Args:
        opened: the folder with its records.
        engine: what evaluates the expressions.
        given: earlier releases, whose tables are counted as well, for protection alone.

    Raises:
        InputError: the plan cannot be carried out, or would tell where somebody lives who is in danger.
    """
    plan = with_earlier(opened.plan, *given)
    estimates = set_aside(guarded(estimate(opened.sample, plan, engine=engine)), opened.plan)
    refuse_small_places(estimates.plan, opened.folder.document)
    opened.folder.document.settle()
    return estimates


def release_folder(
    path: Path,
    *,
    policy: str | None = None,
    given: Sequence[Release] = (),
    withheld: Collection[tuple[str, CellKey]] = (),
    noise_key: bytes | None = None,
    engine: str = "duckdb",
    progress: Callable[[str], None] = silent,
) -> tuple[Release, SurveyFolder]:
    """Reads the folder at ``path`` and makes its release."""
    folder = read_folder(path, policy=policy)
    made = make_release(
        folder, given=given, withheld=withheld, noise_key=noise_key, engine=engine, progress=progress
    )
    return made, folder


def _release(
    opened: Opened,
    estimates: Estimates,
    cells: Cells,
    given: Sequence[Release],
    described: tuple[QualityFigure, ...],
) -> Release:
    plan = estimates.plan
    return Release(
        survey=opened.folder.facts,
        measures=tuple(measure_facts(measure, opened.sample, plan) for measure in plan.measures),
        dimensions=tuple(dimension_facts(dimension, opened.sample) for dimension in _listed(opened, plan)),
        breakdowns=tuple(dict.fromkeys(table.by for table in plan.tables)),
        design=design_facts(estimates),
        cells=cells,
        provenance=_provenance(opened, given, described),
    )


def _listed(opened: Opened, plan: Plan) -> tuple[Dimension, ...]:
    """The dimensions of a plan; of one that only an earlier release used, no group that was met is told."""
    used = {name for table in plan.tables for name in table.by}
    own = {one.id: one for one in opened.plan.dimensions}
    return tuple(
        one if one.id in used else replace(one, groups=own[one.id].groups) for one in plan.dimensions
    )


def measure_facts(measure: Measure, sample: Sample, plan: Plan) -> MeasureFacts:
    """A measure as readers meet it."""
    asked = (
        [measure.question]
        if measure.question
        else list(questions(measure.condition) if measure.condition else ())
    )
    return MeasureFacts(
        id=measure.id,
        kind=measure.kind,
        labels=measure.labels,
        unit=measure.unit,
        number=measure.number,
        better=measure.better,
        sdg=measure.sdg,
        benchmark=measure.benchmark,
        wording=_wording(sources(asked, plan), sample),
        at=measure.at,
        do_not_map=not_mapped(measure, plan),
    )


def _wording(asked: Collection[str], sample: Sample) -> Text:
    """The questions as they were asked, in the order of the form; several in the languages that all have."""
    columns = (column for table in sample.columns.values() for column in table.values())
    found = [column.labels for column in columns if column.name in asked and column.labels]
    if len(found) < 2:
        return found[0] if found else NOTHING
    shared = [tag for tag in found[0].languages if all(tag in each.languages for each in found)]
    return Text.of({tag: _BETWEEN.join(each.as_dict()[tag] for each in found) for tag in shared})


def dimension_facts(dimension: Dimension, sample: Sample) -> DimensionFacts:
    """A dimension as readers meet it."""
    return DimensionFacts(
        id=dimension.id,
        labels=dimension.labels,
        groups=tuple((group.code, group.labels) for group in dimension.groups),
        ordered=dimension.ordered,
        area=dimension.area,
        sensitive=dimension.sensitive,
        sdmx=dimension.sdmx,
        wording=_wording((dimension.question,), sample),
        do_not_map=dimension.do_not_map,
        guards=guards(dimension),
    )


def design_facts(estimates: Estimates) -> DesignFacts:
    """How sure one can be, and why."""
    design = estimates.design
    return DesignFacts(
        kind=design.kind,
        basis=estimates.basis,
        scope=estimates.scope,
        lonely=design.lonely,
        weighted=design.weights is not None,
        clustered=bool(design.clusters),
        interval=estimates.plan.interval,
        sample=estimates.facts,
        notes=dict(design.notes) | _replicated(design) | dict(estimates.remarks),
        multiplicity=estimates.plan.multiplicity if estimates.basis is Basis.DESIGN else "",
    )


def _replicated(design: Design) -> dict[str, str]:
    """What replicate weights the errors were read off."""
    rule = design.replicates
    if rule is None:
        return {}
    columns = f"{rule.columns[0]} ... {rule.columns[-1]}" if rule.columns else ", ".join(design.clusters)
    return {"replicates": f"{rule.method}: {columns}" if columns else str(rule.method)}


def _provenance(opened: Opened, given: Sequence[Release], described: tuple[QualityFigure, ...]) -> Provenance:
    folder = opened.folder
    revised = [one for one in given if one.survey.id == folder.facts.id]
    return Provenance(
        software=f"everycount {everycount.__version__}",
        inputs=tuple(told.inputs(folder)),
        plan=told.plan(folder, opened.sample),
        findings=told.findings(opened.findings, folder.policy),
        supersedes=digest(revised[-1]) if revised else "",
        quality=described,
        given=tuple(map(digest, given)),
    )
