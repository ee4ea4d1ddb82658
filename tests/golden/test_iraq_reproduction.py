"""Every number published of Tal Afar in 2021 against ours, through a survey folder."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def tool(root: Path) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(root / "tools"))
        import iraq_reproduction

    return iraq_reproduction


@pytest.fixture(scope="module")
def compared(tool: Any, shared: Path) -> list[Any]:
    found: list[Any] = tool.compare(shared / tool.DATA)
    return found


def test_every_published_line_is_compared(compared: list[Any]) -> None:
    assert len(compared) == 3570
    assert sum(not each.line.division for each in compared) == 479


def test_values_are_those_published_but_for_fifteen(tool: Any, compared: list[Any]) -> None:
    found = Counter(each.value for each in compared)
    assert found == {
        tool.PRINTED: 3529,
        tool.RENAMED: 8,
        tool.CUT: 13,
        tool.FALSE: 5,
        tool.LATER: 9,
        tool.TWICE: 6,
    }
    assert sum(found[why] for why in tool.REPRODUCED) == 3555
    not_ours = {(each.line.question, each.line.choice) for each in compared if each.value == tool.TWICE}
    assert not_ours == {
        ("water_sources", "borehole"),
        ("treat_drink_water_how", "filter"),
        ("treat_drink_water_how", "expose_sunlight"),
    }


def test_limits_are_those_published_but_for_degrees_of_freedom_and_certainty(
    tool: Any, compared: list[Any]
) -> None:
    for division, expected in (
        (False, {tool.SAME: 393, tool.ALIKE: 71, tool.NONE: 11, tool.OTHER: 4}),
        (True, {tool.DF: 2169, tool.ALIKE: 900, tool.NONE: 11, tool.OTHER: 11}),
    ):
        assert Counter(x.limits for x in compared if bool(x.line.division) is division) == expected


def test_the_page_is_not_stale(tool: Any, root: Path, compared: list[Any]) -> None:
    assert (root / tool.PAGE).read_text(encoding="utf-8") == tool.page(compared), "run tools/generate.py"
