"""The name of a release's content: the same input gives the same digest on any machine.

Engines and processors add the same numbers in different orders, so that the last bits of a double may
differ where nothing has changed. The digest therefore reads computed numbers to six significant digits, and
takes what is a billionth of the cell's own numbers for the nothing that it is. Rounding alone would not be
enough: a share such as 77/256 stands exactly between two roundings, and noise would decide; so every number
is first rounded to twelve digits, where noise of the last bits is gone, and then to six.

Whether a file is the same to the last bit is told by the file digests and by ``exact`` in ``release.json``.
"""

from __future__ import annotations

import hashlib
import json
from operator import attrgetter
from typing import TYPE_CHECKING, Any, get_args

from everycount.protect.cells import Cell, SafeContrast
from everycount.release.codec import encode_field, fields_of, hints

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from everycount.protect.cells import Cells

_NOTHING = 1e-9  # relative to the cell's value; double noise is below 1e-12 even after cancellation

# One encoder for all: sorted keys, no white space, every script as it is, and no NaN, which JSON has not.
COMPACT = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def compute(release: Any) -> str:
    """The digest of a :class:`.model.Release`, which asks for it once and keeps it."""
    around = {name: encode_field(release, name) for name in fields_of(release) if name != "cells"}
    around["policy"] = encode_field(release.cells, "policy")
    around["level"] = release.cells.level
    sample = around["design"]["sample"]
    sample |= {name: stable(value) for name, value in sample.items() if isinstance(value, float)}
    around["cells"] = list(_cell_rows(release.cells))
    around["contrasts"] = list(_contrast_rows(release.cells))
    around["associations"] = encode_field(release.cells, "associations")
    return hashed(COMPACT.encode(around))


def hashed(text: str | bytes) -> str:
    """SHA-256 of bytes, or of a text in UTF-8, in the form of all digests here."""
    data = text.encode() if isinstance(text, str) else text
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def stable(value: float, nothing: float = 0.0) -> str:
    """A number without the noise of its last bits; ``nothing`` and less is 0."""
    return "0" if abs(value) <= nothing else f"{float(f'{value:.12g}'):.6g}"


def _cell_rows(cells: Cells) -> Iterator[list[Any]]:
    row = _row_maker(Cell)
    for cell in cells.cells:
        yield row(cell, _scale(cell.value, cell.ci_high))


def _contrast_rows(cells: Cells) -> Iterator[list[Any]]:
    """A difference of two equal values is noise, and only the values themselves tell its size."""
    row = _row_maker(SafeContrast)
    values = {(cell.measure, cell.cell): cell.value for cell in cells.cells}
    for contrast in cells.contrasts:
        ends = (values.get((contrast.measure, end)) for end in (contrast.cell, contrast.other))
        yield row(contrast, _scale(*ends))


def _scale(*values: float | None) -> float:
    return max((abs(value) for value in values if value is not None), default=0.0)


def _row_maker(of: type) -> Callable[[Any, float], list[Any]]:
    """Makes a list of a dataclass's fields in the order of their names, its floats as stable texts."""
    names = sorted(hints(of))
    values = attrgetter(*names)
    is_float = [float in (hints(of)[name], *get_args(hints(of)[name])) for name in names]

    def row(of: Any, scale: float) -> list[Any]:
        nothing = scale * _NOTHING
        return [
            stable(value, nothing) if floating and value is not None else value
            for value, floating in zip(values(of), is_float, strict=True)
        ]

    return row
