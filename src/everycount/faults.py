"""What is wrong with the input, said to the one who can mend it.

Every reader of user input collects :class:`Fault` values and raises one :class:`InputError` with all of them,
so that a person repairs a survey folder once and not once per mistake.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake in the input: where it stands, what it is, and how to mend it.

    Attributes:
        place: file and position as the user sees them, such as ``survey.toml, line 12`` or
            ``form.xlsx, sheet survey, row 5, column type``.
        problem: what is wrong, quoting the value; a whole sentence.
        remedy: what to do; a whole sentence in the imperative.
    """

    place: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.problem} {self.remedy}"


class InputError(Exception):
    """The input is wrong; nothing has been written. Carries one or more faults."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name most like ``word``, or None when none is alike."""
    by_folded = {name.casefold(): name for name in known}
    alike = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[alike[0]] if alike else None


def unknown(place: str, noun: str, word: str, known: Iterable[str]) -> Fault:
    """The fault of a name that is not known, with the nearest known name as its remedy."""
    names = list(dict.fromkeys(known))
    alike = nearest(word, names)
    if alike is not None:
        remedy = f'Did you mean "{alike}"?'
    elif not names:
        remedy = f"No {noun} is known here."
    else:
        shown = ", ".join(f'"{name}"' for name in names[:12])
        remedy = f"Known: {shown}{', ...' if len(names) > 12 else ''}."
    return Fault(place, f'The {noun} "{word}" is not known.', remedy)
