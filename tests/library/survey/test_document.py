from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import pytest

from everycount.faults import InputError
from everycount.survey.document import Document, Reader, line_numbers

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = """\
[survey]
id = "a"
title.en = "Water"
title.bn = "পানি"

[[measure]]
id = "one"
cases = [
  {when = {question = "a"}, take = "b"},  # a bracket in a comment [
]
after = "a ] in a text"

[[measure]]
id = "two"
  [measure.sdg]
  indicator = "6.1.1"
"""


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    path = tmp_path / "survey.toml"
    path.write_text(SOURCE, encoding="utf-8")
    return Document.read(path).root()


def test_every_key_knows_its_line() -> None:
    lines = line_numbers(SOURCE)
    assert lines["survey",] == 1
    assert lines["survey", "title", "bn"] == 4
    assert lines["measure", 0, "cases"] == 8
    assert lines["measure", 0, "after"] == 11
    assert lines["measure", 1, "id"] == 14
    assert lines["measure", 1, "sdg", "indicator"] == 16


def test_a_key_inside_a_value_has_the_line_of_the_value(reader: Reader) -> None:
    assert reader.document.place(("measure", 0, "cases", 0, "take")) == "survey.toml, line 8"


def test_keys_that_nobody_asked_for_are_faults(reader: Reader) -> None:
    survey = reader.table("survey")
    assert survey is not None
    survey.text("id")
    survey.label("titel", "en")
    survey.close()
    with pytest.raises(InputError, match=r'line 3: The key "title" is not known\. Did you mean "titel"'):
        reader.document.settle()


def test_wrong_types_say_what_is_wanted(reader: Reader) -> None:
    survey = reader.table("survey")
    assert survey is not None
    assert survey.number("id") is None
    assert survey.boolean("id") is False
    assert survey.tables("id") == []
    problems = {fault.remedy for fault in reader.document.faults}
    assert problems == {"Give a number.", "Give true or false.", "Give tables, each under [[id]]."}


def test_a_choice_names_the_nearest_word(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text('colour = "bleu"', encoding="utf-8")
    reader = Document.read(path).root()
    assert reader.choice("colour", Colour, Colour.RED, "colour") is Colour.RED
    assert str(reader.document.faults[0]) == (
        'x.toml, line 1: The colour "bleu" is not known. Did you mean "blue"?'
    )


def test_codes_are_texts_however_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text("codes = [1, 2.0, 2.5, 'x']\none = 1", encoding="utf-8")
    reader = Document.read(path).root()
    assert reader.strings("codes") == ("1", "2", "2.5", "x")
    assert reader.strings("one") == ("1",)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"a = ", "last line"),
        (b"a = 1\nb = x\n", "line 2, column 5"),
        (b"\xff", "line 1: The byte 0xFF is not UTF-8"),
    ],
)
def test_what_is_no_toml_says_where(content: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "survey.toml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=says):
        Document.read(path)


def test_an_absent_file_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="everycount init"):
        Document.read(tmp_path / "survey.toml")


def test_a_value_of_the_wrong_type_is_one_fault(tmp_path: Path) -> None:
    path = tmp_path / "survey.toml"
    path.write_text("cases = 1\ncodes = [1, [2]]\n", encoding="utf-8")
    reader = Document.read(path).root()
    if not reader.tables("cases"):
        reader.complain("cases", '"cases" is empty.', "Write one.")
    if not reader.strings("codes"):
        reader.complain("codes", '"codes" is empty.', "Write one.")
    problems = [fault.problem for fault in reader.document.faults]
    assert problems == ['"cases" is 1.', '"codes" is [1, [2]].']
