"""The keys of cells as others hold them; how they are made stands in ``keys``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from everycount.estimate.estimates import CellKey

MODULUS = 2**32  # keys are whole numbers from 0 to this less 1; sums of 2**32 rows still fit 64 bits


@dataclass(frozen=True, slots=True)
class KeysOfCell:
    """The keys of the three groups of people that a cell counts.

    Attributes:
        n: those with an answer, inside the measure's ``among``.
        events: those of them with what is looked for; 0 where nothing is.
        others: those of them without it.
    """

    n: int
    events: int
    others: int


CellKeys: TypeAlias = Mapping[tuple[str, CellKey], KeysOfCell]
