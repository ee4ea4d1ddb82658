"""What those who sent submissions answered to what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from everycount.site.review.models import Reply

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from django.db.models import QuerySet

    from everycount.site.review.models import Decision
    from everycount.site.review.queries.states import Stated


def answered(rows: QuerySet[Stated]) -> QuerySet[Stated]:
    """Those to whose last decision somebody has answered, and of which no other version came since."""
    said = Reply.objects.filter(submission=OuterRef("pk"), decision=OuterRef("now__pk"))
    before = Reply.objects.filter(submission=OuterRef("pk"), decision=None)  # to a flag
    return rows.filter(Exists(said) | Q(Exists(before), now__pk=None)).exclude(state="edited")


def replies_to(decisions: Iterable[Decision]) -> dict[UUID, list[Reply]]:
    """The replies to decisions, by submission, the first one first."""
    return _by_submission(Reply.objects.filter(decision__in=[row.pk for row in decisions]))


def replies_of(submissions: Iterable[UUID]) -> dict[UUID, list[Reply]]:
    """All replies about submissions, the first one first."""
    return _by_submission(Reply.objects.filter(submission__in=list(submissions)))


def _by_submission(rows: QuerySet[Reply]) -> dict[UUID, list[Reply]]:
    found: dict[UUID, list[Reply]] = {}
    for each in rows.order_by("pk"):
        found.setdefault(each.submission_id, []).append(each)
    return found
