"""The reference page says what the code understands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.questionnaire.columns import OURS, SURVEY
from everycount.questionnaire.support import MEANINGS, refreshed

if TYPE_CHECKING:
    from pathlib import Path


def reference(root: Path) -> str:
    return (root / "docs" / "reference" / "questionnaire.md").read_text(encoding="utf-8")


def test_the_tables_are_not_stale(root: Path) -> None:
    page = reference(root)
    assert refreshed(page) == page


def test_every_column_has_a_meaning() -> None:
    assert list(dict.fromkeys(SURVEY.values())) == list(MEANINGS)


def test_our_own_columns_are_told(root: Path) -> None:
    for name in OURS:
        assert f"| `everycount::{name}` |" in reference(root)
