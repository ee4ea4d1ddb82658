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
    from everycount.sample import Sample
    from everycount.survey.folder import SurveyFolder

_SHORT = len("sha256:") + 12  # signs of a digest by which people tell releases apart
_KEEP = 'Keep the {noun} "{name}" as it was then; it needs no [[table]], and nothing of it is printed.'


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
    own = _plan_of(told.plan(folder, sample), folder)
    columns = {name for table in sample.columns.values() for name in table}
    faults = [fault for release in given for fault in _Held(release, folder, own, columns).faults()]
    if faults:
        raise InputError(*dict.fromkeys(faults))


@dataclass(frozen=True)
class _Held:
    """A release, held against a survey file.

    Attributes:
        own: the plan of the survey file as a release would tell it; None where it cannot be told.
        columns: names of the records' columns.
    """

    release: Release
    folder: SurveyFolder
    own: Plan | None
    columns: Collection[str]

    def faults(self) -> Iterator[Fault]:
        """Everything that is not what it was."""
        then = _plan_of(self.release.provenance.plan, self.folder)
        if then is None or self.own is None or not _says(then, *self._named()):
            problem = f"The release {self._name} does not say how its dimensions and measures were made."
            yield Fault(self.folder.document.name, problem, "It cannot be held against another one.")
            return
        measures, dimensions = self._named()
        for noun, names in (("measure", measures), ("dimension", dimensions)):
            for name in sorted(names):
                if self._is_there(then, name, noun):
                    yield from self._compared(noun, name, _meaning(then, noun, name))

    def _compared(self, noun: str, name: str, then: Any) -> Iterator[Fault]:
        document = self.folder.document
        now = _meaning(self.own, noun, name) if self.own is not None else None
        keep = _KEEP.format(noun=noun, name=name)
        if now is None:
            problem = (
                f'The release {self._name} has numbers of the {noun} "{name}", which is not here any more.'
            )
            yield Fault(document.name, problem, keep)
        elif now != then:
            place = document.place(trail_of(document, noun, name))
            problem = (
                f'The {noun} "{name}" is not what it was in the release {self._name}: one could be '
                "subtracted from the other."
            )
            yield Fault(place, problem, f"Give the new one another id. {keep}")

    @property
    def _name(self) -> str:
        return f"{self.release.survey.id} ({self.release.digest[:_SHORT]})"

    def _named(self) -> tuple[set[str], set[str]]:
        cells = self.release.cells.cells
        return {one.measure for one in cells}, {name for one in cells for name, _ in one.cell}

    def _is_there(self, then: Plan, name: str, noun: str) -> bool:
        """The records have all that it is made from."""
        return sources(_looked_at(then, noun, name), then) <= set(self.columns)


def _plan_of(data: Mapping[str, Any], folder: SurveyFolder) -> Plan | None:
    """The plan in the data of a survey file; None where it cannot be read."""
    document = Document("plan", dict(data), {})
    try:
        plan = read_plan(document.root(), folder.facts.languages[0])
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
