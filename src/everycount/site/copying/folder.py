"""The folder of a copy: written beside, put in its place whole, and never over what is no copy."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

from everycount.faults import Fault, InputError
from everycount.formats.writing import swap
from everycount.release.folder import SIGNATURE, names_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAME = "everycount-copy.json"


def refuse_foreign(target: Path) -> None:
    """Only a new folder, or one that holds an earlier copy and nothing else, is taken.

    Raises:
        InputError: something else is there, or the folder cannot be put in place of another.
    """
    if target.is_mount():
        problem = "This is a disk or a stick itself, and cannot be replaced in one step."
        raise InputError(Fault(str(target), problem, f"Name a folder on it, such as {target / 'site'}."))
    if target.exists() and not target.is_dir():
        raise InputError(Fault(str(target), "This is a file.", "Name a folder for the copy."))
    found = set(names_in(target)) if target.is_dir() else set()
    foreign = sorted(found - _listed(target) - {NAME, SIGNATURE})
    if foreign:
        named = ", ".join(f'"{name}"' for name in foreign[:5])
        problem = f"The folder holds what no copy of a site wrote: {named}."
        raise InputError(Fault(str(target), problem, "Name a new folder, or move these files elsewhere."))


def _listed(target: Path) -> set[str]:
    try:
        held: Any = json.loads((target / NAME).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    return set(held) if isinstance(held, dict) else set()


def replaced(target: Path, fill: Callable[[Path], None]) -> None:
    """Fills a folder beside the target and puts it there: readers see the old copy or the new one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh, old = (target.parent / f".{target.name}.{word}" for word in ("copying", "replaced"))
    for left in (fresh, old):
        shutil.rmtree(left, ignore_errors=True)  # of a process that was killed
    fresh.mkdir()
    try:
        fill(fresh)
        swap(fresh, target, old)
    except BaseException:  # an interrupt, too, leaves nothing half made behind
        shutil.rmtree(fresh, ignore_errors=True)
        raise
