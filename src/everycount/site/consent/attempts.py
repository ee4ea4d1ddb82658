"""How often a code may be guessed. Counted in memory only: no address of anybody is ever written down.

A code has 128 random bits and cannot be guessed; what is limited is the load. Only wrong codes count, for
many people share one address behind a mobile network. The limit of all addresses together holds for wrong
codes alone: whoever has a thousand addresses must not keep people from taking their consent back.
"""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

WINDOW = timedelta(minutes=10)
MOST_EACH, MOST_ALL = 20, 2000  # wrong codes within the window
_ADDRESSES = 20_000  # held at once; the oldest is forgotten first
_IPV6_NET = 64  # bits that one household or phone has to itself


@dataclass
class Attempts:
    """Wrong codes of the last minutes, by address and altogether."""

    _each: OrderedDict[str, deque[datetime]] = field(default_factory=OrderedDict)
    _all: deque[datetime] = field(default_factory=lambda: deque(maxlen=MOST_ALL + 1))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def may(self, address: str, *, at: datetime) -> bool:
        """Whether one more code may be tried from an address."""
        with self._lock:
            return _recent(self._each.get(net(address), deque()), at) < MOST_EACH

    def are_many(self, *, at: datetime) -> bool:
        """Whether so many wrong codes come from everywhere that the next one is asked to wait."""
        with self._lock:
            return _recent(self._all, at) > MOST_ALL

    def failed(self, address: str, *, at: datetime) -> None:
        """A wrong code came from an address."""
        with self._lock:
            each = self._each.setdefault(net(address), deque(maxlen=MOST_EACH))
            each.append(at)
            self._all.append(at)
            self._each.move_to_end(net(address))
            while len(self._each) > _ADDRESSES:
                self._each.popitem(last=False)

    def forget(self) -> None:
        """Everything, for tests."""
        with self._lock:
            self._each.clear()
            self._all.clear()


def _recent(times: deque[datetime], at: datetime) -> int:
    while times and at - times[0] > WINDOW:
        times.popleft()
    return len(times)


def net(address: str) -> str:
    """An address as it is counted: IPv6 by the net that a household has to itself."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 6:
        return str(ipaddress.ip_network((found, _IPV6_NET), strict=False))
    return str(found)


ATTEMPTS = Attempts()
