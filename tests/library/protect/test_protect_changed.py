"""Where counts are changed, nobody can solve the true ones from what is printed beside them.

The attacker knows every rule of this program, so the strongest attack is to try each possible group of people
and keep those that would have printed exactly the same cell. No number of respondents may drop out.
"""

from __future__ import annotations

from dataclasses import astuple, replace
from functools import cache
from statistics import pstdev
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from everycount.estimate.condition import In
from everycount.estimate.estimates import Estimate, Estimates, SampleFacts, Verdict
from everycount.estimate.intervals import EXACT
from everycount.estimate.keyed import MODULUS, KeysOfCell
from everycount.estimate.plan import Measure, MeasureKind, Plan, Table
from everycount.faults import InputError
from everycount.protect import PUBLIC, Cell, protect
from everycount.protect.cell_key import Perturbation
from everycount.sample.design import Basis, Design, DesignKind, Scope
from library.protect.people import Survey, estimates, share, spread
from spec.estimate_drawing import draw, overall

if TYPE_CHECKING:
    from everycount.protect.policy import Policy

ROUNDED = replace(PUBLIC, name="own", round_counts=5, suppress_unreliable=False, min_respondents_extreme=10)
NOISY = replace(
    PUBLIC, name="own", noise=4, noise_variance=2.5, suppress_unreliable=False, min_respondents_extreme=10
)
SHARE = Measure("m", MeasureKind.PROPORTION, condition=In("q", ("1",)))


@cache
def asked(events: int, n: int) -> Estimate:
    """A simple random sample of so many people, as the kernel estimates it."""
    drawing = "\n".join(["y", *["1"] * events, *["0"] * (n - events)])
    return overall(draw(drawing, MeasureKind.PROPORTION))


def printed(one: Estimate, policy: Policy, measure: Measure = SHARE, keys: KeysOfCell | None = None) -> Cell:
    design = Design(DesignKind.PROBABILITY)
    plan = Plan((measure,), tables=(Table(("m",), ()),))
    facts = SampleFacts(1000, 1, 1000, 0, 1000.0, 1000.0)
    made = Estimates(plan, design, Basis.DESIGN, Scope.POPULATION, 0.95, facts, (one,), ())
    known = None if keys is None else {("m", ()): keys}
    (cell,) = protect(made, policy, keys=known).cells
    return cell


def numbers(cell: Cell) -> tuple[Any, ...]:
    """Everything printed, but the verdict, whose thresholds of 30 are public."""
    return astuple(replace(cell, verdict=None, n_needed=None))


def band(n: int) -> range:
    return range(max(10, n - 2), n + 3)


@given(n=st.integers(10, 120), share=st.floats(0, 1))
@settings(max_examples=25, deadline=None)
def test_no_number_of_respondents_drops_out_under_rounding(n: int, share: float) -> None:
    seen = printed(asked(round(share * n), n), ROUNDED)
    assert seen.n is not None
    for other in band(seen.n):
        near = round((seen.value or 0) * other)
        tried = (near + away for away in (0, -1, 1) if 0 <= near + away <= other)
        assert any(numbers(printed(asked(e, other), ROUNDED)) == numbers(seen) for e in tried), other


def test_without_these_rules_the_number_is_solved_at_once() -> None:
    """The attack itself works: with exact p and se, n = p (1 - p) / se^2 + 1."""
    one = asked(3, 12)
    assert one.value is not None
    assert one.se is not None
    assert one.value * (1 - one.value) / one.se**2 + 1 == pytest.approx(12)
    seen = printed(one, ROUNDED)
    solved = (seen.value or 0) * (1 - (seen.value or 0)) / (seen.se or 1) ** 2 + 1
    assert (seen.n, seen.df) == (10, 9)
    assert round(solved) != 12


@given(
    n=st.integers(12, 120),
    share=st.floats(0, 1),
    keys=st.tuples(*[st.integers(0, MODULUS - 1)] * 3),
)
@example(n=12, share=0.5, keys=(0, 735225730, 0))  # printed beyond half, although it is not
@settings(max_examples=25, deadline=None)
def test_no_number_of_respondents_drops_out_under_noise(
    n: int, share: float, keys: tuple[int, int, int]
) -> None:
    """For each n near the printed one there are keys, which nobody knows, that print the same."""
    one = asked(round(share * n), n)
    seen = printed(one, NOISY, keys=KeysOfCell(*keys))
    table = Perturbation(NOISY.noise, NOISY.noise_variance)
    assert seen.n is not None
    assert abs(seen.n - n) <= NOISY.noise
    fewer = round(min(seen.value or 0, 1 - (seen.value or 0)) * seen.n)
    for other in range(max(12, seen.n - NOISY.noise), seen.n + NOISY.noise + 1):
        if (2 * fewer < other) and fewer:
            events = fewer if (seen.value or 0) <= 0.5 else other - fewer
            to_n, still = key_for(table, other, seen.n - other), key_for(table, fewer, 0)
            again = printed(asked(events, other), NOISY, keys=KeysOfCell(to_n, still, still))
            assert numbers(again) == numbers(seen), other


def key_for(table: Perturbation, count: int, change: int) -> int:
    """A key that changes a count by so much."""
    below = 0.0
    for step, chance in sorted(table.row(count).items()):
        if step == change:
            return int((below + chance / 2) * MODULUS)
        below += chance
    raise AssertionError(f"{count} never changes by {change}")


@given(total=st.integers(0, 400), n=st.integers(10, 100), spread=st.floats(0.3, 3))
@settings(max_examples=60, deadline=None)
def test_a_mean_of_whole_numbers_does_not_tell_by_what_it_was_divided(
    total: int, n: int, spread: float
) -> None:
    """16 children of 11 women are 1.4545..., which is no number of children of 10, 12 or 13 women."""
    measure = Measure("m", MeasureKind.MEAN, question="q")
    part = total / n % 1
    error = max(spread, (part * (1 - part)) ** 0.5) / n**0.5  # whole numbers vary at least so much

    def seen_of(total: int, n: int) -> Cell:
        value = total / n
        one = replace(
            asked(1, n), value=value, se=error, ci_low=value - 2 * error, ci_high=value + 2 * error,
            interval="t", events=None, deff=1.0, largest_share=0.1,
        )  # fmt: skip
        return printed(one, ROUNDED, measure)

    seen = seen_of(total, n)
    assert seen.n is not None
    assert seen.value is not None
    tried = {other: [seen_of(k, other).value for k in near(seen.value, other)] for other in band(seen.n)}
    assert sum(seen.value in found for found in tried.values()) >= 2
    assert (seen.ci_low or 0) <= total / n <= (seen.ci_high or 0)


def near(value: float, n: int) -> range:
    return range(max(0, int(value * n) - 2), int(value * n) + 4)


def test_degrees_of_freedom_do_not_count_respondents() -> None:
    assert [printed(asked(5, n), ROUNDED).df for n in (18, 19, 20, 21, 22)] == [19] * 5


@pytest.mark.parametrize("n", [12, 40, 400])
@pytest.mark.parametrize("policy", [ROUNDED, NOISY])
def test_what_the_change_adds_is_added_to_error_and_interval(policy: Policy, n: int) -> None:
    one = asked(n // 4, n)
    seen = printed(one, policy, keys=KeysOfCell(MODULUS // 2, MODULUS // 2, MODULUS // 2))
    assert None not in (seen.se, seen.ci_low, seen.ci_high, seen.value)
    plain = (seen.value * (1 - seen.value) / (seen.n - 1)) ** 0.5
    assert seen.se > plain
    assert seen.ci_low < seen.value < seen.ci_high
    assert seen.n_effective < seen.n


def test_noise_moves_a_share_of_few_people_with_large_weights_by_as_much_as_they_weigh() -> None:
    """Ten of a hundred weigh as much as the others together: one of them more moves the share by 5 points."""
    drawing = "\n".join(["weight | y", *["9 | 1"] * 10, *["1 | 0"] * 90])
    one = overall(draw(drawing, MeasureKind.PROPORTION))
    cells = [
        printed(one, NOISY, keys=KeysOfCell(MODULUS // 2, key, MODULUS // 2))
        for key in range(MODULUS // 200, MODULUS, MODULUS // 100)
    ]
    moved = pstdev([cell.value or 0 for cell in cells])
    assert one.value == pytest.approx(0.5)
    assert moved == pytest.approx(0.05 * NOISY.noise_variance**0.5, rel=0.05)
    for cell in cells:
        share = cell.value or 0
        sampled = ((one.deff or 0) * share * (1 - share) / (cell.n - 1)) ** 0.5
        assert (cell.se or 0) > (sampled**2 + 0.9 * moved**2) ** 0.5


def test_a_share_and_its_opposite_are_one_under_noise() -> None:
    for key in range(0, MODULUS, MODULUS // 37):
        keys = KeysOfCell(key, (key * 7) % MODULUS, (key - key * 7) % MODULUS)
        mirrored = KeysOfCell(keys.n, keys.others, keys.events)
        yes, no = printed(asked(9, 40), NOISY, keys=keys), printed(asked(31, 40), NOISY, keys=mirrored)
        assert (yes.value or 0) + (no.value or 0) == pytest.approx(1)
        assert yes.n == no.n


@pytest.mark.parametrize("events", [0, 40])
def test_nobody_and_everybody_stay_so(events: int) -> None:
    seen = printed(asked(events, 40), NOISY, keys=KeysOfCell(7, 7, 7))
    assert seen.value == events / 40
    assert seen.interval == "korn_graubard"


def test_where_everybody_was_asked_the_interval_is_that_of_the_change() -> None:
    one = replace(asked(10, 40), se=0.0, ci_low=0.25, ci_high=0.25, interval=EXACT, deff=0.0)
    seen = printed(one, ROUNDED)
    assert seen.interval == EXACT
    assert (seen.ci_low or 1) < (seen.value or 0) < (seen.ci_high or 0)


def test_a_count_of_respondents_is_itself_changed() -> None:
    people = spread({("a",): (12, 28), ("b",): (21, 30)}, ("g",), "q", ("y", "n"))
    counted = replace(share("c", "q", "y"), kind=MeasureKind.COUNT)
    made = estimates(Survey(people, [counted], {"c": [()]}, [], {}))
    (cell,) = protect(made, ROUNDED).cells
    assert (cell.n, cell.value) == (90, 35.0)


def test_noise_without_keys_is_refused() -> None:
    with pytest.raises(ValueError, match="keys of cells"):
        printed(asked(10, 40), NOISY)


def test_what_a_small_cell_hides_stays_hidden_under_noise() -> None:
    """Nine people are hidden, whatever the noise would make of them."""
    for key in range(0, MODULUS, MODULUS // 29):
        cell = printed(asked(4, 9), NOISY, keys=KeysOfCell(key, key, key))
        assert cell.n is None
        assert cell.value is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"noise": 5, "noise_variance": 2.0}, "less than half of min_respondents"),
        ({"noise": 3}, "a variance above 0"),
        ({"noise": 3, "noise_variance": 3.0}, "a variance above 0"),
        ({"noise_variance": 1.0}, "0 without noise"),
        ({"noise": 3, "noise_variance": 1.0, "round_counts": 5}, "not both"),
        ({"round_at_random": True}, "a base above 1"),
    ],
)
def test_impossible_noise_is_refused(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        replace(PUBLIC, **fields)


def test_needed_respondents_follow_from_what_is_printed() -> None:
    eleven, twelve = (
        printed(replace(asked(3, n), verdict=Verdict.COLLECT_MORE, n_needed=99), ROUNDED) for n in (11, 12)
    )
    assert eleven.n_needed == twelve.n_needed
