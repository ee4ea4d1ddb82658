"""Published methods of assessing progress, one dated module each; results store which one was used.

M1 and M3 of the catalogue's list ``progress_method`` stand here. M2 has no published cut points; of M4 the
weights of its regression, and of M5 its thresholds, have not been found in a text that we could read.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from everycount.progress.methods import m1_unsd_2023, m3_open_sdg_2023

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from everycount.progress.aims import Aim
    from everycount.progress.course import Course
    from everycount.progress.methods.outcome import Outcome

METHODS: Mapping[str, Callable[[Course, Aim], Outcome]] = MappingProxyType(
    {"M1": m1_unsd_2023.assess, "M3": m3_open_sdg_2023.assess}
)

__all__ = ["METHODS"]
