"""What the keeper of the records is told of a breakdown of which nothing is shown. Invented people."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from everycount.estimate.estimates import Verdict
from everycount.estimate.plan import Dimension
from everycount.protect import OPEN, PUBLIC, Status, protect
from everycount.protect.closures import Closure, Without, closures
from everycount.survey.closing import why_closed
from library.protect.people import Survey, estimates, share

GROUPS = {"age": "123", "sex": "fm", "district": "abcdefgh"}
ALL = ("age", "sex", "district")
BYS = [(), ("age",), ("sex",), ("district",), ("age", "sex"), ("age", "district"), ALL]


def survey(people: int) -> Survey:
    """So many in every group of age, sex and district; every other one has water."""
    found = [
        dict(zip(GROUPS, codes, strict=True)) | {"water": "12"[at % 2]}
        for codes in product(*GROUPS.values())
        for at in range(people)
    ]
    dimensions = [Dimension(one, one) for one in GROUPS]
    return Survey(found, [share("safe", "water", "1")], {"safe": BYS}, dimensions, GROUPS)


def test_a_closed_breakdown_is_told_with_its_figures_and_what_helps_most_first() -> None:
    made = estimates(survey(5))
    found = closures(made, protect(made, PUBLIC))
    assert found == {
        ALL: Closure(
            by=ALL,
            occupied=48,
            small=48,
            other=0,
            least=10,
            within=(),
            without=(Without("sex", 0, 24), Without("age", 0, 16), Without("district", 0, 6)),
            groups={"age": 3, "sex": 2, "district": 8},
        )
    }
    assert why_closed(found[ALL]) == (
        "48 of 48 cells of age x sex x district have fewer than 10 answers; "
        "merge groups of district (8) or leave out sex (then 0 of 24 have)"
    )


def test_groups_that_are_all_alike_count_as_hidden_by_another_rule() -> None:
    plain = survey(12)
    alike = replace(
        plain, people=[one | {"water": "1"} if one["age"] == "1" else one for one in plain.people]
    )
    made = estimates(alike)
    found = closures(made, protect(made, replace(PUBLIC, min_respondents=13)))
    assert (found[ALL].small, found[ALL].other) == (48, 0)
    found = closures(made, protect(made, replace(PUBLIC, min_respondents_extreme=13, min_events=7)))
    assert (found[ALL].small, found[ALL].other) == (0, 48)


def test_nothing_is_told_where_something_is_shown() -> None:
    made = estimates(survey(12))
    assert closures(made, protect(made, PUBLIC)) == {}
    assert closures(made, protect(made, OPEN)) == {}


def test_what_is_hidden_for_quality_alone_is_not_closed() -> None:
    doubtful = {
        ("safe", tuple(zip(ALL, codes, strict=True))): Verdict.SUPPRESS for codes in product(*GROUPS.values())
    }
    made = estimates(replace(survey(12), verdicts=doubtful))
    cells = protect(made, PUBLIC)
    assert {one.status for one in cells.cells if len(one.cell) == len(ALL)} == {Status.SUPPRESSED_UNRELIABLE}
    assert closures(made, cells) == {}


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            Closure(("age", "sex"), 40, 6, 2, 10, (), (Without("sex", 0, 20),), {"age": 20, "sex": 2}),
            (
                "6 of 40 cells of age x sex have fewer than 10 answers, 2 more are hidden by another rule "
                "(all alike, one cluster, one large amount), and no choice of others to hide beside "
                "them keeps them from being worked out; "
                "merge groups of age (20) or leave out sex (then 0 of 20 have)"
            ),
        ),
        (
            Closure(("age", "sex"), 40, 6, 0, 10, ("age",), (Without("sex", 0, 20),), {"age": 20, "sex": 2}),
            (
                "6 of 40 cells of age x sex have fewer than 10 answers; "
                "nothing of age is shown either, and what is finer is hidden with it; "
                "merge groups of age (20) or leave out sex (then 0 of 20 have)"
            ),
        ),
        (
            Closure(("sex",), 2, 2, 0, 10, (), (), {"sex": 2}),
            "2 of 2 cells of sex have fewer than 10 answers; leave it out",
        ),
        (
            Closure(("age",), 9, 9, 0, 10, (), (), {"age": 9}),
            "9 of 9 cells of age have fewer than 10 answers; merge groups of age (9)",
        ),
    ],
)
def test_why_nothing_is_shown_is_said_in_one_sentence(found: Closure, said: str) -> None:
    assert why_closed(found) == said
