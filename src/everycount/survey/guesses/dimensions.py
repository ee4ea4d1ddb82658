"""Breakdowns: columns whose names say who people are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from everycount.protect import PUBLIC
from everycount.sample import ColumnKind
from everycount.survey.answers import FEW, Answers
from everycount.survey.guesses.guessed import Dimension
from everycount.survey.words import HARMFUL, WHO, who

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from everycount.survey.guesses.ids import Names

MOST_DIMENSIONS = 6
MOST_OF_A_CLASS = 2
ENOUGH = PUBLIC.min_respondents_extreme  # people in a place that stands alone
REST = "elsewhere"  # the group of small places
# Words of groups that stand in an order, from the lowest to the highest.
LADDERS = (
    (
        {"poorest", "lowest"},
        {"poor", "poorer", "second"},
        {"middle", "average", "medium"},
        {"rich", "richer", "fourth"},
        {"richest", "highest"},
    ),
    ({"low", "faible", "bajo"}, {"middle", "medium", "moyen", "medio"}, {"high", "élevé", "alto"}),
    *(tuple({f"{letter}{place}"} for place in range(1, 11)) for letter in ("q", "d", "quintile ", "decile ")),
)
_WORTH_HIDING = frozenset({"sex", "residence", "place", "group", "disability"})


def dimensions(columns: list[Answers], taken: set[str], names: Names) -> list[Dimension]:
    """Columns whose names say who people are: the classes in order of sureness, few of each."""
    order = [kind for kind, _ in WHO]
    chosen: dict[str, list[Answers]] = {}
    for found in columns:
        kind = who(found.name)
        if kind is not None and found.name not in taken and _divides(found, kind):
            chosen.setdefault(kind, []).append(found)
    picked = [(kind, found) for kind in order for found in chosen.get(kind, [])[:MOST_OF_A_CLASS]]
    return [_dimension(kind, found, names) for kind, found in picked[:MOST_DIMENSIONS]]


def _divides(found: Answers, kind: str) -> bool:
    if found.free or found.column.kind in {ColumnKind.CODES, ColumnKind.DATE} or not found.met:
        return False
    if found.numeric and (found.column.kind is ColumnKind.NUMBER and found.question is not None):
        return False
    sizes = [count for code, count in found.met if code in found.said]
    if not 2 <= len(sizes) <= FEW or len(found.labels) > 4 * FEW:
        return False
    # Small groups are hidden, and others with them: only the first questions are worth that.
    small = sum(1 for size in sizes if size < PUBLIC.min_respondents)
    if small * 2 > len(sizes) + 2 or (small and kind not in _WORTH_HIDING):
        return False
    return not found.yes or kind in {"disability", "displacement"}


def _dimension(kind: str, found: Answers, names: Names) -> Dimension:
    met = {code for code, _ in found.met}
    listed = bool(found.column.choices)
    order = None if listed else _in_order(found.said)
    said = found.said if listed else order or tuple(sorted(found.said, key=_by_number))
    shown = [code for code in said if not listed or code in met or len(found.labels) <= FEW]
    whole = listed and len(shown) == len(found.labels)
    return Dimension(
        names.new("dimension", found.name),
        found.name,
        found.table,
        groups=() if whole else _groups(kind, shown, dict(found.met), listed=listed),
        drop=() if whole else tuple(code for code in found.labels if code not in shown),
        sensitive=kind in HARMFUL or (found.question is not None and (found.question.sensitivity or 0) >= 2),
        ordered=order is not None,
    )


def _groups(
    kind: str, shown: Sequence[str], people: Mapping[str, int], *, listed: bool
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The groups written out, so that a code that comes later is noticed.

    Places where hardly anybody was asked are put together: each would be hidden, and others with it. "Hardly"
    is what the policy asks where all answer alike, which is also what a reliable share needs.
    """
    small = [code for code in shown if people.get(code, 0) < ENOUGH]
    large = [code for code in shown if code not in small]
    gathered = sum(people.get(code, 0) for code in small)
    apart = (
        kind != "place" or listed or len(small) < 2 or len(large) < 2 or gathered < ENOUGH or REST in shown
    )
    together = () if apart else ((REST, tuple(small)),)
    return (*((code, (code,)) for code in (shown if apart else large)), *together)


def _in_order(codes: Sequence[str]) -> tuple[str, ...] | None:
    """The codes from the lowest to the highest, where their words say which that is."""
    for ladder in LADDERS:
        places = [
            next((n for n, words in enumerate(ladder) if code.casefold() in words), -1) for code in codes
        ]
        if len(codes) > 2 and len(set(places)) == len(codes) and -1 not in places:
            return tuple(code for _, code in sorted(zip(places, codes, strict=True)))
    return None


def _by_number(code: str) -> tuple[float, str]:
    return (float(code), "") if re.fullmatch(r"-?\d+(\.\d+)?", code) else (float("inf"), code)
