"""What somebody may want to take out, and what of it is theirs to choose for which purpose."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from everycount.microdata.chosen import Held
from everycount.site.consent.models import Purpose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

ALL = ""  # tables: the records and every roster


class Format(StrEnum):
    """The files that records become."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    GEOJSON = "geojson"
    PARQUET = "parquet"
    SPSS = "spss"
    STATA = "stata"
    FILES = "files"
    CODEBOOK = "codebook"


FORMATS: Mapping[Format, _StrPromise] = {
    Format.CSV: _("CSV: for everything, and for very many records"),
    Format.XLSX: _("XLSX: for Excel and LibreOffice"),
    Format.PARQUET: _("Parquet: for R, Python and DuckDB"),
    Format.SPSS: _("SPSS (.sav), with labels"),
    Format.STATA: _("Stata (.dta), with labels"),
    Format.JSON: _("JSON: for programs; rosters stand inside their records"),
    Format.GEOJSON: _("GeoJSON: for maps; places are made coarse"),
    Format.FILES: _(
        "Pictures and sounds in an archive, without where and when they were taken; and no answer"
    ),
    Format.CODEBOOK: _("Only the codebook: what columns and codes mean, and no answer"),
}
# What is done with the records, in the words of whoever takes them.
PURPOSES: Mapping[Purpose, _StrPromise] = {
    Purpose.STATISTICS: _("To count them in tables, by our own team"),
    Purpose.SHARING: _("To give them, without names, to researchers and offices"),
    Purpose.ARCHIVE: _("To keep them for later generations, in an archive"),
    Purpose.CONTACT: _("To write or speak to people again: only their names and numbers"),
}
# Kinds of columns that stay unless they are asked for; for other purposes they stay in any case. Words that
# people wrote, and days, go to nobody outside.
ALSO: Mapping[Purpose, tuple[Held, ...]] = {
    Purpose.STATISTICS: (Held.TEXT, Held.DAY),
    Purpose.ARCHIVE: (Held.TEXT, Held.DAY),
}
# These leave the hands of those who were told the answers: nobody may stand out by a rare combination.
GIVEN = frozenset({Purpose.SHARING, Purpose.ARCHIVE})


class Keep(StrEnum):
    """What becomes of a column that others may know of a person."""

    AS_IT_IS = ""
    FIVE = "5"
    TEN = "10"
    OUT = "out"


KEEPS: Mapping[Keep, _StrPromise] = {
    Keep.AS_IT_IS: _("goes along as it is"),
    Keep.FIVE: _("in bands of five"),
    Keep.TEN: _("in bands of ten"),
    Keep.OUT: _("stays here"),
}
WITH_FILES = frozenset({Purpose.STATISTICS, Purpose.ARCHIVE})  # a face or a voice goes to nobody outside
CONTACT_FORMATS = (Format.CSV, Format.XLSX, Format.JSON)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of an export.

    Attributes:
        table: the place of one table; :data:`ALL` for all of them.
        language: of labels, BCP 47.
        also: kinds of columns that go along although they would stay.
        accepted_only: only what reviewers accepted; else all but what they rejected.
        kept: columns that others may know and that do not go along as they are, as ``table, column``.
        more: columns that others may know, too, though the questionnaire does not say so; written the same.
        reason: why records that stand out by a rare combination are given all the same; "": they are not.
    """

    purpose: Purpose
    format: Format
    language: str
    table: str = ALL
    also: tuple[Held, ...] = ()
    accepted_only: bool = False
    kept: tuple[tuple[str, Keep], ...] = ()
    more: tuple[str, ...] = ()
    reason: str = ""

    def keep(self, column: str) -> Keep:
        """What becomes of a column, named as ``table, column``."""
        return dict(self.kept).get(column, Keep.AS_IT_IS)


def column_name(table: str, column: str) -> str:
    """How people name a column of a table."""
    return f"{table}, {column}"


def formats_for(purpose: Purpose) -> tuple[Format, ...]:
    """The files that records become for a purpose."""
    if purpose == Purpose.CONTACT:
        return CONTACT_FORMATS
    return tuple(each for each in FORMATS if each != Format.FILES or purpose in WITH_FILES)
