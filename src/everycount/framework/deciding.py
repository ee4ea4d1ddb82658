"""A decision about the use of a number, as it stands beside a release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.framework.model import model

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Said:
    """A reply of the initiative, an appeal or its answer: whose, when, and the words."""

    by: str
    on: date
    words: str


@dataclass(frozen=True, slots=True)
class UseDecision:
    """What a statistical office decided about one use of one measure of a release.

    Attributes:
        measure: id of the measure; "" for the whole release.
        indicator: SDG indicator that the use is; "" where it is stated in ``use``.
        outcome: id of the outcome.
        office: who decided.
        until: the last day on which it holds.
        address: where it stands for good.
        endorsed: the office reports the number as its own; only then is it a national figure.
        replies: what the initiative says to it.
        appeals: what was asked to be looked at again, with answers.
    """

    measure: str
    indicator: str
    use: str
    outcome: str
    office: str
    decided: date
    until: date
    reason: str
    conditions: str
    address: str
    endorsed: bool = False
    replies: tuple[Said, ...] = ()
    appeals: tuple[Said, ...] = ()

    def __post_init__(self) -> None:
        model().outcome(self.outcome)
        if not self.reason.strip():
            raise ValueError("A decision has a reason.")
        if self.endorsed and self.outcome != "U1":
            raise ValueError("Only a number that compiles an indicator is endorsed.")
        if self.until < self.decided:
            raise ValueError("A decision ends after it begins.")

    def holds(self, on: date) -> bool:
        """Whether it holds on a day."""
        return self.decided <= on <= self.until
