"""The tables of answers to a questionnaire, through its versions: which columns there are, and of what.

Records that lie in files bring their columns along; records that are read from instances have those of their
form. A column stays what it is from version to version while its question stands in the same place and takes
the same kind of answer; else it is another column.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from everycount.questionnaire import Kind
from everycount.questionnaire.kinds import EXTERNAL, METADATA
from everycount.sample import Column, ColumnKind
from everycount.sample.questions import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from everycount.questionnaire import Question, Questionnaire

MAIN = "main"
Source: TypeAlias = "tuple[str, ColumnKind]"  # the place of a question, and what its answers are


@dataclass(frozen=True)
class Asked:
    """One table.

    Attributes:
        name: of its file.
        place: of the roster in the form; "" for the main table.
        above: place of the roster in which it stands; None where that is the record itself.
        columns: in the order of the newest form, what only earlier ones asked last.
    """

    name: str
    place: str
    above: str | None
    columns: tuple[tuple[Source, Column], ...]


def tables_of(forms: Sequence[Questionnaire]) -> tuple[Asked, ...]:
    """The tables of the records that answer any of these forms, the newest form first."""
    places = list(dict.fromkeys(place for form in forms for place in ("", *_rosters(form))))
    short = [MAIN, *(place.rpartition("/")[2] for place in places[1:])]
    names = _free(_unlike(short, [MAIN, *places[1:]]))
    return tuple(
        Asked(name, place, _above(place, places), tuple(_columns(forms, place)))
        for name, place in zip(names, places, strict=True)
    )


def source_of(question: Question) -> Source:
    """Where the answers come from, and what they are."""
    return "/".join(question.full_path), answer_kind(question)


def answer_kind(question: Question) -> ColumnKind:
    """As for records in files; what is calculated counts as a number, for of words nobody knows whose."""
    if question.kind in {Kind.CALCULATE, Kind.HIDDEN}:
        return ColumnKind.NUMBER
    return ColumnKind.OTHER if question.kind in METADATA else kind_of(question)


def _rosters(form: Questionnaire) -> Iterator[str]:
    """Places of rosters as instances have them."""
    repeats = {group.full_path for group in form.rosters}
    for group in form.rosters:
        path = group.full_path
        around = enumerate(path[:-1], 1)
        steps = [step for depth, step in around if not form.is_flat or path[:depth] in repeats]
        yield "/".join((*steps, path[-1]))


def _above(place: str, places: Iterable[str]) -> str | None:
    around = [each for each in places if each and place.startswith(f"{each}/")]
    return max(around, key=len, default=None)


def _columns(forms: Sequence[Questionnaire], place: str) -> Iterator[tuple[Source, Column]]:
    found: dict[Source, Column] = {}
    for form in forms:
        roster = place.rpartition("/")[2] or None
        for question in form.questions_of(roster):
            if question.kind in EXTERNAL or question.path == ("meta",) or not _is_in(question, place, form):
                continue
            source, column = source_of(question), _column(question)
            found[source] = _merged(found[source], column) if source in found else column
    places = [path for path, _ in found]
    names = _unlike([column.name for column in found.values()], places)
    for (source, column), name in zip(found.items(), names, strict=True):
        yield source, replace(column, name=name)


def _is_in(question: Question, place: str, form: Questionnaire) -> bool:
    """Whether it stands in that very roster: several may have one name in different groups."""
    if not place:
        return True
    return form.is_flat or "/".join(question.path).startswith(place)


def _column(question: Question) -> Column:
    choices = tuple((choice.code, choice.labels) for choice in question.choices)
    names_somebody = question.direct_identifier or question.chooses_people
    return Column(
        question.name,
        answer_kind(question),
        question.labels,
        () if names_somebody else choices,
        identifier=names_somebody,
    )


def _merged(newer: Column, older: Column) -> Column:
    """The newer words, with codes that only the older one had; who says that it names a person is heard."""
    known = {code for code, _ in newer.choices}
    more = tuple(pair for pair in older.choices if pair[0] not in known)
    return replace(newer, choices=(*newer.choices, *more), identifier=newer.identifier or older.identifier)


def _free(names: Sequence[str]) -> list[str]:
    """The same, each once, and none that a file beside the tables has."""
    taken = {"codebook", "readme"}
    made = []
    for name in names:
        wanted, number = name.replace("/", "_"), 1  # a file's name
        free = wanted
        while free.casefold() in taken:
            number += 1
            free = f"{wanted}_{number}"
        taken.add(free.casefold())
        made.append(free)
    return made


def _unlike(short: Sequence[str], long: Sequence[str]) -> list[str]:
    """The short names where they tell apart whatever their case, else the long ones."""
    folded = [name.casefold() for name in short]
    return [
        name if folded.count(name.casefold()) == 1 else other for name, other in zip(short, long, strict=True)
    ]
