"""What happened to the public numbers of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.site.publication.queries.releases import current, under_revision

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.site.publication.models import Plan, Release


@dataclass(frozen=True, slots=True)
class News:
    """What happened.

    Attributes:
        release: the one that holds.
        is_new: it came out since.
        is_revised: it took the place of an earlier one.
        is_doubtful: a record of it was taken back since, so it will be made anew.
    """

    release: Release
    is_new: bool
    is_revised: bool
    is_doubtful: bool


def news(plan: Plan, *, since: datetime, at: datetime) -> News | None:
    """What happened since a moment; None where nothing did."""
    release = current(at=at).filter(plan=plan).first()
    if release is None or release.published_at is None:
        return None
    is_new = release.published_at > since
    doubted = under_revision(release)
    is_doubtful = doubted is not None and doubted > since
    if not (is_new or is_doubtful):
        return None
    return News(release, is_new, is_new and release.number > 1, is_doubtful)
