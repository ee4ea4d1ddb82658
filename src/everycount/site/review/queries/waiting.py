"""Which submissions wait for somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import ngettext

from everycount.site.people.waiting import Task
from everycount.site.review.models import State
from everycount.site.review.queries.pages import decidable
from everycount.site.review.queries.states import own

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
    count = own(reader, initiative, at=at).filter(state=State.RETURNED).count()
    if count:
        words = ngettext("%(n)s submission came back to mend", "%(n)s submissions came back to mend", count)
        address = reverse("own_submissions", args=[initiative.slug])
        yield Task(words % {"n": count}, f"{address}?state={State.RETURNED.value}")
