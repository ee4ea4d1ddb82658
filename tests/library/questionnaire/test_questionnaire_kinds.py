"""Our list of types beside pyxform's."""

from __future__ import annotations

import pytest

from everycount.questionnaire import Kind
from everycount.questionnaire.kinds import KIND_OF, METADATA, SELECT_SPELLINGS, SELECTS, SPELLINGS, SPOKEN
from everycount.questionnaire.rowtype import CONTROLS, SETTING_TYPES, parse_type

# Entries of pyxform's dictionary that are its own words for a select after the list was taken off.
WITHOUT_LIST = {
    "add select multiple prompt using",
    "add select one prompt using",
    "q select",
    "q select1",
    "rank",
    "select all that apply",
    "select all that apply from",
    "select multiple from",
    "select multiple using",
    "select one",
    "select one external",
    "select one using",
}


def test_all_types_of_pyxform_are_known() -> None:
    from pyxform import aliases
    from pyxform.question_type_dictionary import QUESTION_TYPE_DICT

    assert (set(QUESTION_TYPE_DICT) | set(aliases._type_alias_map)) - WITHOUT_LIST == set(KIND_OF)


def test_all_selects_groups_and_settings_of_pyxform_are_known() -> None:
    from pyxform import aliases

    assert set(aliases.select) == set(SELECT_SPELLINGS)
    assert set(aliases.control) == set(CONTROLS)
    assert set(aliases.settings_header) == set(SETTING_TYPES)


def test_a_spelling_means_the_kind_of_answer_that_pyxform_binds() -> None:
    from pyxform.question_type_dictionary import QUESTION_TYPE_DICT

    for spellings in SPELLINGS.values():
        entries = [QUESTION_TYPE_DICT[spelling] for spelling in spellings if spelling in QUESTION_TYPE_DICT]
        bound = {entry.get("bind", {}).get("type") for entry in entries}
        assert len(bound - {None}) <= 1, spellings


def test_every_kind_has_a_spelling_and_a_side() -> None:
    assert set(SPELLINGS) | SELECTS == set(Kind)
    assert not SPOKEN & METADATA


@pytest.mark.parametrize(
    "text", ["", "select_one", "select_one ", "begin", "begin group x y z", "Text", "end group x"]
)
def test_what_is_no_type_is_none(text: str) -> None:
    assert parse_type(text) is None
