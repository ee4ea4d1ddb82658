"""The presentation standards of the US NCHS, derived a second time.

The second derivation follows what NCHS's own program does (the SAS macro of C. Martin, NCHS, version 2.0 of
2021): limits from quantiles of F, then three reasons to suppress. The program rounds widths to a tenth of a
percentage point before it looks at them; ours are not rounded, so numbers that near a limit are left out.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.special import fdtri, stdtrit

from everycount.estimate.estimates import Verdict
from everycount.estimate.intervals import Proportions, judged_width
from everycount.estimate.plan import IntervalRule, MeasureKind
from everycount.estimate.verdict import Quality, judge
from spec.estimate_drawing import draw, overall

UNRELIABLE = (Verdict.SUPPRESS, Verdict.COLLECT_MORE)
ROUNDED = 0.0006  # a tenth of a percentage point, halved, and a little


def nchs(p: float, se: float, n: int, df: int) -> tuple[bool, float, float]:
    """(suppress, width, relative width) by the program's steps."""
    effective = n if p in (0, 1) else p * (1 - p) / se**2
    adjusted = n if p in (0, 1) else min(n, effective * (stdtrit(n - 1, 0.975) / stdtrit(df, 0.975)) ** 2)
    x = p * adjusted
    low, high = 0.0, 1.0
    if p > 0:
        low = 1 / (1 + (adjusted - x + 1) / (x * fdtri(2 * x, 2 * (adjusted - x + 1), 0.025)))
    if p < 1:
        high = 1 / (1 + (adjusted - x) / ((x + 1) * fdtri(2 * (x + 1), 2 * (adjusted - x), 0.975)))
    width = high - low
    relative = width / p if p > 0 else 0.0
    few = min(effective, n) < 30
    return few or width >= 0.30 or (width > 0.05 and relative > 1.30), width, relative


@given(
    n=st.integers(5, 2000),
    share=st.floats(0, 1),
    deff=st.floats(0.4, 8),
    df=st.integers(1, 200),
)
@settings(max_examples=300, deadline=None)
def test_a_share_is_unreliable_exactly_where_the_program_suppresses_it(
    n: int, share: float, deff: float, df: int
) -> None:
    events = round(n * share)
    p = events / n
    se = (deff * p * (1 - p) / n) ** 0.5
    extreme = events in (0, n)
    suppress, width, relative = nchs(p, se, n, df)
    assume(abs(width - 0.30) > ROUNDED and abs(width - 0.05) > ROUNDED and abs(relative - 1.30) > ROUNDED)
    assume(abs(n / deff - 30) > 1e-6)
    one = Proportions(*(np.array([value]) for value in (p, se or np.nan, n, events, n / deff, 2.0)))
    found = float(judged_width(one, np.array([df]))[0])
    assert found == pytest.approx(width, rel=1e-7, abs=1e-9)
    quality = Quality(p, n, extreme, False, not extreme, found, df, None if extreme else n / deff, 0.1)
    assert (judge(MeasureKind.PROPORTION, quality)[0] in UNRELIABLE) == suppress


def test_a_rare_share_of_many_is_shown_however_wide_it_is_beside_itself() -> None:
    """3 of 400: the interval, .0015 to .022, is 270 % of .0075, and narrower than .05."""
    suppress, width, relative = nchs(0.0075, (0.0075 * 0.9925 / 400) ** 0.5, 400, 399)
    assert (suppress, width < 0.05, relative > 1.30) == (False, True, True)
    assert overall(draw(drawing(3, 397), MeasureKind.PROPORTION)).verdict not in UNRELIABLE


@pytest.mark.parametrize("rule", list(IntervalRule))
@pytest.mark.parametrize("level", [0.5, 0.9, 0.999])
@pytest.mark.parametrize("ones", [4, 12, 40])
def test_the_reader_s_choice_of_interval_does_not_make_a_number_reliable(
    rule: IntervalRule, level: float, ones: int
) -> None:
    frame = draw(drawing(ones, 160 - ones), MeasureKind.PROPORTION)
    usual, chosen = overall(frame), overall(frame, rule=rule, level=level)
    assert (chosen.verdict, chosen.n_needed) == (usual.verdict, usual.n_needed)


def drawing(ones: int, zeros: int) -> str:
    return "\n".join(["y", *["1"] * ones, *["0"] * zeros])
