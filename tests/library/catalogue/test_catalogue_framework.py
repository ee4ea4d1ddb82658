"""Goals, targets, indicators and series: the numbers that the United Nations give, and their repeats."""

from collections.abc import Callable

import pytest

from everycount import catalogue
from everycount.faults import InputError

LANGUAGES = set(
    "ar ca cnr cs de en es fo fr hy it kk km ky lo my nb ne ro ru sw tg tk tr uk zh-Hans".split()  # noqa: SIM905 - easier to compare with the source's folders
)


def test_the_framework_has_17_goals_169_targets_231_indicators_and_248_numbers() -> None:
    assert len(catalogue.goals()) == 17
    assert len(catalogue.targets()) == 169
    assert len(catalogue.indicators()) == 231
    assert sum(len(found.numbers) for found in catalogue.indicators()) == 248


def test_every_number_stands_once() -> None:
    numbers = [number for found in catalogue.indicators() for number in found.numbers]
    assert len(numbers) == len(set(numbers))
    assert len({found.code for found in catalogue.indicators()}) == 231


@pytest.mark.parametrize(
    "numbers",
    [
        ("1.5.1", "11.5.1", "13.1.1"),
        ("1.5.2", "11.5.2"),
        ("1.5.3", "11.b.1", "13.1.2"),
        ("1.5.4", "11.b.2", "13.1.3"),
        ("4.7.1", "12.8.1", "13.3.1"),
        ("7.b.1", "12.a.1"),
        ("8.4.1", "12.2.1"),
        ("8.4.2", "12.2.2"),
        ("10.3.1", "16.b.1"),
        ("10.6.1", "16.8.1"),
        ("13.2.1", "13.b.1"),
        ("15.7.1", "15.c.1"),
        ("15.a.1", "15.b.1"),
    ],
)
def test_an_indicator_under_several_numbers_is_one(numbers: tuple[str, ...]) -> None:
    found = [catalogue.indicator(number) for number in numbers]
    assert all(one is found[0] for one in found)
    assert found[0].numbers == numbers
    assert (found[0].goal, found[0].target) == (numbers[0].split(".")[0], numbers[0].rpartition(".")[0])
    assert found[0].goals == tuple(dict.fromkeys(number.split(".")[0] for number in numbers))
    assert found[0].targets == tuple(number.rpartition(".")[0] for number in numbers)


def test_no_other_indicator_has_several_numbers() -> None:
    assert sum(len(found.numbers) > 1 for found in catalogue.indicators()) == 13


def test_goals_targets_and_indicators_name_one_another() -> None:
    for goal in catalogue.goals():
        assert all(catalogue.target(number).goal == goal.number for number in goal.targets)
    for target in catalogue.targets():
        assert all(target.number in catalogue.indicator(number).targets for number in target.indicators)
    assert sum(len(target.indicators) for target in catalogue.targets()) == 248
    assert [target.number for target in catalogue.targets() if not target.indicators] == ["11.c"]


def test_goals_and_targets_speak_every_language_of_the_source() -> None:
    for goal in catalogue.goals():
        assert set(goal.names.languages) == set(goal.titles.languages) == LANGUAGES
    for target in catalogue.targets():
        assert set(target.titles.languages) == LANGUAGES
        assert target.titles.languages[0] == "en"


def test_indicators_speak_every_language_but_where_the_source_is_silent() -> None:
    silent = {found.number: LANGUAGES - set(found.titles.languages) for found in catalogue.indicators()}
    assert {number for number, missing in silent.items() if missing - {"ca"}} == {"11.5.3"}
    assert sum("ca" in missing for missing in silent.values()) == 9


def test_titles_are_those_of_2023_and_amendments_of_2025_are_said() -> None:
    female = catalogue.indicator("5.3.2")
    assert female.titles.say("en").endswith("female genital mutilation, by age")
    assert "mutilation/cutting" in female.amended
    amended = {found.number for found in catalogue.indicators() if found.amended}
    assert amended == {"2.5.1", "5.3.2", "10.7.2", "12.c.1", "15.4.2"}
    assert not catalogue.indicator("10.4.2").titles.say("en").endswith("2"), "a footnote mark is no title"


def test_tier_and_agencies_are_those_of_november_2022() -> None:
    drinking = catalogue.indicator("6.1.1")
    assert drinking.tier == "Tier I"
    assert drinking.custodians == ("WHO", "UNICEF")
    assert all(found.tier.startswith("Tier ") for found in catalogue.indicators())


def test_a_series_knows_its_indicator_and_what_it_may_be_split_by() -> None:
    water = catalogue.series("SH_H2O_SAFE")
    assert water.indicators == ("6.1.1",)
    assert water.id in catalogue.indicator("6.1.1").series
    assert water.allowed["URBANISATION"] is None
    assert "ACTIVITY" not in water.allowed
    assert catalogue.series("SL_TLF_UEMDIS").allowed["DISABILITY_STATUS"] == ("_T", "PD", "PWD")


def test_a_series_of_a_repeated_indicator_is_found_under_each_number() -> None:
    assert catalogue.series("VC_DSR_MMHN").indicators == ("1.5.1", "11.5.1", "13.1.1")
    assert "VC_DSR_MMHN" in catalogue.indicator("13.1.1").series


def test_series_of_the_structure_are_known_and_point_to_the_framework() -> None:
    listed = catalogue.codes("CL_SERIES").items
    numbers = {number for found in catalogue.indicators() for number in found.numbers}
    outside = set()
    for code in listed:
        found = catalogue.series(code)
        assert found.in_codelist
        outside.update(set(found.indicators) - numbers)
    assert outside == set(), "series of the data structure belong to indicators of the framework"


@pytest.mark.parametrize(
    ("ask", "name", "alike"),
    [
        (catalogue.goal, "18", 'Known: "1", "2"'),
        (catalogue.target, "1.9", 'Known under 1: "1.1", "1.2"'),
        (catalogue.indicator, "1.4.9", 'Known under 1.4: "1.4.1", "1.4.2".'),
        (catalogue.indicator, "6-1-1", 'Did you mean "6.1.1"?'),
        (catalogue.series, "SH_H2O_SAFEE", '"SH_H2O_SAFE"'),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(
    ask: Callable[[str], object], name: str, alike: str
) -> None:
    with pytest.raises(InputError) as caught:
        ask(name)
    (fault,) = caught.value.faults
    assert fault.place == "catalogue"
    assert f'"{name}"' in fault.problem
    assert alike in fault.remedy
