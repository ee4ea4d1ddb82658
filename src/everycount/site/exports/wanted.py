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
    CODEBOOK = "codebook"


FORMATS: Mapping[Format, _StrPromise] = {
    Format.CSV: _("CSV: for everything, and for very many records"),
    Format.XLSX: _("XLSX: for Excel and LibreOffice"),
    Format.PARQUET: _("Parquet: for R, Python and DuckDB"),
    Format.SPSS: _("SPSS (.sav), with labels"),
    Format.STATA: _("Stata (.dta), with labels"),
    Format.JSON: _("JSON: for programs; rosters stand inside their records"),
    Format.GEOJSON: _("GeoJSON: for maps; places are made coarse"),
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
CONTACT_FORMATS = (Format.CSV, Format.XLSX, Format.JSON)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of an export.

    Attributes:
        table: the place of one table; :data:`ALL` for all of them.
        language: of labels, BCP 47.
        also: kinds of columns that go along although they would stay.
        accepted_only: only what reviewers accepted; else all but what they rejected.
    """

    purpose: Purpose
    format: Format
    language: str
    table: str = ALL
    also: tuple[Held, ...] = ()
    accepted_only: bool = False


def formats_for(purpose: Purpose) -> tuple[Format, ...]:
    """The files that records become for a purpose."""
    return CONTACT_FORMATS if purpose == Purpose.CONTACT else tuple(FORMATS)
