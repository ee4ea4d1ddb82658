"""What a public release says differently from the one that it replaced."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from everycount.formats.changes import revised
from everycount.site.publication.models import Release
from everycount.site.publication.queries.releases import numbers, previous

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from everycount.estimate.estimates import CellKey
    from everycount.formats.changes import Kind

_KEPT = 8  # comparisons; of each only what differs


@dataclass(frozen=True, slots=True)
class Changes:
    """The numbers that say something else than in the release before.

    Attributes:
        before: number of that release.
        kinds: what became of each, by measure and cell.
    """

    before: int
    kinds: Mapping[tuple[str, CellKey], Kind]

    @property
    def count(self) -> int:
        """How many."""
        return len(self.kinds)


def changes(release: Release) -> Changes | None:
    """What it changed; None where it is the first of its plan."""
    before = previous(release)
    if before is None:
        return None
    return Changes(before.number, _kinds(before.pk, before.digest, release.pk, release.digest))


@lru_cache(maxsize=_KEPT)
def _kinds(one: UUID, digest: str, other: UUID, its: str) -> Mapping[tuple[str, CellKey], Kind]:
    return revised(numbers(Release(pk=other, digest=its)), numbers(Release(pk=one, digest=digest)))
