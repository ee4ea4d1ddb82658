"""Which group of a dimension each row belongs to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from everycount.estimate.expressions import is_number, numbers_among, written
from everycount.estimate.fetch import natural
from everycount.estimate.plan import Dimension, Group
from everycount.faults import Fault, unknown
from everycount.text import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from everycount.sample.sample import Column

NOWHERE = -1  # the row belongs to no group: no answer, or dropped on purpose
MOST_GROUPS = 1000  # more different answers than this are an open question, not a characteristic


@dataclass(frozen=True)
class Placing:
    """The groups of a dimension, and each row's place among them.

    Attributes:
        groups: the plan's, or one per answer met: as the questionnaire lists them, then as people count.
        index: int64[rows], position in ``groups``, or -1.
        strays: answers that the plan forgot, with the rows that gave them.
    """

    groups: tuple[Group, ...]
    index: NDArray[np.int64]
    strays: tuple[tuple[str, int], ...]

    @classmethod
    def of(
        cls,
        dimension: Dimension,
        about: Column,
        answers: Sequence[str],
        index: NDArray[np.int64],
        *,
        numeric: bool,
    ) -> Placing:
        """Places rows.

        Args:
            dimension: as the plan has it.
            about: the question that holds the answers.
            answers: the different answers met.
            index: each row's answer, by its position in ``answers``; -1 where there is none.
            numeric: ``1``, ``1.0`` and ``01`` are the same answer.
        """
        labels = dict(about.choices)
        groups = _labelled(dimension.groups, labels) or _met(dimension, answers, labels, numeric=numeric)
        places = _Places(groups, dimension.dropped, numeric=numeric)
        found = [places.of(answer) for answer in answers]
        counts = np.bincount(index + 1, minlength=len(answers) + 1)[1:]
        strays = tuple(
            (a, int(n)) for a, place, n in zip(answers, found, counts, strict=True) if place is None
        )
        # The last entry is where -1, no answer, points.
        moved = np.array([NOWHERE if place is None else place for place in (*found, NOWHERE)], dtype=np.int64)
        return cls(groups, moved[index], tuple(sorted(strays, key=lambda stray: natural(stray[0]))))

    def faults(self, dimension: Dimension) -> Iterator[Fault]:
        """Answers without a place, each with its remedy; no group, or too many to be a characteristic."""
        place = f'dimension "{dimension.id}"'
        for answer, times in self.strays:
            rows = "1 row" if times == 1 else f"{times} rows"
            problem = f'The answer "{answer}" of "{dimension.question}" ({rows}) belongs to no group.'
            yield Fault(place, problem, "Place it in a group, or name it in drop.")
        if dimension.reference is not None and all(one.code != dimension.reference for one in self.groups):
            known = [group.code for group in self.groups]
            yield unknown(f"{place}, reference", "group", dimension.reference, known)
        if not self.groups and len(self.index):
            problem = f'Nobody answered "{dimension.question}", so it has no groups.'
            yield Fault(place, problem, "Leave it out, name its groups, or name another question.")
        if not dimension.groups and len(self.groups) > MOST_GROUPS:
            problem = f'"{dimension.question}" has {len(self.groups)} different answers.'
            yield Fault(place, problem, "Put the answers into groups, or name another question.")


class _Places:
    """Looks up the place of an answer: as written, else (for numbers) by its value."""

    def __init__(self, groups: Sequence[Group], dropped: Sequence[str], *, numeric: bool) -> None:
        self.written = {member: place for place, group in enumerate(groups) for member in group.members}
        self.written |= dict.fromkeys(dropped, NOWHERE)
        self.valued = (
            {value: place for member, place in self.written.items() for value in numbers_among([member])}
            if numeric
            else {}
        )

    def of(self, answer: str) -> int | None:
        if answer in self.written:
            return self.written[answer]
        values = numbers_among([answer]) if self.valued else ()
        return self.valued.get(values[0]) if values else None


def _labelled(groups: Sequence[Group], labels: Mapping[str, Any]) -> tuple[Group, ...]:
    """A group of one answer without a name of its own is called what the questionnaire calls the answer."""
    return tuple(
        replace(group, labels=labels.get(group.members[0], NOTHING))
        if len(group.members) == 1 and not group.labels
        else group
        for group in groups
    )


def _met(
    dimension: Dimension, answers: Sequence[str], labels: Mapping[str, Any], *, numeric: bool
) -> tuple[Group, ...]:
    """One group per answer; spellings of the same number are one."""
    spellings: dict[str, list[str]] = {}
    dropped = {_plainly(answer, numeric=numeric) for answer in dimension.dropped}
    for answer in answers:
        code = _plainly(answer, numeric=numeric)
        if code not in dropped:
            spellings.setdefault(code, []).append(answer)
    listed = {code: place for place, code in enumerate(labels)}
    codes = sorted(spellings, key=lambda code: (listed.get(code, len(listed)), natural(code)))
    return tuple(Group(code, labels.get(code, NOTHING), tuple(spellings[code])) for code in codes)


def _plainly(answer: str, *, numeric: bool) -> str:
    return written(float(answer)) if numeric and is_number(answer) else answer
