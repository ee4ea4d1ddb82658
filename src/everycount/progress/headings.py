"""What the columns of a file of the global SDG database are: its headings, whoever wrote the file.

The bulk CSV of the Statistics Division says ``SeriesCode`` and ``[Sex]``, its API ``series`` and ``sex``,
SDMX-CSV ``SERIES`` and ``SEX``; folded to their letters they are the same few words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from everycount.faults import Fault, InputError, nearest, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

NEEDED = ("series", "area", "year", "value")

# The dimensions that have a column of their own in a vintage; whatever else splits a series is kept in
# `other`, as "name=code".
DIMENSIONS = (
    "sex",
    "age",
    "location",
    "disability",
    "education",
    "quantile",
    "migration",
    "occupation",
    "activity",
    "product",
)

# Role to the folded headings that mean it. Sources: bulk CSV and API of the UNSD database, the DSD
# IAEG-SDGs:SDG 1.4 (concepts), DDF of Open Numbers.
_KNOWN: Mapping[str, tuple[str, ...]] = {
    "series": ("series", "seriescode"),
    "area": ("geoareacode", "geoarea", "refarea", "areacode", "m49code", "m49"),
    "year": ("timeperiod", "year", "timeperiodstart"),
    "value": ("value", "obsvalue"),
    "nature": ("nature",),
    "indicator": ("indicator", "indicatorcode"),
    "unit": ("units", "unit", "unitmeasure"),
    "sex": ("sex",),
    "age": ("age",),
    "location": ("location", "urbanisation", "urbanization", "degreeofurbanisation"),
    "disability": ("disabilitystatus", "disability"),
    "education": ("educationlevel", "educationlev"),
    "quantile": ("quantile", "incomewealthquantile"),
    "migration": ("migratorystatus", "migrationstatus"),
    "occupation": ("typeofoccupation", "occupation"),
    "activity": ("activity",),
    "product": ("typeofproduct", "product"),
}
_ROLE = {heading: role for role, headings in _KNOWN.items() for heading in (role, *headings)}
ROLES = tuple(_KNOWN)

# What describes an observation or its file and splits nothing.
_BESIDE = frozenset(
    {
        "goal",
        "target",
        "seriesdescription",
        "geoareaname",
        "areaname",
        "timedetail",
        "timecoverage",
        "upperbound",
        "lowerbound",
        "baseperiod",
        "baseper",
        "source",
        "sourcedetail",
        "geoinfourl",
        "geoinfotype",
        "footnote",
        "footnotes",
        "obsstatus",
        "observationstatus",
        "unitmult",
        "dataflow",
        "structure",
        "structureid",
        "action",
        "timeformat",
        "freq",
        "frequency",
        "commentobs",
        "commentts",
        "custbreakdownlb",
        "datalastupdate",
        "isofcode",
        "indicatorname",
        "targetname",
        "goalname",
    }
)

# Codes that say "all of them" or "not known": no split by this dimension. DSD codes begin with "_".
TOTALS = (
    "_T",
    "_Z",
    "_X",
    "_U",
    "_N",
    "T",
    "U",
    "X",
    "TOTAL",
    "BOTHSEX",
    "ALLAGE",
    "ALLAREA",
    "NOTSPEC",
    "ALL",
    "G",
    "ANYS",
    "ALP",
    "",
)


def _folded(heading: str) -> str:
    return re.sub(r"[^a-z0-9]", "", heading.casefold())


def columns_of(headers: Sequence[str], given: Mapping[str, str], place: str) -> dict[str, int]:
    """Role to the position of its column; dimensions without a role come as ``other:NAME``.

    Args:
        headers: the headings, as written.
        given: role to heading, where the file has words of its own; these win.
        place: how messages call the file.

    Raises:
        InputError: a needed column is missing or two columns claim one role; all faults at once.
    """
    faults = list(_wrong_map(headers, given, place))
    found = {role: headers.index(heading) for role, heading in given.items() if heading in headers}
    taken = set(found.values())
    mapped = frozenset(found)
    for position, heading in enumerate(headers):
        role = _role(heading)
        if position in taken or role is None or role in mapped:
            continue
        if role in found:
            faults.append(_doubled(place, role, headers[found[role]], heading))
        found.setdefault(role, position)
    missing = [role for role in NEEDED if role not in found and role not in given]
    faults += [_missing(place, role, headers) for role in missing]
    if faults:
        raise InputError(*faults)
    return found


def _role(heading: str) -> str | None:
    folded = _folded(heading)
    if not folded or folded in _BESIDE:
        return None
    return _ROLE.get(folded) or f"other:{heading.strip(' []').upper().replace(' ', '_')}"


def _wrong_map(headers: Sequence[str], given: Mapping[str, str], place: str) -> Iterator[Fault]:
    for role, heading in given.items():
        if role not in ROLES:
            yield unknown(f"{place}, column map", "role of a column", role, ROLES)
        if heading not in headers:
            yield unknown(f"{place}, column map", "column", heading, headers)


def _doubled(place: str, role: str, first: str, second: str) -> Fault:
    problem = f'Two columns, "{first}" and "{second}", both seem to be the {role}.'
    return Fault(place, problem, f'Say which one it is: --column {role}="{first}".')


def _missing(place: str, role: str, headers: Sequence[str]) -> Fault:
    alike = nearest(role, headers) or (headers[0] if headers else "...")
    shown = ", ".join(f'"{heading}"' for heading in headers[:8])
    problem = f"No column is the {role}; the headings begin with {shown}."
    return Fault(place, problem, f'Name the column that is: --column {role}="{alike}".')
