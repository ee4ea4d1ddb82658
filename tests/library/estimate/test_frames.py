"""What the kernel gets from records, drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from everycount.estimate.condition import Answered, In, Not, Within
from everycount.estimate.frames import frames
from everycount.estimate.plan import Dimension, Group, Measure, MeasureKind, Plan, Table
from everycount.faults import InputError
from everycount.sample import MAIN, Column, ColumnKind, Design, DesignKind, Sample
from everycount.text import NOTHING, Text
from handmade import coded, drawn, sample

if TYPE_CHECKING:
    from everycount.estimate.frame import Frame

HAS_TAP = Measure("tap", MeasureKind.PROPORTION, condition=In("water", ("tap",)))

# Invented households; the last one is in no stratum's way: two strata, clusters numbered anew in each.
HOUSEHOLDS = """
stratum | psu | w   | size | water | litres | sex | region
north   | 1   | 1.5 | 20   | tap   | 10     | f   | 2
north   | 2   | 1.5 | 20   | well  | -      | m   | 10
south   | 1   | 2   | 30   | tap   | much   | -   | 1
south   | 1   | 2   | 30   | -     | 4      | f   | 2
"""
DESIGN = Design(
    DesignKind.PROBABILITY, strata=("stratum",), clusters=("psu",), weights="w", populations=("size",)
)
MEMBERS = """
_record | age | role
4       | 30  | head
1       | 40  | head
4       | 7   | child
9       | 50  | head
-       | 60  | head
1       | -   | child
"""


def plan(*measures: Measure, by: tuple[Dimension, ...] = ()) -> Plan:
    names = tuple(measure.id for measure in measures)
    return Plan(measures, by, tuple(Table(names, (dimension.id,)) for dimension in by))


def only(given: Sample, wanted: Plan) -> Frame:
    (frame,) = frames(given, wanted)
    return frame


def groups(*codes: str, **members: tuple[str, ...]) -> tuple[Group, ...]:
    plain = tuple(Group(code, NOTHING, (code,)) for code in codes)
    return plain + tuple(Group(code, NOTHING, found) for code, found in members.items())


def y(frame: Frame, name: str) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in frame.measures[name][1].y]


def test_the_design_is_numbered() -> None:
    frame = only(sample(HOUSEHOLDS, design=DESIGN), plan(HAS_TAP))
    assert frame.table == MAIN
    assert frame.strata.tolist() == [0, 0, 1, 1]
    assert frame.stratum_names == ("north", "south")
    assert frame.clusters.tolist() == [[0], [1], [2], [2]]
    assert frame.weights.tolist() == [1.5, 1.5, 2, 2]
    assert frame.populations is not None
    assert frame.populations.tolist() == [[20], [20], [30], [30]]
    assert {frame.strata.dtype, frame.clusters.dtype} == {np.dtype(np.int64)}


def test_clusters_of_later_stages_lie_within_those_above() -> None:
    given = sample(
        {"a": ["1", "1", "2", "2"], "b": ["1", "2", "1", "1"], "w": [1, 1, 1, 1], "water": ["tap"] * 4},
        design=Design(DesignKind.PROBABILITY, clusters=("a", "b"), weights="w"),
    )
    assert only(given, plan(HAS_TAP)).clusters.tolist() == [[0, 0], [0, 1], [1, 2], [1, 2]]


def test_a_record_is_its_own_cluster_where_none_is_named_also_for_its_members() -> None:
    adult = Measure("adult", MeasureKind.PROPORTION, condition=Within("age", low=18), table="members")
    household, persons = frames(sample(HOUSEHOLDS, {"members": MEMBERS}), plan(HAS_TAP, adult))
    assert household.clusters[:, 0].tolist() == [0, 1, 2, 3]
    assert household.weights.tolist() == [1, 1, 1, 1]
    assert household.populations is None
    assert persons.clusters[:, 0].tolist() == [3, 0, 3, 0]
    assert y(persons, "adult") == [1, 1, 0, None]


def test_persons_have_the_design_and_the_answers_of_their_household() -> None:
    region = Dimension("region", "region", groups=groups("2"), dropped=("10", "1"))
    adult = Measure(
        "adult",
        MeasureKind.PROPORTION,
        condition=Within("age", low=18),
        among=Answered("litres"),
        table="members",
    )
    frame = only(sample(HOUSEHOLDS, {"members": MEMBERS}, design=DESIGN), plan(adult, by=(region,)))
    assert frame.table == "members"
    # The row of record 9, whom nobody knows, and the row without a record are left out.
    assert frame.weights.tolist() == [2, 1.5, 2, 1.5]
    assert frame.strata.tolist() == [1, 0, 1, 0]
    assert frame.dimensions["region"].tolist() == [0, 0, 0, 0]
    assert frame.measures["adult"][1].inside.tolist() == [True, True, True, True]


def test_measures_as_numbers() -> None:
    measures = (
        HAS_TAP,
        replace(HAS_TAP, id="count", kind=MeasureKind.COUNT, condition=Not(In("water", ("tap",)))),
        Measure("mean", MeasureKind.MEAN, question="litres"),
        Measure("total", MeasureKind.TOTAL, question="w"),
        Measure("ratio", MeasureKind.RATIO, question="litres", denominator="size"),
        replace(HAS_TAP, id="women", among=In("sex", ("f",))),
    )
    frame = only(sample(HOUSEHOLDS), plan(*measures))
    assert y(frame, "tap") == [1, 0, 1, None]
    assert y(frame, "count") == [0, 1, 0, None]
    assert y(frame, "mean") == [10, None, None, 4]
    assert y(frame, "total") == [1.5, 1.5, 2, 2]
    assert y(frame, "ratio") == [10, None, None, 4]
    x = frame.measures["ratio"][1].x
    assert [None if np.isnan(value) else value for value in x] == [20, None, None, 30]
    assert frame.measures["tap"][1].x.tolist() == [1, 1, 1, 1]
    assert frame.measures["tap"][1].inside.tolist() == [True] * 4
    assert frame.measures["women"][1].inside.tolist() == [True, False, False, True]


def test_groups_are_numbered_in_their_order() -> None:
    by = Dimension("sex", "sex", groups=groups("m", "f"))
    frame = only(sample(HOUSEHOLDS), plan(HAS_TAP, by=(by,)))
    assert frame.dimensions["sex"].tolist() == [1, 0, -1, 1]
    assert frame.groups["sex"] == by


def test_several_answers_may_be_one_group_and_others_dropped() -> None:
    by = Dimension("region", "region", groups=groups(low=("1", "2")), dropped=("10",))
    assert only(sample(HOUSEHOLDS), plan(HAS_TAP, by=(by,))).dimensions["region"].tolist() == [0, -1, 0, 0]


def test_without_groups_each_answer_is_one_as_people_count() -> None:
    frame = only(sample(HOUSEHOLDS), plan(HAS_TAP, by=(Dimension("region", "region"),)))
    assert [group.code for group in frame.groups["region"].groups] == ["1", "2", "10"]
    assert frame.dimensions["region"].tolist() == [1, 2, 0, 1]


def test_without_groups_the_questionnaire_gives_order_and_names() -> None:
    columns = {MAIN: {"region": coded("region", "10=Ten", "3=Three", "2=Two")}}
    by = Dimension("region", "region", dropped=("2",))
    frame = only(sample(HOUSEHOLDS, columns=columns), plan(HAS_TAP, by=(by,)))
    assert [(group.code, str(group.labels)) for group in frame.groups["region"].groups] == [
        ("10", "Ten"),
        ("1", ""),
    ]
    assert frame.dimensions["region"].tolist() == [-1, 0, 1, -1]


def test_a_group_of_one_answer_takes_its_name_from_the_questionnaire() -> None:
    columns = {MAIN: {"sex": coded("sex", "m=Man", "f=Woman")}}
    named = (Group("women", NOTHING, ("f",)), Group("men", Text.of("Males", "en"), ("m",)))
    frame = only(
        sample(HOUSEHOLDS, columns=columns), plan(HAS_TAP, by=(Dimension("sex", "sex", groups=named),))
    )
    assert [str(group.labels) for group in frame.groups["sex"].groups] == ["Woman", "Males"]


@pytest.mark.parametrize("values", [[1, 2, 1, None], [1.0, 2.0, 1.0, None]])
def test_a_numeric_column_is_grouped_by_the_number(values: list[Any]) -> None:
    given = sample({**drawn(HOUSEHOLDS), "q": values})
    by = Dimension("q", "q", groups=groups("2", one=("1.0",)))
    assert only(given, plan(HAS_TAP, by=(by,))).dimensions["q"].tolist() == [1, 0, 1, -1]


def test_spellings_of_a_number_are_one_group() -> None:
    given = sample(
        {"water": ["tap"] * 5, "rooms": ["2", "10", "2.0", None, "many"]},
        columns={MAIN: {"rooms": Column("rooms", ColumnKind.NUMBER)}},
    )
    frame = only(given, plan(HAS_TAP, by=(Dimension("rooms", "rooms", dropped=("many",)),)))
    assert [(group.code, group.members) for group in frame.groups["rooms"].groups] == [
        ("2", ("2", "2.0")),
        ("10", ("10",)),
    ]
    assert frame.dimensions["rooms"].tolist() == [0, 1, 0, -1, -1]


def test_the_order_of_rows_is_that_of_the_file() -> None:
    frame = only(
        sample(HOUSEHOLDS, {"members": MEMBERS}),
        plan(Measure("m", MeasureKind.MEAN, question="age", table="members")),
    )
    assert y(frame, "m") == [30, 40, 7, None]


def test_only_what_a_table_names_is_fetched() -> None:
    wanted = Plan((HAS_TAP, Measure("far", MeasureKind.MEAN, question="absent")), (), (Table(("tap",), ()),))
    assert list(only(sample(HOUSEHOLDS), wanted).measures) == ["tap"]


def test_no_rows_at_all() -> None:
    empty = {"water": [], "sex": []}
    frame = only(sample(empty, kinds={"water": str}), plan(HAS_TAP, by=(Dimension("sex", "sex"),)))
    assert (len(frame.weights), frame.groups["sex"].groups) == (0, ())


def test_a_question_that_nobody_answered_has_no_groups() -> None:
    given = sample({"water": ["tap"] * 3, "sex": [None] * 3}, kinds={"sex": str})
    wanted = plan(HAS_TAP, by=(Dimension("sex", "sex"),))
    with pytest.raises(InputError, match='Nobody answered "sex"'):
        frames(given, wanted)
    named = replace(wanted, dimensions=(replace(wanted.dimensions[0], groups=groups("f", "m")),))
    assert only(given, named).dimensions["sex"].tolist() == [-1] * 3


ABOUT = {
    MAIN: {
        "name": Column("name", ColumnKind.TEXT, identifier=True),
        "needs": coded("needs", "food", "water", kind=ColumnKind.CODES),
        "sex": coded("sex", "f", "m"),
    }
}
AGE = Dimension("role", "role")
SEX = Dimension("sex", "sex")


def mean(question: str | None, **more: Any) -> Measure:
    return Measure("m", MeasureKind.MEAN, question=question, **more)


FAULTS = [
    (plan(mean("liters")), 'measure "m"', 'The question "liters" is not known.', 'Did you mean "litres"?'),
    (plan(mean("water")), 'measure "m"', 'No answer of "water" is a number', "Name a question with numbers"),
    (plan(mean("needs")), 'measure "m"', "are no numbers (codes)", "Name a question with numbers"),
    (
        plan(replace(HAS_TAP, condition=Within("needs", 1))),
        'measure "tap"',
        "are no numbers (codes)",
        "Name a question with numbers",
    ),
    (plan(mean("name")), 'measure "m"', '"name" names persons directly.', "Leave it out"),
    (plan(mean(None)), 'measure "m"', "A mean needs a question", "Name it"),
    (plan(mean("age")), 'measure "m"', 'in the roster "members"', "has or count"),
    (plan(mean("litres", table="member")), 'measure "m"', 'roster "member" is not known', '"members"'),
    (plan(mean("litres", among=In("name", ("x",)))), 'measure "m"', "names persons directly", "Leave it out"),
    (
        plan(replace(HAS_TAP, condition=In("sex", ("fe", "m")))),
        'measure "tap"',
        'The code "fe" is not in the code list of "sex".',
        'Did you mean "f"?',
    ),
    (
        plan(replace(HAS_TAP, condition=None)),
        'measure "tap"',
        "A proportion needs a condition",
        "which answers",
    ),
    (
        plan(Measure("r", MeasureKind.RATIO, question="litres")),
        'measure "r"',
        "A ratio needs a denominator",
        "below the line",
    ),
    (plan(HAS_TAP, by=(Dimension("name", "name"),)), 'dimension "name"', "names persons", "Leave it out"),
    (plan(HAS_TAP, by=(Dimension("n", "needs"),)), 'dimension "n"', "several codes", "a dimension for each"),
    (plan(HAS_TAP, by=(AGE,)), 'dimension "role"', 'belongs to rows of "members"', "has or count"),
    (plan(HAS_TAP, by=(Dimension("s", "sexx"),)), 'dimension "s"', '"sexx" is not known', '"sex"?'),
    (
        plan(HAS_TAP, by=(replace(SEX, groups=groups("f")),)),
        'dimension "sex"',
        'The answer "m" of "sex" (1 row) belongs to no group.',
        "name it in drop",
    ),
    (
        plan(HAS_TAP, by=(replace(SEX, groups=groups("f", "m", "x")),)),
        'dimension "sex"',
        'The code "x" is not in the code list of "sex".',
        'Its codes are "f", "m".',
    ),
    (
        plan(HAS_TAP, by=(replace(SEX, groups=groups("f", "m", both=("m",))),)),
        'dimension "sex"',
        'The answer "m" is placed 2 times.',
        "once",
    ),
    (
        plan(HAS_TAP, by=(replace(SEX, groups=(*groups("f"), Group("f", NOTHING, ("m",)))),)),
        'dimension "sex"',
        'There are 2 groups "f".',
        "own code",
    ),
    (Plan((HAS_TAP,), (SEX,), (Table(("tap",), ("sx",)),)), "table 1", '"sx" is not known', '"sex"?'),
    (Plan((HAS_TAP,), (SEX,), (Table(("top",), ("sex",)),)), "table 1", '"top" is not known', '"tap"?'),
    (Plan((HAS_TAP,), (SEX,), (Table(("tap",), ("sex", "sex")),)), "table 1", "with itself", "once"),
    (Plan((HAS_TAP, HAS_TAP), (), ()), 'measure "tap"', "There are 2 of this id.", "own id"),
]


@pytest.mark.parametrize(("wanted", "place", "problem", "remedy"), FAULTS)
def test_a_fault_says_place_problem_and_remedy(wanted: Plan, place: str, problem: str, remedy: str) -> None:
    given = sample(
        {**drawn(HOUSEHOLDS), "name": ["a", "b", "c", "d"], "needs": ["food", "food water", None, None]},
        {"members": MEMBERS},
        columns=ABOUT,
    )
    with pytest.raises(InputError) as caught:
        frames(given, wanted)
    (fault,) = caught.value.faults
    assert fault.place == place
    assert problem in fault.problem
    assert remedy in fault.remedy


def test_whether_there_is_a_name_may_be_asked() -> None:
    given = sample({"name": ["a", None]}, columns=ABOUT)
    named = replace(HAS_TAP, condition=Answered("name"))
    assert y(only(given, plan(named)), "tap") == [1, 0]


def test_a_question_nobody_answered_is_no_fault() -> None:
    given = sample({"litres": [None, None]})
    assert y(only(given, plan(mean("litres"))), "m") == [None, None]


def test_five_ways_are_too_many() -> None:
    names = ("stratum", "psu", "water", "sex", "region")
    by = tuple(Dimension(name, name) for name in names)
    with pytest.raises(InputError, match="5 dimensions are crossed"):
        frames(sample(HOUSEHOLDS), Plan((HAS_TAP,), by, (Table(("tap",), names),)))


def test_an_open_question_is_no_dimension() -> None:
    given = sample({"water": ["tap"] * 1001, "story": [f"story {row}" for row in range(1001)]})
    with pytest.raises(InputError, match="has 1001 different answers"):
        frames(given, plan(HAS_TAP, by=(Dimension("story", "story"),)))


def test_a_main_record_may_not_stand_there_twice() -> None:
    given = sample({"_record": [1, 2, 2], "water": ["tap", "tap", "well"]})
    with pytest.raises(InputError, match="1 of the main records"):
        frames(given, plan(HAS_TAP))
