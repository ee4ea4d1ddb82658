from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from everycount.faults import InputError
from everycount.release.explaining import explain, in_words
from everycount.survey.folder import read_folder
from everycount.survey.river import make_release

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.release import Release


@pytest.fixture(scope="module")
def examples(root: Path) -> Path:
    return root / "src" / "everycount" / "example"


@pytest.fixture(scope="module")
def dhaka(examples: Path) -> Release:
    return make_release(read_folder(examples / "dhaka"))


def test_a_number_leads_back_to_its_answers(dhaka: Release) -> None:
    lines = explain(dhaka, "basic_sanitation", ["settlement=slum"])
    text = "\n".join(lines)
    assert lines[0] == "Own toilet that keeps waste away from people: Settlement = Slum"
    for words in (
        "Value: 1.32 %",
        "Interval (95%, ",
        "Counts: toilet_level is basic",
        "SDG indicator 6.2.1: proxy",
        "641 clusters",
        'Policy "open"',
        "households.csv.gz (sha256 ",
        dhaka.digest,
    ):
        assert words in text


def test_the_order_of_dimensions_does_not_matter(dhaka: Release) -> None:
    assert explain(dhaka, "basic_water", ["poverty=Q1", "settlement=slum"]) == explain(
        dhaka, "basic_water", ["settlement=slum", "poverty=Q1"]
    )


def test_a_hidden_number_says_why_and_gives_nothing(examples: Path) -> None:
    release = make_release(read_folder(examples / "hotspots"))
    hidden = next(cell for cell in release.cells.cells if cell.status == "suppressed_small")
    lines = explain(release, hidden.measure, [f"{name}={code}" for name, code in hidden.cell])
    assert lines[1].startswith("  Not shown (suppressed_small).")
    assert not any("answers" in line and "From" in line for line in lines)


@pytest.mark.parametrize(
    ("measure", "groups", "says"),
    [
        ("basic_watr", [], "basic_water"),
        ("basic_water", ["setlement=slum"], "settlement"),
        ("basic_water", ["settlement=slums"], "slum"),
        ("basic_water", ["mobility=yes", "tenure=owner"], "overall, settlement, poverty"),
    ],
)
def test_what_is_not_there_is_named(dhaka: Release, measure: str, groups: list[str], says: str) -> None:
    with pytest.raises(InputError, match=says):
        explain(dhaka, measure, groups)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"question": "a", "in": ["1", "2"]}, "a is 1 or 2"),
        ({"question": "a", "at_least": 5}, "a is at least 5"),
        ({"question": "a", "at_least": 5, "at_most": 9}, "a is at least 5 and at most 9"),
        ({"question": "a", "between": [5, 17]}, "a is from 5 to 17"),
        ({"question": "a", "answered": False}, "a has no answer"),
        (
            {"not": {"any": [{"question": "a", "in": "x"}, {"question": "b", "answered": True}]}},
            "not (a is x or b was answered)",
        ),
    ],
)  # fmt: skip
def test_conditions_are_said_in_words(condition: dict[str, object], words: str) -> None:
    assert in_words(condition) == words
