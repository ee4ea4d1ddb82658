"""What became of records that were brought in: counts and places, and no answer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from everycount.site.collection.package import Fate

if TYPE_CHECKING:
    from everycount.faults import Fault
    from everycount.site.collection.package import Outcome, Package

ASIDE = frozenset({Fate.CONFLICT, Fate.OUTDATED, Fate.ORPHAN, Fate.SPENT})


@dataclass
class Account:
    """The account of one run.

    Attributes:
        records: how many were looked at; each is in one of the next seven.
        stored: new submissions.
        changed: submissions whose answers changed at the other server: they got a new version.
        known: submissions that are here with these answers.
        erased: submissions that were taken back here; they stay out.
        aside: changes that were set aside for the office, since the answers were changed here meanwhile.
        from_phones: submissions that a phone has sent here itself; they are left as they are.
        refused: records that could not be taken, each with its reason.
        files: files that were stored.
        missing_files: files that answers name and that are not beside the export.
        odd: what the reader of answers finds odd, by the question's place, with how often.
        versions: versions of the form that records name, other than the one under which they were stored.
        notes: what differs between the files and the form.
    """

    records: int = 0
    stored: int = 0
    changed: int = 0
    known: int = 0
    erased: int = 0
    aside: int = 0
    from_phones: int = 0
    refused: list[Fault] = field(default_factory=list)
    files: int = 0
    missing_files: int = 0
    odd: Counter[tuple[str, str]] = field(default_factory=Counter)
    versions: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def count(self, package: Package, outcome: Outcome, *, is_known: bool) -> None:
        """What became of a package."""
        if outcome.fate in ASIDE:
            self.aside += 1
        elif outcome.fate is Fate.THANKED:
            self.erased += 1
        elif is_known or outcome.fate is not Fate.STORED:
            self.known += 1
        elif package.replaces:
            self.changed += 1
        else:
            self.stored += 1
        if outcome.fate in {Fate.STORED, Fate.FILES_ADDED}:
            self.files += len(package.files) - len(outcome.unused)

    def payload(self, version: str) -> dict[str, str | int]:
        """What the ledger tells of it."""
        return {
            "version": version,
            "records": self.records,
            "submissions": self.stored,
            "changed": self.changed,
            "known": self.known,
            "files": self.files,
            "refused": len(self.refused),
        }
