"""A text in one or more languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

UNDETERMINED = "und"  # BCP 47 (RFC 5646, 4.1): the language is not known

RIGHT_TO_LEFT = frozenset(
    {"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ku-Arab", "ps", "sd", "ug", "ur", "yi"}
)


# Signs that make text look different from what it is: overrides, embeddings and isolates of direction (UAX 9,
# section 2; CVE-2021-42574, "Trojan Source"), and the byte order mark, which is no sign inside a text.
DECEIVING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def deceiving(words: str) -> str:
    """The first sign of :data:`DECEIVING` in the words, as ``U+202E``; "" where there is none."""
    if words.isascii():
        return ""
    return next((f"U+{ord(sign):04X}" for sign in words if sign in DECEIVING), "")


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in several languages, keyed by BCP 47 tag; the first is the original."""

    versions: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, value: str | Mapping[str, str] | Text, language: str = UNDETERMINED) -> Text:
        """A text from a plain string (in ``language``), a mapping from language to string, or a text."""
        if isinstance(value, Text):
            return value
        if isinstance(value, str):
            return cls(((language, value),)) if value else cls()
        return cls(tuple((tag, words) for tag, words in value.items() if words))

    def __bool__(self) -> bool:
        return bool(self.versions)

    def __str__(self) -> str:
        return self.versions[0][1] if self.versions else ""

    @property
    def languages(self) -> tuple[str, ...]:
        """The tags, the original's first."""
        return tuple(tag for tag, _ in self.versions)

    def say(self, language: str, fallback: str = "") -> str:
        """The words in ``language``; else in its base language, else the original, else ``fallback``."""
        versions = dict(self.versions)
        base = language.split("-", maxsplit=1)[0]
        return versions.get(language) or versions.get(base) or str(self) or fallback

    def as_dict(self) -> dict[str, str]:
        """Tag to words, as JSON and TOML have it."""
        return dict(self.versions)


def direction(language: str) -> str:
    """``rtl`` or ``ltr``, as the HTML attribute ``dir`` wants it."""
    base = language.split("-", maxsplit=1)[0]
    return "rtl" if language in RIGHT_TO_LEFT or base in RIGHT_TO_LEFT else "ltr"


NOTHING = Text()  # the empty text, as a default of dataclass fields
