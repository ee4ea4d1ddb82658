"""Whom a figure is about: the members of the United Nations, regions, and groups of countries."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from everycount.catalogue import area, areas
from everycount.faults import Fault, InputError
from everycount.text import Text

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Group:
    """Countries that are shown together.

    Attributes:
        id: M49 code of a region, or ``LDC``, ``LLDC``, ``SIDS``.
        names: what it is called.
        members: M49 codes of its countries.
    """

    id: str
    names: Text
    members: frozenset[str]


@cache
def un_members() -> tuple[str, ...]:
    """M49 codes of the 193 members of the United Nations, in order; source in ``data/SOURCES.toml``."""
    with (DATA / "un-members.csv").open(encoding="utf-8", newline="") as file:
        return tuple(row["m49"] for row in csv.DictReader(file))


def read_countries(path: Path) -> tuple[str, ...]:
    """The countries in a CSV file with a column ``m49`` (leading zeros may be lost) or ``alpha3``.

    Raises:
        InputError: there is no such column, or a code is not known; all of them at once.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        name = next((head for head in reader.fieldnames or () if head.strip().casefold() in _CODES), None)
        if name is None:
            problem = 'No column is headed "m49" or "alpha3".'
            raise InputError(Fault(path.name, problem, "Head the column of codes m49."))
        written = [(reader.line_num, (row[name] or "").strip()) for row in reader]
    return tuple(dict.fromkeys(_codes(path.name, [pair for pair in written if pair[1]])))


_CODES = frozenset({"m49", "m49 code", "alpha3", "iso3", "area"})


def _codes(place: str, written: list[tuple[int, str]]) -> list[str]:
    found, faults = [], []
    for line, code in written:
        try:
            found.append(area(code).m49)
        except InputError as error:
            faults += [Fault(f"{place}, line {line}", one.problem, one.remedy) for one in error.faults]
    if faults:
        raise InputError(*faults)
    return found


@cache
def groups() -> tuple[Group, ...]:
    """Regions of M49 with their countries, then LDC, LLDC and SIDS as they were on the catalogue's day."""
    known = [area(code) for code in areas().items]
    regions = areas("M49-regions").items
    found = [
        Group(code, entry.labels, frozenset(one.m49 for one in known if code in one.regions))
        for code, entry in regions.items()
    ]
    kinds = (
        ("LDC", "Least developed countries", frozenset(one.m49 for one in known if one.ldc)),
        ("LLDC", "Landlocked developing countries", frozenset(one.m49 for one in known if one.lldc)),
        ("SIDS", "Small island developing States", frozenset(one.m49 for one in known if one.sids)),
    )
    found += [Group(code, Text.of(name, "en"), members) for code, name, members in kinds]
    return tuple(group for group in found if group.members)
