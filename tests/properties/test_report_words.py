"""Words never claim more than the number and its interval do."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from everycount.formats.messages import languages, messages
from everycount.formats.words import Phrase, figures, outward, say_share, say_sure, share

SHARES = st.floats(0, 1, allow_nan=False)
EXAMPLES = settings(max_examples=300, deadline=None)


@st.composite
def intervals(draw: st.DrawFn) -> tuple[float, float, float]:
    """A value with an interval around it."""
    low, value, high = sorted(draw(st.tuples(SHARES, SHARES, SHARES)))
    return value, low, high


@EXAMPLES
@given(SHARES)
def test_the_number_said_is_within_rounding_of_the_value(value: float) -> None:
    said = share(value)
    if said.phrase is Phrase.FEWER:
        assert 0 < value < said.size
    else:
        assert abs(said.size - value) <= (0.0251 if said.base == 10 else 0.0101)


@EXAMPLES
@given(SHARES)
def test_none_and_all_are_said_only_when_true(value: float) -> None:
    said = share(value)
    assert (said.phrase is Phrase.NONE) == (value == 0)
    assert (said.phrase is Phrase.ALL) == (value == 1)
    assert said.phrase is not Phrase.HALF or 0.47 < value < 0.53
    assert said.phrase is not Phrase.NEARLY_ALL or 0.97 < value < 1


@EXAMPLES
@given(intervals())
def test_the_interval_said_holds_the_interval(found: tuple[float, float, float]) -> None:
    value, low, high = found
    said = share(value, low, high)
    assert said.low is not None
    assert said.high is not None
    assert said.low / said.base <= low + 1e-9
    assert said.high / said.base >= high - 1e-9
    assert low - said.low / said.base <= 1 / said.base + 1e-9
    assert said.high / said.base - high <= 1 / said.base + 1e-9


@EXAMPLES
@given(intervals())
def test_a_narrow_interval_is_not_said_in_tenths(found: tuple[float, float, float]) -> None:
    value, low, high = found
    said = share(value, low, high)
    if said.base == 10:
        assert high - low >= 0.0999


@EXAMPLES
@given(intervals(), st.sampled_from(sorted(languages())))
def test_every_language_says_the_same_numbers(found: tuple[float, float, float], language: str) -> None:
    value, low, high = found
    said = share(value, low, high)
    words = messages(language)
    digits = str.maketrans(words.data["numbers"]["digits"], "0123456789")
    numbers = [int(n) for n in re.findall(r"\d+", say_share(said, "household", words).translate(digits))]
    if said.phrase in {Phrase.ABOUT, Phrase.FEWER}:
        assert sorted(numbers) == sorted([said.k, said.base])
    else:
        assert numbers == []
    ends = {said.low or None, said.high if said.low == 0 or said.high != said.base else None}
    sure = [int(n) for n in re.findall(r"\d+", say_sure(said, words).translate(digits))]
    assert set(sure) == ends - {None} | {said.base}


@EXAMPLES
@given(SHARES, SHARES, st.sampled_from([10, 100, 1000]))
def test_ends_are_rounded_outwards(one: float, other: float, base: int) -> None:
    low, high = sorted((one, other))
    down, up = outward(low, high, base)
    assert 0 <= down <= up <= base
    assert down <= low * base + 1e-6
    assert up >= high * base - 1e-6


@EXAMPLES
@given(st.floats(1e-3, 1e9))
def test_a_number_shows_about_three_figures(value: float) -> None:
    written = f"{value:.{figures(value)}f}"
    assert abs(float(written) - value) <= value * 0.0051


@EXAMPLES
@given(SHARES, st.sampled_from(sorted(languages())), st.integers(0, 1))
def test_a_percentage_never_reads_none_or_all_by_rounding(value: float, language: str, decimals: int) -> None:
    words = messages(language)
    written = words.percent(value, decimals)
    scaled = round(value * 100, 9)
    assert (written == words.percent(0.0, decimals)) == (scaled == 0)
    assert (written == words.percent(1.0, decimals)) == (scaled == 100)
