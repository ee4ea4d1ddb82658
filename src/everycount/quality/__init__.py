"""How the records came about: figures held against published thresholds, for the keeper of the records.

Signals name rows and interviewers, and stay with the keeper. What may be told to everybody is made of them in
one place (:func:`describe`): rounded figures of the whole main table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.quality.roles import Battery, Benchmark, Roles, Split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.quality.public import QualityFigure
    from everycount.quality.report import QualityReport
    from everycount.questionnaire import Questionnaire
    from everycount.sample import Sample

__all__ = ["Battery", "Benchmark", "Roles", "Split", "assess", "describe"]


def assess(
    sample: Sample,
    questionnaire: Questionnaire | None,
    plan_dimensions: Sequence[Split],
    *,
    roles: Roles,
) -> QualityReport:
    """Every check that the records allow, in a fixed order; the same whatever the order of the rows.

    What a role would be needed for is left out where no column has that role. Roles that nobody named are
    taken from the questionnaire's concepts and kinds. Each table is held in memory while it is looked at.

    Args:
        sample: records and design; columns that a split or a role names may be derived ones.
        questionnaire: what was asked, where that is known; without it nobody knows which gaps are skips.
        plan_dimensions: the groups by which missing answers, and benchmarks, are compared.
        roles: which columns are ages, interviewers, beginnings and ends ...
    """
    # NumPy's companions and all checks, which `everycount release` must not pay for.
    from everycount.quality.run import run  # noqa: PLC0415

    return run(sample, questionnaire, plan_dimensions, roles)


def describe(
    sample: Sample,
    questionnaire: Questionnaire | None,
    plan_dimensions: Sequence[Split],
    *,
    roles: Roles,
) -> tuple[QualityFigure, ...]:
    """What a release tells of the quality of its records; the arguments are those of :func:`assess`.

    Figures of the main table alone, rounded; none where it has fewer than a hundred rows.
    """
    from everycount.quality.run import describe  # noqa: PLC0415 - as above

    return describe(sample, questionnaire, plan_dimensions, roles)
