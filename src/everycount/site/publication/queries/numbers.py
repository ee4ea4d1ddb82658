"""Published numbers: their names for good, and what became of them from release to release."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from everycount.protect.cells import Status
from everycount.site.publication.models import Release
from everycount.site.publication.queries.releases import numbers, public, published
from everycount.site.publication.states import State

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from everycount.estimate.estimates import CellKey
    from everycount.protect.cells import Cell

_MARK = 12  # characters of base32: of 100,000 numbers two are alike once in two hundred million releases
_NAME = re.compile(
    rf"(?P<plan>[-\w]{{1,60}})\.(?P<number>[1-9]\d{{0,5}})\.(?P<mark>[a-z2-7]{{{_MARK}}})", re.ASCII
)
_NUMBERS = ("value", "se", "ci_low", "ci_high", "df", "n", "n_effective", "deff", "cv", "n_needed")
_KEPT = 4  # as many as releases are kept opened


@dataclass(frozen=True, slots=True)
class Number:
    """A cell of a release, shown or not."""

    release: Release
    cell: Cell

    @property
    def name(self) -> str:
        """Its name for good."""
        return name_of(self.release, self.cell)


def mark_of(measure: str, cell: CellKey) -> str:
    """What tells a cell from the others of a survey: the same in every release, in any order of its key."""
    written = json.dumps([measure, sorted(cell)], ensure_ascii=False, separators=(",", ":"))
    return base64.b32encode(hashlib.sha256(written.encode()).digest()).decode()[:_MARK].lower()


def name_of(release: Release, cell: Cell) -> str:
    """The name of a number for good: plan, number of the release, and the mark of the cell."""
    return f"{release.plan.slug}.{release.number}.{mark_of(cell.measure, cell.cell)}"


def number(name: str, *, at: datetime) -> Number | None:
    """The number of that name, as far as everybody may know of its release."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    release = public(found["plan"], int(found["number"]), at=at)
    return None if release is None else _in(release, found["mark"], at)


def before(one: Number, *, at: datetime) -> Number | None:
    """The same cell in the public release before; None where there is none, or it did not have it."""
    rows = published(at=at).filter(plan=one.release.plan_id, number__lt=one.release.number)
    release = rows.order_by("-number").first()
    return None if release is None else _in(release, mark_of(one.cell.measure, one.cell.cell), at)


def now(one: Number, *, at: datetime) -> Number | None:
    """The same cell in the release that holds, where that is a later one."""
    release = _holds(one.release, at)
    return None if release is None else _in(release, mark_of(one.cell.measure, one.cell.cell), at)


def _holds(release: Release, at: datetime) -> Release | None:
    rows = published(at=at).filter(plan=release.plan_id, state=State.PUBLISHED)
    return rows.exclude(pk=release.pk).first()


def _in(release: Release, mark: str, at: datetime) -> Number | None:
    cell = _marked(release.pk, release.digest).get(mark)
    if cell is None or release.state == State.PUBLISHED:
        return None if cell is None else Number(release, cell)
    holds = _holds(release, at)
    later = None if holds is None else _marked(holds.pk, holds.digest).get(mark)
    if later is not None and later.value is not None:
        return Number(release, cell)
    return Number(release, _emptied(cell, later))


def _emptied(cell: Cell, later: Cell | None) -> Cell:
    """A number that is not shown any more is not shown under its old name either."""
    status = Status.WITHHELD_BY_COMMUNITY if later is None else later.status
    nothing: dict[str, Any] = dict.fromkeys(_NUMBERS)
    return replace(cell, **nothing, status=status, interval="", verdict=None, note="")


@lru_cache(maxsize=_KEPT)
def _marked(name: UUID, digest: str) -> dict[str, Cell]:
    release = Release(pk=name, digest=digest)
    return {mark_of(cell.measure, cell.cell): cell for cell in numbers(release).cells.cells}
