"""Invented releases for tests: places, groups and numbers are made up."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

from everycount.estimate.estimates import Against, CellKey, SampleFacts, Verdict
from everycount.estimate.plan import Benchmark, Better, MeasureKind, SdgLink
from everycount.protect.cells import Cell, SafeContrast, Status, restore
from everycount.protect.policy import PUBLIC
from everycount.release import (
    DesignFacts,
    DimensionFacts,
    Input,
    MeasureFacts,
    Provenance,
    Release,
    SurveyFacts,
)
from everycount.sample.design import Basis, DesignKind, Lonely, Scope
from everycount.text import NOTHING, Text

if TYPE_CHECKING:
    from everycount.protect import Cells

SURVEY = SurveyFacts(
    "hill-town-2024",
    Text.of({"en": "Water in an invented town", "ar": "الماء في بلدة متخيلة"}),
    "2024-03/2024-05",
    "BGD",
    ("en", "ar"),
    licence="CC0-1.0",
    invented=True,
)

SAFE_WATER = MeasureFacts(
    "safe_water",
    MeasureKind.PROPORTION,
    Text.of({"en": "Safe water at home", "ar": "مياه مأمونة"}),
    "household",
    "",
    Better.HIGHER,
    SdgLink("6.1.1", "proxy"),
    Benchmark(0.59, Text.of({"en": "National figure"}), "An invented source"),
    NOTHING,
)
MINUTES = MeasureFacts(
    "minutes_to_water",
    MeasureKind.MEAN,
    Text.of("Minutes to fetch water", "en"),
    "household",
    "minutes",
    Better.LOWER,
    None,
    None,
    Text.of("How long does it take?", "en"),
)

SEX = DimensionFacts(
    "sex_of_head",
    Text.of({"en": "Head of household", "ar": "رب الأسرة"}),
    (("F", Text.of({"en": "Woman", "ar": "امرأة"})), ("M", Text.of({"en": "Man", "ar": "رجل"}))),
    ordered=False,
    area=None,
    sensitive=False,
    sdmx="SEX",
    wording=NOTHING,
)
TENURE = DimensionFacts(
    "tenure",
    Text.of("Tenure", "en"),
    (
        ("own", Text.of({"en": "Owner", "ar": "مالك"})),
        ("rent & share", Text.of("Tenant, shared", "en")),
        ("None", Text.of("No papers", "en")),
    ),
    ordered=True,
    area=None,
    sensitive=True,
    sdmx=None,
    wording=NOTHING,
)

DESIGN = DesignFacts(
    DesignKind.PROBABILITY,
    Basis.DESIGN,
    Scope.POPULATION,
    Lonely.ADJUST,
    weighted=True,
    clustered=True,
    interval="auto",
    sample=SampleFacts(400, 4, 40, 0, 12000.0, 350.5),
    notes={"frame": "an invented list"},
)


def shown(measure: str, cell: CellKey, value: float, n: int = 50) -> Cell:
    """A shown cell of a probability design, with round numbers around ``value``."""
    return Cell(
        measure, cell, value, 0.05, value - 0.1, value + 0.1, 39, "xlogit", n, 40.5, 1.2345,
        0.05 / value, Basis.DESIGN, Scope.POPULATION, Status.SHOWN, Verdict.PUBLISH, None, "",
    )  # fmt: skip


def hidden(measure: str, cell: CellKey, status: Status) -> Cell:
    """A cell without any number; n = 0 where nobody answered."""
    n = 0 if status is Status.NO_ANSWERS else None
    return Cell(
        measure, cell, None, None, None, None, None, "", n, None, None, None,
        Basis.DESIGN, Scope.POPULATION, status, None, None, "Fewer than 10 people." if n is None else "",
    )  # fmt: skip


def remade(old: Cells, **changes: Any) -> Cells:
    """Other cells under the same policy; ``dataclasses.replace`` refuses to make any."""
    parts = {name: getattr(old, name) for name in ("policy", "level", "cells", "contrasts")}
    return restore(**(parts | changes))


def small_release() -> Release:
    """Two measures by two dimensions and their crossing: every status and every kind of code."""
    keys = _keys((SEX, TENURE))
    cells = [shown("safe_water", key, 0.5 + 0.01 * i) for i, key in enumerate(keys)]
    cells += [shown("minutes_to_water", key, 12.25 + i) for i, key in enumerate(keys)]
    statuses = [status for status in Status if status is not Status.SHOWN]
    for i, status in enumerate(statuses):
        cells[6 + i] = hidden(cells[6 + i].measure, cells[6 + i].cell, status)
    cells[1] = replace(cells[1], verdict=Verdict.CAUTION, n_needed=180, note='Wide interval, "25 %"\nor so.')
    contrast = SafeContrast("safe_water", keys[1], Against.BEST, keys[2], -0.01, -0.05, 0.03, 0.98, 0.9, 1.05)
    return Release(
        SURVEY,
        (SAFE_WATER, MINUTES),
        (SEX, TENURE),
        ((), ("sex_of_head",), ("tenure",), ("sex_of_head", "tenure")),
        DESIGN,
        restore(PUBLIC, 0.95, tuple(cells), (contrast,)),
        Provenance(
            "everycount 0.1.0",
            (Input("main.csv", "0" * 64, 1234),),
            {"survey": {"id": "hill-town-2024"}, "measure": [{"id": "safe_water", "in": ["1", "2"]}]},
            (("unknown code", 3),),
        ),
    )


def large_release(dimensions: int = 20, groups: int = 7) -> Release:
    """Sixty tables, about 3,000 cells: the size that the time limits speak of."""
    made = tuple(
        replace(
            TENURE,
            id=f"dimension_{i}",
            groups=tuple((f"group {j}", Text.of(f"Group {j}", "en")) for j in range(groups)),
        )
        for i in range(dimensions)
    )
    breakdowns = [()] + [(one.id,) for one in made]
    breakdowns += [(one.id, two.id) for one, two in zip(made, made[1:] + made[:1], strict=True)]
    keys = [key for by in breakdowns for key in _crossed([one for one in made if one.id in by])]
    measures = (SAFE_WATER, MINUTES, replace(MINUTES, id="third"))
    cells = [
        shown(measure.id, key, 0.1 + 0.7 * (i % 997) / 997)
        for measure in measures
        for i, key in enumerate(keys)
    ]
    small = small_release()
    return replace(
        small,
        measures=measures,
        dimensions=made,
        breakdowns=tuple(breakdowns),
        cells=restore(PUBLIC, 0.95, tuple(cells), ()),
    )


def _keys(dimensions: tuple[DimensionFacts, ...]) -> list[CellKey]:
    singles = [key for one in dimensions for key in _crossed([one])]
    return [(), *singles, *_crossed(list(dimensions))]


def _crossed(dimensions: list[DimensionFacts]) -> list[CellKey]:
    pairs = [[(one.id, code) for code, _ in one.groups] for one in dimensions]
    return list(product(*pairs))
