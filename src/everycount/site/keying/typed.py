"""What was typed, read against the form: answers, or what is to be looked at again."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from everycount.questionnaire.filling import Filled
from everycount.questionnaire.kinds import SELECTS, Kind
from everycount.site.keying.fields import MOMENTS, ROWS, Table
from everycount.site.keying.skips import all_hold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from everycount.site.keying.fields import Field, Typing

NOTHING = "-"  # nothing stands on the sheet
_LONGEST = 10_000
_APART = re.compile(r"[\s,;]+")
_WHOLE, _NUMBER = re.compile(r"-?\d{1,18}"), re.compile(r"-?\d{1,18}(?:\.\d{1,18})?")
_DATE_DIGITS = 8


@dataclass
class Typed:
    """A sheet as it was typed.

    Attributes:
        texts: by the names of inputs, as they were typed.
        problems: by the names of inputs.
        filled: the answers.
    """

    texts: dict[str, str]
    problems: dict[str, str] = field(default_factory=dict)
    filled: Filled = field(default_factory=Filled)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a table: the row around it (0 for none), its answers, and what is known where it stands."""

    around: int
    answers: dict[str, str]
    known: Mapping[str, str | None]


def read(typing: Typing, given: Mapping[str, str]) -> Typed:
    """Reads what was typed; every problem is found at once."""
    typed = Typed({name: str(text).strip()[:_LONGEST] for name, text in given.items()})
    answers: dict[str, str] = {}
    known: dict[str, str | None] = {}
    rows: dict[str, list[_Row]] = {}
    for part in typing.parts:
        if isinstance(part, Table):
            rows[part.repeat] = _rows(part, typed, known, rows.get(part.within, []))
        else:
            _take(part, "", typed, known, answers)
    tables = [part for part in typing.parts if isinstance(part, Table)]
    typed.filled = Filled(answers, _rosters("", 0, tables, rows))
    return typed


def _rosters(
    within: str, number: int, tables: Sequence[Table], rows: Mapping[str, list[_Row]]
) -> dict[str, list[Filled]]:
    """The rosters of one row, or of the sheet itself, with those inside of their rows."""
    return {
        each.repeat: [
            Filled(row.answers, _rosters(each.repeat, place, tables, rows))
            for place, row in enumerate(rows[each.repeat], 1)
            if row.around == number
        ]
        for each in tables
        if each.within == within
    }


def _rows(table: Table, typed: Typed, known: Mapping[str, str | None], around: Sequence[_Row]) -> list[_Row]:
    text = typed.texts.get(table.name, "")
    if text not in {"", NOTHING} and not (text.isdecimal() and int(text) <= ROWS):
        typed.problems[table.name] = _("Type how many rows are filled, %(most)s at most.") % {"most": ROWS}
        return []
    count = int(text) if text.isdecimal() else 0
    rows = []
    for row in range(1, ROWS + 1):
        if row > count:
            _left_over(table, row, count, typed)
            continue
        place = _whose(table, row, typed, len(around)) if table.within else 0
        own = dict(around[place - 1].known if place else known)
        inside: dict[str, str] = {}
        for each in table.fields:
            _take(each, f".{row}", typed, own, inside)
        rows.append(_Row(place, inside, own))
    return rows


def _left_over(table: Table, row: int, count: int, typed: Typed) -> None:
    """What stands in a row that is not there."""
    names = [*(each.name for each in table.fields), *([table.whose] if table.within else [])]
    for name in (f"{each}.{row}" for each in names):
        if typed.texts.get(name):
            words = _("Only %(count)s rows are filled; empty it, or mend their number.")
            typed.problems[name] = words % {"count": count}


def _whose(table: Table, row: int, typed: Typed, most: int) -> int:
    """The row of the table around it to which a row belongs; 0 where that is not said."""
    name = f"{table.whose}.{row}"
    text = typed.texts.get(name, "")
    if text.isdecimal() and 1 <= int(text) <= most:
        return int(text)
    words = _("Type the number of the row in “%(table)s” to which it belongs; there are %(most)s.")
    typed.problems[name] = words % {"table": table.within_label, "most": most}
    return 0


def _take(
    one: Field, suffix: str, typed: Typed, known: dict[str, str | None], answers: dict[str, str]
) -> None:
    """One field: its answer under its place, or a problem under the name of its input."""
    name, question = f"{one.name}{suffix}", one.question
    text = typed.texts.get(name, "")
    asked = all_hold(one.relevance, known.get)
    answer, problem = ("", "") if text in {"", NOTHING} else _answer(one, text)
    if text not in {"", NOTHING} and asked is False:
        problem = _("It is not asked here. Empty it, or mend an earlier answer.")
    elif not text and asked and question.required:
        problem = _("Nothing is typed. Type - where nothing stands on the sheet.")
    elif answer and not problem:
        problem = _broken(one, answer, known)
    if problem:
        typed.problems[name] = problem
    known[question.name] = None if question.kind in MOMENTS else answer
    if answer:
        answers["/".join(question.full_path)] = answer


def _broken(one: Field, answer: str, known: Mapping[str, str | None]) -> str:
    """Why an answer is not as the form allows; "" where it is, or nobody can tell here."""
    rule = one.question.constraint
    own = None if one.question.kind in MOMENTS else answer
    if not rule or all_hold([rule], lambda name: known.get(name) if name else own) is not False:
        return ""
    if one.question.constraint_message.say(""):
        return one.rule
    return _("The form does not allow this answer: %(rule)s") % {"rule": one.rule or rule}


def _answer(one: Field, text: str) -> tuple[str, str]:
    """The answer as clients write it, and what is wrong."""
    kind = one.question.kind
    if kind in SELECTS:
        return _chosen(one, text)
    if kind is Kind.ACKNOWLEDGE:
        return (
            ("OK", "") if text.casefold() in {"ok", "1", "x", "y"} else ("", _("Type 1 where it is ticked."))
        )
    if kind in MOMENTS:
        return _MOMENT[kind](text, one.question.appearance.split())
    if kind is Kind.GEOPOINT:
        return _point(text)
    if kind in {Kind.INTEGER, Kind.DECIMAL, Kind.RANGE}:
        plain = text.replace(",", ".")
        good = (_WHOLE if kind is Kind.INTEGER else _NUMBER).fullmatch(plain)
        return (plain, "") if good else ("", _("“%(text)s” is no number.") % {"text": text[:40]})
    return text, ""


def _chosen(one: Field, text: str) -> tuple[str, str]:
    """Codes; the beginning of one is enough where only one begins so."""
    wanted = [text] if one.question.kind is Kind.SELECT_ONE else _several(one, text)
    found = []
    for each in wanted:
        code = _code(one, each)
        if code is None:
            return "", _("“%(text)s” is no code of this question.") % {"text": each[:40]}
        found.append(code)
    if len(set(found)) < len(found):
        return "", _("A code is there twice.")
    return " ".join(found), ""


def _several(one: Field, text: str) -> list[str]:
    """Codes apart; of codes of one sign each, none has to be kept apart from the next."""
    parts = [each for each in _APART.split(text) if each]
    short = one.question.choices and all(len(each.code) == 1 for each in one.question.choices)
    return list(text) if short and len(parts) == 1 else parts


def _code(one: Field, text: str) -> str | None:
    codes = [each.code for each in one.question.choices]
    if not codes:  # they stand in a file beside the form
        return None if " " in text else text
    if text in codes:
        return text
    begun = [each for each in codes if each.casefold().startswith(text.casefold())]
    return begun[0] if len(begun) == 1 else None


def _day(text: str, appearance: list[str]) -> tuple[str, str]:
    digits = re.sub(r"[\s./-]", "", text)
    if "month-year" in appearance:
        digits = f"01{digits}"
    elif "year" in appearance:
        digits = f"0101{digits}"
    found = re.fullmatch(r"(\d\d)(\d\d)(\d{4})", digits)
    try:
        day = date(*map(int, reversed(found.groups()))) if found else None
    except ValueError:
        day = None
    if day is None:
        return "", _("Type day, month and year as they stand in the boxes, such as 05112026.")
    return day.isoformat(), ""


def _hour(text: str, _appearance: list[str]) -> tuple[str, str]:
    found = re.fullmatch(r"([01]\d|2[0-3])([0-5]\d)", text.replace(":", ""))
    if found is None:
        return "", _("Type hour and minute as they stand in the boxes, such as 0930.")
    return f"{found[1]}:{found[2]}:00.000Z", ""


def _both(text: str, _appearance: list[str]) -> tuple[str, str]:
    digits = re.sub(r"[\s.:/-]", "", text)
    day, wrong_day = _day(digits[:_DATE_DIGITS], [])
    hour, wrong_hour = _hour(digits[_DATE_DIGITS:], [])
    return (f"{day}T{hour}", "") if day and hour else ("", wrong_day or wrong_hour)


_MOMENT: dict[Kind, Callable[[str, list[str]], tuple[str, str]]] = {
    Kind.DATE: _day,
    Kind.TIME: _hour,
    Kind.DATETIME: _both,
}


def _point(text: str) -> tuple[str, str]:
    parts = [each for each in _APART.split(text) if _NUMBER.fullmatch(each)]
    if len(parts) == 2 and abs(float(parts[0])) <= 90 and abs(float(parts[1])) <= 180:
        return f"{parts[0]} {parts[1]} 0 0", ""
    return "", _("Type latitude and longitude in degrees, such as 23.81 90.41, or - where words stand there.")
