"""The JMP ladders of the catalogue on a real survey, against the levels that its authors published."""

import csv
import importlib.util
from collections import Counter
from pathlib import Path

import pytest

from everycount import catalogue

spec = importlib.util.spec_from_file_location("ladder_conditions", Path(__file__).parent / "conditions.py")
assert spec is not None
assert spec.loader is not None
conditions = importlib.util.module_from_spec(spec)
spec.loader.exec_module(conditions)

Row = dict[str, str]
OTHER = "Other (please specify)"

# The survey's texts that name a facility type of the JMP; the rest of its answers have none.
SOURCES = {
    "Piped water into dwelling": "piped_dwelling",
    "Piped water to yard/plot": "piped_compound",
    "Public tap/standpipe/kiosk": "tap",
    "Deep tube well": "borehole",
    "Cart with small tank/drum or tanker-truck": "cart_tank",
    "Bottled water": "bottled_water",
}
TOILETS = {
    "Pit latrine with slab or ventilated improved pit latrine (VIP)": "pit_latrine_slab",
    "Pit latrine without slab/open pit": "pit_latrine_wo_slab",
    "Hanging toilet/hanging latrine": "hanging_toilet",
    "No facilities or bush or field": "none",
}
FLUSH = {
    "": "flush_dnk_where",
    "Piped sewer system": "flush_piped_sewer",
    "Septic tank": "flush_septic_tank",
    "Tanki": "flush_septic_tank",
    "Pit latrine": "flush_pit_latrine",
    "Open drain": "flush_open_drain",
}
WATER_LEVELS = {
    "jmpWater1": "surface_water",
    "jmpWater2": "unimproved",
    "jmpWater3": "limited",
    "jmpWater4": "basic",
}
TOILET_LEVELS = {
    "jmpSan1": "open_defecation",
    "jmpSan2": "unimproved",
    "jmpSan3": "limited",
    "jmpSan4": "basic",
}


@pytest.fixture(scope="module")
def households(shared: Path) -> list[tuple[Row, Row]]:
    """Raw answers and published levels of each household."""
    folder = shared / "data/surveys/dhaka-slums-2017"
    tables: list[dict[str, Row]] = []
    for name in ("surveyDataBGD.csv", "indicatorsDataBGD.csv"):
        with (folder / name).open(encoding="utf-8", newline="") as file:
            tables.append({row["uniqueID"]: row for row in csv.DictReader(file)})
    raw, levels = tables
    assert len(raw) == 1282
    return [(row, levels[household]) for household, row in raw.items()]


def said(raw: Row, question: str, specified: str) -> str:
    """An answer, or what was specified where it is "Other"."""
    answer = raw[specified] if raw[question] == OTHER else raw[question]
    return "" if answer.strip() == "NA" else answer.strip()


def published(row: Row, levels: dict[str, str]) -> str | None:
    """The level whose flag is set."""
    return next((level for column, level in levels.items() if row[column] == "1"), None)


@pytest.mark.shared
def test_water_levels_are_the_published_ones(households: list[tuple[Row, Row]]) -> None:
    rule = catalogue.derivation("jmp-drinking-water")
    compared: Counter[str | None] = Counter()
    for raw, row in households:
        if source := SOURCES.get(said(raw, "water1", "water2")):
            minutes = raw["water14"].strip()
            record = {"source": source, "minutes": 0 if minutes in {"", "NA"} else int(float(minutes))}
            level = conditions.value(rule, record)
            assert level == published(row, WATER_LEVELS)
            compared[level] += 1
    assert compared.total() == 1172
    assert set(compared) == {"basic", "limited"}


@pytest.mark.shared
def test_a_tube_well_of_unknown_depth_is_where_the_authors_differ(households: list[tuple[Row, Row]]) -> None:
    """The JMP counts every tube well as improved; the published levels count only those said to be deep."""
    wells = [
        row for raw, row in households if said(raw, "water1", "water2") in {"Tube well", "Shallow tubwell"}
    ]
    assert len(wells) == 40
    assert {published(row, WATER_LEVELS) for row in wells} == {"unimproved"}
    assert catalogue.concept("jmp-water-source").answers["borehole"].facts["class"] == "improved"


def toilet(raw: Row) -> str | None:
    """The facility type of a household, where its answers name one."""
    answer = said(raw, "san6", "san7")
    if answer == "Flush/pour flush":
        return FLUSH.get(said(raw, "san9", "san10"))
    return TOILETS.get(answer)


@pytest.mark.shared
def test_sanitation_levels_are_the_published_ones(households: list[tuple[Row, Row]]) -> None:
    rule = catalogue.derivation("jmp-sanitation")
    compared: Counter[str | None] = Counter()
    for raw, row in households:
        facility = toilet(raw)
        if facility is None or facility == "flush_open_drain":
            continue  # flushing into a drain has no level in the published table; the JMP calls it unimproved
        shared_toilet = "no" if said(raw, "san1", "san2") == "Household toilet" else "yes"
        level = conditions.value(rule, {"facility": facility, "shared": shared_toilet})
        assert level == published(row, TOILET_LEVELS), facility
        compared[level] += 1
    assert compared == {"limited": 453, "basic": 389, "unimproved": 67, "open_defecation": 2}


@pytest.mark.shared
def test_improved_sources_and_toilets_are_those_of_the_published_derivation(shared: Path) -> None:
    text = (shared / "data/surveys/dhaka-slums-2017/DERIVATION.md").read_text(encoding="utf-8")
    water = text.split("Improved: ")[1].split(".")[0]
    answers = catalogue.concept("jmp-water-source").answers
    for words, code in SOURCES.items():
        assert (words in water) == (answers[code].facts["class"] == "improved"), words
    toilets = text.split("Improved: ")[2].split(", *and*")[0]
    kinds = catalogue.concept("jmp-toilet").answers
    for words, code in TOILETS.items():
        assert (words in toilets) == (kinds[code].facts["class"] == "improved"), words
