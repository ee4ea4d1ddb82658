"""From the headings of a file to the names of questions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from everycount.faults import Fault, InputError
from everycount.sample.sample import RECORD, ROW

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

GROUP = "/"  # between a group and its question, in the exports of Kobo and Ona


def name_columns(
    headers: Sequence[str], place: str, known: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """One name per heading: the question's where it is known, else without its groups where that is unique.

    Args:
        headers: as the file has them.
        place: the file, for messages.
        known: heading to question name, as a questionnaire says.

    Raises:
        InputError: two columns have the same name, or names that differ only in upper and lower case, which
            databases take for the same.
    """
    cleaned = [header.strip() or f"column_{i}" for i, header in enumerate(headers, start=1)]
    known = known or {}
    short = [known.get(header) or _without_groups(header, cleaned) for header in cleaned]
    times = Counter(name.casefold() for name in short)
    names = tuple(
        name if times[name.casefold()] == 1 else header for name, header in zip(short, cleaned, strict=True)
    )
    faults = _faults(names, headers, place)
    if faults:
        raise InputError(*faults)
    return names


def _without_groups(header: str, headers: Sequence[str]) -> str:
    """The last part of ``group/question``; ``question/option`` stays whole: an option is no question."""
    group, slash, question = header.rpartition(GROUP)
    if not slash or not question or group in headers:
        return header
    return question


def _faults(names: Sequence[str], headers: Sequence[str], place: str) -> list[Fault]:
    faults = []
    first: dict[str, int] = {}
    for position, name in enumerate(names, start=1):
        folded = name.casefold()
        if folded in {RECORD, ROW}:
            problem = f'The column "{name}" has a name that is used inside.'
            faults.append(Fault(f"{place}, column {position}", problem, "Rename it in the file."))
        elif folded in first:
            faults.append(_twice(place, position, first[folded], headers))
        else:
            first[folded] = position
    return faults


def _twice(place: str, position: int, earlier: int, headers: Sequence[str]) -> Fault:
    here, there = headers[position - 1], headers[earlier - 1]
    if here == there:
        problem = f'The heading "{here}" stands twice, in columns {earlier} and {position}.'
    else:
        problem = (
            f'The headings "{there}" (column {earlier}) and "{here}" (column {position}) differ only in '
            "upper and lower case, and databases take them for one."
        )
    return Fault(f"{place}, column {position}", problem, "Rename one of the two in the file.")
