"""Whoever keeps every public file of an initiative learns nothing of the few who left, or are too few.

The releases come about on the site: two plans beside each other, people who leave by the same address as
everybody, a revision. The attacker is that of the properties of protection, written apart from it: it reads
``release.json`` over HTTP, knows all rules, and looks for all tables of people that agree with every file.
"""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from everycount.estimate.plan import Dimension
from everycount.protect import PUBLIC, Cells, Status, restore
from everycount.release import release_from_json
from everycount.site.collection.models import Submission
from everycount.site.consent.actions import How, withdraw
from everycount.site.consent.models import Purpose
from library.protect.attacker import Attack
from library.protect.people import Survey, estimate_of, estimates, keys, share
from library.protect.sequence_attacker import SequenceAttack
from library.release.samples import shown
from publication_world import PLAN, Publication
from site_world import AT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from everycount.site.publication.models import Plan, Release

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PEOPLE = 70
OTHER_PLAN = PLAN.replace('"invented-fieldwork"', '"invented-beside"').replace(
    "Worries and", "Beside: worries,"
)
GROUPS = {"hotspot": ("river", "market"), "age": ("young", "old")}
MEASURES = [share("worried", "worry_0", "often", "always"), share("thing", "thing_1", "yes")]
ALL = [(), ("hotspot",), ("age",), ("hotspot", "age")]
Person = dict[str, Any]


def drawn(seed: int) -> list[Person]:
    """Invented people of whom few are old and at the river."""
    chance = Random(seed)  # noqa: S311 - of invented people
    found = []
    for number in range(PEOPLE):
        old = number % 12 == 1 if number % 3 else number % 2 == 0
        found.append(
            {
                "hotspot": "river" if number % 3 else "market",
                "age": "old" if old else "young",
                "worry_0": chance.choice(["never", "often"]),
                "thing_1": chance.choice(["yes", "no"]),
            }
        )
    return found


class Counted(Publication):
    """People whose answers the test knows."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, people: list[Person]) -> None:
        self.people = people
        super().__init__(monkeypatch, records=len(people))

    def came(self, number: int, **given: str) -> Submission:
        """One of them."""
        one = self.people[number]
        own = {name: one[name] for name in ("hotspot", "worry_0", "thing_1")}
        return super().came(number, age="70" if one["age"] == "old" else "20", **own | given)


def survey(people: list[Person], bys: Sequence[tuple[str, ...]]) -> Survey:
    dimensions = [Dimension("hotspot", "hotspot"), Dimension("age", "age")]
    return Survey(people, MEASURES, {one.id: list(bys) for one in MEASURES}, dimensions, GROUPS)


def given_out(release: Release, of: Survey) -> Cells:
    """The cells of a public file, in the attacker's order."""
    answer = Client().get(f"/releases/{release.plan.slug}/{release.number}/files/release.json")
    document = json.loads(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    answer.close()
    cells = release_from_json(document).cells
    held = {(one.measure, frozenset(one.cell)): one for one in cells.cells}
    order = [(one.measure, frozenset(one.cell)) for one in estimates(of).estimates]
    assert set(order) == set(held)
    return restore(cells.policy, cells.level, tuple(held[name] for name in order), ())


def secrets(whole: SequenceAttack) -> Iterator[tuple[str, object, str]]:
    """How many are in a cell that is too small to show, where all files together leave one number."""
    for at, attack in enumerate(whole.attacks):
        for estimate, cell in zip(attack.truth.estimates, attack.cells.cells, strict=True):
            small = 0 < estimate.n < PUBLIC.min_respondents
            if cell.status is Status.SUPPRESSED_SMALL and small:
                row = attack.n(attack.measures[estimate.measure], estimate.cell)
                if whole.is_known(whole.wide(at, row), estimate.n):
                    yield estimate.measure, estimate.cell, f"n of {at}"


def of_few(whole: SequenceAttack) -> Iterator[tuple[str, object, str]]:
    """How few left a group between two releases, and what they had answered."""
    for (one, first), (two, second) in combinations(enumerate(whole.attacks), 2):
        for measure in MEASURES:
            for key in [key for by in ALL for key in keys(first.survey, by)]:
                then, now = (estimate_of(each.survey, measure, key) for each in (first, second))
                if not 0 < then.n - now.n < PUBLIC.min_respondents:
                    continue
                for what in ("n", "events"):
                    rows = [getattr(each, what)(measure, key) for each in (first, second)]
                    row = whole.wide(one, rows[0]) - whole.wide(two, rows[1])
                    if whole.is_known(row, getattr(then, what) - getattr(now, what)):
                        yield measure.id, key, f"{what} of {one} to {two}"


def test_all_files_of_two_plans_and_a_revision_tell_of_no_few(monkeypatch: pytest.MonkeyPatch) -> None:
    people = drawn(7)
    work = Counted(monkeypatch, people)
    first = work.published()
    beside: Plan = work.written(OTHER_PLAN)
    other = work.published(beside)
    river = [at for at, one in enumerate(people) if one["hotspot"] == "river" and one["age"] == "young"][:10]
    market = [at for at, one in enumerate(people) if one["hotspot"] == "market"][:3]
    gone = {*river, *market}
    whole_now = survey(people, ALL)
    seen = [(whole_now, given_out(first, whole_now)), (whole_now, given_out(other, whole_now))]
    for number in gone:
        root = Submission.objects.get(root=f"uuid:{number}").pk
        withdraw(submission=root, purposes=[Purpose.STATISTICS], by="respondent", at=AT, how=How.RECEIPT)
    second = work.published()
    left = survey([one for at, one in enumerate(people) if at not in gone], ALL)
    seen.append((left, given_out(second, left)))
    attacks = [Attack(of, cells, PUBLIC, people) for of, cells in seen]
    assert any(cell.status is Status.SUPPRESSED_SMALL for _, cells in seen for cell in cells.cells)
    assert all(any(cell.status is Status.SHOWN for cell in cells.cells) for _, cells in seen)
    whole = SequenceAttack(attacks, ((True, True, True), (True, True, False)))
    assert [*secrets(whole), *of_few(whole)] == []


def test_the_attack_finds_what_a_careless_revision_would_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both releases protected by themselves, and the second without regard to the first."""
    people = drawn(7)
    gone = [at for at, one in enumerate(people) if one["hotspot"] == "market"][:3]
    left = [one for at, one in enumerate(people) if at not in gone]
    seen = []
    for present in (people, left):
        of = survey(present, [(), ("hotspot",)])
        made = estimates(of).estimates
        cells = [
            replace(shown("", (), 0.5), measure=one.measure, cell=one.cell, value=one.value, n=one.n)
            for one in made
        ]
        seen.append(Attack(of, restore(PUBLIC, 0.95, tuple(cells), ()), PUBLIC, people))
    assert list(of_few(SequenceAttack(seen, ((True, True), (True, False)))))
