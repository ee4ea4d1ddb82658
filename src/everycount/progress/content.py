"""Is what stands in the columns what it should be? Codes are held against the catalogue's lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from everycount.catalogue import areas, codes, targets
from everycount.catalogue import series as catalogue_series
from everycount.faults import Fault, InputError, nearest, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.sample.store import Store

# What files of the database write where there is no number (seen in the releases of 2019 and 2020, and the
# signs of other offices). None of them is data, whatever a spreadsheet makes of it.
PLACEHOLDERS = frozenset(
    {
        "",
        "N",
        "NA",
        "NV",
        "NAN",
        "N/A",
        "N.A.",
        "NULL",
        "NONE",
        ".",
        "..",
        "...",
        "…",
        "-",
        "–",
        "—",
        "_",
        "_X",
        "_Z",
    }
)
_BOUND = r"[<>≤≥]=?\s*[0-9]+([.][0-9]+)?"  # ">95", "<0.1": something is known, but no number
_YEARS = (1900, 2100)
_FEW = 0.05  # share of rows whose area the lists may lack: new groupings of a newer release
_SHOWN = 5
_NUMBER = re.compile(r"\d+\.(\d+|[a-d])\.\d+")


def known_indicators(series: str) -> tuple[str, ...]:
    """The numbers of the indicators that the catalogue says a series measures; none where it has no such."""
    try:
        return catalogue_series(series).indicators
    except InputError:
        return ()


def check(store: Store, place: str) -> tuple[str, ...]:
    """Looks at the table ``taken`` and at ``measures``.

    Returns:
        What a reader of the vintage has to know.

    Raises:
        InputError: with everything that is wrong, and the first row of each kind.
    """
    ((rows, values),) = store.run("SELECT count(*), count(value) FROM taken")
    if not rows:
        raise InputError(Fault(place, "The table has headings and no rows.", "Download the file again."))
    faults = [*_years(store, place), *_areas(store, place, rows), *_natures(store, place)]
    faults += [*_texts(store, place), *_series(store, place), *_numbers(store, place)]
    if not faults and not values:
        faults.append(Fault(place, "No row has a number.", "Name the column of values: --column value=..."))
    if faults:
        raise InputError(*faults)
    return tuple(_notes(store))


def _years(store: Store, place: str) -> Iterator[Fault]:
    first = store.run("SELECT count(*), min(r), arg_min(odd_year, r) FROM taken WHERE odd_year IS NOT NULL")
    yield from _odd(place, "year", first, "Write years with four digits.")
    low, high = _YEARS
    outside = store.run(
        f"SELECT count(*), min(r), arg_min(year, r) FROM taken WHERE year NOT BETWEEN {low} AND {high}"  # noqa: S608 - our own names, all else is quoted
    )
    yield from _odd(place, "year", outside, f"Years lie between {low} and {high}.")


def _odd(place: str, noun: str, found: list[tuple[int, int, object]], remedy: str) -> Iterator[Fault]:
    ((count, row, written),) = found
    if count:
        more = f" ({count} rows)" if count > 1 else ""
        yield Fault(f"{place}, data row {row}", f'"{written}" is no {noun}{more}.', remedy)


def _known_areas() -> frozenset[str]:
    dsd = (code.zfill(3) for code in codes("CL_AREA").items if code.isdigit())
    return frozenset((*areas().items, *areas("M49-regions").items, *dsd))


def _areas(store: Store, place: str, rows: int) -> Iterator[Fault]:
    first = store.run("SELECT count(*), min(r), arg_min(odd_area, r) FROM taken WHERE odd_area IS NOT NULL")
    yield from _odd(place, "area", first, "Write M49 codes (404) or ISO 3166 alpha-3 codes (KEN).")
    known = _known_areas()
    found = store.run("SELECT area, count(*), min(r) FROM taken WHERE area IS NOT NULL GROUP BY 1")
    strange = [(row, code, count) for code, count, row in found if code not in known]
    if sum(count for *_, count in strange) > _FEW * rows:
        row, code, _ = min(strange)
        problem = f'"{code}" is no code of M49, nor are {len(strange) - 1} others; they are in many rows.'
        yield Fault(f"{place}, data row {row}", problem, "Name the column of areas: --column area=...")


def _natures(store: Store, place: str) -> Iterator[Fault]:
    known = (*codes("CL_NATURE").items, "NA", "NOTSPEC", "_Z", "_U")
    for nature, row in store.run("SELECT nature, min(r) FROM taken WHERE nature IS NOT NULL GROUP BY 1"):
        if nature not in known:
            yield unknown(f"{place}, data row {row}", "nature of an observation", nature, known)


def _texts(store: Store, place: str) -> Iterator[Fault]:
    found = store.run(
        "SELECT text, count(*), min(r) FROM taken WHERE text IS NOT NULL "  # noqa: S608 - our own names, all else is quoted
        f"AND NOT regexp_full_match(text, '{_BOUND}') GROUP BY 1 ORDER BY 3"
    )
    odd = [(text, count, row) for text, count, row in found if text.upper() not in PLACEHOLDERS]
    if not odd:
        return
    text, _, row = odd[0]
    rows = sum(count for _, count, _ in odd)
    problem = f'"{text}" is neither a number nor a sign for no number ({rows} rows like it).'
    remedy = "Look whether the columns are named rightly, or correct the value."
    if re.fullmatch(r"-?\d+,\d+", text):
        remedy = "Write numbers with a decimal point."
    yield Fault(f"{place}, data row {row}, value", problem, remedy)


def _series(store: Store, place: str) -> Iterator[Fault]:
    empty = store.run("SELECT count(*), min(r), '' FROM taken WHERE series IS NULL")
    yield from _odd(place, "series", empty, "Name the series of each row.")
    lost = store.run(
        "SELECT series, min(r) FROM taken WHERE series IS NOT NULL "
        "AND series NOT IN (SELECT series FROM measures) GROUP BY 1 ORDER BY 2"
    )
    if lost:
        (series, row), more = lost[0], len(lost) - 1
        alike = nearest(series, codes("CL_SERIES").items)
        remedy = f'Did you mean "{alike}"? Else' if alike else "Correct it, or"
        problem = (
            f'The series "{series}" belongs to no known indicator{f", nor do {more} others" if more else ""}.'
        )
        yield Fault(f"{place}, data row {row}", problem, f"{remedy} give the file a column of indicators.")


def _numbers(store: Store, place: str) -> Iterator[Fault]:
    known = {target.number for target in targets()}
    for (number,) in store.run("SELECT DISTINCT indicator FROM measures ORDER BY 1"):
        if not _NUMBER.fullmatch(number) or number.rpartition(".")[0] not in known:
            problem = f'"{number}" is the number of no indicator: there is no such target.'
            yield Fault(f"{place}, column of indicators", problem, "Write numbers as in 1.4.1 or 1.a.1.")


def _notes(store: Store) -> Iterator[str]:
    strange = sorted(
        code for (code,) in store.run("SELECT DISTINCT area FROM taken") if code not in _known_areas()
    )
    if strange:
        yield f"Areas that are in no list of the catalogue: {', '.join(strange)}."
    listed = codes("CL_SERIES").items
    new = sorted(code for (code,) in store.run("SELECT DISTINCT series FROM measures") if code not in listed)
    if new:
        shown = ", ".join(new[:_SHOWN])
        yield f"{len(new)} series that CL_SERIES of April 2021 does not have, such as {shown}."
