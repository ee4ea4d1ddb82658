"""The submissions that are reviewed, each with its state. Every page, list and count begins here.

A submission is there while its person agrees that it is looked at: whoever takes that back is gone from every
list and count at once, and what was never agreed was never there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, CharField, F, FilteredRelation, Q, QuerySet, Value, When

from everycount.site.collection.models import Submission
from everycount.site.consent import gate
from everycount.site.consent.models import Purpose
from everycount.site.people.policy import Verb, may
from everycount.site.review.models import State

if TYPE_CHECKING:
    from datetime import datetime
    from typing import TypeAlias, TypedDict

    from django_stubs_ext import WithAnnotations

    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative
    from everycount.site.review.models import Decision

    class Said(TypedDict):
        """What a row says of its review; ``now`` is the decision that holds."""

        now: Decision | None
        state: str
        why: str | None

    Stated: TypeAlias = WithAnnotations[Submission, Said]


def reviewed(reader: Person | None, verb: Verb, initiative: Initiative, *, at: datetime) -> QuerySet[Stated]:
    """Submissions on which a reader may do the verb; ``state`` and ``why`` say how far each is.

    The policy is asked once, of their initiative: it is what the policy asks of each of them.
    """
    if not may(reader, verb, initiative, at=at):
        return stated(Submission.objects.none())
    forms = list(initiative.questionnaires.values_list("pk", flat=True))  # a list, for a join is slower
    return stated(gate.agreed(Submission.objects.filter(questionnaire__in=forms), Purpose.REVIEW))


def stated(rows: QuerySet[Submission]) -> QuerySet[Stated]:
    """The same rows with what was decided last."""
    found = rows.annotate(now=FilteredRelation("decisions", condition=Q(decisions__is_current=True)))
    state = Case(
        When(now__pk=None, then=Value(State.RECEIVED.value)),
        When(~Q(now__instance=F("current")), then=Value(State.EDITED.value)),
        default=F("now__state"),
        output_field=CharField(),
    )
    return found.annotate(state=state, why=F("now__reason"))


def own(reader: Person, initiative: Initiative, *, at: datetime) -> QuerySet[Stated]:
    """Those that the reader's own phones sent, but for tests."""
    rows = reviewed(reader, Verb.SEE_OWN, initiative, at=at)
    return rows.filter(sent_by__person=reader, is_test=False)
