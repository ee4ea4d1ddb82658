"""What may be shown to whom, decided by whom and since when."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Policy:
    """Thresholds for what may be shown.

    Attributes:
        name: ``public``, ``partners``, ``open`` or ``own``.
        min_respondents: fewest respondents of a shown cell.
        min_respondents_sensitive: the same where a dimension is sensitive.
        min_clusters: fewest first-stage clusters of a shown cell (only where the design has clusters).
        min_respondents_extreme: a proportion of exactly 0 or 1 needs at least this many respondents, because
            it says something about every single member of the group.
        max_share: largest share of a total that one respondent may hold.
        suppress_unreliable: hide numbers whose verdict is ``suppress``.
        round_counts: counts of respondents are rounded to this base; 1 leaves them.
        decimals: digits of values and errors after the point; None leaves full precision.
        protect: False (``open`` only) suppresses nothing: the data are already public.
        decided_by: who decided; since: ISO 8601 date.
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


PUBLIC = Policy("public", 10, 20, 2, 30, 0.5, suppress_unreliable=True, round_counts=1, decimals=4)
PARTNERS = replace(
    PUBLIC, name="partners", min_respondents=5, min_respondents_sensitive=10, min_respondents_extreme=15
)
OPEN = Policy(
    "open", 0, 0, 0, 0, 1.0, suppress_unreliable=False, round_counts=1, decimals=None, protect=False
)

POLICIES = {policy.name: policy for policy in (PUBLIC, PARTNERS, OPEN)}
