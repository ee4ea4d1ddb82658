"""The methods once more, from their published definitions: by logarithms and year by year."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from everycount.progress import Aim, assess

VALUES = st.dictionaries(st.integers(2005, 2026), st.floats(0.5, 99.5), min_size=2, max_size=8)
TARGET = st.one_of(st.none(), st.floats(1, 99))


def ends(values: dict[int, float]) -> tuple[int, int]:
    last = max(values)
    earlier = sorted(year for year in values if year != last)
    distance = min(abs(year - 2015) for year in earlier)
    return next(year for year in earlier if abs(year - 2015) == distance), last


@settings(max_examples=200)
@given(VALUES, TARGET, st.sampled_from([1, -1]))
def test_m1(values: dict[int, float], target: float | None, direction: int) -> None:
    first, last = ends(values)
    factor = math.exp((math.log(values[last]) - math.log(values[first])) / (last - first))
    found = assess(values, Aim("X", direction, target), "M1")  # type: ignore[arg-type]
    if target is None:
        ratio = (factor - 1) * direction
        expected = 3 if ratio >= 0.02 else 2 if ratio >= 0.005 else 1
        near = min(abs(ratio - 0.02), abs(ratio - 0.005))
    elif (values[last] >= target) if direction > 0 else (values[last] <= target):
        assert found.category == "met_or_on_track"
        return
    elif (values[first] >= target) if direction > 0 else (values[first] <= target):
        assert found.category == "stagnation_or_regression"
        return
    else:
        level = values[last]
        for _ in range(last, 2030):
            level *= factor
        ratio = (level - values[first]) / (target - values[first])
        expected = 3 if ratio >= 0.95 else 2 if ratio >= 0.1 else 1
        near = min(abs(ratio - 0.95), abs(ratio - 0.1))
    assert found.ratio == pytest.approx(ratio, rel=1e-6, abs=1e-9)
    assume(near > 1e-6)
    names = {3: "met_or_on_track", 2: "fair_progress", 1: "stagnation_or_regression"}
    assert found.category == names[expected]


@settings(max_examples=200)
@given(VALUES, TARGET, st.sampled_from([1, -1]))
def test_m3(values: dict[int, float], target: float | None, direction: int) -> None:
    first, last = ends(values)
    observed = math.expm1((math.log(values[last]) - math.log(values[first])) / (last - first))
    found = assess(values, Aim("X", direction, target), "M3")  # type: ignore[arg-type]
    if target is None:
        ratio, cuts = observed * direction, (0.015, 0.005, 0.0)
    elif (values[last] - target) * direction >= 0:
        assert found.category == "achieved"
        return
    elif (values[first] - target) * direction >= 0:
        assert found.category == "deterioration"
        return
    else:
        ratio = observed / math.expm1((math.log(target) - math.log(values[first])) / (2030 - first))
        cuts = (0.95, 0.6, 0.0)
    assert found.ratio == pytest.approx(ratio, rel=1e-6, abs=1e-9)
    assume(min(abs(ratio - cut) for cut in cuts) > 1e-6)
    names = ("on_track", "progress_acceleration_needed", "limited_progress", "deterioration")
    assert found.category == names[sum(ratio < cut for cut in cuts)]


@settings(max_examples=100)
@given(VALUES, TARGET, st.sampled_from([1, -1]), st.floats(0.01, 100), st.sampled_from(["M1", "M3"]))
def test_the_unit_of_measure_changes_nothing(
    values: dict[int, float], target: float | None, direction: int, factor: float, method: str
) -> None:
    found = assess(values, Aim("X", direction, target), method)  # type: ignore[arg-type]
    scaled = {year: value * factor for year, value in values.items()}
    goal = None if target is None else target * factor
    again = assess(scaled, Aim("X", direction, goal), method)  # type: ignore[arg-type]
    assume((found.ratio is None) == (again.ratio is None))  # on the edge of the target rounding decides
    if found.ratio is not None:
        assert again.ratio == pytest.approx(found.ratio, rel=1e-4, abs=1e-6)
