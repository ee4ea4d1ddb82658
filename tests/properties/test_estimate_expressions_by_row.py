"""Two ways must agree: conditions and variables by Ibis on DuckDB, and row by row in plain Python."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from everycount.estimate.condition import All, Answered, AnyOf, Condition, In, Not, Within
from everycount.estimate.expressions import holds
from everycount.estimate.fetch import fetch
from everycount.estimate.plan import (
    Arithmetic,
    Case,
    Cases,
    Operation,
    OverRoster,
    Roll,
    Take,
    Value,
    Variable,
)
from everycount.estimate.reach import look_into, own
from everycount.estimate.variables import derive
from everycount.sample import MAIN, RECORD, ROW, Column, ColumnKind
from handmade import column_of, sample

if TYPE_CHECKING:
    from collections.abc import Callable

Row: TypeAlias = dict[str, Any]
Truth: TypeAlias = bool | None

# First plain Python: one row at a time, None for unknown.

DIGITS = re.compile(r"[ \t\r\n]*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[ \t\r\n]*")


def number(value: Any) -> float | None:
    if value is None or (isinstance(value, str) and not DIGITS.fullmatch(value)):
        return None
    found = float(value)
    return found if math.isfinite(found) else None


def text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(int(value)) if float(value).is_integer() else repr(value)


def truth(condition: Condition, row: Row) -> Truth:
    match condition:
        case In(question, codes):
            return _is_in(question, row[question], codes)
        case Within(question, low, high):
            value = number(row[question])
            return (
                None if value is None else (low is None or value >= low) and (high is None or value <= high)
            )
        case Answered(question, yes):
            return (row[question] is not None) == yes
        case All(of) | AnyOf(of):
            return _joined([truth(part, row) for part in of], decides=isinstance(condition, AnyOf))
        case Not(of):
            return {True: False, False: True, None: None}[truth(of, row)]


def _joined(parts: list[Truth], *, decides: bool) -> Truth:
    """One true part decides "any", one false part decides "all"; else an unknown one leaves it unknown."""
    if decides in parts:
        return decides
    return None if None in parts else not decides


def _is_in(question: str, value: Any, codes: tuple[str, ...]) -> Truth:
    if value is None:
        return None
    if question == "several":
        return bool(set(codes) & set(value.split(" ")))
    if not isinstance(value, str):
        return number(value) in [number(code) for code in codes if DIGITS.fullmatch(code)]
    if question == "counted":
        return value in codes or (number(value) is not None and number(value) in [number(c) for c in codes])
    return value in codes


def first_case(rule: Cases, row: Row) -> Any:
    for case in rule.cases:
        if case.when is None or truth(case.when, row) is True:
            return row[case.then.question] if isinstance(case.then, Take) else case.then.value
    return None


def reckoned(rule: Arithmetic, row: Row) -> float | None:
    numbers = [number(row[name]) for name in rule.of]
    known = [value for value in numbers if value is not None]
    if len(known) < len(numbers):
        return None
    match rule.operation:
        case Operation.SUM:
            return number(sum(known))
        case Operation.PRODUCT:
            return number(math.prod(known))
        case Operation.RATIO:
            return number(known[0] / known[1]) if known[1] else None


def finished(variable: Variable, value: Any) -> Any:
    if variable.recode:
        value = text(value)
        value = next((new for old, new in variable.recode if old == value), value)
    return variable.no_answer if value is None else value


# Then small odd tables.

WORDS = [
    "a",
    "b",
    "a b",
    "None",
    " ",
    "",
    "it's",
    'a "b"',
    "ক",
    "1",
    "1.0",
    " 2",
    "2e0",
    "-1",
    "1,5",
    "+",
    ".",
]
CODES = st.sampled_from([*WORDS, "2", "x"])
SEVERAL = st.lists(st.sampled_from(["a", "b", "ab", "1"]), min_size=1, max_size=3, unique=True).map(" ".join)
FREE = st.text(st.sampled_from("ab 'é\"1%_\\\n\t👍"), max_size=4)
NUMERIC = st.text(st.sampled_from("0123456789.-+eE \t_x"), max_size=5)
FLOATS = st.sampled_from([0.0, 1.0, 2.0, -1.0, 1.5, 0.1, 1e6])


def answers(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "word": answers(st.sampled_from(WORDS) | FREE),
            "counted": answers(st.sampled_from(WORDS) | NUMERIC),
            "several": answers(SEVERAL),
            "measured": answers(FLOATS),
            "whole": answers(st.integers(-2, 3)),
        }
    ),
    min_size=1,
    max_size=8,
)
QUESTIONS = st.sampled_from(["word", "counted", "several", "measured", "whole"])
NUMBERED = st.sampled_from(["word", "counted", "measured", "whole"])  # several choices are no number
LIMITS = st.none() | st.sampled_from([-1.0, 0.0, 1.0, 1.5, 2.0])
LEAVES = (
    st.builds(In, QUESTIONS, st.lists(CODES | FREE, max_size=3).map(tuple))
    | st.builds(Within, NUMBERED, LIMITS, LIMITS)
    | st.builds(Answered, QUESTIONS, st.booleans())
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(All, st.lists(inner, max_size=3).map(tuple))
        | st.builds(AnyOf, st.lists(inner, max_size=3).map(tuple))
    ),
    max_leaves=5,
)
COLUMNS = {
    "counted": Column("counted", ColumnKind.NUMBER),
    "several": Column("several", ColumnKind.CODES),
}
TYPES: dict[str, type] = {"word": str, "counted": str, "several": str, "measured": float, "whole": int}


def table(rows: list[Row]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in rows[0]}


def same(ours: list[Any], theirs: list[Any], as_what: Callable[[Any], Any] = lambda value: value) -> None:
    assert [as_what(value) for value in ours] == [as_what(value) for value in theirs]


@settings(max_examples=80, deadline=None)
@given(rows=ROWS, condition=CONDITIONS)
def test_conditions(rows: list[Row], condition: Condition) -> None:
    made = sample(table(rows), columns={MAIN: COLUMNS}, kinds=TYPES)
    main = made.tables[MAIN]
    found = main.select(ROW, held=holds(condition, look_into(main, own(made, MAIN)))).order_by(ROW)
    same(fetch(found).column("held").to_pylist(), [truth(condition, row) for row in rows])


OUTCOMES = st.builds(Take, QUESTIONS) | st.builds(Value, CODES | FLOATS)
CASES = st.builds(Case, OUTCOMES, st.none() | CONDITIONS)
RULES = st.lists(CASES, min_size=1, max_size=3).map(lambda cases: Cases(tuple(cases)))


@settings(max_examples=60, deadline=None)
@given(
    rows=ROWS,
    rule=RULES.filter(lambda rule: not any(case.then == Take("several") for case in rule.cases)),
    recode=st.lists(st.tuples(CODES, CODES), max_size=2).map(tuple),
    no_answer=st.none() | CODES | FLOATS,
)
def test_cases(
    rows: list[Row], rule: Cases, recode: tuple[tuple[str, str], ...], no_answer: str | float | None
) -> None:
    variable = Variable("made", rule, recode=recode, no_answer=no_answer)
    grown = derive(sample(table(rows), columns={MAIN: COLUMNS}, kinds=TYPES), [variable])
    expected = [finished(variable, first_case(rule, row)) for row in rows]
    if grown.tables[MAIN]["made"].type().is_numeric():
        same(column_of(grown, "made"), expected, number)
    else:
        same(column_of(grown, "made"), expected, text)


@settings(max_examples=30, deadline=None)
@given(rows=ROWS, operation=st.sampled_from(Operation), names=st.tuples(NUMBERED, NUMBERED))
def test_arithmetic(rows: list[Row], operation: Operation, names: tuple[str, str]) -> None:
    rule = Arithmetic(operation, names)
    grown = derive(sample(table(rows), columns={MAIN: COLUMNS}, kinds=TYPES), [Variable("made", rule)])
    same(column_of(grown, "made"), [reckoned(rule, row) for row in rows])


@settings(max_examples=25, deadline=None)
@given(rows=ROWS, of=st.data(), condition=CONDITIONS)
def test_rosters(rows: list[Row], of: st.DataObject, condition: Condition) -> None:
    owners = of.draw(st.lists(st.integers(1, 4), min_size=len(rows), max_size=len(rows)))
    made = sample(
        {"x": ["a"] * 4},
        {"members": {RECORD: owners, **table(rows)}},
        columns={"members": COLUMNS},
        kinds=TYPES,
    )
    asked = {Roll.TAKE: "word", Roll.SUM: "whole"}
    variables = [
        Variable(f"v_{roll}", OverRoster("members", roll, condition, asked.get(roll))) for roll in Roll
    ]
    grown = derive(made, variables)
    main = grown.tables[MAIN]
    found = fetch(main.select(ROW, *(variable.id for variable in variables)).order_by(ROW)).to_pylist()
    for record in range(1, 5):
        members = [row for row, owner in zip(rows, owners, strict=True) if owner == record]
        assert found[record - 1] == {ROW: record, **rolled_up(members, condition)}


def rolled_up(members: list[Row], condition: Condition) -> Row:
    """What the members of one record give it."""
    held = [truth(condition, row) for row in members]
    chosen = [row for row, true in zip(members, held, strict=True) if true]
    said = {row["word"] for row in chosen}
    numbers = [row["whole"] for row in chosen]
    return {
        "v_any": "1" if True in held else None if None in held else "0",
        "v_count": None if None in held else float(len(chosen)),
        "v_take": said.pop() if len(said) == 1 else None,
        "v_sum": None if None in held or None in numbers else float(sum(numbers)),
    }
