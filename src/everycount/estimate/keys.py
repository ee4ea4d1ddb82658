"""Cell keys: one number for each group of people, the same wherever and whenever that group is counted.

The cell-key method (Fraser and Wooton 2005 for the Australian Bureau of Statistics; used by the UK Office for
National Statistics in Census 2021) gives every record a random key; the keys of the records in a cell add up,
modulo a power of two, to the key of the cell. Noise looked up by that key is the same for the same people.

Here a record's key is a keyed hash (HMAC with SHA-256) of its identity: it needs no storage, is the same in
the next release, and nobody without the secret can work it out.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from everycount.estimate.demands import asked
from everycount.estimate.designed import Designed
from everycount.estimate.fetch import fetch, integers
from everycount.estimate.frames import Demand, Part
from everycount.estimate.keyed import MODULUS, KeysOfCell
from everycount.estimate.plan import WITH_EVENTS
from everycount.estimate.run import slimmed
from everycount.estimate.variables import derive
from everycount.faults import Fault, InputError
from everycount.sample.sample import MAIN, RECORD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from everycount.estimate.estimates import CellKey
    from everycount.estimate.frame import Frame
    from everycount.estimate.keyed import CellKeys
    from everycount.estimate.plan import Plan
    from everycount.sample.sample import Sample

    Keys: TypeAlias = NDArray[np.uint64]


def cell_keys(sample: Sample, plan: Plan, secret: bytes) -> CellKeys:
    """The keys of all occupied cells of a plan.

    Args:
        sample: with a column that tells records apart.
        plan: bound to the sample.
        secret: of the initiative; the same one gives the same keys.

    Raises:
        InputError: records have no identity, so nothing would be the same in the next release.
    """
    identities = _identities(sample)
    sample = derive(slimmed(sample, plan), plan.variables)
    design = Designed.of(sample)
    tables = asked(plan)
    found: dict[tuple[str, CellKey], KeysOfCell] = {}
    for table in dict.fromkeys(measure.table for measure in plan.measures):
        demand = Demand.of(sample, plan, table)
        if demand.measures:
            part = Part.of(demand, design)
            keys = _row_keys(integers(part.data, "record"), identities, secret)
            frame = part.frame(design)
            for asked_for in tables:
                for name in asked_for.measures:
                    if name in frame.measures:
                        found |= {(name, cell): made for cell, made in _sums(frame, name, asked_for.by, keys)}
    return found


def _identities(sample: Sample) -> dict[int, str]:
    if sample.key is None:
        raise InputError(
            Fault(
                sample.places.get(MAIN, MAIN),
                "No column tells the records apart, so noise would not be the same in the next release.",
                'Name one: records = {main = "...", key = "..."}.',
            )
        )
    data = fetch(sample.tables[MAIN].select(record=RECORD, key=sample.key))
    names = data.column("key").to_pylist()
    return dict(zip(integers(data, "record").tolist(), map(str, names), strict=True))


def _row_keys(records: NDArray[np.int64], identities: Mapping[int, str], secret: bytes) -> Keys:
    """A key for each row: of its record, and in a roster of its place among the rows of that record."""
    met: dict[int, int] = {}
    keys = np.empty(len(records), dtype=np.uint64)
    for row, record in enumerate(records.tolist()):
        place = met.get(record, 0)
        met[record] = place + 1
        keys[row] = record_key(secret, identities[record], place)
    return keys


def record_key(secret: bytes, identity: str, place: int = 0) -> int:
    """The key of a record, or of the ``place``-th row of its roster: uniform from 0 to MODULUS - 1."""
    digest = hmac.digest(secret, f"{place}\x1f{identity}".encode(), "sha256")
    return int.from_bytes(digest[:8]) % MODULUS


def _sums(frame: Frame, name: str, by: tuple[str, ...], keys: Keys) -> Iterator[tuple[CellKey, KeysOfCell]]:
    measure, columns = frame.measures[name]
    answered = columns.inside & np.isfinite(columns.y) & np.isfinite(columns.x)
    sizes = [len(frame.groups[dimension].groups) for dimension in by]
    cell = np.zeros(len(keys), dtype=np.int64)
    for dimension, size in zip(by, sizes, strict=True):
        answered = answered & (frame.dimensions[dimension] >= 0)
        cell = cell * size + frame.dimensions[dimension]
    events = answered & (columns.y > 0) if measure.kind in WITH_EVENTS else np.zeros_like(answered)
    sums = [_added(keys, cell, rows, sizes) for rows in (answered, events, answered & ~events)]
    for at in np.unique(cell[answered]).tolist():
        codes = np.unravel_index(at, sizes) if sizes else ()
        key = tuple(
            (dimension, frame.groups[dimension].groups[int(code)].code)
            for dimension, code in zip(by, codes, strict=True)
        )
        yield key, KeysOfCell(*(int(one[at]) for one in sums))


def _added(keys: Keys, cell: NDArray[np.int64], rows: NDArray[np.bool_], sizes: list[int]) -> Keys:
    found = np.zeros(int(np.prod(sizes, dtype=np.int64)), dtype=np.uint64)
    np.add.at(found, cell[rows], keys[rows])
    return found % np.uint64(MODULUS)
