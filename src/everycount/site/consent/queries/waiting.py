"""Which messages and wishes wait for somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import ngettext

from everycount.site.consent.queries.steward import messages
from everycount.site.consent.queries.wishes import wishes
from everycount.site.people.waiting import Task

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative


def waiting(reader: Person, initiative: Initiative, at: datetime) -> Iterator[Task]:
    """What respondents wrote and nobody has read, and what they want corrected."""
    count = messages(reader, initiative, at=at).filter(read_at=None).count()
    if count:
        words = ngettext(
            "%(n)s message of a respondent to read", "%(n)s messages of respondents to read", count
        )
        yield Task(words % {"n": count}, reverse("messages", args=[initiative.slug]))
    count = wishes(reader, initiative, at=at).filter(outcome="").count()
    if count:
        words = ngettext(
            "%(n)s correction that was asked for", "%(n)s corrections that were asked for", count
        )
        yield Task(words % {"n": count}, reverse("wishes", args=[initiative.slug]))
