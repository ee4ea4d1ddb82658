"""What SPSS and Stata can hold, and what is done with the rest."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everycount.microdata.labelled import SPSS, STATA, Limits, _cut, _name, _numbers
from everycount.microdata.variables import Variable
from everycount.text import Text

NAMES = st.lists(st.text(min_size=1, max_size=90), min_size=1, max_size=20, unique=True)


@pytest.mark.parametrize(
    ("limits", "allowed"), [(SPSS, r"[^\W\d_][\w.@#$]*"), (STATA, r"[A-Za-z][A-Za-z0-9_]*")]
)
@given(names=NAMES)
def test_names_fit_and_stay_apart(limits: Limits, allowed: str, names: list[str]) -> None:
    taken: set[str] = set()
    made = [_name(name, limits, taken) for name in names]
    assert len({name.casefold() for name in made}) == len(made)
    for name in made:
        assert len(name.encode() if limits.in_bytes else name) <= limits.name
        assert re.fullmatch(allowed, name)
        assert name.casefold() not in limits.reserved


@given(st.text(max_size=60), st.integers(4, 40))
def test_a_cut_text_ends_at_a_character_and_says_so(text: str, most: int) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    cut = _cut(text, most, SPSS)
    assert len(cut.encode()) <= most
    assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1]))


def _choices(*codes: str) -> Variable:
    return Variable("x", "x", choices=tuple((code, Text.of(code, "en")) for code in codes))


@pytest.mark.parametrize(
    ("codes", "values", "numbers"),
    [
        (("1", "2", "-99"), ["1"], {"1": 1, "2": 2, "-99": -99}),
        (("1", "2"), ["3", None], {"1": 1, "2": 2, "3": 3}),
        (("yes", "no"), ["no"], {"yes": 1, "no": 2}),
        (("01", "1"), [], {"01": 1, "1": 2}),  # two codes, not one number
        (("1", "99999999999"), [], {"1": 1, "99999999999": 2}),
    ],
)
def test_codes_are_their_own_numbers_where_they_can(
    codes: tuple[str, ...], values: list[str | None], numbers: dict[str, int]
) -> None:
    assert _numbers(_choices(*codes), values) == numbers
