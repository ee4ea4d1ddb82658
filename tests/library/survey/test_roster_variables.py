"""Looking into a roster from a survey file: is there one, how many, the answer of one, the sum of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from everycount.survey.folder import read_folder
from everycount.survey.river import make_release

if TYPE_CHECKING:
    from pathlib import Path

HOUSEHOLDS = "id,water\n1,yes\n2,no\n3,yes\n4,no\n"
MEMBERS = """\
household,relation,sex,age,walking,earned
1,head,f,40,1,10
1,child,m,9,1,0
2,head,m,61,3,5
3,head,f,33,1,7
3,spouse,m,35,1,8
3,child,f,4,1,0
"""
SURVEY = """\
[survey]
id = "rosters"
title = "Rosters"
period = "2026"
area = "BGD"
[survey.records]
main = "households.csv"
key = "id"
rosters = {members = {file = "members.csv", parent_key = "household"}}
[design]
kind = "convenience"
[policy]
name = "open"

[[variable]]
id = "difficulty"
cases = [{when = {question = "walking", at_least = 3}, value = "yes"}, {value = "no"}]
[[variable]]
id = "someone_with_difficulty"
roster = "members"
has = {question = "difficulty", in = ["yes"]}
[[variable]]
id = "children"
roster = "members"
count = {question = "age", at_most = 17}
[[variable]]
id = "head"
roster = "members"
take = "sex"
when = {question = "relation", in = ["head"]}
[[variable]]
id = "earnings"
roster = "members"
total = "earned"

[[dimension]]
id = "head"
question = "head"
groups = {woman = ["f"], man = ["m"]}

[[measure]]
id = "with_difficulty"
kind = "count"
question = "someone_with_difficulty"
in = ["1"]
[[measure]]
id = "children"
kind = "total"
question = "children"
[[measure]]
id = "earnings"
kind = "total"
question = "earnings"
[[measure]]
id = "members_with_difficulty"
kind = "count"
question = "difficulty"
in = ["yes"]
[[table]]
measures = ["with_difficulty", "children", "earnings"]
by = [["head"]]
[[table]]
measures = ["members_with_difficulty"]
"""


@pytest.fixture
def values(tmp_path: Path) -> dict[tuple[str, str], float | None]:
    for name, content in (("survey.toml", SURVEY), ("households.csv", HOUSEHOLDS), ("members.csv", MEMBERS)):
        (tmp_path / name).write_text(content, encoding="utf-8")
    cells = make_release(read_folder(tmp_path)).cells.cells
    return {(cell.measure, "".join(code for _, code in cell.cell)): cell.value for cell in cells}


def test_one_member_is_enough(values: dict[tuple[str, str], float | None]) -> None:
    assert values["with_difficulty", ""] == 1
    assert values["with_difficulty", "man"] == 1


def test_members_are_counted_and_summed(values: dict[tuple[str, str], float | None]) -> None:
    assert values["children", ""] == 2
    assert values["earnings", ""] == 30
    assert values["earnings", "woman"] == 25


def test_a_measure_about_a_roster_counts_its_rows(values: dict[tuple[str, str], float | None]) -> None:
    assert values["members_with_difficulty", ""] == 1
