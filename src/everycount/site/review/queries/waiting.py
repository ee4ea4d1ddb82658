"""Which submissions wait for somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import ngettext

from everycount.site.people.policy import Verb
from everycount.site.people.waiting import Task
from everycount.site.review.models import State
from everycount.site.review.queries.lists import ANSWERED
from everycount.site.review.queries.pages import decidable
from everycount.site.review.queries.replies import answered
from everycount.site.review.queries.states import own, reviewed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative


def waiting(reader: Person, initiative: Initiative, at: datetime) -> Iterator[Task]:
    """What the reader may decide about, and what came back to the own phone."""
    count = decidable(reader, initiative, at=at).count()
    if count:
        words = ngettext("%(n)s submission to decide about", "%(n)s submissions to decide about", count)
        yield Task(words % {"n": count}, reverse("submissions", args=[initiative.slug]))
    rows = reviewed(reader, Verb.REVIEW, initiative, at=at).filter(is_test=False)
    count = answered(rows).count()
    if count:
        words = ngettext(
            "%(n)s answer of a collector to a decision", "%(n)s answers of collectors to decisions", count
        )
        address = reverse("submissions", args=[initiative.slug])
        yield Task(words % {"n": count}, f"{address}?state={ANSWERED}")
    count = own(reader, initiative, at=at).filter(state=State.RETURNED).count()
    if count:
        words = ngettext("%(n)s submission came back to mend", "%(n)s submissions came back to mend", count)
        address = reverse("own_submissions", args=[initiative.slug])
        yield Task(words % {"n": count}, f"{address}?state={State.RETURNED.value}")
