"""The questions of a submission's questionnaire: what a decision can be about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.questionnaire.kinds import SPOKEN
from everycount.site.consent import gate

if TYPE_CHECKING:
    from everycount.site.collection.models import Submission
    from everycount.site.review.models import Decision


def askable(submission: Submission, language: str) -> list[tuple[str, str]]:
    """Path and wording of every question that people are asked; none where the version is not known."""
    form = gate.form_of(submission)
    found = (each for each in form.questions if each.kind in SPOKEN) if form else ()
    return [("/".join(each.full_path), each.labels.say(language, each.name)) for each in found]


def asked_about(submission: Submission, decision: Decision | None, language: str) -> tuple[str, ...]:
    """The questions that a decision is about, as they were asked."""
    if decision is None or not decision.questions:
        return ()
    words = dict(askable(submission, language))
    return tuple(words.get(each, each) for each in decision.questions)
