"""Estimates straight from people: unweighted counts, for tests of protection."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

import numpy as np

from everycount.estimate.condition import Condition, In
from everycount.estimate.crossings import Woven, crossed
from everycount.estimate.estimates import (
    Against,
    CellKey,
    Contrast,
    Estimate,
    Estimates,
    Parting,
    SampleFacts,
    Verdict,
)
from everycount.estimate.partings import among_of, parted
from everycount.estimate.plan import Dimension, Group, Measure, MeasureKind, Plan, Table, Variable
from everycount.sample.design import Basis, Design, DesignKind, Scope
from everycount.sample.sample import MAIN
from everycount.text import NOTHING

Person = Mapping[str, Any]


@dataclass(frozen=True)
class Survey:
    """People (answers by question; None is no answer), what is measured and by which breakdowns."""

    people: Sequence[Person]
    measures: Sequence[Measure]
    breakdowns: Mapping[str, Sequence[tuple[str, ...]]]  # by measure id
    dimensions: Sequence[Dimension]
    groups: Mapping[str, Sequence[str]]
    clusters: tuple[str, ...] = ()
    contrasts: bool = False
    verdicts: Mapping[tuple[str, CellKey], Verdict] = field(default_factory=dict)
    largest: Mapping[tuple[str, CellKey], float] = field(default_factory=dict)
    variables: tuple[Variable, ...] = ()
    joint: tuple[tuple[tuple[str, ...], frozenset[tuple[Any, ...]]], ...] = ()
    """Questions that bind each other, and the answers that somebody can give to all of them."""


def share(name: str, question: str, *codes: str, among: Condition | None = None, **more: Any) -> Measure:
    return Measure(
        name, MeasureKind.PROPORTION, condition=In(question, codes), among=among, question=None, **more
    )


def estimates(survey: Survey) -> Estimates:
    made = [
        estimate_of(survey, measure, key)
        for measure in survey.measures
        for by in survey.breakdowns[measure.id]
        for key in keys(survey, by)
    ]
    plan = Plan(
        tuple(survey.measures),
        tuple(survey.dimensions),
        tuple(Table((name,), by) for name, bys in survey.breakdowns.items() for by in bys),
        survey.variables,
    )
    facts = SampleFacts(len(survey.people), 1, len(survey.people), 0, float(len(survey.people)), 1.0)
    design = Design(DesignKind.PROBABILITY, clusters=survey.clusters)
    contrasts = tuple(_contrasts(made)) if survey.contrasts else ()
    whole = Estimates(plan, design, Basis.DESIGN, Scope.POPULATION, 0.95, facts, tuple(made), contrasts)
    woven = woven_of(survey, plan)
    measures = {measure.id: measure for measure in survey.measures}
    common = [
        estimate_of(survey, measures[name], key)
        for table in woven.tables
        for name in table.measures
        for key in keys(survey, table.by)
    ]
    return replace(whole, crossings=replace(crossed([woven], common), partings=partings_of(survey, plan)))


def with_earlier(survey: Survey, *earlier: Survey) -> Estimates:
    """Estimates of a later survey of the same people, with what only earlier ones printed set aside."""
    bys = {
        name: list(dict.fromkeys([*own, *(by for one in earlier for by in one.breakdowns[name])]))
        for name, own in survey.breakdowns.items()
    }
    made, whole = estimates(survey), estimates(replace(survey, breakdowns=bys))
    own = {(one.measure, one.cell) for one in made.estimates}
    aside = tuple(one for one in whole.estimates if (one.measure, one.cell) not in own)
    more = (*whole.crossings.estimates, *aside)
    return replace(made, crossings=replace(whole.crossings, estimates=more))


def partings_of(survey: Survey, plan: Plan) -> tuple[Parting, ...]:
    """Which parts of these people two conditions leave empty, as estimation finds it."""
    conditions = among_of(plan, MAIN)
    met = {
        tuple(
            None if person.get(one.question) is None else _holds(one, person)  # type: ignore[union-attr]
            for one in conditions.values()
        )
        for person in survey.people
    }
    return tuple(parted(MAIN, list(conditions.values()), met))


def woven_of(survey: Survey, plan: Plan) -> Woven:
    """How the dimensions of these people hang together, as estimation finds it."""
    found = {one.id: one for one in survey.dimensions}
    filled = {
        name: found[name]
        if found[name].groups
        else replace(found[name], groups=tuple(Group(code, NOTHING, (code,)) for code in codes))
        for name, codes in survey.groups.items()
    }
    places = {
        name: np.array(
            [codes.index(one[name]) if one.get(name) in codes else -1 for one in survey.people],
            dtype=np.int64,
        )
        for name, codes in survey.groups.items()
    }
    return Woven.of(MAIN, places, filled, plan, plan.tables)


def keys(survey: Survey, by: tuple[str, ...]) -> list[CellKey]:
    return [tuple(zip(by, codes, strict=True)) for codes in product(*(survey.groups[one] for one in by))]


def estimate_of(survey: Survey, measure: Measure, key: CellKey) -> Estimate:
    here = [person for person in survey.people if all(person.get(one) == code for one, code in key)]
    inside = [person for person in here if _holds(measure.among, person)]
    answered = [person for person in inside if person.get(_question(measure)) is not None]
    n, value, events = len(answered), None, None
    if measure.kind in (MeasureKind.PROPORTION, MeasureKind.COUNT):
        events = sum(_holds(measure.condition, person) for person in answered)
        value = events / n if n else None
        if measure.kind is MeasureKind.COUNT and n:
            value = float(events)
    elif n:
        total = sum(person[_question(measure)] for person in answered)
        value = total if measure.kind is MeasureKind.TOTAL else total / n
    se = math.sqrt(value * (1 - value) / n) if n and measure.kind is MeasureKind.PROPORTION else None
    place = (measure.id, key)
    return Estimate(
        measure.id, key, value, se,
        None if se is None else max(0.0, value - 2 * se), None if se is None else min(1.0, value + 2 * se),
        None if se is None else max(n - 1, 1), "" if se is None else "wald", n, events,
        n_excluded=sum(
            person.get(_question(measure)) is not None and not _holds(measure.among, person)
            for person in here
        ),
        n_missing=len(inside) - n,
        clusters=len({tuple(person[one] for one in survey.clusters) for person in answered})
        if survey.clusters else n,
        population=float(n), n_effective=float(n) if n else None, n_kish=float(n) if n else None,
        deff=1.0 if n else None, cv=se / value if se is not None and value else None,
        largest_share=survey.largest.get(place),
        verdict=survey.verdicts.get(place, Verdict.PUBLISH), n_needed=None,
    )  # fmt: skip


def _question(measure: Measure) -> str:
    return measure.question or measure.condition.question  # type: ignore[union-attr]


def _holds(condition: Condition | None, person: Person) -> bool:
    return condition is None or person.get(condition.question) in condition.codes


def _contrasts(made: Sequence[Estimate]) -> list[Contrast]:
    found = []
    rows = {(one.measure, one.cell): one for one in made}
    for one in made:
        if len(one.cell) != 1 or one.value is None:
            continue
        dimension = one.cell[0][0]
        peers = [
            two for two in made if two.measure == one.measure and [d for d, _ in two.cell] == [dimension]
        ]
        rest = [two for two in peers if two is not one and two.n]
        if rest:
            other = sum(two.value * two.n for two in rest) / sum(two.n for two in rest)
            found.append(_contrast(one, Against.REST, (), one.value - other))
        best = max((two for two in peers if two.n), key=lambda two: two.value)
        if best is not one:
            found.append(_contrast(one, Against.BEST, best.cell, one.value - best.value))
        overall = rows.get((one.measure, ()))
        if overall is not None:
            found.append(_contrast(one, Against.OVERALL, (), one.value - overall.value))
    return found


def _contrast(one: Estimate, against: Against, other: CellKey, difference: float) -> Contrast:
    return Contrast(one.measure, one.cell, against, other, difference, *(None,) * 7)


def spread(
    counts: Mapping[tuple[str, ...], Sequence[int]],
    dimensions: Sequence[str],
    question: str,
    codes: Sequence[str],
) -> list[Person]:
    """People from a table: groups -> how many gave each code."""
    return [
        dict(zip(dimensions, groups, strict=True)) | {question: code}
        for groups, numbers in counts.items()
        for code, number in zip(codes, numbers, strict=True)
        for _ in range(number)
    ]


Make = Callable[..., Estimates]
