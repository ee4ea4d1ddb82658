"""What the audit says of releases that keep their secrets, and of some that do not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from everycount.estimate.plan import Dimension
from everycount.protect import OPEN, PUBLIC, Cells, Policy, Status, audit, protect, restore
from library.protect.people import Survey, estimates, share, spread

SAFE = share("safe", "water", "y")
GROUPS = {"place": ("hill", "river", "town"), "sex": ("f", "m")}
ALL = [(), ("place",), ("sex",), ("place", "sex")]
PLACE, SEX = Dimension("place", "place"), Dimension("sex", "sex")
SECRET = (("place", "hill"), ("sex", "f"))
COUNTS = {
    ("hill", "f"): (4, 5), ("hill", "m"): (30, 20),
    ("river", "f"): (25, 30), ("river", "m"): (25, 40),
    ("town", "f"): (30, 30), ("town", "m"): (30, 40),
}  # fmt: skip


def survey(sex: Dimension = SEX, others: int = 0) -> Survey:
    people = spread(COUNTS | {("town", "x"): (others, 0)}, ("place", "sex"), "water", ("y", "n"))
    return Survey(people, (SAFE,), {"safe": ALL}, (PLACE, sex), GROUPS)


def without_partners(policy: Policy) -> Cells:
    """Only the secret itself is left out, which subtraction gives back."""
    made = estimates(survey())
    hidden, shown = protect(made, policy).cells, protect(made, OPEN).cells
    cells = [
        one if one.status is Status.SUPPRESSED_SMALL else other
        for one, other in zip(hidden, shown, strict=True)
    ]
    return restore(policy, 0.95, tuple(cells), ())


def test_a_protected_release_passes_and_says_how_much_is_left_open() -> None:
    made = estimates(survey())
    found = audit(made, protect(made, PUBLIC))
    (one,) = found.intervals
    assert found.passed
    assert (one.cell, one.measure, one.given_back) == (SECRET, "safe", False)
    # The status says fewer than 30; margins and the other hidden cells leave all of that.
    assert (one.n_low, one.n_high) == (1, 29)
    assert one.events_low <= 4 <= one.events_high


def test_a_number_that_is_only_left_out_is_given_back() -> None:
    found = audit(estimates(survey()), without_partners(PUBLIC))
    (one,) = found.intervals
    assert not found.passed
    assert (one.n_low, one.n_high, one.events_low, one.events_high) == (9, 9, 4, 4)


def test_a_secret_that_is_printed_is_given_back() -> None:
    made = estimates(survey())
    bare = replace(PUBLIC, suppress_unreliable=False)
    shown = restore(bare, 0.95, protect(made, OPEN).cells, ())
    assert [(one.cell, one.given_back) for one in audit(made, shown).intervals] == [(SECRET, True)]


def test_a_release_without_secrets_has_nothing_to_audit() -> None:
    made = estimates(survey())
    found = audit(made, protect(made, OPEN))
    assert found.passed
    assert found.intervals == ()


def test_an_earlier_release_beside_this_one_narrows_what_is_open() -> None:
    """Each release hides other partners; the two together show all but the secret."""
    made = estimates(survey())
    now = protect(made, PUBLIC)
    assert audit(made, now).passed
    assert not audit(made, now, given=[without_partners(PUBLIC)]).passed


@pytest.mark.parametrize(
    ("dropped", "others", "hidden"), [(("x",), 4, True), (("x",), 40, False), ((), 4, False)]
)
def test_a_few_whose_answer_is_dropped_are_not_the_difference(
    dropped: tuple[str, ...], others: int, *, hidden: bool
) -> None:
    made = estimates(
        replace(
            survey(replace(SEX, dropped=dropped), others),
            breakdowns={"safe": [(), ("sex",)]},
        )
    )
    found = protect(made, PUBLIC)
    assert any(cell.status is not Status.SHOWN for cell in found.cells if cell.cell) is hidden
    assert audit(made, found).passed


def test_missing_answers_to_a_sensitive_question_are_not_the_difference() -> None:
    made = estimates(replace(survey(replace(SEX, sensitive=True), 4), breakdowns={"safe": [(), ("sex",)]}))
    assert any(cell.status is not Status.SHOWN for cell in protect(made, PUBLIC).cells)
