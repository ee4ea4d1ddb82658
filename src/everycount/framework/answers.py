"""How a criterion is answered."""

from __future__ import annotations

from enum import StrEnum


class Answer(StrEnum):
    """From absent to strong; not applicable and not known are answers of their own, and no zeros."""

    ABSENT = "0"
    WEAK = "1"
    ADEQUATE = "2"
    STRONG = "3"
    NOT_APPLICABLE = "NA"
    UNKNOWN = "U"

    @property
    def score(self) -> int | None:
        """0 to 3; None where it is no score."""
        return int(self.value) if self.value.isdigit() else None
