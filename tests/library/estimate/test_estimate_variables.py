"""Derived columns, drawn."""

from __future__ import annotations

from typing import Any

import pytest

from everycount.estimate.condition import All, Answered, In, Not, Within
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
from everycount.estimate.variables import derive
from everycount.faults import InputError
from everycount.sample import MAIN, Column, ColumnKind, Sample
from everycount.text import NOTHING, Text
from handmade import coded, column_of, drawn, sample


def made(given: Sample, *variables: Variable, table: str = MAIN) -> list[Any]:
    """The values of the last variable."""
    return column_of(derive(given, variables), variables[-1].id, table)


def taken(name: str) -> Cases:
    return Cases((Case(Take(name)),))


WATER = """
source | other | minutes | day
tap    | -     | 5       | 2017-03-01
other  | well  | 40      | 2017-03-02
other  | -     | -       | -
-      | pond  | 10      | 2017-03-02
"""


def test_the_first_case_that_holds_is_taken_and_unknown_does_not_hold() -> None:
    rule = Cases((Case(Take("other"), In("source", ("other",))), Case(Take("source"))))
    assert made(sample(WATER), Variable("v", rule)) == ["tap", "well", None, None]


def test_no_case_that_holds_is_no_answer() -> None:
    rule = Cases((Case(Value("far"), Within("minutes", low=30)),))
    assert made(sample(WATER), Variable("v", rule)) == [None, "far", None, None]


def test_cases_below_one_that_always_holds_are_not_reached() -> None:
    rule = Cases((Case(Value("x")), Case(Value("y"), Answered("source"))))
    assert made(sample(WATER), Variable("v", rule)) == ["x"] * 4


def test_recoding_comes_after_the_rule_and_filling_after_recoding() -> None:
    variable = Variable("v", taken("other"), recode=(("well", "dug well"), ("-", "x")), no_answer="none")
    assert made(sample(WATER), variable) == ["none", "dug well", "none", "pond"]


def test_the_first_of_two_recodes_of_one_answer_counts_and_recodes_do_not_chain() -> None:
    variable = Variable("v", taken("other"), recode=(("well", "pond"), ("pond", "lake"), ("pond", "sea")))
    assert made(sample(WATER), variable) == [None, "pond", None, "lake"]


@pytest.mark.parametrize(
    ("operation", "values"),
    [
        (Operation.SUM, [3.0, None, 2.0, None]),
        (Operation.PRODUCT, [2.0, None, 0.0, None]),
        (Operation.RATIO, [0.5, None, None, None]),
    ],
)
def test_arithmetic_is_unknown_where_a_part_is(operation: Operation, values: list[float | None]) -> None:
    given = sample({"a": ["1", None, "2", "one"], "b": [2, 3, 0, 4]})
    assert made(given, Variable("v", Arithmetic(operation, ("a", "b")))) == values


def test_numbers_stay_numbers_and_words_make_text_of_them() -> None:
    given = sample({"n": [1.0, 2.5, None], "c": ["a", "b", None]})
    assert made(given, Variable("v", taken("n"), no_answer=0.0)) == [1.0, 2.5, 0.0]
    assert made(given, Variable("v", taken("n"), no_answer="0")) == [1.0, 2.5, 0.0]
    assert made(given, Variable("v", taken("n"), no_answer="none")) == ["1", "2.5", "none"]
    mixed = Cases((Case(Take("c"), In("n", ("1",))), Case(Take("n"))))
    assert made(given, Variable("v", mixed)) == ["a", "2.5", None]


def test_variables_may_build_on_each_other_in_any_order() -> None:
    double = Variable("double", Arithmetic(Operation.SUM, ("once", "once")))
    once = Variable("once", taken("minutes"), no_answer=0.0)
    quadruple = Variable("quadruple", Arithmetic(Operation.SUM, ("double", "double")))
    assert made(sample(WATER), double, once, quadruple) == [20.0, 160.0, 0.0, 40.0]


def test_what_is_there_stays() -> None:
    given = sample(WATER)
    grown = derive(given, [Variable("v", taken("source"))])
    assert grown.tables[MAIN].columns == (*given.tables[MAIN].columns, "v")
    assert "v" not in given.columns[MAIN]
    assert derive(given, []) is given


# Invented households: 1 has a woman of 30, 2 a girl and a woman whose age is unknown, 3 nobody, 4 a man.
HOUSEHOLDS = {"area": ["n", "s", "n", "s"]}
MEMBERS = """
_record | sex | age | hard
1       | f   | 30  | no
1       | m   | 33  | yes
2       | f   | 9   | no
2       | f   | -   | no
-       | f   | 30  | yes
4       | m   | 20  | -
"""
WOMEN = All((In("sex", ("f",)), Within("age", 15, 49)))


def household(rule: OverRoster | Cases, **more: Any) -> list[Any]:
    return made(sample(HOUSEHOLDS, {"members": MEMBERS}), Variable("v", rule, **more))


def test_a_household_has_one_if_any_member_is_one() -> None:
    assert household(OverRoster("members", Roll.ANY, WOMEN)) == ["1", None, "0", "0"]
    assert household(OverRoster("members", Roll.ANY, In("hard", ("yes",)))) == ["1", "0", "0", None]
    assert household(OverRoster("members", Roll.ANY, WOMEN), recode=(("1", "yes"),)) == [
        "yes",
        None,
        "0",
        "0",
    ]


def test_members_are_counted_unless_one_is_unknown() -> None:
    assert household(OverRoster("members", Roll.COUNT, WOMEN)) == [1.0, None, 0.0, 0.0]
    known = All((Answered("age"), WOMEN))
    assert household(OverRoster("members", Roll.COUNT, known)) == [1.0, 0.0, 0.0, 0.0]


EARNERS = """
_record | role  | sex | earns
1       | head  | f   | 10
1       | child | m   | -
2       | head  | m   | 5
2       | head  | f   | 2.5
3       | head  | -   | 1
4       | child | f   | 3
4       | -     | f   | 4
"""


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        (OverRoster("members", Roll.TAKE, In("role", ("head",)), "sex"), ["f", None, None, None]),
        (OverRoster("members", Roll.TAKE, Answered("earns"), "sex"), ["f", None, None, "f"]),
        (OverRoster("members", Roll.SUM, All(()), "earns"), [None, 7.5, 1.0, 7.0]),
        (OverRoster("members", Roll.SUM, In("role", ("head",)), "earns"), [10.0, 7.5, 1.0, None]),
        (OverRoster("members", Roll.SUM, Answered("earns"), "earns"), [10.0, 7.5, 1.0, 7.0]),
    ],
)
def test_members_lend_an_answer_or_add_up(rule: OverRoster, values: list[Any]) -> None:
    assert made(sample(HOUSEHOLDS, {"members": EARNERS}), Variable("v", rule)) == values


def test_a_household_without_members_has_nobody_and_earns_nothing() -> None:
    given = sample(HOUSEHOLDS, {"members": MEMBERS})
    assert made(given, Variable("v", OverRoster("members", Roll.TAKE, All(()), "sex")))[2] is None
    assert made(given, Variable("v", OverRoster("members", Roll.SUM, All(()), "age")))[2] == 0.0


def test_what_is_taken_keeps_its_code_list() -> None:
    columns = {"members": {"sex": coded("sex", "f=Woman", "m=Man")}}
    rule = OverRoster("members", Roll.TAKE, In("role", ("head",)), "sex")
    given = sample(HOUSEHOLDS, {"members": EARNERS}, columns=columns)
    known = derive(given, [Variable("head_sex", rule)]).columns[MAIN]["head_sex"]
    assert (known.kind, [str(label) for _, label in known.choices]) == (ColumnKind.CODE, ["Woman", "Man"])


def test_a_condition_on_members_may_look_at_their_household() -> None:
    rule = OverRoster("members", Roll.COUNT, All((In("area", ("s",)), In("sex", ("f", "m")))))
    assert household(rule) == [0.0, 2.0, 0.0, 1.0]


def test_a_variable_of_persons_sees_their_household_and_a_household_sees_it() -> None:
    variables = (
        Variable(
            "rural_woman",
            Cases((Case(Value("1"), All((WOMEN, In("where", ("north",))))), Case(Value("0")))),
            table="members",
        ),
        Variable("where", taken("area"), recode=(("n", "north"),)),
        Variable("rural_women", OverRoster("members", Roll.COUNT, In("rural_woman", ("1",)))),
        Variable("any", OverRoster("members", Roll.ANY, Within("age", low=33))),
    )
    grown = derive(sample(HOUSEHOLDS, {"members": MEMBERS}), variables)
    assert column_of(grown, "rural_woman", "members") == ["1", "0", "0", "0", "0", "0"]
    assert column_of(grown, "rural_women") == [1.0, 0.0, 0.0, 0.0]
    assert column_of(grown, "any") == ["1", None, "0", "0"]


def test_what_is_known_of_a_variable() -> None:
    given = sample(
        {"c": ["1"], "n": [1.0], "t": ["x"], "s": ["1 2"], "name": ["Asha"]},
        columns={
            MAIN: {
                "c": coded("c", "1=One", "2=Two"),
                "s": coded("s", "1", "2", kind=ColumnKind.CODES),
                "name": Column("name", ColumnKind.TEXT, identifier=True),
            }
        },
    )
    variables = [
        Variable("copy", taken("c"), recode=(("2", "9"),), no_answer="8"),
        Variable("constants", Cases((Case(Value("x"), In("c", ("1",))), Case(Value("y"))))),
        Variable("own", taken("t"), choices=(("x", Text.of("An x")),), labels=Text.of("Own")),
        Variable("number", taken("n"), no_answer=0.0),
        Variable("open", Cases((Case(Take("t"), Answered("t")), Case(Take("c"))))),
        Variable("several", taken("s")),
        Variable("who", taken("name")),
        Variable("asha", Cases((Case(Value("1"), In("name", ("Asha",))),))),
        Variable("named", Cases((Case(Value("1"), Answered("name")),))),
    ]
    known = derive(given, variables).columns[MAIN]
    assert {code: str(label) for code, label in known["copy"].choices} == {"1": "One", "9": "", "8": ""}
    assert [code for code, _ in known["constants"].choices] == ["x", "y"]
    assert known["own"] == Column("own", ColumnKind.CODE, Text.of("Own"), (("x", Text.of("An x")),))
    assert known["number"].kind is ColumnKind.NUMBER
    assert (known["open"].kind, known["open"].choices) == (ColumnKind.TEXT, ())
    assert known["several"].kind is ColumnKind.CODES
    assert [name for name, column in known.items() if column.identifier] == ["name", "who", "asha"]


def test_a_code_that_no_list_knows_is_said() -> None:
    given = sample({"c": ["1"]}, columns={MAIN: {"c": coded("c", "1", "2")}})
    grown = derive(given, [Variable("v", Cases((Case(Value("x"), Not(In("c", ("1", "3")))),)))])
    assert [(finding.column, finding.value) for finding in grown.findings] == [("c", "3")]


FAULTS = [
    (Variable("source", taken("other")), 'There is already a column "source"', "another id"),
    (Variable("Source", taken("other")), 'There is already a column "source"', "another id"),
    (Variable("_v", taken("other")), "begins with", "a letter"),
    (Variable("v", taken("sauce")), 'The question "sauce" is not known.', 'Did you mean "source"?'),
    (Variable("v", taken("age")), 'in the roster "members"', "has or count"),
    (Variable("v", Cases(())), "It has no cases.", "at least one"),
    (Variable("v", Arithmetic(Operation.RATIO, ("minutes",))), "A ratio has two columns.", "upper"),
    (Variable("v", Arithmetic(Operation.SUM, ())), "It names no columns.", "Name the columns"),
    (
        Variable("v", OverRoster("memers", Roll.ANY, WOMEN)),
        'The roster "memers" is not known.',
        '"members"',
    ),
    (Variable("v", OverRoster("main", Roll.ANY, WOMEN)), 'The roster "main" is not known.', '"members"'),
    (Variable("v", OverRoster("members", Roll.ANY, In("wife", ("1",)))), '"wife" is not known', "Known:"),
    (Variable("v", taken("sex"), table="member"), 'The roster "member" is not known.', '"members"'),
    (Variable("v", OverRoster("members", Roll.ANY, WOMEN), table="members"), "from the roster", "Leave out"),
    (
        Variable("v", OverRoster("members", Roll.SUM, WOMEN)),
        '"sum" needs a question',
        "take and sum",
    ),
    (
        Variable("v", OverRoster("members", Roll.ANY, WOMEN, "sex")),
        '"any" takes no question',
        "take and sum",
    ),
    (
        Variable("v", Cases((Case(Value("fra")),)), choices=(("far", NOTHING), ("near", NOTHING))),
        'The code "fra" is not known.',
        'Did you mean "far"?',
    ),
    (Variable("v", Arithmetic(Operation.SUM, ("day", "minutes"))), "are no numbers (date)", "with numbers"),
    (Variable("v", Cases((Case(Value("x"), Within("day", 1)),))), "are no numbers (date)", "with numbers"),
    (Variable("v", taken("v")), 'The variables need each other: "v" -> "v".', "Break the circle."),
]


@pytest.mark.parametrize(("variable", "problem", "remedy"), FAULTS)
def test_a_fault_names_the_variable_and_the_remedy(variable: Variable, problem: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        derive(
            sample(WATER, {"members": MEMBERS}, {MAIN: {"day": Column("day", ColumnKind.DATE)}}), [variable]
        )
    (fault,) = caught.value.faults
    assert fault.place == f'variable "{variable.id}"'
    assert problem in fault.problem
    assert remedy in fault.remedy


def test_a_circle_names_its_links() -> None:
    circle = [Variable("a", taken("b")), Variable("b", taken("c")), Variable("c", taken("a"))]
    with pytest.raises(InputError) as caught:
        derive(sample(WATER), circle)
    (fault,) = caught.value.faults
    # Any link may be named first, but each is followed by what it needs.
    turns = [" -> ".join(f'"{name}"' for name in turn) for turn in ("abca", "bcab", "cabc")]
    assert any(turn in fault.problem for turn in turns)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        derive(
            sample(WATER),
            [Variable("v", taken("x")), Variable("V", taken("y")), Variable("other", taken("z"))],
        )
    assert len(caught.value.faults) == 5


def test_several_codes_in_one_answer_cannot_be_recoded() -> None:
    given = sample({"s": ["1 2"]}, columns={MAIN: {"s": coded("s", "1", "2", kind=ColumnKind.CODES)}})
    with pytest.raises(InputError, match="hold several"):
        derive(given, [Variable("v", taken("s"), recode=(("1", "x"),))])


def test_a_drawing_says_no_answer_with_a_dash() -> None:
    assert drawn(MEMBERS)["age"] == ["30", "33", "9", None, "30", "20"]
    assert column_of(sample(HOUSEHOLDS, {"members": MEMBERS}), "age", "members")[3] is None
