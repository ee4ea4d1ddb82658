"""GeoJSON (RFC 7946): one feature a record, at the middle of a square that many share.

A point on the map finds a home. So a record stands at the middle of its tenth of a degree (about 11 km),
where :data:`FEWEST` records or more stand in it; else of its degree; else it has no place. How many stand
where is known when the last one is read, so the features wait sealed.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from everycount.questionnaire.answers import NotUnderstoodError, read_point
from everycount.site.exports.archive import Spool
from everycount.site.exports.cells import Cells
from everycount.site.exports.formats.nested import fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.questionnaire.glance import Texts
    from everycount.site.exports.job import Job, Record

Square: TypeAlias = "tuple[int, int]"
FEWEST = 10  # records in a square, for it to be shown
FINE, COARSE = 10, 1  # squares a degree


def chunks(job: Job) -> Iterator[bytes]:
    """The file, as it is made."""
    yield b'{"type":"FeatureCollection","features":[\n'
    spool, counts = Spool(), Counter[tuple[int, Square]]()
    cells = Cells(job.sheets[0], fields)
    for batch in job.opened.batches:
        for record in batch:
            point = _point(record.points)
            if point is not None:
                counts.update((size, _square(point, size)) for size in (FINE, COARSE))
            where = "" if point is None else f"{point[0]} {point[1]}"
            spool.add(f"{where}\t{_properties(record, cells)}\n".encode())
    first = True
    for text in _lines(spool):
        where, _, properties = text.partition("\t")
        geometry = _geometry(where, counts)
        feature = f'{{"type":"Feature","geometry":{geometry},"properties":{{{properties}}}}}'
        yield (feature if first else f",\n{feature}").encode()
        first = False
    yield b"\n]}\n"


def _properties(record: Record, cells: Cells) -> str:
    said = (part for part in cells.of(record.rows.rows[0][0]) if part)
    return ",".join((f'"person":"{record.person}"', *said))


def _point(points: Texts) -> tuple[float, float] | None:
    """The first place of a record that can be understood; of a line or an outline where it begins."""
    for text in points:
        try:
            found = read_point((text or "").partition(";")[0])
        except NotUnderstoodError:
            continue
        return found.latitude, found.longitude
    return None


def _square(point: tuple[float, float], size: int) -> Square:
    return math.floor(point[0] * size), math.floor(point[1] * size)


def _geometry(where: str, counts: Counter[tuple[int, Square]]) -> str:
    if not where:
        return "null"
    latitude, longitude = map(float, where.split())
    for size in (FINE, COARSE):
        square = _square((latitude, longitude), size)
        if counts[size, square] >= FEWEST:
            south, west = ((each + 0.5) / size for each in square)
            return f'{{"type":"Point","coordinates":[{round(west, 2)},{round(south, 2)}]}}'
    return "null"


def _lines(spool: Spool) -> Iterator[str]:
    held = b""
    for chunk in spool.chunks():
        *whole, held = (held + chunk).split(b"\n")
        for line in whole:
            yield line.decode()
