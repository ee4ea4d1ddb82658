"""Who has the node in hand: everybody who works with it, or one who changes its keys.

Each process of a node holds a lock on a file of the data folder for as long as it lives; the system lets it
go with the process, however that ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_HELD: dict[Path, int] = {}


def hold(data: Path, *, alone: bool = False) -> bool:
    """Takes the node into hand until this process ends.

    Args:
        data: its folder.
        alone: nobody else may have it, or take it.

    Returns:
        Whether it was free for that. Where the folder cannot be written there is nothing to be held.
    """
    try:
        file = _HELD.get(data) or os.open(data / "node.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        return not alone
    _HELD[data] = file
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        return True
    return False
