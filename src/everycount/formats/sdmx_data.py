"""``cells.sdmx.csv`` (SDMX-CSV 1.0) and ``cells.sdmx.xml`` (SDMX-ML 2.1, structure-specific, flat).

Both are made from the same texts, so that they cannot say different things. A hidden cell has no OBS_VALUE;
OBS_STATUS and CELL_STATUS say why. Most of a row is shared by many rows (its series, its breakdown), and that
part is written once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.estimate.estimates import Verdict
from everycount.formats.cells_csv import line, number
from everycount.formats.sdmx_model import OBS_STATUS, UNSURE
from everycount.formats.sdmx_parts import AGENCY, BY_DATASET, BY_DECISION, OBSERVED, VERSION
from everycount.formats.sdmx_structure import header
from everycount.formats.sdmx_xml import (
    DATA_NAMESPACE,
    HEAD,
    NAMESPACES,
    attributes,
    element,
    escape,
    is_plain,
    ref,
)
from everycount.protect.cells import Status
from everycount.release.geography import placed_cells

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from everycount.estimate.estimates import CellKey
    from everycount.formats.sdmx_model import Description
    from everycount.framework import Said, UseDecision
    from everycount.protect.cells import Cell

# CL_OBS_STATUS has no code for a revised value, and one code alone may stand; see docs/reference/sdmx.md.
REVISED = "Revised: the release that this one replaces said something else here."
_BEFORE = ("FREQ", "REPORTING_TYPE", "SERIES")
_TIME = ("TIME_PERIOD",)
_OBSERVED = ("OBS_VALUE", *(part.id for part in OBSERVED))


def data_files(description: Description) -> dict[str, bytes]:
    """Both files by name."""
    rows = _rows(description)
    return {"cells.sdmx.csv": _csv(description, rows), "cells.sdmx.xml": _xml(description, rows)}


@dataclass(frozen=True, slots=True)
class _Row:
    """What is one cell's own: OBS_VALUE and the attributes of OBSERVED, "" for nothing."""

    measure: str
    key: CellKey
    observed: tuple[str, ...]


def _rows(description: Description) -> list[_Row]:
    release = description.release
    level = number(release.cells.level)
    revised = description.revised
    return [
        _Row(cell.measure, cell.cell, _observed(cell, level, (cell.measure, cell.cell) in revised))
        for cell in placed_cells(release)
    ]


def _lines(
    description: Description, rows: list[_Row], written: Callable[[Sequence[str], Sequence[str]], str]
) -> Iterator[str]:
    """Each observation, put together from parts that ``written`` makes of names and values."""
    freq, time = description.period.freq, written(_TIME, (description.period.text,))
    before = {
        name: written(_BEFORE, (freq, description.reporting(name), code))
        for name, code in description.series.items()
    }
    by_series = tuple(part.id for part in description.by_series)
    names = description.keys.names
    keys = {key: written(names, codes) for key, codes in description.keys.codes.items()}
    after = {name: written(by_series, values) for name, values in _by_series(description).items()}
    for row in rows:
        own = written(_OBSERVED, row.observed)
        yield f"{before[row.measure]}{keys[row.key]}{time}{own}{after[row.measure]}"


def _csv(description: Description, rows: list[_Row]) -> bytes:
    """One row an observation, every attribute in its column, those of the whole file in every row."""
    whole = _by_dataset(description)
    columns = (
        "DATAFLOW",
        *_BEFORE,
        *description.keys.names,
        *_TIME,
        *_OBSERVED,
        *(part.id for part in description.by_series),
        *whole,
    )
    first, last = f"{AGENCY}:{description.dataflow}({VERSION}),", ",".join(whole.values())
    lines = (f"{first}{own}{last}" for own in _lines(description, rows, _csv_values))
    return "\n".join((",".join(columns), *lines, "")).encode()


def _csv_values(_names: Sequence[str], values: Sequence[str]) -> str:
    """Values with a comma after each."""
    return f"{line(values)},"


def _xml(description: Description, rows: list[_Row]) -> bytes:
    """One ``Obs`` an observation; an attribute without a value is left out."""
    space = (
        "urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure="
        f"{AGENCY}:{description.structure}({VERSION}):ObsLevelDim:AllDimensions"
    )
    opened = attributes(NAMESPACES | DATA_NAMESPACE | {"xmlns:ns1": space})
    dataset = {
        "ss:structureRef": description.structure,
        "xsi:type": "ns1:DataSetType",
        "ss:dataScope": "DataStructure",
        "action": "Replace",
    }
    lines = "\n".join(f"<Obs{line}/>" for line in _lines(description, rows, _xml_values))
    return (
        f"{HEAD}<mes:StructureSpecificData{opened}>\n"
        f"{header(description, _data_structure(description, space))}\n"
        f"<mes:DataSet{attributes(dataset | _by_dataset(description))}>\n{lines}\n</mes:DataSet>\n"
        "</mes:StructureSpecificData>\n"
    ).encode()


def _xml_values(names: Sequence[str], values: Sequence[str]) -> str:
    if not is_plain("".join(values)):  # one look for all: nearly every value is a number or a code
        values = [escape(value) for value in values]
    return "".join([f' {name}="{value}"' for name, value in zip(names, values, strict=True) if value])


def _data_structure(description: Description, space: str) -> str:
    target = ref(id=description.structure, version=VERSION, agencyID=AGENCY, class_="DataStructure")
    return element(
        "mes:Structure",
        element("com:Structure", target),
        structureID=description.structure,
        namespace=space,
        dimensionAtObservation="AllDimensions",
    )


def _by_dataset(description: Description) -> dict[str, str]:
    producer = "INVENTED" if description.release.survey.invented else "CITIZENS"
    values = (producer, description.release.digest)
    return dict(zip((part.id for part in BY_DATASET), values, strict=True))


def _by_series(description: Description) -> dict[str, tuple[str, ...]]:
    """In the order of BY_SERIES."""
    return {
        measure.id: (
            description.units[measure.id],
            "0",
            "_X",  # none of the codes for data of countries and agencies is true of these
            measure.kind.value,
            measure.sdg.indicator if measure.sdg else "",
            measure.sdg.relation if measure.sdg else "",
            *(_decision(description.decided.get(measure.id, ())) if description.decided else ()),
        )
        for measure in description.release.measures
    }


def _decision(rows: tuple[UseDecision, ...]) -> tuple[str, ...]:
    """The newest decision in the order of BY_DECISION, and the addresses of all."""
    if not rows:
        return ("",) * len(BY_DECISION)
    newest = rows[0]
    return (
        newest.outcome,
        _one_line(newest.office),
        newest.decided.isoformat(),
        newest.until.isoformat(),
        _one_line(newest.reason),
        _one_line(newest.conditions),
        _told(newest.replies),
        _told(newest.appeals),
        " ".join(each.address for each in rows),
    )


def _told(said: tuple[Said, ...]) -> str:
    return " | ".join(f"{one.by}, {one.on.isoformat()}: {_one_line(one.words)}" for one in said)


def _one_line(words: str) -> str:
    """Readers of XML make one space of line ends in an attribute; so all files have it."""
    return " ".join(words.split())


def _observed(cell: Cell, level: str, is_revised: bool) -> tuple[str, ...]:  # noqa: FBT001 - of one cell
    """The value, then in the order of OBSERVED."""
    return (
        number(cell.value),
        _obs_status(cell),
        cell.status,
        cell.basis,
        cell.scope,
        cell.verdict or "",
        number(cell.se),
        number(cell.ci_low),
        number(cell.ci_high),
        "" if cell.ci_low is None else level,
        cell.interval,
        number(cell.df),
        number(cell.n),
        number(cell.n_effective),
        number(cell.deff),
        number(cell.cv),
        number(cell.n_needed),
        f"{REVISED} {cell.note}".rstrip() if is_revised else cell.note,
    )


def _obs_status(cell: Cell) -> str:
    unsure = cell.status is Status.SHOWN and cell.verdict not in (None, Verdict.PUBLISH)
    return UNSURE if unsure else OBS_STATUS[cell.status]
