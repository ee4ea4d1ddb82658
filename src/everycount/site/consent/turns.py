"""Whose turn it is: of all processes of a node, one works in the background.

A lock on a file of the data folder says which; the system lets it go with the process that holds it, however
that ends. So nobody needs a clock to know that another one is dead, and a jump of the clock takes no turn
away. All processes of a node share the data folder, for the salts of the vault lie there.
"""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.site.vault import places

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Turn:
    """The turn of this process, or of one of its threads.

    Attributes:
        name: of the file; who does other work in the background takes other turns.
    """

    name: str = "worker.lock"
    _file: int | None = None

    def take(self) -> bool:
        """Whether it is ours now; no other process has it until it is left."""
        if self._file is not None:
            return True
        file = os.open(_place(self.name), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            os.close(file)
            if not isinstance(problem, BlockingIOError):
                raise
            return False
        self._file = file
        return True

    def leave(self) -> None:
        """Lets another process have it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _place(name: str) -> Path:
    return places.ring().folder.parent.parent / name
