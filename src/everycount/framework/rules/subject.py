"""What evidence is about: one measure of a release, with what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.faults import InputError, unknown

if TYPE_CHECKING:
    from everycount.framework.known import Known
    from everycount.protect.cells import Cell
    from everycount.release import MeasureFacts, Release


@dataclass(frozen=True, slots=True)
class Subject:
    """A release, one of its measures, and what else is known."""

    release: Release
    measure: MeasureFacts
    known: Known

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The measure's own."""
        return tuple(each for each in self.release.cells.cells if each.measure == self.measure.id)

    @property
    def overall(self) -> Cell | None:
        """The number of everybody; None where there is none or it is not shown."""
        return next((each for each in self.cells if not each.cell and each.value is not None), None)


def subject_of(release: Release, measure: str, known: Known) -> Subject:
    """The subject.

    Raises:
        InputError: the release has no such measure.
    """
    by_name = {each.id: each for each in release.measures}
    if measure not in by_name:
        raise InputError(unknown("measure", "measure", measure, by_name))
    return Subject(release, by_name[measure], known)
