"""What reviewers wrote about submissions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.site.consent import gate
from everycount.site.review.models import Decision

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID


def items_of(submission: UUID) -> list[UUID]:
    """The vault's items of everything that was written about a submission."""
    rows = Decision.objects.filter(submission=submission).exclude(words=None)
    return [item for item in rows.values_list("words", flat=True) if item is not None]


def words_of(decisions: Iterable[Decision]) -> dict[int, str]:
    """The words of each decision, by its number; nothing of those whose person ended the review."""
    rows = [each for each in decisions if each.words is not None]
    opened = gate.open_remarks({each.words: each.submission_id for each in rows if each.words})
    return {each.pk: opened[each.words] for each in rows if each.words in opened}
