"""What earlier releases ask of a survey file: everything that they gave numbers of must still mean the same.

Two releases of the same people by other cut points are subtracted from each other: of those aged 0-17 in one
and 0-18 in the other, the difference is those aged 18. Protection keeps such differences where it knows both
cuts, whether it prints them or not. So a dimension or measure of an earlier release stays in the survey file
as it was, under its id, as long as the records have its questions; it needs no table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from everycount.estimate.condition import All, AnyOf, In, Not, questions
from everycount.estimate.origins import roots, sources
from everycount.estimate.plan import Cases, OverRoster
from everycount.faults import Fault, InputError
from everycount.survey import told
from everycount.survey.document import Document
from everycount.survey.measures import read_plan
from everycount.survey.names import trail_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from everycount.estimate.condition import Condition
    from everycount.estimate.plan import Dimension, Measure, Plan, Variable
    from everycount.release.model import Release
    from everycount.sample import Column, Sample
    from everycount.survey.folder import SurveyFolder

_ANY = "en"  # the language of a plan is that of its words, which mean nothing here
_SHORT = len("sha256:") + 12  # signs of a digest by which people tell releases apart
_KEEP = 'Keep the {noun} "{name}" as it was then; it needs no [[table]], and nothing of it is printed.'


@dataclass(frozen=True, slots=True)
class Had:
    """What a release has numbers of, and how its survey file said that they are made.

    Attributes:
        name: by which people tell it from others.
        plan: its survey file as data.
        measures: ids of those that it has numbers of.
        dimensions: the same.
    """

    name: str
    plan: Mapping[str, Any]
    measures: frozenset[str]
    dimensions: frozenset[str]

    @classmethod
    def of(cls, release: Release) -> Had:
        """Of a release."""
        cells = release.cells.cells
        return cls(
            f"{release.survey.id} ({release.digest[:_SHORT]})",
            release.provenance.plan,
            frozenset(one.measure for one in cells),
            frozenset(name for one in cells for name, _ in one.cell),
        )


@dataclass(frozen=True, slots=True)
class Lacking:
    """A measure or dimension that an earlier release has numbers of and a survey file does not keep.

    Attributes:
        noun: ``measure`` or ``dimension``.
        name: its id.
        is_there: something else stands under the id; else nothing does.
    """

    noun: str
    name: str
    is_there: bool


def lacking(
    data: Mapping[str, Any], had: Had, columns: Mapping[str, Mapping[str, Column]], *, protect: bool = True
) -> tuple[Lacking, ...] | None:
    """What a survey file has to keep of an earlier release, before any record is opened.

    Args:
        data: the survey file.
        had: the earlier release.
        columns: the questions by table and name; what they do not have cannot be told again.
        protect: its policy hides anything at all.

    Returns:
        What does not stand in the file as it was; None where one of the two cannot be read.
    """
    own = _plan_of(told.hushed(data, columns.values(), protect=protect))
    return _not_kept(own, had, {name for table in columns.values() for name in table})


def refuse_other_meanings(folder: SurveyFolder, sample: Sample, given: Sequence[Release]) -> None:
    """Ends the making of a release beside earlier ones that counted something else under the same names.

    Args:
        folder: the survey.
        sample: its records; what they have no question for any more cannot be told again.
        given: the earlier releases.

    Raises:
        InputError: what a release gave numbers of is not in the survey file any more, or is something else,
            or the release does not say what it was.
    """
    if not given:
        return
    own = _plan_of(told.plan(folder, sample))
    columns = {name for table in sample.columns.values() for name in table}
    faults = [fault for release in given for fault in _faults(folder.document, own, Had.of(release), columns)]
    if faults:
        raise InputError(*dict.fromkeys(faults))


def _faults(document: Document, own: Plan | None, had: Had, columns: Collection[str]) -> Iterator[Fault]:
    found = _not_kept(own, had, columns)
    if found is None:
        problem = f"The release {had.name} does not say how its dimensions and measures were made."
        yield Fault(document.name, problem, "It cannot be held against another one.")
        return
    for each in found:
        noun, name = each.noun, each.name
        keep = _KEEP.format(noun=noun, name=name)
        if each.is_there:
            place = document.place(trail_of(document, noun, name))
            problem = (
                f'The {noun} "{name}" is not what it was in the release {had.name}: one could be '
                "subtracted from the other."
            )
            yield Fault(place, problem, f"Give the new one another id. {keep}")
        else:
            problem = (
                f'The release {had.name} has numbers of the {noun} "{name}", which is not here any more.'
            )
            yield Fault(document.name, problem, keep)


def _not_kept(own: Plan | None, had: Had, columns: Collection[str]) -> tuple[Lacking, ...] | None:
    """Everything that is not what it was; None where a plan does not say what it is."""
    then = _plan_of(had.plan)
    if then is None or own is None or not _says(then, had.measures, had.dimensions):
        return None
    named = (("measure", had.measures), ("dimension", had.dimensions))
    return tuple(
        Lacking(noun, name, _of(own, noun, name) is not None)
        for noun, names in named
        for name in sorted(names)
        # The records have all that it is made from, and it is not made so.
        if sources(_looked_at(then, noun, name), then) <= set(columns)
        and _meaning(own, noun, name) != _meaning(then, noun, name)
    )


def _plan_of(data: Mapping[str, Any]) -> Plan | None:
    """The plan in the data of a survey file; None where it cannot be read."""
    document = Document("plan", dict(data), {})
    try:
        plan = read_plan(document.root(), _ANY)
    except (InputError, KeyError, TypeError, ValueError, AttributeError):
        return None
    return None if document.faults else plan


def _says(plan: Plan, measures: Collection[str], dimensions: Collection[str]) -> bool:
    return {one.id for one in plan.measures} >= set(measures) and {one.id for one in plan.dimensions} >= set(
        dimensions
    )


def _of(plan: Plan, noun: str, name: str) -> Measure | Dimension | None:
    items: Sequence[Measure | Dimension] = plan.measures if noun == "measure" else plan.dimensions
    return next((one for one in items if one.id == name), None)


def _looked_at(plan: Plan, noun: str, name: str) -> tuple[str, ...]:
    item: Any = _of(plan, noun, name)
    if item is None:
        return ()
    if noun == "dimension":
        return (item.question,)
    conditions = (one for one in (item.condition, item.among) if one is not None)
    numbers = (one for one in (item.question, item.denominator) if one)
    return (*numbers, *(name for one in conditions for name in questions(one)))


def _meaning(plan: Plan, noun: str, name: str) -> Any:
    """What is counted, without any words about it; None where the plan has no such thing."""
    item: Any = _of(plan, noun, name)
    if item is None:
        return None
    behind = roots(_looked_at(plan, noun, name), plan)
    made = {one.id: _made(one) for one in plan.variables if one.id in behind}
    if noun == "dimension":
        return item.question, {one.code: frozenset(one.members) for one in item.groups}, made
    parts = (
        item.kind,
        item.question,
        _sorted(item.condition),
        item.denominator,
        _sorted(item.among),
        item.at,
    )
    return *parts, made


def _made(variable: Variable) -> Any:
    rule: Any = variable.rule
    if isinstance(rule, Cases):
        rule = tuple((one.then, _sorted(one.when)) for one in rule.cases)
    elif isinstance(rule, OverRoster):
        rule = (rule.roster, rule.roll, _sorted(rule.condition), rule.question)
    return rule, frozenset(variable.recode), variable.no_answer


def _sorted(condition: Condition | None) -> Any:
    """A condition whatever the order of its codes and parts."""
    match condition:
        case In(question=question, codes=codes):
            return "in", question, frozenset(codes)
        case All(of=parts) | AnyOf(of=parts):
            return type(condition).__name__, frozenset(map(_sorted, parts))
        case Not(of=part):
            return "not", _sorted(part)
        case _:
            return condition
