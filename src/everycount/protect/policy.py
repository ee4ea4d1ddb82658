"""What may be shown to whom, decided by whom and since when."""

from __future__ import annotations

from dataclasses import dataclass, replace

from everycount.faults import Fault, InputError


@dataclass(frozen=True, slots=True)
class Policy:
    """Thresholds for what may be shown.

    Attributes:
        name: ``public``, ``partners``, ``open`` or ``own``.
        min_respondents: fewest respondents of a shown cell.
        min_respondents_sensitive: the same where a dimension is sensitive.
        min_clusters: fewest first-stage clusters of a shown cell (only where the design has clusters).
        min_households: fewest households that the rows of a roster come from.
        min_respondents_extreme: a proportion of exactly 0 or 1 needs at least this many respondents, because
            it says something about every single member of the group.
        max_share: largest share of a total that one respondent may hold.
        suppress_unreliable: hide numbers whose verdict is ``suppress``.
        round_counts: counts of respondents are rounded to this base; 1 leaves them. Everything else that is
            printed follows from the rounded counts.
        decimals: digits of values and errors after the point; None leaves full precision.
        protect: False (``open`` only) suppresses nothing: the data are already public.
        decided_by: who decided; since: ISO 8601 date.
        min_events: fewest respondents with, and without, the property of a share; 0 applies no such rule.
        round_at_random: counts go up or down by the key of their cell, without bias, and not to the nearest.
        noise: largest change of a count by the key of its cell; 0 for no noise.
        noise_variance: variance of that change, above 0 and below ``noise``.
        noise_key: tells one secret from another without telling it; "" where no key is needed.
    """

    name: str
    min_respondents: int
    min_respondents_sensitive: int
    min_clusters: int
    min_respondents_extreme: int
    max_share: float
    suppress_unreliable: bool
    round_counts: int
    decimals: int | None
    protect: bool = True
    decided_by: str = ""
    since: str = ""
    min_events: int = 0
    min_households: int = 0
    round_at_random: bool = False
    noise: int = 0
    noise_variance: float = 0.0
    noise_key: str = ""

    @property
    def needs_key(self) -> bool:
        """Counts are changed by the keys of their cells."""
        return self.noise > 0 or self.round_at_random

    @property
    def changes_counts(self) -> bool:
        """What is printed follows from changed counts and not from the counts themselves."""
        return self.needs_key or self.round_counts > 1

    def __post_init__(self) -> None:
        faults = [*_too_low(self), *_impossible(self)]
        if faults:
            raise InputError(*faults)


def unchanged(policy: Policy) -> Policy:
    """The same rules without noise or random rounding: what they hide is the same, and needs no secret."""
    if not policy.needs_key:
        return policy
    return replace(policy, round_counts=1, round_at_random=False, noise=0, noise_variance=0.0, noise_key="")


def is_as_strict(one: Policy, other: Policy) -> bool:
    """What the one shows, the other may show as well, as far as numbers of respondents go."""
    names = ("min_respondents", "min_respondents_sensitive", "min_respondents_extreme", "min_events")
    return one.protect and all(getattr(one, name) >= getattr(other, name) for name in names)


def _too_low(policy: Policy) -> list[Fault]:
    """Below 3 a hidden count of respondents can only be 1, so hiding it would say what it is."""
    names = ("min_respondents", "min_respondents_sensitive", "min_respondents_extreme")
    lowest = 3 if policy.protect else 0
    return [
        Fault(
            f"policy {policy.name}, {name}",
            f"{getattr(policy, name)} does not protect anybody.",
            f"Give {lowest} or more.",
        )
        for name in names
        if getattr(policy, name) < lowest
    ]


def _impossible(policy: Policy) -> list[Fault]:
    rules = (
        ("min_clusters", policy.min_clusters >= 0, "0 or more"),
        ("min_households", policy.min_households >= 0, "0 or more"),
        ("min_events", policy.min_events >= 0, "0 or more"),
        ("max_share", 0 < policy.max_share <= 1, "a share above 0 and up to 1"),
        ("round_counts", policy.round_counts >= 1, "1 or more; 1 leaves counts as they are"),
        ("decimals", policy.decimals is None or 0 <= policy.decimals <= 15, "0 to 15, or none at all"),
        ("noise", policy.noise >= 0 and 2 * policy.noise < max(policy.min_respondents, 1), _NOISE),
        (
            "noise",
            not policy.noise or policy.round_counts <= 1,
            "noise or rounding, and not both: noise = 0, or round_counts = 1",
        ),
        (
            "noise_variance",
            (0 < policy.noise_variance < policy.noise) if policy.noise else policy.noise_variance == 0,
            "a variance above 0 and below noise, and 0 without noise",
        ),
        (
            "round_at_random",
            not policy.round_at_random or policy.round_counts > 1,
            "round_counts a base above 1, such as 5",
        ),
        (
            "protect",
            policy.protect or policy.name == "open",
            'the name "open" to a policy without protection',
        ),
    )
    return [
        Fault(f"policy {policy.name}, {name}", f"{getattr(policy, name)} is not possible.", f"Give {need}.")
        for name, holds, need in rules
        if not holds
    ]


_NOISE = "0 or more, and less than half of min_respondents, so that a shown count stays one"

PUBLIC = Policy(
    "public", 10, 20, 2, 30, 0.5, suppress_unreliable=True, round_counts=1, decimals=4, min_households=3
)
PARTNERS = replace(
    PUBLIC, name="partners", min_respondents=5, min_respondents_sensitive=10, min_respondents_extreme=15
)
OPEN = Policy(
    "open", 0, 0, 0, 0, 1.0, suppress_unreliable=False, round_counts=1, decimals=None, protect=False
)

POLICIES = {policy.name: policy for policy in (PUBLIC, PARTNERS, OPEN)}
