"""A TOML file whose every value knows its line, and a reader that collects all faults before it complains."""

from __future__ import annotations

import codecs
import datetime as dt
import re
import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from everycount.faults import Fault, InputError, unknown
from everycount.limits import SURVEY_FILE
from everycount.text import NOTHING, Text, deceiving

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Step = str | int
Trail = tuple[Step, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(
    r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*="""
)
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
_NOT_BRACKETS = re.compile(r"""'[^']*'|"(?:\\.|[^"\\])*"|#.*""")


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def line_numbers(source: str) -> dict[Trail, int]:
    """The line (from 1) on which each table and key of a TOML text begins.

    Keys inside values that span several lines are not listed: their line is that of the key that holds them.
    """
    lines: dict[Trail, int] = {}
    counts: dict[tuple[str, ...], int] = {}
    table: Trail = ()
    depth = 0
    for number, line in enumerate(source.splitlines(), start=1):
        if depth == 0 and (header := _HEADER.match(line)):
            names = _parts(header[2])
            if header[1] == "[[":
                counts[names] = counts.get(names, -1) + 1
            table = _with_indices(names, counts)
            lines.setdefault(table, number)
            continue
        if depth == 0 and (key := _KEY.match(line)):
            trail = table + _parts(key[1])
            for end in range(len(table) + 1, len(trail) + 1):
                lines.setdefault(trail[:end], number)
        bare = _NOT_BRACKETS.sub("", line)
        depth = max(0, depth + sum(bare.count(b) for b in "[{") - sum(bare.count(b) for b in "]}"))
    return lines


def _with_indices(names: tuple[str, ...], counts: dict[tuple[str, ...], int]) -> Trail:
    trail: list[Step] = []
    for end, name in enumerate(names, start=1):
        trail.append(name)
        if names[:end] in counts:
            trail.append(counts[names[:end]])
    return tuple(trail)


@dataclass
class Document:
    """A parsed TOML file with the lines of its keys and the faults found in it so far."""

    name: str
    data: dict[str, Any]
    lines: dict[Trail, int]
    faults: list[Fault] = field(default_factory=list)
    mistyped: set[Trail] = field(default_factory=set)  # what else is wrong with these follows from it
    unnamed: set[Step] = field(
        default_factory=set
    )  # lists with an item without a good id: names that miss it follow

    @classmethod
    def read(cls, path: Path) -> Document:
        """The file at ``path``; InputError when it is absent, not UTF-8 or not TOML."""
        return cls.parse(_source(path.name, _bytes(path)), path.name)

    @classmethod
    def parse(cls, source: str, name: str) -> Document:
        """The text of a file of that name; InputError when it is not TOML."""
        try:
            data = tomllib.loads(source)
        except tomllib.TOMLDecodeError as error:
            raise InputError(Fault(*_decode_place(name, str(error)), _TOML_REMEDY)) from None
        except RecursionError:
            problem = "Lists or tables stand inside each other too deep."
            raise InputError(Fault(name, problem, "Write them one after the other.")) from None
        except ValueError:  # Python refuses whole numbers of more than 4,300 digits
            problem = "A number has thousands of digits."
            raise InputError(Fault(name, problem, "Write a shorter one.")) from None
        return cls(name, data, line_numbers(source))

    @classmethod
    def typed(cls, content: bytes, name: str) -> Document:
        """What somebody typed or sent as a file of that name; InputError as for a file."""
        return cls.parse(_source(name, content), name)

    def place(self, trail: Trail) -> str:
        """``survey.toml, line 12``: the line of the key, or of the nearest key around it."""
        for end in range(len(trail), 0, -1):
            if trail[:end] in self.lines:
                return f"{self.name}, line {self.lines[trail[:end]]}"
        return self.name

    def complain(self, trail: Trail, problem: str, remedy: str) -> None:
        """Note a fault at ``trail``, unless a value of the wrong type there has been noted already."""
        if trail in self.mistyped:
            return
        self.faults.append(Fault(self.place(trail), problem, remedy))

    def at(self, trail: Trail) -> Any:
        """The value at ``trail``; an empty table where there is none."""
        value: Any = self.data
        for step in trail:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return {}
        return value

    def unknown(self, trail: Trail, noun: str, word: str, known: Iterable[str]) -> None:
        """Note that the name ``word`` at ``trail`` is not known."""
        self.faults.append(unknown(self.place(trail), noun, word, known))

    def root(self) -> Reader:
        """The whole file as a table."""
        return Reader(self, self.data, ())

    def settle(self) -> None:
        """InputError with every fault noted so far, if there is any."""
        if self.faults:
            raise InputError(*_together(self.faults))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        fault = Fault(path.name, "The file is not there.", "Make one with `everycount init`.")
        raise InputError(fault) from None


def _source(name: str, content: bytes) -> str:
    """The text of the file; InputError where it does not say what it seems to."""
    if len(content) > SURVEY_FILE:
        problem = f"The file is larger than {SURVEY_FILE // 1_000_000} MB."
        raise InputError(Fault(name, problem, "Name the survey file; the records stand in other files."))
    try:
        source = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(_not_utf_8(name, content, error.start)) from None
    for number, line in enumerate(source.splitlines(), start=1):
        if sign := deceiving(line):
            problem = f"The line holds {sign}, which makes text look different from what it is."
            remedy = f'Take the sign out, or write it as "\\u{sign[2:]}".'
            raise InputError(Fault(f"{name}, line {number}", problem, remedy))
    return source


def _not_utf_8(name: str, content: bytes, at: int) -> Fault:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Fault(name, "The file is UTF-16.", "Save it as UTF-8.")
    line = content.count(b"\n", 0, at) + 1
    return Fault(
        f"{name}, line {line}", f"The byte 0x{content[at]:02X} is not UTF-8.", "Save the file as UTF-8."
    )


_TOML_REMEDY = "Text stands in quotes, lists in [ ], and every key has one value; see https://toml.io."


def _decode_place(name: str, message: str) -> tuple[str, str]:
    found = re.search(r"\(at line (\d+), column (\d+)\)", message)
    what = re.sub(r"\s*\(at .*\)$", "", message)
    place = f"{name}, line {found[1]}, column {found[2]}" if found else f"{name}, last line"
    return place, f"This is not TOML: {what}."


def _together(faults: Iterable[Fault]) -> Iterator[Fault]:
    """Each mistake once, with all lines that it stands in: one wrong name is one message."""
    places: dict[tuple[str, str], dict[str, None]] = {}
    for fault in faults:
        places.setdefault((fault.problem, fault.remedy), {})[fault.place] = None
    for (problem, remedy), found in places.items():
        yield from (Fault(place, problem, remedy) for place in _joined(list(found)))


def _joined(places: list[str]) -> Iterator[str]:
    """``survey.toml, lines 3 and 7``; places that are no lines stand by themselves."""
    lines: dict[str, list[str]] = {}
    for place in places:
        file, found, line = place.partition(", line ")
        lines.setdefault(file if found and line.isdecimal() else place, []).append(line)
    for file, numbers in lines.items():
        if numbers == [""] or len(numbers) == 1:
            yield file if not numbers[0].isdecimal() else f"{file}, line {numbers[0]}"
        else:
            yield f"{file}, lines {', '.join(numbers[:-1])} and {numbers[-1]}"


E_ = TypeVar("E_", bound=StrEnum)


class Reader:
    """One table of a document. Every key asked for is known; :meth:`close` reports those never asked for."""

    def __init__(self, document: Document, data: dict[str, Any], trail: Trail) -> None:
        self.document = document
        self.data = data
        self.trail = trail
        self.known: dict[str, None] = {}

    def __contains__(self, key: str) -> bool:
        self.known[key] = None
        return key in self.data

    @property
    def place(self) -> str:
        """Where the table begins."""
        return self.document.place(self.trail)

    def complain(self, key: str | None, problem: str, remedy: str) -> None:
        """Note a fault at one of the keys, or at the table."""
        self.document.complain(self.trail if key is None else (*self.trail, key), problem, remedy)

    def adopt(self, key: str, error: InputError) -> None:
        """Note the faults of another room at ``key``, where the person who reads them can mend them."""
        for fault in error.faults:
            self.complain(key, fault.problem, fault.remedy)

    def unknown(self, key: str, noun: str, word: str, known: Iterable[str]) -> None:
        """Note that the name ``word`` under ``key`` is not known."""
        self.document.unknown((*self.trail, key), noun, word, known)

    def raw(self, key: str, default: Any = None) -> Any:
        """The value as TOML gives it."""
        self.known[key] = None
        return self.data.get(key, default)

    def _typed(self, key: str, kinds: tuple[type, ...], words: str, default: Any, *, required: bool) -> Any:
        value = self.raw(key)
        if value is None:
            if required:
                self.complain(None, f'The key "{key}" is missing.', f"Add `{key} = ...` ({words}).")
            return default
        if (isinstance(value, bool) and bool not in kinds) or not isinstance(value, kinds):
            self._mistyped(key, f'"{key}" is {_shown(value)}.', f"Give {words}.")
            return default
        return value

    def _mistyped(self, key: str, problem: str, remedy: str) -> None:
        trail = (*self.trail, key)
        self.document.faults.append(Fault(self.document.place(trail), problem, remedy))
        self.document.mistyped.add(trail)

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        """A text."""
        return str(self._typed(key, (str,), "a text in quotes", default, required=required))

    def word(self, key: str, default: str = "", *, required: bool = False) -> str:
        """A text, or a number or date written without quotes."""
        kinds = (str, int, float, dt.date)
        return str(self._typed(key, kinds, "a text in quotes", default, required=required))

    def boolean(self, key: str, *, default: bool = False) -> bool:
        """True or false."""
        return bool(self._typed(key, (bool,), "true or false", default, required=False))

    def number(self, key: str, default: float | None = None, *, required: bool = False) -> float | None:
        """A number."""
        value = self._typed(key, (int, float), "a number", default, required=required)
        return None if value is None else float(value)

    def whole(self, key: str, default: int) -> int:
        """A whole number, 0 or more."""
        value = int(self._typed(key, (int,), "a whole number", default, required=False))
        if value < 0:
            self.complain(key, f'"{key}" is {value}.', "Give a whole number, 0 or more.")
        return value

    def strings(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of texts; one text stands for a list of one; numbers are read as their digits."""
        value = self._typed(key, (list, str, int), 'a list such as ["a", "b"]', [], required=required)
        items = value if isinstance(value, list) else [value]
        if any(isinstance(item, bool) or not isinstance(item, str | int | float) for item in items):
            self._mistyped(key, f'"{key}" is {_shown(value)}.', 'Give a list of texts such as ["a", "b"].')
            return ()
        return tuple(code_of(item) for item in items)

    def choice(self, key: str, kind: type[E_], default: E_ | None, noun: str) -> E_ | None:
        """One of the words of an enumeration."""
        word = self._typed(key, (str,), f"one of {', '.join(kind)}", None, required=default is None)
        if word is None:
            return default
        if word not in set(kind):
            self.unknown(key, noun, word, list(kind))
            return default
        return kind(word)

    def label(self, key: str, language: str) -> Text:
        """A text, or a table of texts by language."""
        value = self._typed(key, (str, dict), "a text, or a table of texts by language", "", required=False)
        if isinstance(value, dict) and not all(isinstance(words, str) for words in value.values()):
            self.complain(
                key, f'"{key}" is {_shown(value)}.', 'Give texts by language: {en = "...", bn = "..."}.'
            )
            return NOTHING
        return Text.of(value, language)

    def table(self, key: str) -> Reader | None:
        """A table inside this one, or None."""
        value = self._typed(key, (dict,), "a table such as {a = 1}", None, required=False)
        return None if value is None else Reader(self.document, value, (*self.trail, key))

    def tables(self, key: str) -> list[Reader]:
        """A list of tables."""
        value = self._typed(key, (list,), f"tables, each under [[{key}]]", [], required=False)
        readers = []
        for index, item in enumerate(value):
            if isinstance(item, dict):
                readers.append(Reader(self.document, item, (*self.trail, key, index)))
            else:
                self._mistyped(key, f'"{key}" holds {_shown(item)}.', f"Write each under [[{key}]].")
        return readers

    def one_of(self, keys: Iterable[str], purpose: str) -> str | None:
        """The one key among ``keys`` that is given; several or none is a fault (none only with a purpose)."""
        names = list(keys)
        given = [key for key in names if key in self]
        if len(given) > 1:
            both = " and ".join(f'"{key}"' for key in given)
            self.complain(given[1], f"{both} stand together.", "Keep one of them.")
        elif not given and purpose:
            self.complain(None, f"{purpose} is missing.", f"Give one of: {', '.join(names)}.")
        return given[0] if given else None

    def close(self) -> None:
        """Note every key that nobody asked for."""
        for key in self.data:
            if key not in self.known:
                self.unknown(key, "key", key, self.known)


def code_of(value: Any) -> str:
    """A code as text: 1 and 1.0 are "1"."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _shown(value: Any) -> str:
    words = repr(value)
    return words if len(words) <= 60 else f"{words[:57]}..."
