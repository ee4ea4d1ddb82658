"""Which files hold the records, and how they hang together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.faults import Fault, InputError
from everycount.sample.sample import MAIN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Source:
    """One file (or one sheet, or one member of an archive) of records.

    Three roles, told apart by what is given: the main table (named ``main``), a roster (``parent_key``: rows
    that belong to a row of the parent) and a look-up (``on``: columns that are joined to every main record
    with the same values, such as the population of its cluster).

    Attributes:
        path: the file; its content and extension say the format.
        key: column that identifies a row: of ``main`` for its rosters, of a roster for rosters inside it.
            None takes the export's own (``KEY``, ``meta/instanceID``, ``_uuid``, ``_index`` ...).
        parent_key: column of a roster that repeats its parent's key.
        parent: the table that ``parent_key`` points at.
        sheet: sheet of a workbook, or member of a ZIP archive; None takes the first, or all that belong
            together in an export.
        on: columns of a look-up that are found, with the same names, in ``main``.
        take: columns wanted from a look-up; empty takes all.
        encoding: text encoding of a CSV file; None finds it.
    """

    path: Path
    key: str | None = None
    parent_key: str | None = None
    parent: str = MAIN
    sheet: str | None = None
    on: tuple[str, ...] = ()
    take: tuple[str, ...] = ()
    encoding: str | None = None

    def __post_init__(self) -> None:
        if self.on and self.parent_key:
            raise InputError(
                Fault(
                    self.path.name,
                    'A file is a look-up ("on") or a roster ("parent_key"), not both.',
                    "Remove one of the two.",
                )
            )
        if self.take and not self.on:
            raise InputError(
                Fault(
                    self.path.name,
                    'Only a look-up can "take" columns, and this file has no "on".',
                    'Name the columns that join it to the main table in "on".',
                )
            )

    @property
    def lookup(self) -> bool:
        """It adds columns to the main table."""
        return bool(self.on)


def check_sources(sources: Mapping[str, Source]) -> None:
    """Refuses sources without a main table, rosters without a parent, and files that are not there.

    Raises:
        InputError: with every fault found.
    """
    faults = [
        Fault(str(source.path), "The file does not exist.", "Check the name and the folder.")
        for source in sources.values()
        if not source.path.is_file()
    ]
    if MAIN not in sources:
        faults.append(Fault("records", "There is no main table.", f'Name one of the files "{MAIN}".'))
    for name, source in sources.items():
        faults += _roster_faults(name, source, sources)
    if faults:
        raise InputError(*faults)


def _roster_faults(name: str, source: Source, sources: Mapping[str, Source]) -> list[Fault]:
    place = f"records, table {name}"
    if name == MAIN:
        if source.lookup or source.parent_key:
            return [Fault(place, "The main table has no parent.", 'Remove "on" and "parent_key".')]
        return []
    if source.lookup:
        return []
    if source.parent_key is None:
        problem = "It is not said how its rows belong to the main table."
        return [Fault(place, problem, 'Name its column "parent_key", or the columns "on" for a look-up.')]
    if source.parent not in sources or source.parent == name:
        problem = f'The parent table "{source.parent}" is not known.'
        return [Fault(place, problem, "Name another table of the records.")]
    return []
