"""Criteria, lenses, gates and outcomes: whole, dated, and in every language."""

from __future__ import annotations

from collections import Counter

import pytest

from everycount.faults import InputError
from everycount.formats.messages import languages
from everycount.framework import Answer, asked, evidence, is_open_to, lens, lenses, model, standings
from everycount.framework.figures import Evidence, Figure
from library.release.samples import small_release


def test_the_model_has_its_24_criteria_and_six_outcomes() -> None:
    criteria = model().criteria
    assert Counter(each.block for each in criteria) == {"I": 5, "P": 4, "M": 6, "O": 9}
    assert [each.id for each in model().outcomes] == [f"U{number}" for number in range(1, 7)]


def test_every_text_is_in_every_language() -> None:
    spoken = set(languages())
    for each in model().criteria:
        texts = (each.name, each.question, each.counts, *each.levels)
        assert all(set(text.languages) == spoken for text in texts), each.id
        assert all(set(text.languages) == spoken for text in (one.name for one in model().outcomes))


def test_every_lens_asks_criteria_that_exist_and_says_its_source_and_date() -> None:
    known = {each.id for each in model().criteria}
    assert {each.id for each in lenses()} == {
        "whole", "knbs", "paris21", "fpos", "nqaf", "care", "hrbad", "idtf",
    }  # fmt: skip
    for each in lenses():
        assert each.criteria <= known, each.id
        assert each.dated[:4].isdigit(), each.id
        assert each.source, each.id
    assert lens("whole").criteria == known


def test_an_assessment_through_any_lens_answers_the_gates() -> None:
    for each in lenses():
        names = {one.id for one in asked(each, model())}
        assert {"I3", "I4", "O9"} <= names
        assert each.criteria <= names


def test_what_is_not_known_is_said_with_the_nearest_name() -> None:
    with pytest.raises(InputError, match="knbs"):
        lens("knb")
    with pytest.raises(InputError, match="criterion"):
        model().criterion("Z1")


_GOOD = {"I3": Answer.ADEQUATE, "I4": Answer.STRONG}


@pytest.mark.parametrize(
    ("answers", "percent", "opens"),
    [
        (_GOOD, 80, True),
        (_GOOD, 79, False),
        (_GOOD | {"I3": Answer.WEAK}, 95, False),
        (_GOOD | {"I3": Answer.NOT_APPLICABLE}, 95, False),
        ({"I4": Answer.STRONG}, 95, False),
    ],
)
def test_gates_shut_official_use_alone(answers: dict[str, Answer], percent: int, *, opens: bool) -> None:
    computed = (
        Evidence("I4", (Figure("protected", "policy", (("least", 10),)),)),
        Evidence("O9", (Figure("fields", "survey", (("percent", percent),)),)),
    )
    found = standings(model(), answers, computed)
    assert [is_open_to(model(), f"U{n}", found) for n in (1, 2, 3)] == [opens] * 3
    assert all(is_open_to(model(), f"U{n}", found) for n in (4, 5, 6))


def test_without_a_check_of_disclosure_nothing_is_official() -> None:
    computed = (Evidence("O9", (Figure("fields", "survey", (("percent", 100),)),)),)
    found = standings(model(), _GOOD, computed)
    assert [each.gate.id for each in found if not each.stands] == ["disclosure"]
    assert not is_open_to(model(), "U2", found)


def test_evidence_has_a_row_for_every_criterion_in_order() -> None:
    rows = evidence(small_release(), "safe_water")
    assert [row.criterion for row in rows] == [each.id for each in model().criteria]
