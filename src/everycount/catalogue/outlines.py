"""Outlines of areas, projected and ready to be drawn as SVG."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from everycount.catalogue.files import read_json
from everycount.catalogue.lookup import look_up

if TYPE_CHECKING:
    from collections.abc import Mapping

FILES = {"world": "boundaries-world.json.gz", "IND-states": "boundaries-IND-states.json"}


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Outlines of a list of areas in one drawing.

    Attributes:
        id: ``world`` (codes are M49) or ``IND-states`` (codes are ISO 3166-2).
        view_box: the drawing's SVG viewBox: left, top, width, height.
        paths: code to SVG path data; read-only.
        labels: code to a point well inside the area's largest part; read-only.
        tiny: codes of areas too small to tell their colour: give them a mark at their label point, for they
            are often the islands that maps leave out.
        others: path data of land that the list has no code for; to be drawn, never to be coloured.
        projection: how the globe was laid flat.
        disclaimer: must stand beside every map.
        source: for the source line of every map.
    """

    id: str
    view_box: tuple[int, int, int, int]
    paths: Mapping[str, str]
    labels: Mapping[str, tuple[int, int]]
    tiny: frozenset[str]
    others: str
    projection: str
    disclaimer: str
    source: str


@cache
def boundaries(list_id: str) -> Boundaries:
    """The outlines of an area list, ``"world"`` or ``"IND-states"``.

    Raises:
        InputError: there are no boundaries of that name.
    """
    found = read_json(look_up("map", list_id, FILES))
    left, top, width, height = found["view_box"]
    return Boundaries(
        id=list_id,
        view_box=(left, top, width, height),
        paths=MappingProxyType(found["paths"]),
        labels=MappingProxyType({code: (x, y) for code, (x, y) in found["labels"].items()}),
        tiny=frozenset(found["tiny"]),
        others=found["others"],
        projection=found["projection"],
        disclaimer=found["disclaimer"],
        source=found["source"],
    )
