"""A brief to be read aloud: one sentence a line, numbers as one says them, no sign that has no sound.

Numbers up to a hundred, of which shares are made, are written out where the word is the same beside
every noun. Arabic numbers take the gender of what they count, and so do those that end in one in French
and Spanish: these stay digits, which whoever reads aloud says rightly. So do years and large numbers.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from everycount.formats.brief.content import stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.formats.brief.content import Brief
    from everycount.formats.messages import Messages

_NUMBER = re.compile(r"(?<![\w.,\-])\d{1,3}(?![\dA-Za-z\-]|[.,]\d)")
_ISOLATES = re.compile("[\u2066-\u2069\u200e\u200f]")
_ENDS = (".", "।", "؟", "?", "!")
# Signs for the eye, and what a voice does instead.
_SIGNS = (
    (re.compile(r"\s*[(\[]\s*"), ", "),
    (re.compile(r"\s*[)\]]"), ""),
    (re.compile(r"\s*[·;]\s*"), ", "),
    (re.compile(r"[“”„«»\"*×]"), ""),
    (re.compile(r"\s*…"), ""),
    (re.compile(r"\s+([,.:।،])"), r"\1"),
    (re.compile(r",([.,:।])"), r"\1"),
    (re.compile(r"\.\.+"), "."),
    (re.compile(r" {2,}"), " "),
)


def spoken(brief: Brief, words: Messages) -> str:
    """The text, one sentence or two a line, sections apart."""
    lines = [words.plain("brief.hear", title=brief.title), brief.notice, *_found(brief)]
    for section in brief.sections:
        lines += ["", section.heading, *section.lines, *section.quotes]
    lines += ["", words.plain("brief.ends")]
    said = [sounding(line, words) for line in lines]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(said)).strip() + "\n"


def _found(brief: Brief) -> Iterator[str]:
    yield ""
    yield brief.found
    for each in (brief.head, *brief.findings):
        yield each.said
        yield each.sure


def sounding(line: str, words: Messages) -> str:
    """A line as a voice says it, with an end."""
    said = _ISOLATES.sub("", line)
    digits = str(words.data["numbers"]["digits"])
    said = said.translate(str.maketrans(digits, "0123456789"))
    known = _numbers(words.language)
    said = _NUMBER.sub(lambda found: known.get(found[0], found[0]), said)
    said = re.sub(r"\s*[%٪]", f" {known['%']}", said).translate(str.maketrans("0123456789", digits))
    for sign, sound in _SIGNS:
        said = sign.sub(sound, said)
    said = said.strip()
    return said if not said or said.endswith((*_ENDS, ":")) else f"{said}{stop(words.language)}"


@cache
def _numbers(language: str) -> dict[str, str]:
    """Number to word, and ``%`` to its word; a number without a word is not there."""
    found = tomllib.loads((Path(__file__).parent / "numbers.toml").read_text(encoding="utf-8"))
    words = enumerate(str(found.get(language, "")).split("|"))
    return {"%": found["percent"][language]} | {str(n): word for n, word in words if word}
