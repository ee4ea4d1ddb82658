"""From the headings of a file to the names of questions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.faults import Fault, InputError
from everycount.sample.sample import RECORD, ROW
from everycount.text import deceiving

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

GROUP = "/"  # between a group and its question, in the exports of Kobo and Ona


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading in a file, its position from 1, and its question's name and place where these are known."""

    text: str
    position: int
    question: str | None = None
    path: str | None = None

    @property
    def long(self) -> str:
        """The name that cannot be mistaken for another question's."""
        return self.path or self.text.strip() or f"column_{self.position}"

    def short(self, headings: Collection[str]) -> str:
        """The name without groups; but ``question/option`` stays whole: an option is no question."""
        if self.question:
            return self.question
        group, slash, last = self.long.rpartition(GROUP)
        return self.long if not slash or not last or group in headings else last


def name_columns(headings: Sequence[Heading], place: str) -> tuple[str, ...]:
    """One name per heading: the short one where that is unique in the table, else the long one.

    Raises:
        InputError: two columns have the same name, or names that differ only in upper and lower case, which
            databases take for the same.
    """
    written = {heading.text.strip() for heading in headings}
    short = [heading.short(written) for heading in headings]
    times = Counter(name.casefold() for name in short)
    names = tuple(
        name if times[name.casefold()] == 1 else heading.long
        for name, heading in zip(short, headings, strict=True)
    )
    faults = _faults(names, headings, place)
    if faults:
        raise InputError(*faults)
    return names


def _faults(names: Sequence[str], headings: Sequence[Heading], place: str) -> list[Fault]:
    faults = []
    first: dict[str, Heading] = {}
    for name, heading in zip(names, headings, strict=True):
        folded = name.casefold()
        if folded in {RECORD, ROW}:
            problem = f'The column "{name}" has a name that is used inside.'
            faults.append(Fault(f"{place}, column {heading.position}", problem, "Rename it in the file."))
        elif sign := deceiving(name):
            problem = (
                f'The heading "{heading.text}" holds {sign}, which makes text look different from what it is.'
            )
            faults.append(Fault(f"{place}, column {heading.position}", problem, "Take the sign out."))
        elif folded in first:
            faults.append(_twice(place, heading, first[folded]))
        else:
            first[folded] = heading
    return faults


def _twice(place: str, here: Heading, there: Heading) -> Fault:
    both = f'"{there.text}" (column {there.position}) and "{here.text}" (column {here.position})'
    if here.text == there.text:
        problem = f'The heading "{here.text}" stands twice, in columns {there.position} and {here.position}.'
    elif here.path and here.path == there.path:
        problem = f"The headings {both} are the same question."
    else:
        problem = f"The headings {both} differ only in upper and lower case: databases take them for one."
    return Fault(f"{place}, column {here.position}", problem, "Rename one of the two in the file.")
