"""Sentences of the pages in several languages: templates with named slots, plural forms, numbers.

One TOML file per language stands beside this module; all have the same keys and slots. Plural rules and
number conventions follow the Unicode CLDR (plurals.xml, numbers; release 44), except that Arabic is written
with the digits 0-9, which its readers know from phones and from the UN's Arabic publications.
"""

from __future__ import annotations

import re
import string
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from everycount.formats.page import Html, join

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_FOLDER = Path(__file__).parent
_FIRST, _LAST = "\u2068", "\u2069"  # first-strong isolate and its end (Unicode Annex 9)

Slot: TypeAlias = str | int | Html


def _one(n: int) -> str:
    return "one" if n == 1 else "other"


def _zero_or_one(n: int) -> str:
    return "one" if n in (0, 1) else "other"


def _french(n: int) -> str:
    return "many" if n and n % 1_000_000 == 0 else _zero_or_one(n)


def _spanish(n: int) -> str:
    return "many" if n and n % 1_000_000 == 0 else _one(n)


def _arabic(n: int) -> str:
    if n < 3:
        return ("zero", "one", "two")[n]
    rest = n % 100
    if 3 <= rest <= 10:
        return "few"
    return "many" if rest >= 11 else "other"


# Language -> (rule for whole numbers, forms that the rule can give).
PLURALS: dict[str, tuple[Callable[[int], str], frozenset[str]]] = {
    "ar": (_arabic, frozenset({"zero", "one", "two", "few", "many", "other"})),
    "bn": (_zero_or_one, frozenset({"one", "other"})),
    "en": (_one, frozenset({"one", "other"})),
    "es": (_spanish, frozenset({"one", "many", "other"})),
    "fr": (_french, frozenset({"one", "many", "other"})),
    "hi": (_zero_or_one, frozenset({"one", "other"})),
}

_UNITS = {
    "households": "household",
    "hh": "household",
    "people": "person",
    "persons": "person",
    "member": "person",
    "individual": "person",
    "women": "woman",
    "men": "man",
    "children": "child",
    "adults": "adult",
}


def isolate(words: str) -> str:
    """Words that keep their own direction inside a line of another one, where markup cannot say so."""
    return f"{_FIRST}{words}{_LAST}"


@dataclass(frozen=True)
class Messages:
    """The catalogue of one language."""

    language: str
    data: dict[str, dict[str, Any]]

    def plain(self, key: str, /, **slots: str | int) -> str:
        """The sentence ``key`` with its slots filled, as text.

        ``count`` chooses the plural form where the sentence has several. Whole numbers are written as the
        language writes them.
        """
        filled = {name: str(self._slot(value)) for name, value in slots.items()}
        return re.sub(" +", " ", self._template(key, slots).format(**filled)).strip()

    def say(self, key: str, /, **slots: Slot) -> Html:
        """The same as markup: text in slots is escaped, markup stays."""
        return join(
            part
            for literal, name, _, _ in string.Formatter().parse(self._template(key, slots))
            for part in (literal, self._slot(slots[name]) if name else None)
        )

    def _template(self, key: str, slots: Mapping[str, Slot]) -> str:
        section, _, name = key.partition(".")
        template = self.data[section][name]
        if isinstance(template, str):
            return template
        count = slots["count"]
        return str(template[self.plural(count if isinstance(count, int) else 2)])

    def _slot(self, value: Slot) -> str | Html:
        return self.number(value) if isinstance(value, int) else value

    def plural(self, n: int) -> str:
        """The plural form that ``n`` asks for."""
        return PLURALS[self.language][0](n)

    def unit(self, unit: str, *, k: int, base: int) -> str:
        """The counted noun in "k in base units", in the form that the language asks for."""
        forms = self._forms(unit)
        agrees = base if self.data["catalogue"]["unit_agrees_with"] == "base" else k
        return str(forms[self.plural(agrees)])

    def units(self, unit: str) -> str:
        """The noun for all of them."""
        return str(self._forms(unit)["all"])

    def _forms(self, unit: str) -> dict[str, str]:
        folded = unit.strip().casefold()
        known: dict[str, Any] = self.data["units"]
        forms: dict[str, str] = known.get(_UNITS.get(folded, folded), known["respondent"])
        return forms

    def number(self, value: float, decimals: int = 0) -> str:
        """A number with a fixed count of decimals, grouped and in the digits of the language."""
        rules = self.data["numbers"]
        whole, _, fraction = f"{abs(value):.{decimals}f}".partition(".")
        grouped = _grouped(whole, rules)
        written = grouped + (str(rules["decimal"]) + fraction if fraction else "")
        nothing = not (whole + fraction).strip("0")
        signed = written if value >= 0 or nothing else f"\N{MINUS SIGN}{written}"
        return signed.translate(str.maketrans("0123456789", rules["digits"]))

    def percent(self, value: float, decimals: int = 0) -> str:
        """A share of 1 as a percentage; a share that is neither none nor all never reads 0 % or 100 %."""
        step = 10.0**-decimals
        scaled = round(value * 100, 9)
        if scaled in (0, 100):
            return self._percent(scaled, 0)
        if 0 < scaled <= step / 2:
            return self.plain("value.less_than", n=self._percent(step, decimals))
        if 100 - step / 2 <= scaled < 100:
            return self.plain("value.more_than", n=self._percent(100 - step, decimals))
        return self._percent(scaled, decimals)

    def _percent(self, scaled: float, decimals: int) -> str:
        return str(self.data["numbers"]["percent"]).format(n=self.number(scaled, decimals))

    def span(self, low: str, high: str) -> str:
        """Two written numbers as a range."""
        return str(self.data["numbers"]["range"]).format(low=low, high=high)

    def date(self, moment: str) -> str:
        """An ISO 8601 year, month, day or interval in words; anything else as it is."""
        if "/" in moment:
            start, _, end = moment.partition("/")
            return self.plain("head.until", start=self.date(start), end=self.date(end))
        parts = moment.split("-")
        if len(parts) > 3 or not all(part.isdecimal() for part in parts):
            return moment
        return self._date([int(part) for part in parts]) or moment

    def _date(self, parts: list[int]) -> str:
        months = self.data["catalogue"]["months"]
        if len(parts) > 1 and not 1 <= parts[1] <= len(months):
            return ""
        named = [str(parts[0]), *(months[month - 1] for month in parts[1:2]), *map(str, parts[2:])]
        return " ".join(reversed(named)).translate(
            str.maketrans("0123456789", self.data["numbers"]["digits"])
        )

    def listed(self, words: Iterable[Html]) -> Html:
        """Several things in one line: "a, b and c"."""
        several = list(words)
        if len(several) < 2:
            return join(several)
        comma = "، " if self.language == "ar" else ", "
        return self.say("crossed.joined", first=join(several[:-1], comma), last=several[-1])


def _grouped(whole: str, rules: dict[str, Any]) -> str:
    if len(whole) <= rules["ungrouped_digits"]:
        return whole
    head, tail = whole[:-3], whole[-3:]
    size = 2 if rules["grouping"] == "indian" else 3
    pieces: list[str] = []
    while head:
        head, piece = head[:-size], head[-size:]
        pieces.insert(0, piece)
    return str(rules["group"]).join([*pieces, tail])


@cache
def languages() -> tuple[str, ...]:
    """The languages that have a catalogue, sorted."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.toml")))


@cache
def messages(language: str) -> Messages:
    """The catalogue of a language: its own, else its base language's.

    Raises:
        KeyError: where there is none.
    """
    base = language.split("-", maxsplit=1)[0].lower()
    if base not in languages():
        raise KeyError(language)
    return Messages(base, tomllib.loads((_FOLDER / f"{base}.toml").read_text(encoding="utf-8")))


def chosen(wanted: str | None, survey: tuple[str, ...]) -> str:
    """The language of a page: the wanted or the survey's first, where it has a catalogue; else English."""
    for language in (wanted, *survey[:1]):
        if language and language.split("-", maxsplit=1)[0].lower() in languages():
            return language.split("-", maxsplit=1)[0].lower()
    return "en"
