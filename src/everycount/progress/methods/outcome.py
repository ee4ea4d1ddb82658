"""What a method says of one course."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

NO_DATA = "no_data"  # nobody reported a number
NOT_APPLICABLE = "not_applicable"  # the database says that the indicator does not concern the place
NOT_ASSESSED = "not_assessed"  # there are numbers, and the method cannot judge them; the reason says why


@dataclass(frozen=True, slots=True)
class Outcome:
    """A category, and the ratio that it follows from.

    Attributes:
        category: the method's own word, or one of the three states above.
        ratio: what was held against the thresholds; None where there is none.
        target: the value to be reached; None where no number was agreed.
        reason: why nothing was assessed, or why a category follows from no ratio.
    """

    category: str
    ratio: float | None = None
    target: float | None = None
    reason: str = ""


def placed(value: float, cuts: Sequence[tuple[float, str]], lowest: str) -> str:
    """The first category whose lower bound the value reaches, else the lowest; bounds descend."""
    return next((name for bound, name in cuts if value >= bound), lowest)
