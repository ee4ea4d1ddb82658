"""What a reader has to be told of a number: the required fields of a release."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from everycount.framework.rules.subject import Subject


def required(about: Subject) -> dict[str, bool]:
    """Each required field by name, and whether it is filled (docs/reference/decisions.md says why each)."""
    release, measure = about.release, about.measure
    survey, notes, policy = release.survey, release.design.notes, release.cells.policy
    return {
        "title": bool(survey.title),
        "about": bool(survey.about),
        "asked_by": bool(survey.asked_by),
        "source": bool(survey.source),
        "licence": bool(survey.licence),
        "period": bool(survey.period),
        "area": bool(survey.area),
        "languages": bool(survey.languages),
        "label": bool(measure.labels),
        "wording": bool(measure.wording),
        "unit": bool(measure.unit),
        "relation": measure.sdg is not None,
        "kind": bool(release.design.kind),
        "frame": "frame" in notes,
        "selection": "selection" in notes,
        "decided_by": bool(policy.decided_by),
        "since": bool(policy.since),
        "software": bool(release.provenance.software),
        "inputs": bool(release.provenance.inputs),
        "plan": bool(release.provenance.plan),
    }
