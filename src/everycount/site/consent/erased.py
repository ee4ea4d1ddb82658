"""The list of what was taken back, beside the database: a restored backup forgets it again.

Lines are only added: ``erased MARK INITIATIVE`` for each instanceID of an erased submission, ``withdrawn
MARK PURPOSE`` for a purpose that was closed, ``initiative ID MOMENT`` for an initiative of which everything
was erased. Marks are keyed hashes (those of the tombstones): the list names nobody, and whoever has it alone
learns nothing but how often consent was taken back, and in which initiative. It belongs into every backup,
and a restore must keep the longer one.
"""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from everycount.site.consent.models import Purpose
from everycount.site.vault import places

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_ERASED, _WITHDRAWN, _INITIATIVE = "erased", "withdrawn", "initiative"


@dataclass
class TakenBack:
    """What the list says.

    Attributes:
        erased: marks of erased instances, and of which initiative they were, where that is said.
        withdrawn: purposes by the mark of the first instance.
        initiatives: until when everything of an initiative was erased.
    """

    erased: dict[str, UUID | None] = field(default_factory=dict)
    withdrawn: dict[str, set[Purpose]] = field(default_factory=dict)
    initiatives: dict[UUID, datetime] = field(default_factory=dict)


def path() -> Path:
    """Where it lies."""
    return places.ring().folder.parent / "erased.log"


def note_erased(marks: Collection[str], *, of: UUID) -> None:
    """On disk when it returns: before anything is erased, so that a crash in between is made good later."""
    _add([f"{_ERASED} {mark} {of}" for mark in sorted(marks)])


def note_withdrawn(mark: str, purposes: Collection[Purpose]) -> None:
    """The same for purposes of one submission."""
    _add([f"{_WITHDRAWN} {mark} {purpose}" for purpose in sorted(purposes)])


def note_initiative(initiative: UUID, at: datetime) -> None:
    """The same for everything that an initiative had until then."""
    _add([f"{_INITIATIVE} {initiative} {at.isoformat()}"])


def _add(lines: list[str]) -> None:
    if not lines:
        return
    place = path()
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        # A line that a crash cut off must not swallow the next one; empty lines mean nothing.
        os.write(file, ("\n" + "\n".join(lines) + "\n").encode("ascii"))
        os.fsync(file)
    finally:
        os.close(file)


def read() -> TakenBack:
    """The whole list; empty where there is none. A line that is not whole is left out."""
    found = TakenBack()
    try:
        text = path().read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return found
    for line in text.splitlines():
        match line.split():
            case [word, mark] if word == _ERASED:
                found.erased.setdefault(mark, None)
            case [word, mark, name] if word == _ERASED:
                found.erased[mark] = _uuid(name) or found.erased.get(mark)
            case [word, mark, purpose] if word == _WITHDRAWN and purpose in Purpose.values:
                found.withdrawn.setdefault(mark, set()).add(Purpose(purpose))
            case [word, name, moment] if word == _INITIATIVE:
                _add_initiative(found, name, moment)
    return found


def _uuid(name: str) -> UUID | None:
    """None where the line was cut off; its mark stands before it, and is whole."""
    try:
        return UUID(name)
    except ValueError:
        return None


def _add_initiative(found: TakenBack, name: str, moment: str) -> None:
    try:
        initiative, until = UUID(name), datetime.fromisoformat(moment)
    except ValueError:
        return  # a line that is not whole
    if until.tzinfo is not None:
        found.initiatives[initiative] = max(until, found.initiatives.get(initiative, until))


def merge(other: Path) -> None:
    """Adds the lines of another list, such as that of a backup or of the node that was lost."""
    have = set(path().read_text(encoding="ascii").splitlines()) if path().exists() else set()
    lines = other.read_text(encoding="ascii", errors="replace").splitlines()
    _add([line for line in dict.fromkeys(lines) if line and line not in have])
