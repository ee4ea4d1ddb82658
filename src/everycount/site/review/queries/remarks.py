"""What reviewers wrote about submissions, and what those who sent them answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.site.consent import gate
from everycount.site.review.models import Decision, Reply

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID


def items_of(submission: UUID) -> list[UUID]:
    """The vault's items of everything that was written about a submission."""
    written = Decision.objects.filter(submission=submission).exclude(words=None)
    replied = Reply.objects.filter(submission=submission)
    found = [*written.values_list("words", flat=True), *replied.values_list("words", flat=True)]
    return [item for item in found if item is not None]


def words_of(remarks: Iterable[Decision | Reply]) -> dict[UUID, str]:
    """The words, by their item; nothing of those whose person ended the review."""
    return gate.open_remarks({each.words: each.submission_id for each in remarks if each.words})
