"""The question bank and the derivations that read its answers."""

import importlib.util
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from everycount import catalogue
from everycount.faults import InputError

HERE = Path(__file__).parent
spec = importlib.util.spec_from_file_location("catalogue_conditions", HERE / "conditions.py")
assert spec is not None
assert spec.loader is not None
conditions = importlib.util.module_from_spec(spec)
spec.loader.exec_module(conditions)

SIX = ("seeing", "hearing", "walking", "remembering", "self_care", "communicating")


def test_every_question_is_sound() -> None:
    for found in catalogue.question_bank():
        assert found.labels.say("en"), found.id
        assert found.sensitivity in range(4)
        assert found.unit in {"person", "household"}
        assert found.wording in {"verified", "recalled", "own"}
        assert found.kind in {"select_one", "select_multiple", "integer", "text", "date", "geo"}
        assert bool(found.answers) <= found.kind.startswith("select")
        for number in found.sdg:
            catalogue.indicator(number)


def test_questions_with_choices_have_them_or_say_where_they_are() -> None:
    bare = [q for q in catalogue.question_bank() if q.kind.startswith("select") and not q.answers]
    assert {found.id for found in bare} == {"identity-group", "identity-religion", "discrimination-ground"}
    assert all("Choices" in found.note for found in bare)


def test_answers_that_follow_a_code_list_use_its_codes() -> None:
    coded = [q for q in catalogue.question_bank() if q.codelist and q.answers]
    assert {found.id for found in coded} == {"roster-sex", "education-level"}
    for found in coded:
        extra = set(found.answers) - set(catalogue.codes(found.codelist).items)
        assert extra <= {"none"}, "no schooling has no code in the structure"


def test_own_words_are_in_english_alone() -> None:
    for found in catalogue.question_bank():
        assert found.labels.languages == ("en",)


def test_the_short_set_has_its_six_questions_in_order() -> None:
    found = catalogue.question_bank("functioning")
    assert [question.standard_id for question in found] == [f"WG-SS-{n}" for n in range(1, 7)]
    assert found[0].labels.say("en") == "Do you have difficulty seeing, even if wearing glasses?"
    assert all("disab" not in question.labels.say("en").casefold() for question in found)
    for question in found:
        levels = [code for code, answer in question.answers.items() if "missing" not in answer.facts]
        assert levels == ["1", "2", "3", "4"]


def test_the_food_scale_has_its_eight_items() -> None:
    codes = [question.standard_id for question in catalogue.question_bank("food")]
    assert codes == ["WORRIED", "HEALTHY", "FEWFOODS", "SKIPPED", "ATELESS", "RUNOUT", "HUNGRY", "WHLDAY"]


def test_dangerous_questions_say_under_which_conditions_they_may_be_asked() -> None:
    assert all(found.note for found in catalogue.question_bank() if found.sensitivity == 3)


@pytest.mark.parametrize("rule", catalogue.derivations(), ids=lambda rule: rule.id)
def test_every_derivation_reads_answers_that_its_questions_offer(rule: catalogue.Derivation) -> None:
    offered = {name: catalogue.concept(concept).answers for name, concept in rule.columns.items()}
    for name, codes in leaves(catalogue.derivation(rule.id)["cases"]):
        assert set(codes) <= set(offered[name]), (rule.id, name)
        assert not any(offered[name][code].facts.get("missing") for code in codes)


@pytest.mark.parametrize("rule", catalogue.derivations(), ids=lambda rule: rule.id)
def test_every_derivation_gives_exactly_its_values(rule: catalogue.Derivation) -> None:
    given = {case["value"] for case in catalogue.derivation(rule.id)["cases"]}
    assert given == set(rule.values)
    if rule.codelist:
        assert given <= set(catalogue.codes(rule.codelist).items)


def leaves(node: Any) -> Iterator[tuple[str, list[str]]]:
    """(question, codes) of every condition with codes in a rule; bounds alone may be negated."""
    if isinstance(node, list):
        for part in node:
            yield from leaves(part)
    elif isinstance(node, dict):
        assert "in" not in node.get("not", {})
        if "in" in node:
            yield node["question"], node["in"]
        for part in node.values():
            yield from leaves(part)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ("111111", "PWD"),
        ("222222", "PWD"),
        ("311111", "PD"),
        ("111114", "PD"),
        ("......", None),
        ("1.....", "PWD"),
        ("3.....", "PD"),
        ("799999", None),
        ("97.1..", "PWD"),
        ("97.4..", "PD"),
    ],
)
def test_the_recommended_identifier(answers: str, expected: str | None) -> None:
    record = {name: None if code == "." else code for name, code in zip(SIX, answers, strict=True)}
    assert conditions.value(catalogue.derivation("wg-ss-identifier"), record) == expected


@pytest.mark.parametrize(
    ("cut_off", "some", "two_some", "a_lot", "cannot"),
    [
        ("wg-ss-disability1", "PD", "PD", "PD", "PD"),
        ("wg-ss-disability2", "PWD", "PD", "PD", "PD"),
        ("wg-ss-identifier", "PWD", "PWD", "PD", "PD"),
        ("wg-ss-disability4", "PWD", "PWD", "PWD", "PD"),
    ],
)
def test_the_other_cut_offs(cut_off: str, some: str, two_some: str, a_lot: str, cannot: str) -> None:
    rule = catalogue.derivation(cut_off)
    worst = {"2": some, "22": two_some, "3": a_lot, "4": cannot}
    for difficulties, expected in worst.items():
        for places in itertools.combinations(SIX, len(difficulties)):
            record = dict.fromkeys(SIX, "1") | dict.fromkeys(places, difficulties[0])
            assert conditions.value(rule, record) == expected


def test_a_derivation_takes_the_columns_and_codes_of_a_survey() -> None:
    rule = catalogue.derivation(
        "jmp-drinking-water",
        columns={"source": "q7", "minutes": "q8"},
        codes={"borehole": ["Deep tube well", "Shallow tube well"]},
        choices={"source": ["Deep tube well", "surface_water"]},
        variable="water_level",
    )
    assert rule["id"] == "water_level"
    near = {"question": "q8", "at_most": 30}
    well = {"question": "q7", "in": ["Deep tube well"]}
    assert rule["cases"] == [
        {"when": {"question": "q7", "in": ["surface_water"]}, "value": "surface_water"},
        {"when": {"all": [well, {"not": near}]}, "value": "limited"},
        {"when": {"all": [well, near]}, "value": "basic"},
    ]


def test_wrong_columns_and_codes_are_all_named_at_once() -> None:
    with pytest.raises(InputError) as caught:
        catalogue.derivation("wg-ss-identifier", {"seing": "a", "hearing": "b", "walking": "b"}, {"5": "x"})
    problems = [fault.problem for fault in caught.value.faults]
    assert problems == [
        'The column of wg-ss-identifier "seing" is not known.',
        'The answer code of wg-ss-identifier "5" is not known.',
        'wg-ss-identifier: the question "b" is given for "hearing" and for "walking".',
    ]
    assert caught.value.faults[0].remedy == 'Did you mean "seeing"?'


def test_unknown_derivations_and_concepts_are_refused() -> None:
    with pytest.raises(InputError, match='Did you mean "wg-ss-identifier"'):
        catalogue.derivation("wgss-identifier")
    with pytest.raises(InputError, match='Did you mean "wg-ss-seeing"'):
        catalogue.concept("wgss-seeing")


@pytest.mark.parametrize(
    ("wall", "roof", "nss52", "nhdr2001", "census2011"),
    [
        ("burnt_brick", "concrete", "pucca", "pucca", "permanent"),
        ("timber", "tile", "pucca", "semi_pucca", "semi_permanent"),
        ("timber", "thatch", "semi_pucca", "kutcha", "temporary"),
        ("mud", "thatch", "kutcha", "kutcha", "temporary"),
        ("mud", "metal_sheet", "semi_pucca", "semi_pucca", "semi_permanent"),
        ("stone_dry", "slate", None, None, "semi_permanent"),
        ("other", "slate", None, None, None),
        (None, "slate", None, None, None),
    ],
)
def test_house_types_depend_on_their_definition(
    wall: str | None, roof: str, nss52: str | None, nhdr2001: str | None, census2011: str | None
) -> None:
    record = {"wall": wall, "roof": roof}
    expected = {"nss52": nss52, "nhdr2001": nhdr2001, "census2011": census2011}
    found = {key: conditions.value(catalogue.derivation(f"{key}-house-type"), record) for key in expected}
    assert found == expected


@pytest.mark.parametrize("year", ["nss52", "nhdr2001"])
def test_inadequate_housing_agrees_with_the_house_types(year: str) -> None:
    materials = [None, *catalogue.concept("housing-wall").answers]
    rule = catalogue.derivation(f"{year}-kutcha-semi-pucca-slum")
    types = catalogue.derivation(f"{year}-house-type")
    for wall, roof, slum in itertools.product(materials, materials, [None, "yes", "no"]):
        record = {"wall": wall, "roof": roof, "slum": slum}
        house, found = conditions.value(types, record), conditions.value(rule, record)
        if slum == "yes" or house in {"kutcha", "semi_pucca"}:
            assert found == "inadequate"
        elif house == "pucca" and slum == "no":
            assert found == "adequate"
        else:
            assert found in {None, "inadequate"}


def test_classes_beside_the_facilities_are_those_of_the_ladders() -> None:
    water, toilet = catalogue.derivation("jmp-drinking-water"), catalogue.derivation("jmp-sanitation")
    levels = {
        "improved": "basic",
        "unimproved": "unimproved",
        "surface": "surface_water",
        "open": "open_defecation",
    }
    for code, answer in catalogue.concept("jmp-water-source").answers.items():
        level = conditions.value(water, {"source": code, "minutes": 30})
        assert level == levels.get(answer.facts.get("class", "")), code
        at_home = conditions.value(water, {"source": code, "minutes": None})
        assert (at_home == "basic") == bool(answer.facts.get("on_premises")), code
    for code, answer in catalogue.concept("jmp-toilet").answers.items():
        level = conditions.value(toilet, {"facility": code, "shared": "no"})
        assert level == levels.get(answer.facts.get("class", "")), code


def test_thirty_minutes_are_not_too_many() -> None:
    rule = catalogue.derivation("jmp-drinking-water")
    assert conditions.value(rule, {"source": "tap", "minutes": 30}) == "basic"
    assert conditions.value(rule, {"source": "tap", "minutes": 31}) == "limited"
    assert conditions.value(rule, {"source": "tap", "minutes": None}) is None


@pytest.mark.parametrize(
    ("place", "water", "soap", "level"),
    [
        ("fixed", "yes", "yes", "basic"),
        ("mobile", "yes", "no", "limited"),
        ("fixed", "no", None, "limited"),
        ("fixed", "yes", None, None),
        ("none", None, None, "no_facility"),
        ("no_permission", None, None, None),
    ],
)
def test_handwashing(place: str, water: str | None, soap: str | None, level: str | None) -> None:
    record = {"place": place, "water": water, "soap": soap}
    assert conditions.value(catalogue.derivation("jmp-hygiene"), record) == level


def test_irregular_earnings_are_of_households_that_earn() -> None:
    rule = catalogue.derivation("irregular-earnings")
    answers = catalogue.concept("work-earnings-regularity").answers
    earns = {code for code in answers if conditions.value(rule, {"regularity": code}) is not None}
    assert earns == {code for code, answer in answers.items() if answer.facts["earns"]}
    assert conditions.value(rule, {"regularity": "irregular"}) == "irregular"
