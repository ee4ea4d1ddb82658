"""The JMP ladders of a real survey, from its raw answers, by variables alone (no code of its own)."""

from __future__ import annotations

import csv
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from everycount.estimate.condition import All, Answered, Condition, In, Not, Within
from everycount.estimate.fetch import fetch
from everycount.estimate.plan import Case, Cases, Take, Value, Variable
from everycount.estimate.variables import derive
from everycount.sample import Design, DesignKind, PopulationWeight, Source, read

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared

DESIGN = Design(
    DesignKind.PROBABILITY,
    strata=("zone", "type"),
    clusters=("psu",),
    weights=PopulationWeight("pop", ("psu",)),
)

OTHER = "Other (please specify)"
DRAIN, NONE, RING = "Drain", "None", "Ring and slab without pit"


def specified(question: str, other: str) -> Cases:
    """The answer, or what was written where it was "other"."""
    return Cases((Case(Take(other), In(question, (OTHER,))), Case(Take(question))))


def first(*pairs: tuple[str, Condition]) -> Cases:
    return Cases(tuple(Case(Value(value), when) for value, when in pairs))


WATER = (
    Variable(
        "water_source",
        specified("water1", "water2"),
        recode=(("Deep tube well ", "Deep tube well"), ("Shallow tubwell", "Shallow tube well")),
    ),
    Variable("water_minutes", Cases((Case(Take("water14")),)), no_answer=0.0),
    Variable(
        "water_improved",
        first(
            (
                "1",
                In(
                    "water_source",
                    (
                        "Bottled water",
                        "Deep tube well",
                        "Piped water into dwelling",
                        "Piped water to yard/plot",
                        "Public tap/standpipe/kiosk",
                        "Water lifted by motor",
                        "Cart with small tank/drum or tanker-truck",
                        "Rainwater collection",
                    ),
                ),
            ),
            ("0", Answered("water_source")),
        ),
    ),
    Variable(
        "jmp_water",
        first(
            ("1", In("water_source", ("Surface water",))),
            ("2", In("water_improved", ("0",))),
            ("3", All((In("water_improved", ("1",)), Not(Within("water_minutes", high=30))))),
            ("4", In("water_improved", ("1",))),
        ),
    ),
)

SANITATION = (
    Variable(
        "toilet",
        specified("san6", "san7"),
        recode=(
            ("Drain connected with waterbody", DRAIN),
            ("Drain with water body (Jhill)", DRAIN),
            ("Open drain", DRAIN),
            ("In water body (Jhill)", NONE),
            ("Water body (Lake)", NONE),
            ("Lake", NONE),
            ("Pond", NONE),
            ("No facilities or bush or field", NONE),
            ("Ditch with ring", RING),
            ("Ring and slub", RING),
            ("Slub and in the bottom drain", RING),
        ),
    ),
    Variable(
        "flushes_to", specified("san9", "san10"), recode=(("Tanki", "Septic tank"),), no_answer="Don't know"
    ),
    Variable("toilet_of", specified("san1", "san2")),
    Variable(
        "toilet_improved",
        first(
            (
                "1",
                All(
                    (
                        In(
                            "toilet",
                            (
                                "Flush/pour flush",
                                "Pit latrine with slab or ventilated improved pit latrine (VIP)",
                                "Portable toilet with emptying service",
                                "Composting toilet",
                            ),
                        ),
                        In("flushes_to", ("Piped sewer system", "Pit latrine", "Septic tank", "Don't know")),
                    )
                ),
            ),
            ("0", Answered("toilet")),
        ),
    ),
    Variable(
        "jmp_sanitation",
        first(
            ("1", In("toilet", (NONE,))),
            (
                "2",
                In(
                    "toilet",
                    ("Hanging toilet/hanging latrine", "Pit latrine without slab/open pit", RING, DRAIN),
                ),
            ),
            ("3", All((In("toilet_improved", ("1",)), Not(In("toilet_of", ("Household toilet",)))))),
            ("4", In("toilet_improved", ("1",))),
        ),
        no_answer="0",
    ),
)


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "data" / "surveys" / "dhaka-slums-2017"


@pytest.fixture(scope="module")
def ladders(folder: Path) -> dict[str, dict[str, Any]]:
    """Our levels by household."""
    sources = {
        "main": Source(folder / "surveyDataBGD.csv"),
        "population": Source(folder / "popBGD.csv", on=("psu",), take=("pop",)),
    }
    sample = read(sources, design=DESIGN, missing=("", "NA"))
    main = derive(sample, (*reversed(SANITATION), *WATER)).tables["main"]
    rows = fetch(main.select("uniqueID", "jmp_water", "jmp_sanitation")).to_pylist()
    return {row["uniqueID"]: row for row in rows}


@pytest.fixture(scope="module")
def published(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "indicatorsDataBGD.csv").open(encoding="utf-8", newline="") as file:
        return {row["uniqueID"]: row for row in csv.DictReader(file)}


@pytest.mark.parametrize(
    ("ours", "theirs", "level", "count"),
    [
        ("jmp_water", "jmpWater1", "1", 0),
        ("jmp_water", "jmpWater2", "2", 66),
        ("jmp_water", "jmpWater3", "3", 9),
        ("jmp_water", "jmpWater4", "4", 1207),
        ("jmp_sanitation", "jmpSan1", "1", 7),
        ("jmp_sanitation", "jmpSan2", "2", 92),
        ("jmp_sanitation", "jmpSan3", "3", 453),
        ("jmp_sanitation", "jmpSan4", "4", 389),
    ],
)
def test_each_level_is_the_published_one_for_every_household(
    ladders: dict[str, dict[str, Any]],
    published: dict[str, dict[str, str]],
    ours: str,
    theirs: str,
    level: str,
    count: int,
) -> None:
    assert len(ladders) == 1282
    differing = [
        key for key, row in published.items() if (ladders[key][ours] == level) != (row[theirs] == "1")
    ]
    assert differing == []
    assert sum(row[ours] == level for row in ladders.values()) == count


def test_toilets_that_flush_into_drains_or_water_stand_on_no_level(
    ladders: dict[str, dict[str, Any]],
) -> None:
    assert Counter(row["jmp_sanitation"] for row in ladders.values())["0"] == 341
