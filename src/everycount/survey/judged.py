"""The quality of the records of a folder: all of it for their keeper, a few figures for everybody."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from everycount import quality
from everycount.estimate.variables import derive
from everycount.survey.quality import check_roles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.estimate.plan import Plan
    from everycount.quality.public import QualityFigure
    from everycount.quality.report import QualityReport
    from everycount.questionnaire import Questionnaire
    from everycount.sample import Sample
    from everycount.survey.folder import SurveyFolder

    Looked: TypeAlias = tuple[Sample, Questionnaire | None, Sequence[quality.Split], quality.Roles]


def judge(folder: SurveyFolder, sample: Sample, plan: Plan) -> QualityReport:
    """Every signal, rows included.

    Raises:
        InputError: ``[quality]`` names what the records do not have.
    """
    records, asked, splits, roles = _looked_at(folder, sample, plan)
    return quality.assess(records, asked, splits, roles=roles)


def describe(folder: SurveyFolder, sample: Sample, plan: Plan) -> tuple[QualityFigure, ...]:
    """What a release tells; otherwise as :func:`judge`."""
    records, asked, splits, roles = _looked_at(folder, sample, plan)
    return quality.describe(records, asked, splits, roles=roles)


def _looked_at(folder: SurveyFolder, sample: Sample, plan: Plan) -> Looked:
    """The records that may be opened, with their variables: a split may be by one, but none is an answer."""
    sample = derive(sample, plan.variables)
    roles = folder.quality or quality.Roles()
    check_roles(folder.document, roles, sample, folder.facts.languages[0])
    folder.document.settle()
    made = (*roles.ignore, *(variable.id for variable in plan.variables))
    splits = [
        quality.Split(each.id, each.question, tuple((group.code, group.members) for group in each.groups))
        for each in plan.dimensions
    ]
    return sample, folder.questionnaire, splits, replace(roles, ignore=made)
