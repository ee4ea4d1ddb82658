"""What is wrong with the input, said to the one who can mend it.

Every reader of user input collects :class:`Fault` values and raises one :class:`InputError` with all of them,
so that a person repairs a survey folder once and not once per mistake.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Without these the words of Persian, Bengali, Arabic and others are spelt wrong: they join letters or keep
# them apart, and say the direction of a single sign. They neither hide nor move what stands around them.
JOINING = frozenset("\u00ad\u200c\u200d\u200e\u200f\u061c")

_UNSEEN = frozenset(
    {"Cc", "Cf", "Cs", "Zl", "Zp"}
)  # controls, format, half signs, ends of lines and paragraphs
_LONGEST = 400  # letters in a row; a longer word is an attack on the eye, or damage
_LONG = re.compile(rf"\S{{{_LONGEST},}}")
_KEPT = 100
_LINE = 160  # letters of another program's message


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
        return visible(f"{self.place}: {self.problem} {self.remedy}")


def visible(words: str) -> str:
    """Words of strangers as one line that a terminal can show: nothing in them moves, hides or turns text.

    Control characters, line ends and the signs of :data:`everycount.text.DECEIVING` are written as escapes,
    and the middle of an endless word is left out.
    """
    shown = words if words.isprintable() else "".join(map(_escaped, words))
    return _LONG.sub(lambda found: f"{found[0][:_KEPT]}...{found[0][-_KEPT:]}", shown)


def _escaped(sign: str) -> str:
    if sign in JOINING or unicodedata.category(sign) not in _UNSEEN:
        return sign
    return sign.encode("unicode_escape").decode("ascii")


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


def foreign(error: Exception) -> str:
    """What another program's reader says of a file, as part of a sentence: its first line, without paths."""
    first = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
    plain = re.sub(r"'?/\S+/([^/\s']+)'?", r"\1", first)
    return plain[:_LINE].rstrip(" .:")
