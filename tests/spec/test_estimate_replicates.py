"""Replicate weights made here, next to the other way to the same error."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from everycount.estimate.estimates import Against
from everycount.estimate.kernel import estimate_frame
from everycount.estimate.plan import MeasureKind, Plan, Table
from everycount.estimate.replicates import make, read
from everycount.estimate.stages import stages_of
from everycount.estimate.sums import estimate_sums
from everycount.faults import InputError
from everycount.sample.design import Basis, Lonely, ReplicateMethod, Replicates
from spec.estimate_drawing import draw

if TYPE_CHECKING:
    from everycount.estimate.estimates import Contrast, Estimate
    from everycount.estimate.frame import Frame

# Levy and Lemeshow's ambulances, as in the literature on half samples: survivors of cardiac arrests.
SCD = """
    stratum | cluster | y  | x
    1       | 1       | 25 | 120
    1       | 2       | 24 | 78
    2       | 1       | 30 | 185
    2       | 2       | 49 | 228
    3       | 1       | 80 | 670
    3       | 2       | 70 | 530
    """
VILLAGES = """
    stratum | cluster | sex | weight | y
    a       | 1       | f   | 2      | 3
    a       | 1       | m   | 2      | 5
    a       | 2       | f   | 1      | 4
    a       | 2       | m   | 1      | 9
    a       | 3       | m   | 3      | 1
    b       | 4       | f   | 2      | 8
    b       | 4       | m   | 2      | 2
    b       | 5       | f   | 1      | 6
    b       | 5       | m   | 2      | 7
    """


def replicated(frame: Frame, rule: Replicates) -> Frame:
    stages = stages_of(frame)
    return replace(frame, replicates=make(stages.stages[0], stages.unit, rule, frame.stratum_names))


def both(frame: Frame, *by: str) -> tuple[list[Estimate], list[Contrast]]:
    tables = [Table(("m",), by)]
    return estimate_sums(frame, Plan(()), lonely=Lonely.ADJUST, basis=Basis.DESIGN, tables=tables)


def taylor(frame: Frame, *by: str) -> tuple[list[Estimate], list[Contrast]]:
    tables = [Table(("m",), by)]
    return estimate_frame(frame, Plan(()), lonely=Lonely.ADJUST, basis=Basis.DESIGN, tables=tables)


@pytest.mark.parametrize(
    ("rule", "se"),
    [
        (Replicates(ReplicateMethod.JKN), 0.009846457204),
        (Replicates(ReplicateMethod.BRR), 0.00941840066992),
        (Replicates(ReplicateMethod.FAY, rho=0.3), 0.00952518747771),
    ],
)
def test_the_ambulances_have_their_published_errors(rule: Replicates, se: float) -> None:
    ((ratio,), _) = both(replicated(draw(SCD, MeasureKind.RATIO), rule))
    assert ratio.value == pytest.approx(0.153506350083, rel=1e-10)
    assert ratio.se == pytest.approx(se, rel=1e-8)
    assert ratio.df == 3


def test_a_jackknife_of_strata_is_linearisation_for_totals() -> None:
    frame = draw(VILLAGES, MeasureKind.TOTAL)
    again, once = both(replicated(frame, Replicates(ReplicateMethod.JKN)))[0][0], taylor(frame)[0][0]
    assert again.se == pytest.approx(once.se, rel=1e-12)
    assert (again.df, again.deff) == (once.df, pytest.approx(once.deff, rel=1e-12))


def test_a_jackknife_of_one_stratum_leaves_out_one_cluster_at_a_time() -> None:
    frame = draw(VILLAGES.replace(" b ", " a "), MeasureKind.TOTAL)
    again = both(replicated(frame, Replicates(ReplicateMethod.JK1)))[0][0]
    assert again.se == pytest.approx(taylor(frame)[0][0].se, rel=1e-12)


@pytest.mark.parametrize("method", [ReplicateMethod.BOOTSTRAP, ReplicateMethod.CANTY_DAVISON])
def test_a_bootstrap_comes_near_linearisation_and_the_seed_decides(method: ReplicateMethod) -> None:
    rng = np.random.default_rng(7)
    rows = [f"c{place // 4} | {value:.3f}" for place, value in enumerate(rng.normal(50, 9, 160))]
    frame = draw("\n".join(["cluster | y", *rows]))
    many = Replicates(method, number=2000)
    again = both(replicated(frame, many))[0][0]
    # The error of 2,000 replicates is about 1 / sqrt(2 x 2,000), 1.6 %; four of them are 6.4 %.
    assert again.se == pytest.approx(taylor(frame)[0][0].se, rel=0.064)
    assert both(replicated(frame, many))[0][0] == again
    assert both(replicated(frame, replace(many, seed=2)))[0][0].se != again.se


def test_comparisons_have_the_errors_of_their_replicates() -> None:
    frame = replicated(draw(VILLAGES), Replicates(ReplicateMethod.JKN))
    (found,) = [
        one for one in both(frame, "sex")[1] if one.against is Against.REST and one.cell == (("sex", "f"),)
    ]
    assert frame.replicates is not None
    w = frame.weights[:, None] * frame.replicates.factors[frame.replicates.pattern]
    y, woman = frame.measures["m"][1].y[:, None], (frame.dimensions["sex"] == 0)[:, None]
    gaps = (w * y * woman).sum(0) / (w * woman).sum(0) - (w * y * ~woman).sum(0) / (w * ~woman).sum(0)
    variance = (frame.replicates.rscales * (gaps - gaps.mean()) ** 2).sum()
    assert found.difference_se == pytest.approx(np.sqrt(variance), rel=1e-12)
    assert found.ratio_low is not None
    assert found.ratio_low < (found.ratio or 0)


def test_weights_that_were_read_give_what_those_that_were_made_give() -> None:
    frame = replicated(draw(VILLAGES), Replicates(ReplicateMethod.JKN))
    assert frame.replicates is not None
    columns = frame.weights[:, None] * frame.replicates.factors[frame.replicates.pattern]
    rule = Replicates(ReplicateMethod.JKN, ("r",), rscales=tuple(frame.replicates.rscales))
    bare = replace(frame, strata=frame.strata * 0, clusters=np.arange(9)[:, None])
    bare = replace(bare, replicates=read(frame.weights, columns, rule))
    for ours, theirs in zip(both(frame, "sex")[0], both(bare, "sex")[0], strict=True):
        assert (ours.se, ours.df) == (pytest.approx(theirs.se, rel=1e-10), theirs.df)


def test_replicates_that_do_not_differ_are_no_certainty() -> None:
    ((mean,), _) = both(replicated(draw(VILLAGES.replace("9", "5")), Replicates(ReplicateMethod.JKN)))
    assert mean.se is not None
    same = draw("\n".join(["cluster | y", *(f"{place} | 4" for place in range(6))]))
    ((mean,), _) = both(replicated(same, Replicates(ReplicateMethod.JKN)))
    assert (mean.se, mean.ci_low, mean.interval) == (None, None, "")


@pytest.mark.parametrize(
    ("drawing", "method", "says"),
    [
        (VILLAGES, ReplicateMethod.BRR, 'stratum "a" has 3'),
        (VILLAGES, ReplicateMethod.JK1, "there are 2"),
        ("stratum | y\na | 1\nb | 2", ReplicateMethod.JKN, "nothing to replicate"),
        ("population | y\n9 | 1\n9 | 2", ReplicateMethod.BOOTSTRAP, "finite population"),
    ],
)
def test_a_design_that_does_not_allow_a_method_is_refused(
    drawing: str, method: ReplicateMethod, says: str
) -> None:
    with pytest.raises(InputError, match=says):
        replicated(draw(drawing), Replicates(method))


def test_replicates_that_say_nothing_of_their_scale_are_refused() -> None:
    with pytest.raises(InputError, match="rscales"):
        read(np.ones(2), np.ones((2, 2)), Replicates(ReplicateMethod.JKN, ("r",)))
    with pytest.raises(InputError, match="3 numbers"):
        read(np.ones(2), np.ones((2, 2)), Replicates(ReplicateMethod.BRR, ("r",), rscales=(1, 1, 1)))


def test_degrees_of_freedom_are_the_rank_of_the_people_s_weights_less_one() -> None:
    rng = np.random.default_rng(3)
    stages = stages_of(draw(VILLAGES + "    c       | 6       | f   | 1      | 2\n"))
    for rule in (Replicates(ReplicateMethod.JKN), Replicates(ReplicateMethod.BOOTSTRAP, number=9)):
        made = make(stages.stages[0], stages.unit, rule, ())
        for _ in range(20):
            some = rng.random(len(made.factors)) < 0.6
            rank = np.linalg.matrix_rank(made.factors[some]) if some.any() else 1
            assert made.degrees(some) == rank - 1
