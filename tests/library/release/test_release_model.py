from __future__ import annotations

from dataclasses import replace
from math import nan
from typing import TYPE_CHECKING

import pytest

from everycount.release import Input
from everycount.text import Text
from library.release.samples import SEX, TENURE, remade, shown, small_release

if TYPE_CHECKING:
    from everycount.protect.cells import Cell
    from everycount.release import Release


def with_cells(*cells: Cell) -> Release:
    release = small_release()
    return replace(release, cells=remade(release.cells, cells=cells))


def test_only_cells_make_a_release() -> None:
    release = small_release()
    with pytest.raises(TypeError, match="made of Cells"):
        replace(release, cells=release.cells.cells)


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ((shown("safe_water", (), 0.5), shown("safe_water", (), 0.6)), "is there twice"),
        ((shown("unheard_of", (), 0.5),), "does not know"),
        ((shown("safe_water", (("sex_of_head", "X"),), 0.5),), "does not know"),
        ((shown("safe_water", (), nan),), "not finite"),
    ],
)
def test_cells_that_contradict_the_release_are_refused(cells: tuple[Cell, ...], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        with_cells(*cells)


def test_an_empty_group_code_is_refused_because_empty_means_total() -> None:
    empty = replace(TENURE, groups=(*TENURE.groups, ("", Text.of("Nothing"))))
    with pytest.raises(ValueError, match="code is empty"):
        replace(small_release(), dimensions=(SEX, empty))


def test_two_dimensions_with_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match='two of the dimension "tenure"'):
        replace(small_release(), dimensions=(SEX, TENURE, TENURE))


@pytest.mark.parametrize("name", ["/home/someone/main.csv", "C:\\data\\main.csv", "\\\\server\\main.csv"])
def test_an_input_does_not_tell_where_a_computer_keeps_it(name: str) -> None:
    with pytest.raises(ValueError, match="from the survey folder"):
        Input(name, "0" * 64, 1)
