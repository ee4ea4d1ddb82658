"""How many records stand alone with what others can know about them.

k-anonymity: Samarati and Sweeney (1998), Protecting privacy when disclosing information.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

FEWEST = 3  # records with the same combination, for records that are given to others


@dataclass(frozen=True, slots=True)
class Risk:
    """Records by how many share their combination of the columns.

    Attributes:
        columns: what somebody may know about a person from elsewhere.
        records: how many records there are.
        alone: records whose combination nobody shares.
        below: records whose combination fewer than :data:`FEWEST` records have.
        below_five: the same for five.
    """

    columns: tuple[str, ...]
    records: int
    alone: int
    below: int
    below_five: int

    @property
    def words(self) -> str:
        """One sentence."""
        return (
            f"Of {self.records} records {self.alone} are the only one with their combination of "
            f"{', '.join(self.columns)}; {self.below} share it with fewer than {FEWEST - 1} others, "
            f"{self.below_five} with fewer than 4."
        )


def risk_of(columns: Sequence[str], sizes: Iterable[int]) -> Risk:
    """The risk of combinations of which it is known how many records have each."""
    sizes = list(sizes)
    below = (sum(size for size in sizes if size < limit) for limit in (2, FEWEST, 5))
    return Risk(tuple(columns), sum(sizes), *below)


def risk(columns: Sequence[str], keys: Iterable[Hashable]) -> Risk:
    """The risk of records with these combinations; a missing answer is a value like any other."""
    return risk_of(columns, Counter(keys).values())
