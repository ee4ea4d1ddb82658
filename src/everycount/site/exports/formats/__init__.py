"""The files that records become: one module a format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.site.exports.formats import flat, geojson, labelled, nested, workbook
from everycount.site.exports.wanted import Format

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from everycount.site.exports.job import Job

__all__ = ["WRITERS", "Writer", "can_write"]
_ZIP = (".zip", "application/zip")


@dataclass(frozen=True, slots=True)
class Writer:
    """How a format is written.

    Attributes:
        chunks: the bytes of the file, as they are made.
        whole: ending and media type of the file that holds everything.
        single: the same, where one table is wanted alone.
    """

    chunks: Callable[[Job], Iterator[bytes]]
    whole: tuple[str, str]
    single: tuple[str, str]


_XLSX = (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
_JSON = (".json", "application/json")
_GEOJSON = (".geojson", "application/geo+json")
_BYTES = "application/octet-stream"
WRITERS: Mapping[Format, Writer] = {
    Format.CSV: Writer(flat.chunks, _ZIP, _ZIP),
    Format.XLSX: Writer(workbook.chunks, _XLSX, _XLSX),
    Format.JSON: Writer(nested.chunks, _JSON, _JSON),
    Format.GEOJSON: Writer(geojson.chunks, _GEOJSON, _GEOJSON),
    Format.PARQUET: Writer(labelled.writing("parquet"), _ZIP, (".parquet", "application/vnd.apache.parquet")),
    Format.SPSS: Writer(labelled.writing("spss"), _ZIP, (".sav", _BYTES)),
    Format.STATA: Writer(labelled.writing("stata"), _ZIP, (".dta", _BYTES)),
}


def can_write(wanted: Format) -> bool:
    """Whether this node has what the format needs: SPSS and Stata files need pandas."""
    return wanted not in {Format.SPSS, Format.STATA} or labelled.has_frames()
