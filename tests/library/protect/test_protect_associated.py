"""Tests of all groups together tell of every group, so all of them must be shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from everycount.estimate.estimates import Association
from everycount.protect import OPEN, PUBLIC, protect
from library.protect.people import estimates
from library.protect.test_protection import survey

PLACE = Association("safe", "place", 4.2, 2, 60, 0.0213)
SEX = Association("safe", "sex", 0.3, 1, 30, 0.59)


def test_they_are_said_where_every_group_is_shown_and_adjusted_for_each_other() -> None:
    made = replace(estimates(survey()), associations=(PLACE, SEX))
    found = protect(made, PUBLIC).associations
    # Two tests: the smaller p counts twice, 0.0426, and is printed in hundredths, rounded up.
    assert [(one.dimension, one.p_adjusted, one.differs) for one in found] == [
        ("place", 0.05, True),
        ("sex", 0.59, False),
    ]


@pytest.mark.parametrize("policy", [PUBLIC, OPEN])
def test_one_hidden_group_silences_its_dimension(policy: object) -> None:
    made = estimates(survey({("hill", "f"): (4, 5), ("hill", "m"): (0, 0)}))
    found = protect(replace(made, associations=(PLACE, SEX)), policy)  # type: ignore[arg-type]
    hidden = {one.cell[0][0] for one in found.cells if len(one.cell) == 1 and one.value is None}
    assert ("place" in hidden) is (policy is PUBLIC)
    assert {one.dimension for one in found.associations} == {"place", "sex"} - hidden
