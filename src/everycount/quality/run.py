"""Every check in its order. Behind the door; see :func:`everycount.quality.assess`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from everycount.quality.ages import age_signals
from everycount.quality.alike import duplicate_signals, near_duplicate_signals
from everycount.quality.answers import Answers, read_answers
from everycount.quality.coverage import coverage_signals
from everycount.quality.digits import digit_signals
from everycount.quality.durations import duration_signals
from everycount.quality.interviewers import interviewer_signals
from everycount.quality.missing import missing_by_group, missing_signals, put_to_everyone
from everycount.quality.outliers import outlier_signals
from everycount.quality.public import ENOUGH, public
from everycount.quality.report import QualityReport
from everycount.quality.roles import Split, completed
from everycount.quality.straight import batteries, straight_signals
from everycount.sample import MAIN, RECORD, ROW, ColumnKind, arrays, design_columns
from everycount.sample.links import is_added

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from everycount.quality.public import QualityFigure
    from everycount.quality.report import Signal
    from everycount.quality.roles import Roles
    from everycount.questionnaire import Questionnaire
    from everycount.sample import Column, Sample

_COMPARED = frozenset({ColumnKind.CODE, ColumnKind.CODES, ColumnKind.NUMBER})


def run(
    sample: Sample, questionnaire: Questionnaire | None, splits: Sequence[Split], roles: Roles
) -> QualityReport:
    """See :func:`everycount.quality.assess`."""
    roles = completed(roles, questionnaire)
    if roles.interviewer:
        splits = [*splits, Split("interviewer", roles.interviewer)]
    found: list[Signal] = []
    for name in (MAIN, *(table for table in sample.tables if table != MAIN)):
        found += _of_table(sample, name, questionnaire, splits, roles)
    return QualityReport(tuple(found), tuple(_left_out(questionnaire, roles)))


def describe(
    sample: Sample, questionnaire: Questionnaire | None, splits: Sequence[Split], roles: Roles
) -> tuple[QualityFigure, ...]:
    """See :func:`everycount.quality.describe`. The slow checks, of which nothing is told, are not made."""
    roles = completed(roles, questionnaire)
    columns = sample.columns[MAIN]
    asked = [each for each in columns.values() if _is_answer(each, sample, roles)]
    named = [*_named(roles), *(split.column for split in splits)]
    loaded = dict.fromkeys([*(each.name for each in asked), *(each for each in named if each in columns)])
    answers = read_answers(sample, MAIN, list(loaded))
    if len(answers) < ENOUGH:
        return ()
    found: list[Signal] = list(_gaps(answers, asked, questionnaire, (), roles))
    found += duplicate_signals(answers, [each.name for each in asked])
    found += duration_signals(answers, roles)
    found += _straight(answers, questionnaire, roles)
    found += age_signals(answers, roles)
    found += digit_signals(answers, roles.digits)
    if roles.benchmarks:
        found += coverage_signals(answers, _weights(sample, answers), roles, splits)
    return public(found, len(answers))


def _of_table(
    sample: Sample,
    name: str,
    questionnaire: Questionnaire | None,
    splits: Sequence[Split],
    roles: Roles,
) -> Iterator[Signal]:
    columns = sample.columns[name]
    asked = [each for each in columns.values() if _is_answer(each, sample, roles)]
    named = [*_named(roles), *(split.column for split in splits)]
    loaded = dict.fromkeys([*(each.name for each in asked), *(each for each in named if each in columns)])
    answers = read_answers(sample, name, list(loaded))
    if not len(answers):
        return
    yield from _gaps(answers, asked, questionnaire, splits, roles)
    compared = [each.name for each in asked if _is_compared(each, answers, questionnaire)]
    if name == MAIN:
        # Two children of a household may well have the same sex, age and school.
        yield from duplicate_signals(answers, [each.name for each in asked])
        yield from near_duplicate_signals(answers, compared)
        yield from duration_signals(answers, roles)
    yield from _straight(answers, questionnaire, roles)
    yield from age_signals(answers, roles)
    yield from digit_signals(answers, roles.digits)
    numbers = [each.name for each in asked if each.kind is ColumnKind.NUMBER]
    yield from outlier_signals(answers, list(dict.fromkeys([*numbers, *roles.digits])))
    yield from interviewer_signals(answers, roles.interviewer, compared)
    if name == MAIN and roles.benchmarks:
        yield from coverage_signals(answers, _weights(sample, answers), roles, splits)


def _named(roles: Roles) -> tuple[str, ...]:
    of_batteries = (name for battery in roles.batteries for name in battery.questions)
    single = (roles.age, roles.sex, roles.interviewer, roles.start, roles.end)
    return tuple(name for name in (*single, *roles.digits, *of_batteries) if name)


def _is_answer(column: Column, sample: Sample, roles: Roles) -> bool:
    """Whether a column holds what somebody was asked, and not who, where, when or how they were found."""
    return (
        column.name not in {RECORD, ROW, sample.key}
        and column.name not in sample.design.columns
        and column.name not in roles.about_the_interview
        and not is_added(column.name)
        and not column.identifier
        and column.kind not in {ColumnKind.OTHER, ColumnKind.PLACE}
    )


def _is_compared(column: Column, answers: Answers, questionnaire: Questionnaire | None) -> bool:
    """Closed answers; without a questionnaire texts too, unless nearly every record has its own."""
    if column.kind in _COMPARED:
        return True
    if questionnaire is not None or column.kind is not ColumnKind.TEXT:
        return False
    coded = answers.columns[column.name]
    return len(coded.words) <= int(coded.answered.sum()) / 2


def _gaps(
    answers: Answers,
    asked: Sequence[Column],
    questionnaire: Questionnaire | None,
    splits: Sequence[Split],
    roles: Roles,
) -> Iterator[Signal]:
    names = [column.name for column in asked]
    if questionnaire is not None:
        everyone = put_to_everyone(questionnaire, None if answers.table == MAIN else answers.table)
        known = {question.name for question in everyone}
        names = [name for name in names if name in known]
    yield from missing_signals(answers, names, roles.no_answer, known=questionnaire is not None)
    if questionnaire is None:
        # A question that many leave open was most likely put to some only.
        names = [name for name in names if answers.columns[name].answered.mean() >= 0.9]
    yield from missing_by_group(answers, names, roles.no_answer, splits)


def _straight(answers: Answers, questionnaire: Questionnaire | None, roles: Roles) -> Iterator[Signal]:
    found = roles.batteries
    if not found and questionnaire is not None:
        found = batteries(questionnaire, None if answers.table == MAIN else answers.table)
    yield from straight_signals(answers, found, roles.interviewer)


def _weights(sample: Sample, answers: Answers) -> NDArray[np.float64]:
    """The design weight of each row of the main table."""
    design = arrays(design_columns(sample))
    order = np.argsort(design[RECORD])
    places = order[np.searchsorted(design[RECORD][order], answers.records)]
    return np.asarray(design["_weight"][places], dtype=np.float64)


def _left_out(questionnaire: Questionnaire | None, roles: Roles) -> Iterator[str]:
    """Checks that nobody asked for by naming a column, so that silence is not taken for a clean bill."""
    if not (roles.start and roles.end):
        yield "how long interviews took (no columns start and end)."
    if not roles.interviewer:
        yield "whether answers depend on who asked (no column interviewer)."
    if not roles.age:
        yield "ages (no column age)."
    if not roles.batteries and questionnaire is None:
        yield "straight lines (no questionnaire and no batteries)."
    if not roles.benchmarks:
        yield "coverage (no benchmarks)."
