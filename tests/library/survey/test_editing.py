"""Parts of a survey file are changed, and every other line stays as it was."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import everycount
from everycount.survey.editing import to_toml, with_item, with_table

EXAMPLES = sorted((Path(everycount.__file__).parent / "example").glob("*/survey.toml"))
KEYS = st.text("abé_ .\"'#[", min_size=1, max_size=4)
PLAIN = st.one_of(
    st.text(max_size=12),
    st.integers(-(2**40), 2**40),
    st.booleans(),
    st.floats(allow_nan=False),
    st.dates(),
    st.lists(st.text(max_size=4), max_size=3),
)
TABLES = st.dictionaries(
    KEYS,
    st.recursive(PLAIN, lambda inner: st.dictionaries(KEYS, inner, max_size=2), max_leaves=4),
    max_size=4,
)
FILES = st.fixed_dictionaries(
    {},
    optional={
        "survey": TABLES,
        "policy": TABLES,
        "measure": st.lists(TABLES, min_size=1, max_size=3),
        "table": st.lists(TABLES, min_size=1, max_size=2),
    },
)
TEXT = """# what stands before
[survey]  # the survey
title = '''
[policy]
not a header'''

# about the policy
[policy]
name = "public"

[[measure]]
id = "a"
in = [
  "[[measure]]",  # no header either
]
[measure.benchmark]
value = 1

# the second one
[[measure]]
id = "b"

[survey.notes]
x = 1
"""


@settings(deadline=None, max_examples=80)
@given(FILES, TABLES)
def test_what_is_written_is_what_was_meant(data: dict[str, Any], new: dict[str, Any]) -> None:
    text = to_toml(data)
    assert tomllib.loads(text) == data
    assert tomllib.loads(with_table(text, "policy", new)) == data | {"policy": new}
    for number in range(len(data.get("measure", [])) + 1):
        items = [*data.get("measure", [])]
        items[number : number + 1] = [new]
        assert tomllib.loads(with_item(text, "measure", number, new)) == data | {"measure": items}


def test_only_the_lines_of_the_part_are_written_anew() -> None:
    changed = with_item(TEXT, "measure", 0, {"id": "c"})
    assert changed == TEXT.replace(TEXT[TEXT.index('id = "a"') : TEXT.index("\n# the second")], 'id = "c"\n')
    assert with_table(TEXT, "policy", {"name": "open"}) == TEXT.replace('"public"', '"open"')


def test_a_part_is_added_beside_its_likes_and_taken_out_whole() -> None:
    more = with_item(TEXT, "measure", 2, {"id": "c"})
    assert more.index('id = "b"') < more.index('id = "c"') < more.index("[survey.notes]")
    less = with_item(with_item(TEXT, "measure", 1, None), "measure", 0, None)
    assert "measure" not in tomllib.loads(less)
    assert "# the second one" in less
    assert tomllib.loads(with_table(TEXT, "survey", None)).keys() == {"policy", "measure"}


@pytest.mark.parametrize("text", ['measure = [{id = "a"}, {id = "b"}]\n', 'policy.name = "own"\n'])
def test_a_file_laid_out_otherwise_is_written_anew(text: str) -> None:
    data = tomllib.loads(text)
    changed = tomllib.loads(
        with_item(with_table(text, "policy", {"name": "open"}), "measure", 0, {"id": "z"})
    )
    rest = data.get("measure", [])[1:]
    assert changed == {"policy": {"name": "open"}, "measure": [{"id": "z"}, *rest]}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_the_examples_keep_their_words(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    data = tomllib.loads(text)
    comments = [line for line in text.splitlines() if line.startswith("#")]
    for number, measure in enumerate(data["measure"]):
        changed = with_item(text, "measure", number, measure | {"unit": "person"})
        assert [line for line in changed.splitlines() if line.startswith("#")] == comments
        assert tomllib.loads(changed)["measure"][number]["unit"] == "person"
