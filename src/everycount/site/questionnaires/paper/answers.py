"""Where an answer is written on paper: boxes, lines or ticks, by the kind of the question."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from everycount.questionnaire import Kind
from everycount.questionnaire.conditions import bounds, read_condition
from everycount.questionnaire.kinds import LINES, MEDIA, SELECTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from everycount.questionnaire import Question, Questionnaire

LONG = 60  # choices; a longer list stands once, after the questions
_MOST_DIGITS = 12
_MANY_LINES = 4
_PARAMETER = re.compile(r"(\w+)\s*=\s*(-?\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Boxes:
    """Boxes for one digit each, and what they are called."""

    digits: int
    called: str = ""

    @property
    def each(self) -> range:
        """One for each box, for templates."""
        return range(self.digits)


@dataclass(frozen=True, slots=True)
class Option:
    """What can be ticked."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Block:
    """Choices that are offered together; ``under`` is the answer that they go with, or ""."""

    under: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Space:
    """The room for an answer.

    Attributes:
        kind: ``none``, ``line``, ``boxes``, ``one``, ``many``, ``rank`` or ``code``.
        boxes: of digits.
        signed: a minus may stand before them.
        lines: how many.
        blocks: what can be ticked.
        told: what is said beside it.
    """

    kind: str
    boxes: tuple[Boxes, ...] = ()
    signed: bool = False
    lines: int = 1
    blocks: tuple[Block, ...] = ()
    told: str = ""

    @property
    def each_line(self) -> range:
        """One for each line, for templates."""
        return range(self.lines)


def space_of(question: Question, form: Questionnaire, language: str) -> Space:
    """The room for the answer to a question."""
    kind = question.kind
    if kind in SELECTS:
        return _choices(question, form, language)
    if kind in {Kind.INTEGER, Kind.RANGE}:
        return _number(question)
    if kind in {Kind.DATE, Kind.TIME, Kind.DATETIME}:
        return Space("boxes", _moment(question))
    return _plain(question)


def _plain(question: Question) -> Space:
    match question.kind:
        case Kind.NOTE:
            return Space("none")
        case Kind.ACKNOWLEDGE:
            return Space("one", blocks=(Block("", (Option("OK", _("Yes")),)),))
        case Kind.GEOPOINT:
            return Space("line", lines=2, told=_("Latitude and longitude, or the place in words"))
        case kind if kind in LINES:
            return Space("line", told=_("Drawn on a map: write where the map is kept"))
        case kind if kind in MEDIA:
            return Space("line", told=_("Not on paper: write where the picture, sound or file is kept"))
        case _:
            return Space("line", lines=_MANY_LINES if "multiline" in question.appearance else 1)


def _number(question: Question) -> Space:
    """Boxes where the constraint or the range says how long the number can be, else a line."""
    low, high = bounds(read_condition(question.constraint) if question.constraint else None)
    given = parameters(question.parameters)
    low, high = given.get("start", low), given.get("end", high)
    if high is None or not float(high).is_integer() or given.get("step", 1.0) % 1:
        return Space("line")
    digits = max(len(str(abs(int(each)))) for each in (low or 0, high))
    return Space("boxes", (Boxes(digits),), (low or 0) < 0) if digits <= _MOST_DIGITS else Space("line")


def parameters(written: str) -> Mapping[str, float]:
    """Numbers among the parameters of a question, such as ``start=0 end=10``."""
    return {name: float(number) for name, number in _PARAMETER.findall(written)}


def _moment(question: Question) -> tuple[Boxes, ...]:
    appearance = question.appearance.split()
    day, month, year = Boxes(2, _("day")), Boxes(2, _("month")), Boxes(4, _("year"))
    time = (Boxes(2, _("hour")), Boxes(2, _("minute")))
    if question.kind is Kind.TIME:
        return time
    date: tuple[Boxes, ...] = (day, month, year)
    if "month-year" in appearance or "year" in appearance:
        date = (month, year) if "month-year" in appearance else (year,)
    return (*date, *time) if question.kind is Kind.DATETIME else date


def _choices(question: Question, form: Questionnaire, language: str) -> Space:
    if not question.choices:
        return Space("code", told=_("Write what is chosen; it is not in the form itself"))
    if len(question.choices) > LONG:
        listed = _("Write the code; the list “%(name)s” stands after the questions") % {
            "name": question.list_name
        }
        return Space("code", told=listed)
    told = {
        Kind.SELECT_ONE: "",  # what the form of the box says
        Kind.SELECT_MULTIPLE: _("Several answers"),
        Kind.RANK: _("Put in order: 1 for the first"),
    }
    kinds = {Kind.SELECT_ONE: "one", Kind.SELECT_MULTIPLE: "many", Kind.RANK: "rank"}
    return Space(kinds[question.kind], blocks=blocks_of(question, form, language), told=told[question.kind])


def blocks_of(question: Question, form: Questionnaire, language: str) -> tuple[Block, ...]:
    """Every choice, under the answer to another question that it goes with where it does."""
    return _filtered(question, form, language) or (Block("", options(question, language)),)


def options(question: Question, language: str) -> tuple[Option, ...]:
    """Every choice."""
    return tuple(Option(each.code, each.labels.say(language, each.code)) for each in question.choices)


_FILTER = re.compile(r"\s*(?P<column>[\w.-]+)\s*=\s*\$\{(?P<question>[^}\s]+)\}\s*")


def _filtered(question: Question, form: Questionnaire, language: str) -> tuple[Block, ...]:
    """The choices under the answers that they go with, where the filter is ``column = ${question}``."""
    found = _FILTER.fullmatch(question.choice_filter)
    above = form.find(found["question"]) if found else None
    if found is None or above is None or not above.choices:
        return ()
    by: dict[str, list[Option]] = {}
    for choice in question.choices:
        held = dict(choice.columns).get(found["column"], "")
        by.setdefault(held, []).append(Option(choice.code, choice.labels.say(language, choice.code)))
    labels = {each.code: each.label for each in options(above, language)}
    return tuple(Block(labels.get(held, held), tuple(offered)) for held, offered in by.items())
