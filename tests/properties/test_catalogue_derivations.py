"""Derivations of the catalogue against second derivations written by other means."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from everycount import catalogue

SIX = ("seeing", "hearing", "walking", "remembering", "self_care", "communicating")
ANSWERS = st.lists(st.sampled_from(["1", "2", "3", "4", "7", "9", None]), min_size=6, max_size=6)
CUT_OFFS = {
    "wg-ss-disability1": lambda levels: max(levels) >= 2,
    "wg-ss-disability2": lambda levels: max(levels) >= 3 or levels.count(2) >= 2,
    "wg-ss-identifier": lambda levels: max(levels) >= 3,
    "wg-ss-disability4": lambda levels: max(levels) == 4,
}


def holds(condition: dict[str, Any], record: dict[str, Any]) -> bool | None:
    """Conditions as in SQL: true, false or unknown."""
    match condition:
        case {"any": parts}:
            found = {holds(part, record) for part in parts}
            return True if True in found else None if None in found else False
        case {"all": parts}:
            found = {holds(part, record) for part in parts}
            return False if False in found else None if None in found else True
        case {"not": part}:
            inner = holds(part, record)
            return None if inner is None else not inner
        case {"question": name, "in": codes}:
            return None if record[name] is None else record[name] in codes
        case {"question": name, "at_most": bound}:
            return None if record[name] is None else record[name] <= bound
    raise AssertionError(condition)


def value(rule: dict[str, Any], record: dict[str, Any]) -> str | None:
    """The value of the first case that holds."""
    return next((case["value"] for case in rule["cases"] if holds(case["when"], record)), None)


@given(answers=ANSWERS, cut_off=st.sampled_from(sorted(CUT_OFFS)))
@settings(max_examples=300, deadline=None)
def test_disability_identifiers_by_arithmetic(answers: list[str | None], cut_off: str) -> None:
    levels = [int(code) for code in answers if code in {"1", "2", "3", "4"}]
    expected = None if not levels else "PD" if CUT_OFFS[cut_off](levels) else "PWD"
    assert value(catalogue.derivation(cut_off), dict(zip(SIX, answers, strict=True))) == expected


@given(answers=ANSWERS)
@settings(max_examples=200, deadline=None)
def test_narrower_cut_offs_find_fewer(answers: list[str | None]) -> None:
    record = dict(zip(SIX, answers, strict=True))
    ladder = ["wg-ss-disability1", "wg-ss-disability2", "wg-ss-identifier", "wg-ss-disability4"]
    found = [value(catalogue.derivation(name), record) == "PD" for name in ladder]
    assert found == sorted(found, reverse=True)


@given(answers=ANSWERS, order=st.permutations(SIX))
@settings(max_examples=100, deadline=None)
def test_the_order_of_the_six_does_not_matter(answers: list[str | None], order: list[str]) -> None:
    rule = catalogue.derivation("wg-ss-identifier")
    turned = catalogue.derivation("wg-ss-identifier", columns=dict(zip(SIX, order, strict=True)))
    record = dict(zip(SIX, answers, strict=True))
    moved = dict(zip(order, answers, strict=True))
    assert value(rule, record) == value(turned, moved)


@given(
    source=st.sampled_from([None, *catalogue.concept("jmp-water-source").answers]),
    minutes=st.none() | st.integers(0, 300),
)
@settings(max_examples=200, deadline=None)
def test_the_water_ladder_by_the_classes_of_its_sources(source: str | None, minutes: int | None) -> None:
    facts = catalogue.concept("jmp-water-source").answers[source].facts if source else {}
    near = minutes <= 30 if minutes is not None else True if facts.get("on_premises") else None
    by_class = {
        "surface": "surface_water",
        "unimproved": "unimproved",
        "improved": {True: "basic", False: "limited", None: None}[near],
    }
    record = {"source": source, "minutes": minutes}
    assert value(catalogue.derivation("jmp-drinking-water"), record) == by_class.get(facts.get("class"))


@given(data=st.data(), rule=st.sampled_from([rule.id for rule in catalogue.derivations()]))
@settings(max_examples=200, deadline=None)
def test_codes_and_columns_of_a_survey_change_nothing(data: st.DataObject, rule: str) -> None:
    columns = next(found.columns for found in catalogue.derivations() if found.id == rule)
    record = {}
    for name, concept in columns.items():
        answers = catalogue.concept(concept).answers
        record[name] = data.draw(
            st.sampled_from([None, *answers]) if answers else st.none() | st.integers(0, 90)
        )
    standard = catalogue.derivation(rule)
    used = sorted({code for case in standard["cases"] for code in codes_of(case["when"])})
    renamed = {code: [f"{code} a", f"{code} b"] for code in used}
    own = catalogue.derivation(rule, {name: f"q_{name}" for name in columns}, renamed)
    pick = data.draw(st.sampled_from(["a", "b"]))
    moved = {
        f"q_{name}": f"{answer} {pick}" if isinstance(answer, str) else answer
        for name, answer in record.items()
    }
    assert value(own, moved) == value(standard, record)


@given(data=st.data(), rule=st.sampled_from([rule.id for rule in catalogue.derivations()]))
@settings(max_examples=200, deadline=None)
def test_leaving_out_codes_that_are_never_given_changes_nothing(data: st.DataObject, rule: str) -> None:
    columns = next(found.columns for found in catalogue.derivations() if found.id == rule)
    record, choices = {}, {}
    for name, concept in columns.items():
        answers = sorted(catalogue.concept(concept).answers)
        if answers:
            choices[name] = data.draw(st.lists(st.sampled_from(answers), min_size=1, unique=True))
            record[name] = data.draw(st.sampled_from([None, *choices[name]]))
        else:
            record[name] = data.draw(st.none() | st.integers(0, 90))
    short = catalogue.derivation(rule, choices=choices)
    assert value(short, record) == value(catalogue.derivation(rule), record)
    for case in short["cases"]:
        assert set(codes_of(case["when"])) <= {code for offered in choices.values() for code in offered}


def codes_of(condition: dict[str, Any]) -> list[str]:
    parts = [
        *condition.get("any", []),
        *condition.get("all", []),
        *([condition["not"]] if "not" in condition else []),
    ]
    return [*condition.get("in", []), *(code for part in parts for code in codes_of(part))]
