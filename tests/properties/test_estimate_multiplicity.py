"""Many comparisons at once: the definitions of the methods, and what they promise, by simulation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everycount.estimate.estimates import Against
from everycount.estimate.frame import Frame, MeasureColumns
from everycount.estimate.kernel import estimate_frame
from everycount.estimate.multiplicity import adjusted, by_chance
from everycount.estimate.plan import (
    Better,
    Dimension,
    Group,
    Measure,
    MeasureKind,
    Multiplicity,
    Plan,
    Table,
)
from everycount.sample.design import Basis, Lonely
from everycount.text import NOTHING

if TYPE_CHECKING:
    from everycount.estimate.estimates import Contrast

BH, BY, HOLM, NONE = Multiplicity
ORDINARY = settings(max_examples=100, deadline=None)
P_VALUES = st.lists(st.floats(0, 1) | st.sampled_from([0.0, 0.01, 0.05, 1.0]), min_size=1, max_size=40)
ALPHA = st.sampled_from([0.01, 0.05, 0.1, 0.3])


def step_up(p: list[float], alpha: float, divisor: float = 1.0) -> list[bool]:
    """Rejects the k smallest, k the largest with p_(k) <= k alpha / m."""
    order = sorted(range(len(p)), key=lambda place: p[place])
    last = max((k for k, place in enumerate(order, 1) if p[place] <= k * alpha / len(p) / divisor), default=0)
    return [place in order[:last] for place in range(len(p))]


def step_down(p: list[float], alpha: float) -> list[bool]:
    """Rejects from the smallest on, until one is above alpha / (m - i + 1)."""
    rejected = [False] * len(p)
    for i, place in enumerate(sorted(range(len(p)), key=lambda place: p[place])):
        if p[place] > alpha / (len(p) - i):
            break
        rejected[place] = True
    return rejected


def near(p: list[float], alpha: float) -> bool:
    """Some product stands on the limit itself, where rounding decides."""
    m = len(p)
    limits = [alpha * k / m for k in range(1, m + 1)] + [alpha / k for k in range(1, m + 1)]
    limits += [limit / sum(1 / i for i in range(1, m + 1)) for limit in limits]
    return any(abs(one - limit) < 1e-12 for one in p for limit in limits)


@ORDINARY
@given(P_VALUES, ALPHA)
def test_rejected_is_what_the_definitions_reject(p: list[float], alpha: float) -> None:
    if near(p, alpha):
        p = [one * 0.999 for one in p]
    sums = sum(1 / i for i in range(1, len(p) + 1))
    found = {rule: (adjusted(np.array(p), rule) <= alpha).tolist() for rule in Multiplicity}
    assert found[BH] == _ties(p, step_up(p, alpha))
    assert found[BY] == _ties(p, step_up(p, alpha, sums))
    assert found[HOLM] == step_down(p, alpha)
    assert found[NONE] == [one <= alpha for one in p]


def _ties(p: list[float], rejected: list[bool]) -> list[bool]:
    """Equal ones share their fate."""
    last = max((one for one, out in zip(p, rejected, strict=True) if out), default=-1.0)
    return [one <= last for one in p]


@ORDINARY
@given(P_VALUES, st.sampled_from([BH, BY, HOLM]), st.randoms())
def test_adjusted_are_never_smaller_keep_their_order_and_do_not_mind_the_rows(
    p: list[float], rule: Multiplicity, chance: object
) -> None:
    raw = np.array(p)
    made = adjusted(raw, rule)
    assert ((made >= raw) & (made <= 1)).all()
    order = np.argsort(raw, kind="stable")
    assert (np.diff(made[order]) >= 0).all()
    mixed = list(range(len(p)))
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert np.allclose(adjusted(raw[mixed], rule), made[mixed], rtol=1e-12)
    assert (adjusted(raw, BY) >= adjusted(raw, BH)).all()
    assert (adjusted(raw, HOLM) >= adjusted(raw, BH) * (1 - 1e-12)).all()


GROUPS, CLUSTERS, SURVEYS = 12, 30, 400


def survey(rng: np.random.Generator, shift: float = 0.0, groups: int = GROUPS) -> Frame:
    """Twelve groups in thirty villages that share their fate; the first group is worse off by ``shift``."""
    rows = CLUSTERS * groups * 2
    group = np.tile(np.arange(groups), CLUSTERS * 2)
    cluster = np.repeat(np.arange(CLUSTERS), groups * 2)
    y = rng.normal(size=rows) + rng.normal(size=CLUSTERS)[cluster] - shift * (group == 0)
    named = tuple(Group(str(code), NOTHING, (str(code),)) for code in range(groups))
    ones = np.ones(rows)
    measure = MeasureColumns(y, ones, ones.astype(bool))
    strata = np.zeros(rows, dtype=np.int64)
    return Frame(
        "main",
        strata,
        cluster[:, None],
        ones,
        None,
        {"g": group},
        {"g": Dimension("g", "g", groups=named)},
        {"m": (Measure("m", MeasureKind.MEAN), measure)},
    )


def ahead(frame: Frame) -> Frame:
    """More is better, and far enough from nothing to be reliable."""
    measure, columns = frame.measures["m"]
    better = replace(measure, better=Better.HIGHER)
    return replace(frame, measures={"m": (better, replace(columns, y=columns.y + 20))})


def gaps(frame: Frame) -> list[Contrast]:
    tables = [Table(("m",), ("g",))]
    return estimate_frame(frame, Plan(()), lonely=Lonely.FAIL, basis=Basis.DESIGN, tables=tables)[1]


def test_where_no_group_differs_few_surveys_find_one() -> None:
    """With nothing to be found, any finding is false: FDR and the chance of one finding are the same.

    400 surveys of chance 5 % have an error of sqrt(0.05 x 0.95 / 400) = 1.1 %; three of them are 3.3 %.
    Without control, comparisons of twelve groups find something in about every third survey.
    """
    rng = np.random.default_rng(2024)
    counts = dict.fromkeys(Multiplicity, 0)
    for _ in range(SURVEYS):
        found = gaps(survey(rng))
        for rule in Multiplicity:
            counts[rule] += any(one.differs for one in by_chance(found, rule, 0.95))
    shares = {rule: count / SURVEYS for rule, count in counts.items()}
    assert max(shares[BH], shares[BY], shares[HOLM]) <= 0.05 + 0.033
    assert shares[NONE] > 0.2


def test_the_best_of_many_groups_that_are_alike_is_no_finding() -> None:
    """The best is picked for being ahead; as if named beforehand, one survey of eight finds something.

    150 surveys of chance 5 % have an error of 1.8 %; two of them are 3.6 %.
    """
    rng = np.random.default_rng(5)
    wrong = dict.fromkeys((BH, BY, HOLM), 0)
    for _ in range(150):
        found = gaps(ahead(survey(rng, groups=40)))
        assert sum(one.against is Against.BEST for one in found) == 39
        for rule in wrong:
            wrong[rule] += any(one.differs for one in by_chance(found, rule, 0.95))
    assert max(wrong.values()) / 150 <= 0.05 + 0.036


def test_with_two_groups_the_best_is_the_other_one() -> None:
    found = gaps(ahead(survey(np.random.default_rng(3), groups=2)))
    best, rest = (
        next(t.p for c, t in zip(found, by_chance(found, NONE, 0.95), strict=True) if c.against is against)
        for against in (Against.BEST, Against.REST)
    )
    assert best == pytest.approx(rest)
    (alone,) = by_chance([one for one in found if one.against is Against.BEST], HOLM, 0.95)
    assert alone.p == pytest.approx(best)


def test_findings_are_mostly_the_group_that_differs() -> None:
    """One group is far behind; its comparisons are found, and few of the others' are.

    Comparisons with the rest and with everybody: of the other eleven groups they are false only in so far as
    the group that is behind pulls the rest down, by 0.1 of a standard deviation.
    """
    rng = np.random.default_rng(7)
    true = false = 0
    for _ in range(60):
        found = gaps(survey(rng, shift=1.2))
        tests = by_chance(found, BH, 0.95)
        true += sum(bool(t.differs) for c, t in zip(found, tests, strict=True) if c.cell == (("g", "0"),))
        false += sum(bool(t.differs) for c, t in zip(found, tests, strict=True) if c.cell != (("g", "0"),))
    assert true == 60 * 2
    assert false / (true + false) < 0.3


@ORDINARY
@given(st.lists(st.floats(-5, 5), min_size=1, max_size=20))
def test_a_stricter_level_finds_no_more(differences: list[float]) -> None:
    base = gaps(survey(np.random.default_rng(1)))[0]
    many = [replace(base, difference=one, difference_se=1.0) for one in differences]
    strict, loose = ([t.differs for t in by_chance(many, BH, level)] for level in (0.99, 0.9))
    assert all(one or not other for one, other in zip(loose, strict, strict=True))
    assert [t.p for t in by_chance(many, BH, 0.99)] == pytest.approx([t.p for t in by_chance(many, BH, 0.9)])
