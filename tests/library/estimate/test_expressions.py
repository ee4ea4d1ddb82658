"""What conditions mean, drawn: one line per answer, one column per condition. T true, F false, ? unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from everycount.estimate.condition import (
    All,
    Answered,
    AnyOf,
    Condition,
    In,
    Not,
    Within,
    leaves,
    questions,
    revealed,
)
from everycount.estimate.expressions import as_number, as_text, holds, written
from everycount.estimate.fetch import fetch
from everycount.estimate.reach import look_into, own
from everycount.sample import MAIN, ROW, Column, ColumnKind
from handmade import coded, sample

if TYPE_CHECKING:
    from collections.abc import Sequence

SIGNS = {True: "T", False: "F", None: "?"}


def meaning(condition: Condition, answers: Sequence[Any], column: Column | None = None) -> str:
    """One sign per answer of the question "q"."""
    made = sample({"q": answers}, columns={MAIN: {"q": column}} if column else None)
    main = made.tables[MAIN]
    found = main.select(ROW, held=holds(condition, look_into(main, own(made, MAIN)))).order_by(ROW)
    return "".join(SIGNS[value] for value in fetch(found).column("held").to_pylist())


WORDS = ["a", "b", "None", " ", "", "A", 'say "a"', "it's", "నీరు", None]


@pytest.mark.parametrize(
    ("condition", "signs"),
    [
        (In("q", ("a",)), "TFFFFFFFF?"),
        (In("q", ("a", "b")), "TTFFFFFFF?"),
        (In("q", ("None",)), "FFTFFFFFF?"),
        (In("q", (" ", "")), "FFFTTFFFF?"),
        (In("q", ('say "a"', "it's", "నీరు")), "FFFFFFTTT?"),
        (In("q", ()), "FFFFFFFFF?"),
        (Not(In("q", ("a",))), "FTTTTTTTT?"),
        (Answered("q"), "TTTTTTTTTF"),
        (Answered("q", yes=False), "FFFFFFFFFT"),
        (All((In("q", ("a",)), Answered("q"))), "TFFFFFFFFF"),
        (AnyOf((In("q", ("a",)), Answered("q", yes=False))), "TFFFFFFFFT"),
        (AnyOf((In("q", ("a",)), In("q", ("b",)))), "TTFFFFFFF?"),
        (All(()), "TTTTTTTTTT"),
        (AnyOf(()), "FFFFFFFFFF"),
    ],
)
def test_codes_are_compared_as_written(condition: Condition, signs: str) -> None:
    assert meaning(condition, WORDS) == signs


NUMBERS = ["5", "5.0", " 5 ", "5,0", "five", "1e1", "-5", "nan", "inf", "1e999", "", None]


@pytest.mark.parametrize(
    ("condition", "signs"),
    [
        (Within("q", low=5), "TTT??TF?????"),
        (Within("q", high=5), "TTT??FT?????"),
        (Within("q", 5, 9), "TTT??FF?????"),
        (Within("q"), "TTT??TT?????"),
        (Not(Within("q", low=5)), "FFF??FT?????"),
    ],
)
def test_words_are_no_numbers(condition: Condition, signs: str) -> None:
    assert meaning(condition, NUMBERS) == signs


@pytest.mark.parametrize("answers", [[1, 2, 10, None], [1.0, 2.0, 10.0, None]])
def test_a_code_finds_its_number_in_a_numeric_column(answers: list[Any]) -> None:
    assert meaning(In("q", ("1",)), answers) == "TFF?"
    assert meaning(In("q", ("1.0", " 10 ", "x")), answers) == "TFT?"
    assert meaning(In("q", ("x",)), answers) == "FFF?"


def test_a_number_kept_as_text_is_found_however_it_is_written() -> None:
    number = Column("q", ColumnKind.NUMBER)
    assert meaning(In("q", ("1", "refused")), ["1", "1.0", "01", "2", "refused", None], number) == "TTTFT?"


def test_of_several_choices_any_one_counts() -> None:
    several = coded("q", "a", "b", "ab", kind=ColumnKind.CODES)
    assert meaning(In("q", ("a",)), ["a", "b a", "ab", "ab b", "b", None], several) == "TTFFF?"
    assert meaning(In("q", ("a", "b")), ["a", "b a", "ab", "ab b", "b", None], several) == "TTFTT?"
    assert meaning(In("q", ()), ["a", None], several) == "F?"


def test_a_number_that_is_not_finite_is_no_answer() -> None:
    assert meaning(Within("q", low=0), [1.0, float("nan"), float("inf"), None]) == "T???"


def test_answers_are_written_as_people_write_them() -> None:
    answers = [1.0, 2.5, -3.0, 1e300, None]
    made = sample({"q": answers})
    main = made.tables[MAIN]
    found = look_into(main, own(made, MAIN))("q")
    texts = fetch(main.select(ROW, text=as_text(found), number=as_number(found)).order_by(ROW))
    assert texts.column("text").to_pylist() == ["1", "2.5", "-3", "1e+300", None]
    assert texts.column("number").to_pylist() == answers


@pytest.mark.parametrize(("value", "text"), [("x", "x"), (0.0, "0"), (2, "2"), (2.5, "2.5"), (-1.0, "-1")])
def test_constants_too(value: str | float, text: str) -> None:
    assert written(value) == text


def test_a_condition_names_its_questions_in_order() -> None:
    condition = All((Not(In("b", ("1",))), AnyOf((Answered("a"), Within("b", 1)))))
    assert questions(condition) == ("b", "a")
    assert revealed(condition) == ("b",)
    assert [type(leaf) for leaf in leaves(condition)] == [In, Answered, Within]
