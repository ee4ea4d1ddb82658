"""Groups left behind are recognised, the sensitive ones also inside a longer name."""

from __future__ import annotations

import pytest

from everycount import catalogue
from everycount.faults import InputError


@pytest.mark.parametrize(
    ("said", "group"),
    [
        ("transgender", "transgender"),
        ("Hijra and kinnar persons", "transgender"),
        ("bonded", "bonded_labour"),
        ("BONDED_LABOUR", "bonded_labour"),
        ("Women and girls", "women_girls"),
        ("Refugees", "refugees"),
        ("Persons with disabilities", "disability"),
        ("DISABILITY_STATUS", "disability"),
        ("Female sex workers", "sex_workers"),
        ("People living with HIV/AIDS", "hiv"),
    ],
)
def test_a_group_is_recognised_by_its_name(said: str, group: str) -> None:
    found = catalogue.recognised([said])
    assert found is not None
    assert found.id == group


@pytest.mark.parametrize("said", ["", "hill", "Uses a hearing aid", "Transport", "Owner", "Class 3", "Bonds"])
def test_other_names_are_not(said: str) -> None:
    assert catalogue.recognised([said]) is None


def test_the_name_of_an_ordinary_group_must_stand_alone() -> None:
    assert catalogue.recognised(["Rural"]) == catalogue.population_group("rural")
    assert catalogue.recognised(["Rural well"]) is None


def test_the_most_sensitive_of_several_names_counts() -> None:
    found = catalogue.recognised(["1", "Migrant", "People without papers of residence"])
    assert found == catalogue.population_group("undocumented")


def test_no_name_belongs_to_two_groups() -> None:
    names = [name for group in catalogue.population_groups() for name in group.names]
    assert len(names) == len(set(names))


def test_every_group_is_recognised_by_its_own_label_and_code() -> None:
    for group in catalogue.population_groups():
        for said in (group.id, str(group.labels)):
            found = catalogue.recognised([said])
            assert found is not None
            assert found.sensitivity >= group.sensitivity


def test_levels_and_flags_go_together() -> None:
    """Level 3, "can endanger": never on a map."""
    flagged = {group.id for group in catalogue.population_groups() if group.do_not_map}
    assert flagged == {group.id for group in catalogue.population_groups() if group.sensitivity == 3}
    assert flagged >= {"lgbti", "transgender", "sex_workers", "bonded_labour", "undocumented"}


def test_an_unknown_group_is_named_with_the_nearest() -> None:
    with pytest.raises(InputError, match='Did you mean "transgender"'):
        catalogue.population_group("transgendered")
