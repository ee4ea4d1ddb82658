from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from everycount.protect.cells import Status
from everycount.protect.policy import OPEN
from everycount.release import compare
from everycount.text import Text
from library.release.samples import TENURE, hidden, remade, small_release

if TYPE_CHECKING:
    from everycount.protect.cells import Cell
    from everycount.release import Release


def with_cell(position: int, cell: Cell | None) -> Release:
    release = small_release()
    cells = list(release.cells.cells)
    cells[position : position + 1] = [] if cell is None else [cell]
    return replace(release, cells=remade(release.cells, cells=tuple(cells)))


def test_a_release_does_not_differ_from_itself() -> None:
    assert not compare(small_release(), small_release())
    assert compare(small_release(), small_release()).lines() == []


def test_noise_of_the_last_bits_is_no_change() -> None:
    first = small_release().cells.cells[0]
    assert not compare(small_release(), with_cell(0, replace(first, value=first.value * (1 + 1e-14))))


def test_a_changed_value_says_by_how_much_and_whether_it_matters() -> None:
    first = small_release().cells.cells[0]
    (change,) = compare(small_release(), with_cell(0, replace(first, value=0.55))).changed
    assert change.fields == (("value", 0.5, 0.55),)
    assert (change.within_rounding, change.within_interval) == (False, True)
    assert str(change) == "safe_water [overall]: value 0.5 -> 0.55 (+0.05, within the old interval)"


def test_a_value_may_leave_the_old_interval() -> None:
    first = small_release().cells.cells[0]
    (change,) = compare(small_release(), with_cell(0, replace(first, value=0.75))).changed
    assert str(change).endswith("(+0.25, outside the old interval)")


def test_a_step_of_the_last_published_digit_is_within_rounding() -> None:
    first = small_release().cells.cells[0]
    (change,) = compare(small_release(), with_cell(0, replace(first, value=0.5001))).changed
    assert change.within_rounding
    (change,) = compare(small_release(), with_cell(0, replace(first, value=0.5002))).changed
    assert not change.within_rounding


def test_a_cell_that_is_hidden_now_is_a_change_of_status() -> None:
    first = small_release().cells.cells[1]
    now = hidden(first.measure, first.cell, Status.SUPPRESSED_COMPLEMENTARY)
    (change,) = compare(small_release(), with_cell(1, now)).changed
    assert ("status", Status.SHOWN, Status.SUPPRESSED_COMPLEMENTARY) in change.fields
    assert change.difference is None
    assert "value 0.51 -> nothing" in str(change)


def test_cells_come_and_go() -> None:
    fewer = with_cell(0, None)
    assert compare(small_release(), fewer).removed == (("safe_water", ()),)
    assert compare(fewer, small_release()).added == (("safe_water", ()),)
    assert compare(fewer, small_release()).lines() == ["safe_water [overall]: new"]


def test_the_order_of_cells_is_no_change() -> None:
    release = small_release()
    turned = replace(release, cells=remade(release.cells, cells=release.cells.cells[::-1]))
    assert not compare(release, turned)


def test_everything_around_the_cells_is_compared() -> None:
    old = small_release()
    measure = replace(old.measures[0], wording=Text.of("Where do you get water?", "en"))
    new = replace(
        old,
        survey=replace(old.survey, licence="CC-BY-4.0"),
        measures=(measure, replace(old.measures[1], id="minutes")),
        dimensions=(old.dimensions[0], replace(TENURE, sensitive=False)),
        breakdowns=((), ("tenure",)),
        design=replace(old.design, sample=replace(old.design.sample, records=399)),
        cells=remade(
            old.cells,
            level=0.9,
            policy=replace(OPEN, decided_by="the town's assembly"),
            cells=tuple(cell for cell in old.cells.cells if cell.measure == "safe_water"),
            contrasts=(),
        ),
    )
    said = "\n".join(compare(old, new).facts)
    for words in (
        "survey, licence: CC0-1.0 -> CC-BY-4.0",
        'measure "minutes": new',
        'measure "minutes_to_water": no longer there',
        'measure "safe_water", wording: nothing -> (en, Where do you get water?)',
        'dimension "tenure", sensitive: True -> False',
        "design, sample, records: 400 -> 399",
        "policy, min_respondents: 10 -> 0",
        "policy, decided_by: nothing -> the town's assembly",
        "confidence level: 0.95 -> 0.9",
        "breakdown sex_of_head x tenure: no longer there",
        "comparisons of groups: 0 changed, 0 new, 1 no longer there",
    ):
        assert words in said, words


def test_another_order_of_measures_is_said() -> None:
    old = small_release()
    assert compare(old, replace(old, measures=old.measures[::-1])).facts == ("measures: in another order",)


def test_changed_comparisons_of_groups_are_counted() -> None:
    old = small_release()
    contrast = replace(old.cells.contrasts[0], difference=0.2)
    new = replace(old, cells=remade(old.cells, contrasts=(contrast,)))
    assert compare(old, new).facts == ("comparisons of groups: 1 changed, 0 new, 0 no longer there",)
