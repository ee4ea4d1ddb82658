"""Every hidden number has a reason with its figure and threshold, and the cure that is named does cure it."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everycount.estimate.estimates import Verdict
from everycount.estimate.plan import Dimension, Group, Measure, MeasureKind
from everycount.protect import PUBLIC, Status, protect
from everycount.protect.reasons import Merger, Reason, Rule, reasons
from everycount.text import Text
from library.protect.people import Survey, estimates, share, spread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from everycount.estimate.estimates import Estimates

SAFE = share("safe", "water", "y")
AGES = ("young", "middle", "old")
SEXES = ("f", "m")
AGE = Dimension(
    "age", "age", groups=tuple(Group(one, Text.of(one, "en"), (one,)) for one in AGES), ordered=True
)
SEX = Dimension("sex", "sex", groups=tuple(Group(one, Text.of(one, "en"), (one,)) for one in SEXES))
FULL = dict.fromkeys(product(AGES, SEXES), (20, 25))


def made(
    changed: Mapping[tuple[str, str], tuple[int, int]] | None = None,
    age: Dimension = AGE,
    measures: tuple[Measure, ...] = (SAFE,),
    **more: Any,
) -> Estimates:
    people = spread(FULL | dict(changed or {}), ("age", "sex"), "water", ("y", "n"))
    bys = {one.id: [(), ("age",), ("sex",), ("age", "sex")] for one in measures}
    return estimates(Survey(people, measures, bys, [age, SEX], {"age": AGES, "sex": SEXES}, **more))


def why(found: Estimates, *codes: str, measure: str = "safe") -> tuple[Reason, ...]:
    return reasons(found, protect(found, PUBLIC), measure, tuple(zip(("age", "sex"), codes, strict=False)))


def test_too_few_answers_say_how_many_are_missing_and_whom_to_merge() -> None:
    (reason,) = why(made({("old", "f"): (1, 2)}), "old", "f")
    assert (reason.rule, reason.figure, reason.threshold, reason.more) == (Rule.RESPONDENTS, 3, 10, 7)
    assert reason.mergers == (
        Merger(
            "age", "middle", 48
        ),  # the ages next to each other, and never the two sexes: they are everybody
        Merger("age", "", 93),
        Merger("sex", "", 48),
    )


def test_groups_without_an_order_may_be_merged_with_any_other() -> None:
    found = made({("old", "f"): (1, 2), ("young", "f"): (5, 6)}, replace(AGE, ordered=False))
    assert why(found, "old", "f")[0].mergers[0] == Merger("age", "young", 14)


def test_a_sensitive_group_needs_more() -> None:
    (reason,) = why(made({("old", "f"): (7, 8)}, replace(AGE, sensitive=True)), "old", "f")
    assert (reason.rule, reason.figure, reason.threshold, reason.more) == (Rule.SENSITIVE, 15, 20, 5)


def test_everybody_alike_is_said_of_the_group() -> None:
    (reason,) = why(made({("old", "f"): (12, 0)}), "old", "f")
    assert (reason.rule, reason.figure, reason.threshold, reason.more) == (Rule.EXTREME, 12, 30, 18)


def test_several_rules_are_all_named() -> None:
    assert [one.rule for one in why(made({("old", "f"): (3, 0)}), "old", "f")] == [
        Rule.RESPONDENTS,
        Rule.EXTREME,
    ]


def test_a_partner_names_the_group_that_it_protects() -> None:
    found = made({("old", "f"): (1, 2)})
    cells = protect(found, PUBLIC)
    partners = [one for one in cells.cells if one.status is Status.SUPPRESSED_COMPLEMENTARY]
    assert partners
    for one in partners:
        told = reasons(found, cells, one.measure, one.cell)
        assert told[0].rule is Rule.PARTNER
        assert (dict(told[0].cell), told[0].figure) == ({"age": "old", "sex": "f"}, 3)


def test_a_measure_hidden_for_another_names_that_one() -> None:
    others = (SAFE, share("any", "water", "y", "n"))
    (reason,) = why(made({("old", "f"): (5, 7)}, measures=others), "old", "f")
    assert (reason.measure, reason.rule) == ("any", Rule.EXTREME)


def test_the_unreliable_say_how_many_would_do() -> None:
    cell = (("age", "old"), ("sex", "f"))
    found = made(verdicts={("safe", cell): Verdict.COLLECT_MORE})
    needing = tuple(replace(one, n_needed=60) if one.cell == cell else one for one in found.estimates)
    (reason,) = why(replace(found, estimates=needing), "old", "f")
    assert (reason.rule, reason.figure, reason.threshold, reason.more) == (Rule.UNRELIABLE, 45, 60, 15)


def test_the_opposite_of_a_rare_share_is_named_where_it_is_reliable() -> None:
    cell = (("age", "old"), ("sex", "f"))
    found = made({("old", "f"): (2, 158)}, verdicts={("safe", cell): Verdict.COLLECT_MORE})
    rare = tuple(
        replace(one, ci_low=0.001, ci_high=0.061, n_needed=190) if one.cell == cell else one
        for one in found.estimates
    )
    (reason,) = why(replace(found, estimates=rare), "old", "f")
    assert reason.opposite
    assert not why(made(verdicts={("safe", cell): Verdict.COLLECT_MORE}), "old", "f")[0].opposite


@pytest.mark.parametrize(
    ("kind", "value", "largest"),
    [(MeasureKind.MEAN, 4, 1 / 12), (MeasureKind.MEAN, 0, None), (MeasureKind.MEDIAN, 4, 1 / 12)],
)
def test_the_same_number_from_everybody_tells_everybody(
    kind: MeasureKind, value: int, largest: float | None
) -> None:
    """Twelve women all have four children: the mean says so of each."""
    children = Measure("safe", kind, question="children")
    people = [{"age": age, "sex": sex, "children": place % 5} for age, sex in FULL for place in range(45)]
    people = [one for one in people if (one["age"], one["sex"]) != ("old", "f")]
    people += [{"age": "old", "sex": "f", "children": value} for _ in range(12)]
    cell = (("age", "old"), ("sex", "f"))
    found = estimates(
        Survey(
            people, [children], {"safe": [(), ("age",), ("sex",), ("age", "sex")]}, [AGE, SEX],
            {"age": AGES, "sex": SEXES}, largest={} if largest is None else {("safe", cell): largest},
        )
    )  # fmt: skip
    (reason,) = why(found, "old", "f")
    assert (reason.rule, reason.figure, reason.threshold) == (Rule.ALL_EQUAL, 12, 30)


def test_numbers_that_differ_are_not_taken_for_equal() -> None:
    children = Measure("safe", MeasureKind.MEAN, question="children")
    people = [{"age": age, "sex": sex, "children": place % 5} for age, sex in FULL for place in range(15)]
    found = estimates(
        Survey(people, [children], {"safe": [("age", "sex")]}, [AGE, SEX], {"age": AGES, "sex": SEXES})
    )
    assert all(one.status is Status.SHOWN for one in protect(found, PUBLIC).cells)


def test_what_is_shown_has_no_reason() -> None:
    assert why(made(), "old", "f") == ()


@given(
    counts=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=6, max_size=6),
)
@settings(max_examples=40, deadline=None)
def test_every_hidden_number_has_a_reason_and_its_cure_lifts_the_rule(counts: list[tuple[int, int]]) -> None:
    changed = dict(zip(FULL, counts, strict=True))
    found = made(changed)
    cells = protect(found, PUBLIC)
    for one in cells.cells:
        told = reasons(found, cells, one.measure, one.cell)
        assert bool(told) == (one.status is not Status.SHOWN)
        for reason in told:
            if reason.rule is Rule.RESPONDENTS and reason.more is not None and len(one.cell) == 2:
                age, sex = (code for _, code in reason.cell)
                yes, no = changed[age, sex]
                assert yes + no + reason.more == 10
                cured = made(changed | {(age, sex): (yes + reason.more, no)})
                again = reasons(cured, protect(cured, PUBLIC), "safe", reason.cell)
                assert Rule.RESPONDENTS not in {each.rule for each in again}
