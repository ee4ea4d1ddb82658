"""Official figures: as the source prints them, never a number where it has none, with of whom they are."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from everycount import catalogue
from everycount.catalogue.offices import COUNTRY, Missing, Residence, Round
from everycount.faults import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.catalogue import OfficialFigure

NFHS4 = (Residence.TOTAL, Round.NFHS4)
ALL = tuple(
    each
    for indicator in catalogue.official_indicators()
    for area in catalogue.official_areas()
    for each in catalogue.official_figures(indicator.id, area)
)


def value(number: int, area: str = COUNTRY, *kind: str) -> float | None:
    return catalogue.official_figure(f"nfhs5-{number}", area, *kind).value


# What others quote from the fact sheets themselves, read in our store of pages.
@pytest.mark.parametrize(
    ("number", "area", "now", "before"),
    [
        (2, COUNTRY, 26.5, 28.6),  # ruralindiaonline.org on the compendium of 24 November 2021
        (22, COUNTRY, 2.0, 2.2),
        (28, COUNTRY, 66.7, 53.5),
        (30, COUNTRY, 37.9, None),
        (50, COUNTRY, 88.6, 78.9),  # thetimesbureau.com, May 2022
        (3, COUNTRY, 1020, 991),
        (7, COUNTRY, 96.8, 88.0),
        (15, "IN-TS", 84.8, None),  # The Hindu, 13 December 2020, on the sheet of Telangana
        (14, "IN-TS", 66.6, None),
        (17, "IN-TS", 61.2, None),
        (16, "IN-TS", 45.5, None),
        (3, "IN-TS", 1049, 1007),
    ],
)
def test_figures_are_those_that_others_quote(
    number: int, area: str, now: float, before: float | None
) -> None:
    assert value(number, area) == now
    if before is not None:
        assert value(number, area, *NFHS4) == before


def test_towns_and_villages_are_those_that_others_quote() -> None:
    """Down To Earth, 3 December 2021: 65 in 100 of rural and 82 of urban Indians, rounded."""
    assert round(value(9, COUNTRY, "rural") or 0) == 65
    assert (value(9, COUNTRY, "urban"), value(9)) == (81.5, 70.2)


def test_a_total_lies_between_towns_and_villages() -> None:
    by = {(each.indicator.id, each.area, each.residence, each.round): each.value for each in ALL}
    seen = 0
    for (name, area, residence, kind), total in by.items():
        urban, rural = (
            by.get((name, area, Residence.URBAN, kind)),
            by.get((name, area, Residence.RURAL, kind)),
        )
        if residence is Residence.TOTAL and None not in (total, urban, rural):
            seen += 1
            assert min(urban, rural) - 0.11 <= total <= max(urban, rural) + 0.11  # type: ignore[operator, type-var]
    assert seen > 4_500


def test_what_the_source_does_not_print_is_no_number() -> None:
    for each in ALL:
        assert (each.value is None) is (each.missing is not None)
        if each.missing is Missing.NOT_ASKED:
            assert each.round is Round.NFHS4
    gone = catalogue.official_figure("nfhs5-13", "IN-AN", "urban")
    assert (gone.value, gone.share, gone.missing) == (None, None, Missing.NOT_SHOWN)
    beside = catalogue.official_figure("nfhs5-13", "IN-AN", "rural")
    assert "few" in beside.note
    assert "few" not in catalogue.official_figure("nfhs5-9", "IN-BR").note
    assert value(14, COUNTRY, *NFHS4) is None


def test_the_phases_are_those_in_which_one_wording_was_used() -> None:
    """The second phase asked for vitamin A of another age: that tells the phases a second time."""
    second = {
        area
        for area in catalogue.official_areas()
        if catalogue.official_figures("nfhs5-66", area) and area != COUNTRY
    }
    told = {
        area
        for area in catalogue.official_areas()
        if _one(area).period.startswith("2020") and area != COUNTRY
    }
    assert second == told
    assert len(second) == 14
    assert catalogue.official_figures("nfhs5-66", "IN-BR") == ()
    assert len(catalogue.official_figures("nfhs5-66b", "IN-BR")) == 4


def _one(area: str) -> OfficialFigure:
    return catalogue.official_figure("nfhs5-9", area)


def test_every_place_has_a_name_and_every_name_is_known_again() -> None:
    assert len(catalogue.official_areas()) == 37
    assert set(catalogue.official_areas()) == {COUNTRY, *catalogue.areas("IND-states-2020").items}
    assert catalogue.official_areas()["IN-LA"].say("en") == "Ladakh"
    assert catalogue.place_name("IN-DD").say("en") == "Daman and Diu"
    for each in ALL[:: len(ALL) // 500]:
        assert catalogue.figure_named(each.id) == each


def test_indicators_are_found_by_goal_concept_and_words() -> None:
    assert [each.id for each in catalogue.official_indicators(sdg="2.2.2")] == [
        "nfhs5-82",
        "nfhs5-85",
        "nfhs5-83",  # context comes last
    ]
    assert [each.id for each in catalogue.official_indicators(concept="jmp-toilet")] == ["nfhs5-9"]
    assert [each.id for each in catalogue.official_indicators(words="Sanitation SHARED")] == ["nfhs5-9"]


def test_what_is_linked_is_known_to_the_catalogue() -> None:
    found = catalogue.official_indicators()
    assert len(found) == 132
    for each in found:
        assert each.population
        assert each.unit
        assert bool(each.definition) is bool(each.wording)
        for number, relation in each.sdg:
            assert catalogue.indicator(number)
            assert relation in {"measures", "proxy", "context"}
        for concept in each.concepts:
            assert catalogue.concept(concept)


@pytest.mark.parametrize(
    "name", ["nfhs5-132", "nfhs5-9:IN-XX", "nfhs5-9:IN-BR:rurl", "nfhs5-66:IN-BR", "", "a:b:c:d:e"]
)
def test_what_is_not_there_is_told(name: str) -> None:
    with pytest.raises(InputError):
        catalogue.figure_named(name)


def test_towns_have_no_figure_of_the_round_before() -> None:
    with pytest.raises(InputError):
        catalogue.official_figure("nfhs5-9", "IN-BR", Residence.URBAN, Round.NFHS4)


@pytest.mark.shared
def test_each_number_is_the_one_in_the_file(shared: Path) -> None:
    with (shared / "data/nfhs5/NFHS-5-States.csv").open(encoding="utf-8") as file:
        cells = [row[f"nfhs5_{each}"] for row in csv.DictReader(file) for each in Residence]
    printed = sorted(float(cell) for cell in cells if cell)
    assert (
        sorted(each.value for each in ALL if each.round is Round.NFHS5 and each.value is not None) == printed
    )
    assert cells.count("") == sum(each.value is None for each in ALL if each.round is Round.NFHS5)
