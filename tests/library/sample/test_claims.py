from __future__ import annotations

from dataclasses import replace

import pytest

from everycount.faults import InputError
from everycount.sample import (
    Basis,
    Design,
    DesignKind,
    Scope,
    allowed_scopes,
    basis,
    check_design,
    claim,
    scope,
    why_no_interval,
)

NO_POPULATION = (
    DesignKind.PURPOSIVE,
    DesignKind.SNOWBALL,
    DesignKind.CONVENIENCE,
    DesignKind.OPT_IN,
    DesignKind.QUOTA,
    DesignKind.CROWD,
)
RECRUITED = Design(DesignKind.RESPONDENT_DRIVEN, notes={"recruiter": "coupon", "degree": "knows"})


def faults(design: Design) -> list[str]:
    with pytest.raises(InputError) as caught:
        check_design(design)
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize("kind", DesignKind)
def test_every_kind_has_a_claim(kind: DesignKind) -> None:
    assert claim(kind).records
    assert scope(Design(kind)) is allowed_scopes(kind)[0]
    assert bool(why_no_interval(kind)) is (basis(kind) is Basis.NONE)


def test_only_probability_designs_carry_intervals_today() -> None:
    assert [kind for kind in DesignKind if basis(kind) is Basis.DESIGN] == [DesignKind.PROBABILITY]


def test_only_probability_designs_speak_of_a_population() -> None:
    assert [kind for kind in DesignKind if Scope.POPULATION in allowed_scopes(kind)] == [
        DesignKind.PROBABILITY
    ]
    assert scope(Design(DesignKind.PROBABILITY)) is Scope.POPULATION
    assert scope(Design(DesignKind.CENSUS_PLACE)) is Scope.PLACE


@pytest.mark.parametrize("kind", NO_POPULATION)
def test_a_claim_that_is_too_wide_names_the_kind_and_what_is_allowed(kind: DesignKind) -> None:
    design = Design(kind, scope=Scope.POPULATION)
    expected = (
        f'survey.toml, [design], scope: A design of the kind "{kind}" cannot speak about "population". '
        'Allowed: "respondents". Or leave scope out.'
    )
    assert faults(design) == [expected]
    with pytest.raises(InputError):
        scope(design)


def test_a_narrower_claim_is_kept() -> None:
    assert scope(Design(DesignKind.PROBABILITY, scope=Scope.RESPONDENTS)) is Scope.RESPONDENTS


def test_probability_needs_weights_or_a_word_about_them() -> None:
    design = Design(DesignKind.PROBABILITY)
    (fault,) = faults(design)
    assert 'Name the column of weights, or write probabilities = "equal".' in fault
    for better in (replace(design, weights="w"), replace(design, notes={"probabilities": "equal"})):
        assert [finding.column for finding in check_design(better)] == ["frame"]


def test_respondent_driven_needs_recruiter_and_degree() -> None:
    assert [fault.split(":")[0] for fault in faults(Design(DesignKind.RESPONDENT_DRIVEN))] == [
        "survey.toml, [design], recruiter",
        "survey.toml, [design], degree",
    ]
    assert [finding.column for finding in check_design(RECRUITED)] == ["seeds"]


def test_a_purposive_design_is_asked_how_people_were_chosen() -> None:
    (finding,) = check_design(Design(DesignKind.PURPOSIVE))
    assert (finding.column, finding.problem) == (
        "selection",
        "A purposive design should record how places and people were chosen.",
    )
    assert check_design(Design(DesignKind.PURPOSIVE, notes={"selection": "by elders"})) == ()
    assert check_design(Design(DesignKind.PURPOSIVE, notes={"selection": " "})) == (finding,)
