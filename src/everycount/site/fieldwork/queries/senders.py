"""What whoever sent something is asked about it: as a question that they may answer, and never as a charge.

Told is what the collector alone can clear up. Not told, because it would say something of another person's
answers or of another collector, or because it is for people to speak about: that it is like somebody else's
interview, that another's phone sent it, and what is said of a collector's interviews together. No figures and
no limits are told: whoever knows them can keep below them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, Q

from everycount.site.fieldwork.kinds import Kind
from everycount.site.fieldwork.models import Flag
from everycount.site.fieldwork.queries.flags import in_order, labeller
from everycount.site.fieldwork.words import ASKED, ask

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from uuid import UUID

_OWN_TWIN = Q(other__sent_by=F("submission__sent_by")) | Q(
    other__sent_by__person=F("submission__sent_by__person")
)


def for_senders(submissions: Collection[UUID]) -> dict[UUID, list[str]]:
    """Questions about submissions, in the reader's language, for whoever sent them."""
    found: dict[UUID, list[str]] = {}
    labels: dict[UUID, Callable[[str], str]] = {}
    rows = Flag.objects.filter(submission__in=submissions, dismissed_at=None, kind__in=ASKED)
    rows = rows.filter(~Q(kind=Kind.DUPLICATE) | _OWN_TWIN)
    for flag in in_order(rows):
        label = labels.setdefault(flag.questionnaire_id, labeller(flag.questionnaire_id))
        words = ask(flag, label)
        if flag.submission_id is not None and words not in found.setdefault(flag.submission_id, []):
            found[flag.submission_id].append(words)
    return found
