"""Frozen dataclasses to plain JSON values and back, by their annotations.

The types of the river are the schema: a field added to one of them is written, read and described without a
line here. Pairs stay lists of two, because the order of groups and of languages means something and JSON
objects have none.
"""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, TypeAlias, Union, get_args, get_origin, get_type_hints

from everycount.estimate.estimates import Against, CellKey, SampleFacts, Verdict
from everycount.estimate.plan import Benchmark, Better, MeasureKind, SdgLink
from everycount.protect.cells import Cell, Cells, SafeContrast, Status, restore
from everycount.protect.policy import Policy
from everycount.protect.sensitivity import Found, Guard
from everycount.quality.public import QualityFigure
from everycount.quality.report import Check, Grade
from everycount.sample.design import Basis, DesignKind, Lonely, Scope
from everycount.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Step: TypeAlias = Callable[[Any], Any]

# The modules import these for the type checker only, so their annotations are resolved with this table.
_NAMES: dict[str, Any] = {
    named.__name__: named
    for named in (
        Against, SampleFacts, Verdict, Benchmark, Better, MeasureKind, SdgLink, Cell, Cells, SafeContrast,
        Status, Policy, Basis, DesignKind, Lonely, Scope, Text, QualityFigure, Check, Grade,
        Guard, Found,
    )
} | {"CellKey": CellKey}  # fmt: skip


class WrongShapeError(ValueError):
    """A JSON value is not what the type says; ``path`` leads from the top to it."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.path: list[str] = []

    def under(self, step: str) -> WrongShapeError:
        """The same, seen from one level higher."""
        self.path.insert(0, step)
        return self


@cache
def hints(of: type) -> dict[str, Any]:
    """The resolved annotation of each field of a dataclass, in order."""
    found = get_type_hints(of, vars(sys.modules[of.__module__]), _NAMES)
    return {field.name: found[field.name] for field in fields(of)}


@cache
def left_out(of: type) -> frozenset[str]:
    """The fields that came later: left out where empty, so that what was made before is as it was."""
    return frozenset(field.name for field in fields(of) if "left_out" in field.metadata)


def fields_of(value: Any) -> dict[str, Any]:
    """:func:`hints` of a dataclass's instance."""
    of: Any = type(value)
    return hints(of)


@cache
def encoder(of: Any) -> Step | None:
    """How a value of a type becomes plain JSON; None where it already is."""
    origin, parts = get_origin(of), get_args(of)
    if origin in (Union, UnionType):
        return _encode_optional(encoder(without_none(parts)))
    if origin is tuple:
        return _encode_many(parts)
    if of is Any or origin is dict:
        return plain
    if isinstance(of, type):
        return _versions if of is Text else _encode_fields(of)
    raise TypeError(f"{of} has no form in JSON.")  # a new field of a release; its author reads this


def encode(value: Any) -> Any:
    """A dataclass as plain JSON."""
    of: Any = type(value)
    step = encoder(of)
    return value if step is None else step(value)


def encode_field(value: Any, name: str) -> Any:
    """One field of a dataclass as plain JSON."""
    step = encoder(fields_of(value)[name])
    return getattr(value, name) if step is None else step(getattr(value, name))


def plain(value: Any) -> Any:
    """Data of a survey file as JSON has them: dates become ISO 8601 texts, tuples lists."""
    match value:
        case dict():
            return {str(key): plain(part) for key, part in value.items()}
        case list() | tuple():
            return [plain(part) for part in value]
        case dt.date() | dt.time():  # a datetime is a date, too
            return value.isoformat()
        case Enum():
            return value.value
        case None | str() | int() | float():
            return value
    raise TypeError(f"{type(value).__name__} cannot be written as JSON.")


def _versions(text: Text) -> list[list[str]]:
    """(language, words), the original first: an object would lose the order."""
    return [list(version) for version in text.versions]


def without_none(parts: tuple[Any, ...]) -> Any:
    """The other part of an optional type."""
    (kept,) = (part for part in parts if part is not NoneType)  # the types have no other unions
    return kept


def _encode_optional(step: Step | None) -> Step | None:
    return None if step is None else lambda value: None if value is None else step(value)


def _encode_many(parts: tuple[Any, ...]) -> Step:
    if parts[-1] is Ellipsis:
        step = encoder(parts[0])
        return list if step is None else lambda values: [step(value) for value in values]
    steps = [encoder(part) or (lambda value: value) for part in parts]
    return lambda values: [step(value) for step, value in zip(steps, values, strict=True)]


def _encode_fields(of: type) -> Step | None:
    if not is_dataclass(of):  # a text, a number, or a member of a StrEnum, which is a text
        return None
    steps = {name: encoder(hint) for name, hint in hints(of).items()}
    # A release is thousands of cells, nearly all of them numbers and texts: these are taken in one go.
    as_is = _taker(tuple(name for name, step in steps.items() if step is None))
    numbers = _taker(tuple(name for name, hint in hints(of).items() if _is_float(hint)))
    made = tuple((name, step) for name, step in steps.items() if step and not _is_float(hints(of)[name]))
    later = left_out(of)

    def step(value: Any) -> dict[str, Any]:
        row = dict(as_is(value))
        for name, number in numbers(value):
            row[name] = None if number is None else number + 0.0
        for name, encode_one in made:
            row[name] = encode_one(getattr(value, name))
        return {name: part for name, part in row.items() if part or name not in later} if later else row

    return step


def _is_float(hint: Any) -> bool:
    return hint is float or float in get_args(hint)


def _taker(names: tuple[str, ...]) -> Callable[[Any], Iterable[tuple[str, Any]]]:
    """Takes several fields of an object with their names."""
    if len(names) < 2:  # attrgetter makes tuples only of several
        return lambda value: [(name, getattr(value, name)) for name in names]
    get = attrgetter(*names)
    return lambda value: zip(names, get(value), strict=True)


@cache
def decoder(of: Any) -> Step:
    """How plain JSON becomes a value of a type; the step raises :class:`WrongShapeError`."""
    origin, parts = get_origin(of), get_args(of)
    if of is Any:
        return lambda value: value
    if origin in (Union, UnionType):
        step = decoder(without_none(parts))
        return lambda value: None if value is None else step(value)
    if origin is tuple:
        return _decode_all(parts[0]) if parts[-1] is Ellipsis else _decode_each(parts)
    return _decode_table(parts[1]) if origin is dict else _decode_named(of)


def _decode_named(of: type) -> Step:
    if issubclass(of, Enum):
        return _decode_member(of)
    if of is Text:
        versions = decoder(hints(Text)["versions"])
        return lambda value: Text(versions(value))
    if of is Cells:
        return _decode_fields(of, restore)
    return _decode_fields(of, of) if is_dataclass(of) else _decode_scalar(of)


_SAID = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


def _decode_scalar(of: type) -> Step:
    def step(value: Any) -> Any:
        if type(value) is of:
            return value
        if of is float and type(value) is int and abs(value) < 2**1023:  # JSON does not tell 1 from 1.0
            return float(value)
        raise WrongShapeError(f"{_quoted(value)} stands where {_SAID[of]} belongs.")

    return step


def _decode_member(of: type[Enum]) -> Step:
    members = {member.value: member for member in of}

    def step(value: Any) -> Enum:
        if not isinstance(value, str) or value not in members:
            raise WrongShapeError(f"{_quoted(value)} is not one of {', '.join(members)}.")
        return members[value]

    return step


def _decode_all(part: Any) -> Step:
    step = decoder(part)

    def steps(value: Any) -> tuple[Any, ...]:
        items, made, at = _list(value), [], 0
        try:
            for at, item in enumerate(items):  # noqa: B007 - the handler says where it stopped
                made.append(step(item))
        except WrongShapeError as wrong:
            raise wrong.under(f"[{at}]") from None
        return tuple(made)

    return steps


def _decode_each(parts: tuple[Any, ...]) -> Step:
    steps = [decoder(part) for part in parts]

    def step(value: Any) -> tuple[Any, ...]:
        if len(_list(value)) != len(steps):
            raise WrongShapeError(f"{_quoted(value)} stands where {len(steps)} values belong.")
        return tuple(one(item) for one, item in zip(steps, value, strict=True))

    return step


def _decode_table(part: Any) -> Step:
    step = decoder(part)
    return lambda value: {key: step(item) for key, item in _object(value).items()}


def _decode_fields(of: type, make: Callable[..., Any]) -> Step:
    steps = {name: decoder(hint) for name, hint in hints(of).items()}

    def step(value: Any) -> Any:
        _same_names(_object(value), steps, left_out(of))
        name = ""
        try:
            made = {}
            for name, decode_field in steps.items():
                if name in value:
                    made[name] = decode_field(value[name])
        except WrongShapeError as wrong:
            raise wrong.under(name) from None
        try:
            return make(**made)
        except ValueError as problem:  # the class checks itself
            raise WrongShapeError(str(problem)) from None

    return step


def _same_names(value: dict[str, Any], steps: dict[str, Step], later: frozenset[str]) -> None:
    if value.keys() == steps.keys():
        return
    for name in steps:
        if name not in value and name not in later:
            raise WrongShapeError(f'"{name}" is missing.')
    surplus = next((name for name in value if name not in steps), None)
    if surplus is not None:
        raise WrongShapeError(f'"{surplus}" is not known here.')


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise WrongShapeError(f"{_quoted(value)} stands where a list belongs.")
    return value


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise WrongShapeError(f"{_quoted(value)} stands where an object belongs.")
    return value


def _quoted(value: Any) -> str:
    text = str(value)
    return f'"{text[:40]}{"..." if len(text) > 40 else ""}"'
