"""When the compiled kernel is taken, and when it is not."""

from __future__ import annotations

import builtins
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from everycount.estimate import fast
from everycount.estimate.fast_layout import WIDEST, Layout, families
from everycount.estimate.frame import Frame, MeasureColumns
from everycount.estimate.kernel import estimate_frame
from everycount.estimate.plan import Dimension, Group, Measure, MeasureKind, Plan, Table
from everycount.estimate.stages import stages_of
from everycount.sample.design import Basis, Lonely
from everycount.text import NOTHING
from spec.estimate_drawing import draw, overall

if TYPE_CHECKING:
    from everycount.estimate.estimates import Estimate

VILLAGES = "stratum | cluster | weight | y\na | 1 | 2 | 1\na | 2 | 1 | 0\nb | 3 | 1 | 1\nb | 4 | 3 | 0"
TWO_STAGES = """cluster | cluster2 | population | population2 | y
1 | 1 | 9 | 9 | 1
1 | 2 | 9 | 9 | 0
2 | 3 | 9 | 9 | 1"""


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Taken however small the sample."""
    monkeypatch.setattr(fast, "ENOUGH", 0)


def test_a_small_survey_never_loads_the_compiler() -> None:
    code = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from spec.estimate_drawing import draw, overall\n"
        f"assert overall(draw({VILLAGES!r})).n == 4\n"
        "assert 'everycount.estimate.fast' in sys.modules and 'numba' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_four_thousand_households_in_sixty_tables_are_small() -> None:
    assert not fast.pays(4_000 * 5, 60)


def test_without_the_extra_the_plain_kernel_does_it_all(eager: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(name: str) -> None:
        assert name == "numba"

    monkeypatch.setattr(fast, "find_spec", none)
    assert not fast.pays(10**9, 41)
    assert overall(draw(VILLAGES)).n == 4


def test_a_compiler_that_cannot_be_loaded_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = overall(draw(VILLAGES))
    true_import = builtins.__import__

    def refusing(name: str, *rest: object, **named: object) -> object:
        if name.startswith("numba") or "fast_scan" in str(rest):
            raise ImportError(name)
        return true_import(name, *rest, **named)  # type: ignore[arg-type]

    for module in [name for name in sys.modules if name.endswith("fast_scan")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setattr(builtins, "__import__", refusing)
    monkeypatch.setattr(fast, "find_spec", str)
    monkeypatch.setattr(fast, "ENOUGH", 0)
    assert overall(draw(VILLAGES)) == plain


def test_later_stages_and_other_measures_are_left_to_the_plain_kernel() -> None:
    one, two = draw(VILLAGES), draw(TWO_STAGES)
    share = Measure("m", MeasureKind.PROPORTION)
    assert fast.covers(share, stages_of(one))
    assert not fast.covers(share, stages_of(two))
    assert not fast.covers(Measure("m", MeasureKind.MEDIAN), stages_of(one))


def many(kinds: dict[str, MeasureKind], rows: int = 4_000) -> Frame:
    """Invented people in 40 villages of 8 districts; the group depends on the village."""
    rng = np.random.default_rng(5)
    village = np.sort(rng.integers(0, 40, rows))
    codes = {"district": village // 5, "group": (village + rng.integers(0, 3, rows)) % 7}
    sizes = {"district": 8, "group": 7}
    return Frame(
        "main",
        village // 5,
        village[:, None],
        rng.uniform(0.5, 3, rows),
        None,
        codes,
        {
            n: Dimension(n, n, groups=tuple(Group(str(c), NOTHING, ()) for c in range(s)))
            for n, s in sizes.items()
        },
        {
            name: (
                Measure(name, kind),
                MeasureColumns((rng.random(rows) < 0.3) * 1.0, np.ones(rows), np.ones(rows, dtype=bool)),
            )
            for name, kind in kinds.items()
        },
    )


def cells(frame: Frame) -> list[Estimate]:
    tables = [Table(tuple(frame.measures), by) for by in [(), ("group",), ("district", "group")]]
    return estimate_frame(frame, Plan(()), lonely=Lonely.ADJUST, basis=Basis.DESIGN, tables=tables)[0]


def test_groups_that_do_not_vary_within_strata_are_found(eager: None) -> None:
    pytest.importorskip("numba", reason="the compiled kernel is an extra: everycount[fast]")
    frame = many({"share": MeasureKind.PROPORTION, "people": MeasureKind.COUNT})
    found = cells(frame)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fast, "ENOUGH", 10**18)
        plain = cells(frame)
    assert [cell.n for cell in found] == [cell.n for cell in plain]
    assert [cell.df for cell in found] == [cell.df for cell in plain]
    assert [cell.se or 0 for cell in found] == pytest.approx([cell.se or 0 for cell in plain], rel=1e-10)
    assert sum(cell.se is not None for cell in found) > 50


def test_forty_measures_take_several_words(eager: None) -> None:
    pytest.importorskip("numba", reason="the compiled kernel is an extra: everycount[fast]")
    frame = many({f"m{place}": MeasureKind.PROPORTION for place in range(40)}, rows=500)
    found = cells(frame)
    last = next(cell for cell in found if cell.measure == "m39")
    columns = frame.measures["m39"][1]
    assert last.events == columns.y.sum()
    assert last.value == pytest.approx((columns.y * frame.weights).sum() / frame.weights.sum())


def test_breakdowns_are_cut_into_families_that_fit() -> None:
    sizes = {"a": 700, "b": 100, "c": 100, "d": 2}
    together = families([("a", "b"), ("b", "c", "d"), ("d",), ()], sizes)
    assert together == [[("a", "b"), ("d",), ()], [("b", "c", "d")]]
    assert families([("a", "b", "c")], sizes) is None
    assert 700 * 100 * 2 < WIDEST < 700 * 100 * 100


def test_a_layer_is_rolled_up_from_its_smallest_parent() -> None:
    sizes = {"a": 5, "b": 2, "c": 3}
    layout = Layout.of([("a", "b", "c"), ("a", "b"), ("b", "c"), ("b",)], sizes, dict.fromkeys(sizes, 0), {})
    parents = {
        layer: layout.layers[parent] for layer, parent in zip(layout.layers, layout.parents, strict=True)
    }
    assert parents["b",] == ("b", "c")
    assert parents["a", "b"] == ("a", "b", "c")
