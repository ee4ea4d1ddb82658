"""Protected numbers: the only numbers a release accepts."""

from __future__ import annotations

from dataclasses import InitVar, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from everycount.estimate.estimates import Against, CellKey, Verdict
    from everycount.protect.policy import Policy
    from everycount.sample.design import Basis, Scope


class Status(StrEnum):
    """Whether a cell is shown, and if not, why not."""

    SHOWN = "shown"
    SUPPRESSED_SMALL = "suppressed_small"
    SUPPRESSED_COMPLEMENTARY = "suppressed_complementary"
    SUPPRESSED_UNRELIABLE = "suppressed_unreliable"
    NO_ANSWERS = "no_answers"
    WITHHELD_BY_COMMUNITY = "withheld_by_community"


@dataclass(frozen=True, slots=True)
class Cell:
    """One published row; every number is None unless the status is ``shown`` (``no_answers`` keeps n = 0)."""

    measure: str
    cell: CellKey
    value: float | None
    se: float | None
    ci_low: float | None
    ci_high: float | None
    df: int | None
    interval: str
    n: int | None
    n_effective: float | None
    deff: float | None
    cv: float | None
    basis: Basis
    scope: Scope
    status: Status
    verdict: Verdict | None
    n_needed: int | None
    note: str


@dataclass(frozen=True, slots=True)
class SafeContrast:
    """A comparison of two groups, both of which are shown.

    Attributes:
        p_adjusted: how often chance alone would make a difference this large, all comparisons of the release
            thought of; rounded up, None where there is no error.
        differs: that is rarer than the level of the intervals leaves to chance.
    """

    measure: str
    cell: CellKey
    against: Against
    other: CellKey
    difference: float
    difference_low: float | None
    difference_high: float | None
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    p_adjusted: float | None = None
    differs: bool | None = None


@dataclass(frozen=True, slots=True)
class SafeAssociation:
    """Whether the groups of a dimension differ at all, where every one of them is shown.

    Attributes:
        p_adjusted: how often chance alone would make groups that are alike differ so, all such tests of the
            release thought of; rounded up.
        differs: that is rarer than the level of the intervals leaves to chance.
    """

    measure: str
    dimension: str
    p_adjusted: float
    differs: bool


_MADE_HERE = object()  # known to this module alone, so that no other code makes cells without meaning to


@dataclass(frozen=True, slots=True)
class Cells:
    """Protected numbers with the policy that protected them.

    Made by :func:`everycount.protect.protect`; read back from a release by :func:`restore`.
    Calling the class, or ``dataclasses.replace``, raises TypeError.
    """

    policy: Policy
    level: float
    cells: tuple[Cell, ...]
    contrasts: tuple[SafeContrast, ...]
    associations: tuple[SafeAssociation, ...] = ()
    made: InitVar[object] = None

    def __post_init__(self, made: object) -> None:
        if made is not _MADE_HERE:
            raise TypeError("Cells are made by everycount.protect.protect, or read back by restore.")


def restore(
    policy: Policy,
    level: float,
    cells: tuple[Cell, ...],
    contrasts: tuple[SafeContrast, ...],
    associations: tuple[SafeAssociation, ...] = (),
) -> Cells:
    """Cells that protection has made before, read back from a release; never a way round it."""
    return Cells(policy, level, cells, contrasts, associations, _MADE_HERE)
