"""Answers to the same question of many requests, kept for a moment.

A phone that sends a hundred submissions asks a hundred times for its key, its questionnaire and its version.
What this process changes is forgotten at once; what another one changes, after :data:`SECONDS`.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")
SECONDS = 2.0
_MOST = 4096


@dataclass
class Kept(Generic[T]):
    """A few answers by what was asked."""

    _held: dict[Hashable, tuple[float, T]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, asked: Hashable, find: Callable[[], T]) -> T:
        """The answer, found anew when it is too old."""
        now = time.monotonic()
        held = self._held.get(asked)
        if held is not None and now - held[0] < SECONDS:
            return held[1]
        found = find()
        with self._lock:
            if len(self._held) >= _MOST:
                self._held.clear()
            self._held[asked] = (now, found)
        return found

    def forget(self) -> None:
        """Everything is asked anew."""
        with self._lock:
            self._held.clear()
