"""Collectors beside each other as they are kept: names, counts and shares, as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from everycount.quality.collectors import Compared, Standing
    from everycount.quality.heap import Heap

APART = 0.1  # stability index above chance from which on answers stand apart (Siddiqi 2006)


def told(heap: Heap, standing: Standing) -> dict[str, Any]:
    """What is kept of a standing."""
    return {
        "interviews": sum(standing.interviews.values()),
        "shared": _shared(heap),
        "icc": standing.icc,
        "deff": standing.deff,
        "collectors": [
            {
                "name": heap.collectors.words[who],
                "interviews": count,
                "apart": standing.apart.get(who),
                "measures": {
                    name: _plain(each)
                    for name, rows in standing.measures.items()
                    for each in rows
                    if each.collector == who
                },
            }
            for who, count in standing.interviews.items()
        ],
    }


def _plain(each: Compared) -> dict[str, Any]:
    return {
        "met": each.met,
        "of": each.of,
        "low": each.low,
        "high": each.high,
        "others": each.others,
        "differs": each.differs,
    }


def _shared(heap: Heap) -> float | None:
    """How far one knows the place when one knows the collector; None where no place is asked."""
    import numpy as np  # noqa: PLC0415 - in memory already where there is a heap

    from everycount.quality.collectors import shared  # noqa: PLC0415 - the same
    from everycount.quality.heap import Numbered  # noqa: PLC0415 - the same

    numbered = Numbered()
    places = np.array([numbered.of(each.place) for each in heap.traits], dtype=np.int32)
    use = np.where(heap.there, places, -1).astype(np.int32)
    return shared(heap.who, use) if (use >= 0).any() else None
