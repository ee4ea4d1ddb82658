"""Errors from influences are those of a total, whatever the design: the two ways are held equal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from everycount.estimate.linear import Linear
from everycount.estimate.plan import MeasureKind, Plan, Table
from everycount.estimate.replicates import make
from everycount.estimate.residuals import Calibrated
from everycount.estimate.stages import stages_of
from everycount.estimate.sums import estimate_sums
from everycount.sample.design import Basis, Lonely, ReplicateMethod, Replicates
from spec.estimate_drawing import draw

if TYPE_CHECKING:
    from everycount.estimate.frame import Frame

# Stratum c has one village of several; populations at both stages; everybody answered.
TWO_STAGES = """
    stratum | cluster | cluster2 | population | population2 | weight | y
    a       | 1       | 1        | 9          | 5           | 2      | 3
    a       | 1       | 2        | 9          | 5           | 1      | 4
    a       | 2       | 3        | 9          | 4           | 2      | 9
    a       | 2       | 4        | 9          | 4           | 3      | 1
    a       | 3       | 5        | 9          | 3           | 1      | 7
    b       | 4       | 6        | 6          | 4           | 2      | 2
    b       | 4       | 7        | 6          | 4           | 2      | 5
    b       | 5       | 8        | 6          | 7           | 1      | 8
    b       | 5       | 9        | 6          | 7           | 1      | 6
    c       | 6       | 10       | 4          | 6           | 2      | 5
    c       | 6       | 11       | 4          | 6           | 1      | 9
    """
VILLAGES = "\n".join(
    ["cluster | weight | y", *(f"{n // 3} | {1 + n % 4} | {n * 7 % 11 + n // 5}" for n in range(24))]
)


def total_error(frame: Frame, lonely: Lonely) -> float:
    tables = [Table(("m",), ())]
    ((total,), _) = estimate_sums(frame, Plan(()), lonely=lonely, basis=Basis.DESIGN, tables=tables)
    assert total.se is not None
    return total.se


@pytest.mark.parametrize("lonely", [Lonely.ADJUST, Lonely.AVERAGE, Lonely.CERTAINTY])
def test_at_several_stages_and_with_lonely_clusters(lonely: Lonely) -> None:
    frame = draw(TWO_STAGES, MeasureKind.TOTAL)
    linear = Linear(frame, lonely)
    moved = linear.moved(np.arange(11), frame.measures["m"][1].y)
    assert linear.variance(moved) == pytest.approx(total_error(frame, lonely) ** 2, rel=1e-12)
    assert not linear.everybody_asked


@pytest.mark.parametrize("method", [ReplicateMethod.JK1, ReplicateMethod.BOOTSTRAP])
def test_by_replicates(method: ReplicateMethod) -> None:
    frame = draw(VILLAGES, MeasureKind.TOTAL)
    stages = stages_of(frame)
    again = make(stages.stages[0], stages.unit, Replicates(method, number=40, seed=2), ())
    frame = replace(frame, replicates=again)
    linear = Linear(frame, Lonely.ADJUST)
    moved = linear.moved(np.arange(24), frame.measures["m"][1].y)
    assert linear.variance(moved) == pytest.approx(total_error(frame, Lonely.ADJUST) ** 2, rel=1e-9)


def test_by_what_known_totals_leave() -> None:
    frame = draw(VILLAGES, MeasureKind.TOTAL)
    x = np.stack([np.ones(24), np.arange(24.0) % 5], axis=1)
    frame = replace(frame, calibrated=Calibrated.of(x, frame.weights, frame.weights, stages_of(frame)))
    linear = Linear(frame, Lonely.ADJUST)
    moved = linear.moved(np.arange(24), frame.measures["m"][1].y)
    assert linear.variance(moved) == pytest.approx(total_error(frame, Lonely.ADJUST) ** 2, rel=1e-9)


def test_parts_add_up() -> None:
    frame = draw(VILLAGES, MeasureKind.TOTAL)
    linear, y = Linear(frame, Lonely.ADJUST), frame.measures["m"][1].y
    some, others = np.arange(10), np.arange(10, 24)
    whole = linear.moved(np.arange(24), y)
    assert linear.moved(some, y[some]) + linear.moved(others, y[others]) == pytest.approx(whole)
