"""Institution, ethics and participation: what a release and its node can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.framework.figures import Evidence, Figure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from everycount.framework.rules.subject import Subject


def producer(about: Subject) -> Evidence:
    """I1: who asked, as the release says."""
    said = str(about.release.survey.asked_by)
    if not said:
        return Evidence("I1", unknown=("producer",))
    return Evidence("I1", (Figure("producer", "survey", (("name", said),)),))


def consent(about: Subject) -> Evidence:
    """I3: records that consent opened, which can be taken back; or nothing, where others hold them."""
    count = about.known.consented
    if count is None:
        return Evidence("I3", unknown=("consented",))
    return Evidence("I3", (Figure("consented", "node", (("records", count),)),))


def protection(about: Subject) -> Evidence:
    """I4: the rule by which numbers are protected, or the reason why none is needed."""
    policy = about.release.cells.policy
    if policy.protect:
        return Evidence("I4", (Figure("protected", "policy", (("least", policy.min_respondents),)),))
    if policy.decided_by:
        return Evidence("I4", (Figure("already_public", "policy", (("reason", policy.decided_by),)),))
    return Evidence("I4", unknown=("protected",))


def authority(about: Subject) -> Evidence:
    """I5: what the community body said of the release."""
    return _body("I5", about)


def design(about: Subject) -> Evidence:
    """P1: voices on questions and categories before anybody was asked."""
    endorsed, objected = about.known.endorsed, about.known.objected
    if endorsed is None or objected is None:
        return Evidence("P1", unknown=("voices",))
    return Evidence("P1", (Figure("voices", "node", (("endorsed", endorsed), ("objected", objected))),))


def analysis(about: Subject) -> Evidence:
    """P3: the body on the numbers."""
    return _body("P3", about)


def feedback(about: Subject) -> Evidence:
    """P4: what was promised is known where it was promised here; a promise is no feedback."""
    figures = (Figure("promised", "node"),) if about.known.promised else ()
    if about.known.returned is None:
        return Evidence("P4", figures, ("returned",))
    return Evidence("P4", (*figures, Figure("returned", "node", (("times", about.known.returned),))))


def _body(criterion: str, about: Subject) -> Evidence:
    body = about.known.body
    if body is None:
        return Evidence(criterion, unknown=("body",))
    values = (("agree", body.agree), ("object", body.object), ("needed", body.needed))
    return Evidence(criterion, (Figure("body", "node", values),))


RULES: Mapping[str, Callable[[Subject], Evidence]] = {
    "I1": producer,
    "I3": consent,
    "I4": protection,
    "I5": authority,
    "P1": design,
    "P3": analysis,
    "P4": feedback,
}
