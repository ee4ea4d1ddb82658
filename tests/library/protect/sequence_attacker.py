"""Somebody who holds several releases of people who come, leave or stay, and knows who can have been there.

As the attacker of one release, apart from protection: integers alone. A kind of person is what somebody is in
an attack of one release, and in which releases he or she was counted.
"""

# ruff: noqa: TC001, TC003 - a helper of tests, read with its types
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from library.protect.attacker import Attack


@dataclass
class SequenceAttack:
    """Integer worlds that agree with all releases of a sequence.

    Attributes:
        attacks: of each release by itself.
        patterns: in which of the releases somebody can have been, one truth value each; whoever stayed
            throughout has only true ones.
    """

    attacks: Sequence[Attack]
    patterns: Sequence[tuple[bool, ...]]
    _worlds: list[np.ndarray] = field(default_factory=list)

    def __post_init__(self) -> None:
        assert all(one.kinds == self.attacks[0].kinds for one in self.attacks)
        self._rows = np.array([self.wide(at, row) for at, one in enumerate(self.attacks) for row in one.rows])
        self._low = [low for one in self.attacks for low in one.low]
        self._high = [high for one in self.attacks for high in one.high]
        self._most = sum(len(one.survey.people) for one in self.attacks)

    def wide(self, at: int, row: np.ndarray) -> np.ndarray:
        """A sum over the people of one release, over everybody who was in any."""
        return np.concatenate([row if pattern[at] else np.zeros_like(row) for pattern in self.patterns])

    def is_known(self, row: np.ndarray, true: float) -> bool:
        """A sum has one value in all worlds."""
        if any(round(row @ world) != true for world in self._worlds):
            return False
        for side in (row, -row):
            self._worlds.append(self._world(side))
            if round(row @ self._worlds[-1]) != true:
                return False
        return True

    def _world(self, towards: np.ndarray) -> np.ndarray:
        from scipy.optimize import Bounds, LinearConstraint, milp

        found = milp(
            -towards,
            constraints=[LinearConstraint(self._rows, self._low, self._high)],
            integrality=np.ones(len(towards)),
            bounds=Bounds(0, self._most),
        )
        assert found.x is not None, "the truth itself must agree with what is printed"
        return np.rint(found.x)
