"""Data: the rows of a release's SDMX files that an address asks for, in the format that it asks for."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount import catalogue
from everycount.formats.sdmx_parts import AGENCY, BY_DATASET, VERSION
from everycount.formats.sdmx_period import days_of_sdmx
from everycount.site.machines.sdmx.flows import CSV, XML
from everycount.site.machines.sdmx.messages import nothing, semantic, unmade
from everycount.site.machines.sdmx.periods import days

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from everycount.site.machines.sdmx.flows import Flow

ALL, TIME, VALUE = "all", "TIME_PERIOD", "OBS_VALUE"
CSV_1, CSV_2, ML = "csv-1", "csv-2", "ml-2.1"
DETAILS = ("full", "dataonly", "nodata")
_OBSERVATION = b"<Obs "
_PAIR = re.compile(r' ([A-Z][A-Z0-9_]*)="[^"]*"')


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for.

    Attributes:
        flow: ``id``, ``agency,id`` or ``agency,id,version``.
        key: a code, several joined by "+", or nothing for all, for each dimension, joined by "."; or "all".
        provider: ``all``, an agency, or ``agency,id``.
        since, until: periods; "" for any.
        detail: one of DETAILS.
    """

    flow: str
    key: str = ALL
    provider: str = ALL
    since: str = ""
    until: str = ""
    detail: str = "full"


def flow_of(asked: Asked, flows: Sequence[Flow]) -> Flow:
    """The dataflow that is meant.

    Raises:
        RefusedError: it is not here.
    """
    parts = asked.flow.split(",")
    agency, name, version = {1: (AGENCY, *parts, "latest"), 2: (*parts, "latest"), 3: tuple(parts)}.get(
        len(parts), ("", "", "")
    )
    found = next((flow for flow in flows if flow.id == name), None)
    providers = {ALL, AGENCY, f"{AGENCY},{AGENCY}"}
    if found is None or agency not in {AGENCY, ALL} or version not in {VERSION, "latest", ALL}:
        raise nothing(f"No dataflow {asked.flow} is here; /sdmx/dataflow names those that are.")
    if asked.provider not in providers:
        raise nothing(f"{asked.provider} provides nothing to {asked.flow}; its provider is {AGENCY}.")
    return found


def data(asked: Asked, flow: Flow, kind: str) -> bytes:
    """The rows that are asked for.

    Args:
        asked: what.
        flow: of which dataflow.
        kind: CSV_1, CSV_2 or ML.

    Raises:
        RefusedError: there is none, or the address makes no sense.
    """
    if asked.detail not in DETAILS:
        raise unmade(f"detail={asked.detail} is not answered here; there are {', '.join(DETAILS)}.")
    columns, *rows = csv.reader(io.StringIO(flow.read(CSV).decode(), newline=""))
    chosen = _chosen(asked, columns, rows)
    if not chosen:
        raise nothing("No observation is at that key in that time.")
    if kind == ML:
        return _xml(flow.read(XML), set(chosen), asked.detail)
    return _csv(flow, columns, [rows[at] for at in chosen], asked.detail, kind)


def dimensions() -> list[str]:
    """Of the key, in its order: all but the time."""
    return [one.id for one in catalogue.dimensions() if one.id != TIME]


def _chosen(asked: Asked, columns: list[str], rows: list[list[str]]) -> list[int]:
    """Which rows, by their numbers: they are the same in both files."""
    wanted = [(columns.index(name), codes) for name, codes in _codes(asked.key).items()]
    since = days(asked.since)[0] if asked.since else None
    until = days(asked.until)[1] if asked.until else None
    time, known = columns.index(TIME), dict[str, bool]()
    return [
        at
        for at, row in enumerate(rows)
        if all(row[column] in codes for column, codes in wanted)
        and known.setdefault(row[time], _is_within(row[time], since, until))
    ]


def _codes(key: str) -> dict[str, set[str]]:
    if key == ALL:
        return {}
    names, parts = dimensions(), key.split(".")
    if len(parts) != len(names):
        raise semantic(f"A key has {len(names)} parts, {'.'.join(names)}, and this one has {len(parts)}.")
    return {name: set(part.split("+")) for name, part in zip(names, parts, strict=True) if part}


def _is_within(period: str, since: dt.date | None, until: dt.date | None) -> bool:
    first, last = days_of_sdmx(period)
    return (since is None or first >= since) and (until is None or last <= until)


def _left_out(detail: str, columns: Sequence[str]) -> set[str]:
    if detail == "nodata":
        return {VALUE}
    kept = {"DATAFLOW", TIME, VALUE, *dimensions()}
    return {name for name in columns if name not in kept} if detail == "dataonly" else set()


def _csv(flow: Flow, columns: list[str], rows: list[list[str]], detail: str, kind: str) -> bytes:
    out = _left_out(detail, columns)
    kept = [at for at, name in enumerate(columns) if name not in out and at > 0]
    head, first = ["DATAFLOW"], [f"{AGENCY}:{flow.id}({VERSION})"]
    if kind == CSV_2:
        head, first = ["STRUCTURE", "STRUCTURE_ID", "ACTION"], ["dataflow", *first, "I"]
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(head + [columns[at] for at in kept])
    writer.writerows(first + [row[at] for at in kept] for row in rows)
    return target.getvalue().encode()


def _xml(whole: bytes, chosen: set[int], detail: str) -> bytes:
    made, at = list[bytes](), -1
    for line in whole.splitlines(keepends=True):
        if not line.startswith(_OBSERVATION):
            made.append(_without(line, {one.id for one in BY_DATASET}) if detail == "dataonly" else line)
            continue
        at += 1
        if at in chosen:
            names = _PAIR.findall(line.decode()) if detail != "full" else []
            out = _left_out(detail, names)
            made.append(_without(line, out) if out else line)
    return b"".join(made)


def _without(line: bytes, names: set[str]) -> bytes:
    """A line of XML without some of its attributes."""
    return _PAIR.sub(lambda found: "" if found[1] in names else found[0], line.decode()).encode()
