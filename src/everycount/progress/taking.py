"""From the columns of a file to those of a vintage: codes as they are meant, numbers as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.catalogue import area, areas
from everycount.progress.headings import DIMENSIONS
from everycount.sample.sql import ident, literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from everycount.sample.raw import RawTable
    from everycount.sample.store import Store


def take(
    store: Store, table: RawTable, found: Mapping[str, int], names: Mapping[str, Mapping[str, str]]
) -> None:
    """Makes the table ``taken``: the columns of a vintage, and what could not be understood.

    Args:
        store: the database.
        table: the file's table.
        found: role to the position of its column.
        names: heading to the codes that its ids stand for.

    ``taken`` has beside the columns of a vintage ``r`` (the row of the file), ``indicator`` and, only where
    they could not be read, ``odd_year`` and ``odd_area``.
    """
    cells = {role: _cell(position) for role, position in found.items()}
    coded = {
        role: _coded(cells[role], names.get(table.headers[position], {}))
        for role, position in found.items()
        if role not in {"series", "area", "year", "value", "indicator", "unit"}
    }
    value = cells["value"]
    year, place = _year(cells["year"]), _area(cells["area"])
    picked = {
        "r": "r",
        "series": f"upper({cells['series']})",
        "area": place,
        "year": year,
        "value": f"CASE WHEN isfinite(try_cast({value} AS DOUBLE)) THEN try_cast({value} AS DOUBLE) END",
        "text": f"CASE WHEN isfinite(try_cast({value} AS DOUBLE)) THEN NULL ELSE {value} END",
        "nature": coded.get("nature", "NULL::VARCHAR"),
        "unit": f"upper({cells['unit']})" if "unit" in cells else "NULL::VARCHAR",
        **{role: coded.get(role, "NULL::VARCHAR") for role in DIMENSIONS},
        "other": _other({role: code for role, code in coded.items() if role.startswith("other:")}),
        "indicator": cells.get("indicator", "NULL::VARCHAR"),
        "odd_year": f"CASE WHEN {year} IS NULL THEN coalesce({cells['year']}, '') END",
        "odd_area": f"CASE WHEN {place} IS NULL THEN coalesce({cells['area']}, '') END",
    }
    columns = ", ".join(f"{sql} AS {ident(name)}" for name, sql in picked.items())
    store.connection.execute(
        f"CREATE TEMP TABLE taken AS SELECT {columns} FROM {table.relation} WHERE {_any(cells)}"  # noqa: S608 - our own names, all else is quoted
    )


def _any(cells: Mapping[str, str]) -> str:
    """A row of which all needed cells are empty ends a sheet and says nothing."""
    return " OR ".join(f"{cells[role]} IS NOT NULL" for role in ("series", "area", "year", "value"))


def _cell(position: int) -> str:
    return f"nullif(trim(CAST(c{position} AS VARCHAR)), '')"


def _coded(cell: str, names: Mapping[str, str]) -> str:
    if not names:
        return f"upper({cell})"
    entries = ", ".join(f"{literal(code)}: {literal(name)}" for code, name in names.items())
    return f"coalesce(MAP {{{entries}}}[{cell}], upper({cell}))"


def _year(cell: str) -> str:
    """2015, ``2015.0`` of a workbook, ``2015-06`` of SDMX; nothing else is a year."""
    return f"try_cast(nullif(regexp_extract({cell}, '^([0-9]{{4}})(\\.0+|-.*)?$', 1), '') AS SMALLINT)"


def _area(cell: str) -> str:
    """M49 with the zeros that numbers lose, or ISO 3166-1 alpha-3 turned into M49."""
    digits = f"regexp_extract({cell}, '^([0-9]+)(\\.0+)?$', 1)"
    known = [area(code) for code in areas().items]
    alpha = ", ".join(f"{literal(one.alpha3)}: {literal(one.m49)}" for one in known if one.alpha3)
    return (
        f"CASE WHEN {digits} <> '' THEN repeat('0', greatest(0, 3 - length({digits}))) || {digits} "
        f"WHEN regexp_full_match({cell}, '[A-Za-z]{{3}}') THEN MAP {{{alpha}}}[upper({cell})] END"
    )


def _other(coded: Mapping[str, str]) -> str:
    """All further dimensions in one text, ``NAME=code`` between bars; null where there is none."""
    if not coded:
        return "NULL::VARCHAR"
    parts = (
        f"{literal(role.removeprefix('other:') + '=')} || {code}" for role, code in sorted(coded.items())
    )
    return f"nullif(concat_ws('|', {', '.join(parts)}), '')"
