"""All numbers of a release as a table that is searched: by names of measures, characteristics and groups."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from everycount.site.publication.models import Release
from everycount.site.publication.queries.releases import numbers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from everycount.protect.cells import Cell
    from everycount.text import Text

_KEPT = 8  # searches whose pages are turned


def matching(release: Release, asked: str) -> Sequence[Cell]:
    """The cells each of whose names together hold all words that are asked for; all of them without any.

    Names are looked through, not cells: of 100,000 cells there are a few hundred names. They stand in every
    language of the survey, so that what is found does not depend on the reader's.
    """
    if not asked:
        return numbers(release).cells.cells
    return _matching(release.pk, release.digest, asked.casefold())


@lru_cache(maxsize=_KEPT)
def _matching(name: UUID, digest: str, asked: str) -> Sequence[Cell]:
    release = numbers(Release(pk=name, digest=digest))
    words = asked.split()
    measures = {one.id: _held(words, one.id, one.labels) for one in release.measures}
    groups = {
        (one.id, code): _held(words, one.id, code, one.labels, labels)
        for one in release.dimensions
        for code, labels in one.groups
    }
    wanted = (1 << len(words)) - 1
    found = []
    for cell in release.cells.cells:
        held = measures[cell.measure]
        for pair in cell.cell:
            held |= groups[pair]
        if held == wanted:
            found.append(cell)
    return found


def _held(words: Sequence[str], *names: str | Text) -> int:
    """Which of the words stand in the names, a bit a word."""
    versions = [[name] if isinstance(name, str) else [said for _, said in name.versions] for name in names]
    text = " ".join(said for each in versions for said in each).casefold()
    return sum(1 << i for i, word in enumerate(words) if word in text)
