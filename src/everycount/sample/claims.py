"""What each kind of design must record, and which claims its numbers can carry.

The list of designs and their claims follows the reviews of methods for hard-to-reach groups that the
catalogue list ``sampling_design`` cites: only known selection probabilities carry an interval, and a number
speaks about more people than those who answered only where the selection reaches them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.faults import Fault, InputError
from everycount.sample.design import Basis, DesignKind, Scope
from everycount.sample.sample import Finding

if TYPE_CHECKING:
    from everycount.sample.design import Design

EQUAL = "equal"
PROBABILITIES = "probabilities"  # the note that states equal selection probabilities
_PLACE = "survey.toml, [design]"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a kind of design allows.

    Attributes:
        basis: what an interval can rest on today.
        scopes: whom its numbers may speak about; the first is the default.
        records: notes the design should carry, with what each means.
        why_no_interval: the reason in plain words; "" where there is an interval.
    """

    basis: Basis
    scopes: tuple[Scope, ...]
    records: tuple[tuple[str, str], ...]
    why_no_interval: str


_SELECTION = (("selection", "how places and people were chosen"),)
_RESPONDENTS = (Scope.RESPONDENTS,)
_GROUP = (Scope.RESPONDENTS, Scope.GROUP_IN_PLACE)
_UNKNOWN_CHANCE = (
    "so nobody's chance of being asked is known, and the numbers speak only about those who answered."
)

_CLAIMS = {
    DesignKind.CENSUS_PLACE: Claim(
        Basis.NONE,
        (Scope.PLACE, Scope.GROUP_IN_PLACE, Scope.RESPONDENTS),
        (
            ("list_date", "the day the list was made"),
            ("coverage", "how it was checked that nobody is missing"),
        ),
        "Everybody in the place was asked, so there is no error of sampling; people missing from the list "
        "can still change the numbers.",
    ),
    DesignKind.PROBABILITY: Claim(
        Basis.DESIGN,
        (Scope.POPULATION, Scope.GROUP_IN_PLACE, Scope.PLACE, Scope.RESPONDENTS),
        (("frame", "the list from which people or places were drawn"),),
        "",
    ),
    DesignKind.RESPONDENT_DRIVEN: Claim(
        Basis.NONE,
        _GROUP,
        (
            ("recruiter", "the column with the coupon by which the respondent came"),
            ("degree", "the column with the number of people the respondent knows in the group"),
            ("seeds", "how the first respondents were chosen"),
        ),
        "Respondents brought each other. What that does to the error is not yet computed here, and ordinary "
        "intervals would be too narrow.",
    ),
    DesignKind.TIME_LOCATION: Claim(
        Basis.NONE,
        _GROUP,
        (
            ("venues", "the list of places, days and hours"),
            ("frequency", "the column with how often the respondent goes there"),
        ),
        "People were met at certain places and hours. Their chances of being met are not yet computed here.",
    ),
    DesignKind.SNOWBALL: Claim(
        Basis.NONE,
        _RESPONDENTS,
        (("chain", "how respondents led to the next ones"),),
        f"Respondents led to other respondents, {_UNKNOWN_CHANCE}",
    ),
    DesignKind.CAPTURE_RECAPTURE: Claim(
        Basis.NONE,
        _GROUP,
        (("lists", "the lists that were compared, and by what"),),
        "Two or more lists were compared. Sizes from their overlap are not yet computed here.",
    ),
    DesignKind.QUOTA: Claim(
        Basis.NONE,
        _RESPONDENTS,
        _SELECTION,
        f"Respondents were chosen until quotas were full, {_UNKNOWN_CHANCE}",
    ),
    DesignKind.PURPOSIVE: Claim(
        Basis.NONE, _RESPONDENTS, _SELECTION, f"Places and people were chosen on purpose, {_UNKNOWN_CHANCE}"
    ),
    DesignKind.CONVENIENCE: Claim(
        Basis.NONE, _RESPONDENTS, _SELECTION, f"Those were asked who were easy to reach, {_UNKNOWN_CHANCE}"
    ),
    DesignKind.OPT_IN: Claim(
        Basis.NONE, _RESPONDENTS, _SELECTION, f"Respondents came by themselves, {_UNKNOWN_CHANCE}"
    ),
    DesignKind.CROWD: Claim(
        Basis.NONE,
        _RESPONDENTS,
        _SELECTION,
        f"Reports came from whoever wished to send them, {_UNKNOWN_CHANCE}",
    ),
}


def claim(kind: DesignKind) -> Claim:
    """Everything a kind of design allows and should record."""
    return _CLAIMS[kind]


def basis(kind: DesignKind) -> Basis:
    """What an interval of this kind of design can rest on."""
    return claim(kind).basis


def allowed_scopes(kind: DesignKind) -> tuple[Scope, ...]:
    """Whom the numbers may speak about; the first is the default."""
    return claim(kind).scopes


def scope(design: Design) -> Scope:
    """Whom the numbers of this design speak about.

    Raises:
        InputError: the design claims more than its kind allows.
    """
    allowed = allowed_scopes(design.kind)
    if design.scope is None:
        return allowed[0]
    if design.scope not in allowed:
        raise InputError(_too_wide(design.kind, design.scope, allowed))
    return design.scope


def why_no_interval(kind: DesignKind) -> str:
    """One or two plain sentences for readers; "" where the design carries intervals."""
    return claim(kind).why_no_interval


def check_design(design: Design) -> tuple[Finding, ...]:
    """What the design does not record but should, as findings.

    Raises:
        InputError: it claims too much, or lacks what its numbers cannot do without.
    """
    faults = [*_scope_faults(design), *_probability_faults(design), *_recruitment_faults(design)]
    if faults:
        raise InputError(*faults)
    return tuple(
        Finding("design", None, key, "", f"A {_words(design.kind)} design should record {what}.")
        for key, what in claim(design.kind).records
        if not design.notes.get(key, "").strip()
    )


def _words(kind: DesignKind) -> str:
    return kind.value.replace("_", " ")


def _too_wide(kind: DesignKind, wanted: Scope, allowed: tuple[Scope, ...]) -> Fault:
    names = ", ".join(f'"{each}"' for each in allowed)
    problem = f'A design of the kind "{kind}" cannot speak about "{wanted}".'
    return Fault(f"{_PLACE}, scope", problem, f"Allowed: {names}. Or leave scope out.")


def _scope_faults(design: Design) -> list[Fault]:
    allowed = allowed_scopes(design.kind)
    if design.scope is None or design.scope in allowed:
        return []
    return [_too_wide(design.kind, design.scope, allowed)]


def _probability_faults(design: Design) -> list[Fault]:
    """Without weights and without a word about it, nobody can tell equal chances from forgotten weights."""
    if design.kind is not DesignKind.PROBABILITY or design.weights is not None:
        return []
    if design.notes.get(PROBABILITIES) == EQUAL:
        return []
    return [
        Fault(
            f"{_PLACE}, weights",
            "A probability design has no weights, and does not say that everybody had the same chance.",
            f'Name the column of weights, or write {PROBABILITIES} = "{EQUAL}".',
        )
    ]


def _recruitment_faults(design: Design) -> list[Fault]:
    if design.kind is not DesignKind.RESPONDENT_DRIVEN:
        return []
    needed = dict(claim(design.kind).records)
    return [
        Fault(
            f"{_PLACE}, {key}",
            f"A respondent-driven design does not name {needed[key]}.",
            f'Write {key} = "..." with the name of the column, or use the kind "{DesignKind.SNOWBALL}".',
        )
        for key in ("recruiter", "degree")
        if not design.notes.get(key, "").strip()
    ]
