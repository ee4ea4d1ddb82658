"""What is asked of an export."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from everycount.microdata.chosen import Held

FORMATS = ("csv", "parquet", "spss", "stata")


@dataclass(frozen=True)
class Request:
    """What is wanted, by whom it may be had, and what is known of the risk.

    Attributes:
        survey: id of the survey.
        purpose: why the records are opened, in words.
        given: whether the records leave the hands of those who keep them.
        key: of the pseudonyms.
        formats: some of :data:`FORMATS`.
        language: of labels, BCP 47.
        also: kinds of columns that go along although they would stay.
        without: columns that stay.
        known: columns of ``main`` that others may know of a person.
        consent: the condition of consent that held, in words.
        accepted: who accepted rare combinations, and why.
        invented: nobody real is behind the records.
    """

    survey: str
    purpose: str
    given: bool
    key: bytes = field(repr=False)
    formats: tuple[str, ...] = FORMATS
    language: str = "en"
    also: tuple[Held, ...] = ()
    without: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    consent: str = ""
    accepted: str = ""
    invented: bool = False
