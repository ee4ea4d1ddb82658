"""What earlier releases had, put into a plan as it was: what the plan has otherwise gets another name.

Nothing that is put in is printed unless somebody asks for a table of it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from everycount.site.publication.clicking import among
from everycount.survey.editing import with_item

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from everycount.site.publication.clicking.here import Part
    from everycount.survey.earlier import Lacking

_WORDS = frozenset({"label", "labels", "choices"})  # what a variable says and does not do
# Keys whose texts are answers or words, and never the name of a variable.
_NO_NAMES = _WORDS | {"id", "in", "value", "groups", "recode", "drop", "unit", "number", "benchmark", "sdg"}


@dataclass(frozen=True, slots=True)
class Before:
    """One thing that has to be kept, and the survey file that says how it was made."""

    lacking: Lacking
    data: Mapping[str, Any]


def with_before(text: str, kept: Iterable[Before], questions: Collection[str]) -> str:
    """The survey file with everything as it was released.

    Args:
        text: the survey file.
        kept: what it lacks.
        questions: names that no variable may have.
    """
    made = _with_plain_tables(text)
    for one in kept:
        made = _with_one(made, one, questions)
    return made


def part_of(data: Mapping[str, Any], key: str, name: str) -> Part | None:
    """An item of a list by its id."""
    return next((each for each in _items(data, key) if each.get("id") == name), None)


def behind(data: Mapping[str, Any], part: Part) -> Iterator[Part]:
    """The variables that a part is made from, and those that they are made from."""
    variables = {str(each.get("id")): each for each in _items(data, "variable")}
    waiting, seen = [part], set()
    while waiting:
        for name in _named(waiting.pop(), variables):
            if name not in seen:
                seen.add(name)
                waiting.append(variables[name])
                yield variables[name]


def _with_one(text: str, one: Before, questions: Collection[str]) -> str:
    noun, name = one.lacking.noun, one.lacking.name
    part = part_of(one.data, noun, name)
    if part is None:
        return text
    if part_of(tomllib.loads(text), noun, name) is not None:
        text = _renamed(text, noun, name, ())
    for variable in behind(one.data, part):
        own = part_of(tomllib.loads(text), "variable", str(variable["id"]))
        if own is not None and _does(own) == _does(variable):
            continue
        if own is not None:
            text = _renamed(text, "variable", str(variable["id"]), questions)
        text = _appended(text, "variable", variable)
    return _appended(text, noun, part)


def _appended(text: str, key: str, part: Part) -> str:
    return with_item(text, key, len(_items(tomllib.loads(text), key)), part)


def _does(variable: Part) -> Part:
    return {key: value for key, value in variable.items() if key not in _WORDS}


def _with_plain_tables(text: str) -> str:
    """The file with tables that name what they print, so that what is added is not printed by itself."""
    data = tomllib.loads(text)
    measures = [str(each.get("id")) for each in _items(data, "measure")]
    tables = _items(data, "table")
    if not tables:
        by = [[str(each.get("id"))] for each in _items(data, "dimension")]
        return with_item(text, "table", 0, {"measures": measures, "by": by})
    for at, table in enumerate(tables):
        if table.get("measures") in ("*", ["*"]):
            text = with_item(text, "table", at, table | {"measures": measures})
    return text


# --- Names --------------------------------------------------------------------------------------------------


def _renamed(text: str, key: str, name: str, taken: Collection[str]) -> str:
    """The file in which an item has another id wherever it is named."""
    data = tomllib.loads(text)
    names = {str(each.get("id")) for each in _items(data, key)} | set(taken)
    new = next(each for number in range(2, len(names) + 3) if (each := f"{name}_{number}") not in names)

    def swapped(value: Any) -> Any:
        return new if value == name else value

    at = next(at for at, each in enumerate(_items(data, key)) if each.get("id") == name)
    text = with_item(text, key, at, _items(data, key)[at] | {"id": new})
    if key == "variable":
        for noun in ("variable", "dimension", "measure"):
            text = _each(text, noun, lambda part: _replaced(part, swapped))
        return text
    field = "measures" if key == "measure" else "by"
    return _each(text, "table", lambda part: part | _swapped_in(part, field, swapped))


def _swapped_in(table: Part, field: str, swapped: Callable[[Any], Any]) -> Part:
    value = table.get(field)
    if not isinstance(value, list):
        return {} if value is None else {field: swapped(value)}
    if field == "measures":
        return {field: [swapped(each) for each in value]}
    return {field: [[swapped(name) for name in among.listed(each)] for each in value]}


def _each(text: str, key: str, change: Callable[[Part], Part]) -> str:
    """The file with each item of a list changed, and the lines of those that stay left alone."""
    for at, part in enumerate(_items(tomllib.loads(text), key)):
        made = change(part)
        if made != part:
            text = with_item(text, key, at, made)
    return text


def _replaced(value: Any, swapped: Callable[[Any], Any], key: str = "") -> Any:
    if key in _NO_NAMES:
        return value
    if isinstance(value, dict):
        return {name: _replaced(each, swapped, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_replaced(each, swapped) for each in value]
    return swapped(value)


def _named(value: Any, known: Collection[str], key: str = "") -> Iterator[str]:
    """The variables that a part names."""
    if key in _NO_NAMES:
        return
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _named(each, known, name)
    elif isinstance(value, list):
        for each in value:
            yield from _named(each, known)
    elif isinstance(value, str) and value in known:
        yield value


def _items(data: Mapping[str, Any], key: str) -> list[Part]:
    found = data.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
