"""The shared words: goals, indicators, code lists, areas, boundaries, our own lists, the question bank.

Every list is a data file with version, source and licence (:func:`sources`); it is read when it is first
asked for. A name that is not known raises :class:`everycount.faults.InputError` with the nearest known one.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from everycount.catalogue.bank import Concept, concept, question_bank
    from everycount.catalogue.codelists import Code, CodeList, Dimension, attributes, codes, dimensions
    from everycount.catalogue.deriving import Derivation, derivation, derivations
    from everycount.catalogue.framework import (
        Goal,
        Indicator,
        Series,
        Target,
        goal,
        goals,
        indicator,
        indicators,
        series,
        target,
        targets,
    )
    from everycount.catalogue.left_behind import (
        PopulationGroup,
        population_group,
        population_groups,
        recognised,
    )
    from everycount.catalogue.m49 import Area, area, areas, place_name
    from everycount.catalogue.offices import (
        OfficialFigure,
        OfficialIndicator,
        figure_named,
        official_areas,
        official_figure,
        official_figures,
        official_indicator,
        official_indicators,
    )
    from everycount.catalogue.outlines import Boundaries, boundaries
    from everycount.catalogue.own_lists import listing, listings
    from everycount.catalogue.provenance import Source, sources

# Where each name of the door lives. The rooms are opened on demand: a run that needs one list pays for one.
# No room may bear the name of a function of the door, which importing the room would hide.
_ROOMS = {
    "m49": ("Area", "area", "areas", "place_name"),
    "outlines": ("Boundaries", "boundaries"),
    "codelists": ("Code", "CodeList", "Dimension", "attributes", "codes", "dimensions"),
    "bank": ("Concept", "concept", "question_bank"),
    "deriving": ("Derivation", "derivation", "derivations"),
    "framework": (
        "Goal",
        "Indicator",
        "Series",
        "Target",
        "goal",
        "goals",
        "indicator",
        "indicators",
        "series",
        "target",
        "targets",
    ),
    "left_behind": ("PopulationGroup", "population_group", "population_groups", "recognised"),
    "offices": (
        "OfficialFigure",
        "OfficialIndicator",
        "figure_named",
        "official_areas",
        "official_figure",
        "official_figures",
        "official_indicator",
        "official_indicators",
    ),
    "own_lists": ("listing", "listings"),
    "provenance": ("Source", "sources"),
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = [
    "Area",
    "Boundaries",
    "Code",
    "CodeList",
    "Concept",
    "Derivation",
    "Dimension",
    "Goal",
    "Indicator",
    "OfficialFigure",
    "OfficialIndicator",
    "PopulationGroup",
    "Series",
    "Source",
    "Target",
    "area",
    "areas",
    "attributes",
    "boundaries",
    "codes",
    "concept",
    "derivation",
    "derivations",
    "dimensions",
    "figure_named",
    "goal",
    "goals",
    "indicator",
    "indicators",
    "listing",
    "listings",
    "official_areas",
    "official_figure",
    "official_figures",
    "official_indicator",
    "official_indicators",
    "place_name",
    "population_group",
    "population_groups",
    "question_bank",
    "recognised",
    "series",
    "sources",
    "target",
    "targets",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = found
    return found
