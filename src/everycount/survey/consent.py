"""Which records may be opened for statistics.

A record is counted only when the person said yes. Where the questionnaire asks for consent, the survey file
has to say which answer is a yes: silence is refusal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.estimate.condition import Condition, questions
from everycount.survey.conditions import closed

if TYPE_CHECKING:
    from everycount.questionnaire import Questionnaire
    from everycount.survey.document import Reader

STATISTICS = "statistics"
SHARING = "sharing"


@dataclass(frozen=True, slots=True)
class ConsentRule:
    """What must hold of a record before it is used; None where the survey asked nobody.

    Attributes:
        statistics: before it is counted.
        sharing: before it is given, as a record, to others than those who keep it.
    """

    statistics: Condition | None = None
    sharing: Condition | None = None


def read_consent(root: Reader, questionnaire: Questionnaire | None) -> ConsentRule:
    """The ``[consent]`` table, held against the questionnaire's consent questions."""
    reader = root.table("consent")
    rule = ConsentRule()
    if reader is not None:
        inner = reader.table(STATISTICS)
        if inner is None:
            reader.complain(
                None, "It is not said who agreed.", 'Write statistics = {question = "...", in = ["yes"]}.'
            )
        else:
            shared = reader.table(SHARING)
            rule = ConsentRule(closed(inner), closed(shared) if shared is not None else None)
        reader.close()
    asked = consent_questions(questionnaire)
    used = questions(rule.statistics) if rule.statistics else ()
    for name in asked:
        if name not in used:
            root.complain(
                "consent",
                f'The question "{name}" asks for consent to statistics and [consent] does not heed it.',
                f'Write [consent] and statistics = {{question = "{name}", in = ["yes"]}}, '
                "with the code that means yes.",
            )
    return rule


def consent_questions(questionnaire: Questionnaire | None, purpose: str = STATISTICS) -> tuple[str, ...]:
    """The questions that the questionnaire marks as asking for consent to a purpose."""
    if questionnaire is None:
        return ()
    return tuple(q.name for q in questionnaire.questions if q.consent_purpose == purpose)
