"""What the column ``type`` of the survey sheet says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from everycount.faults import Fault, nearest
from everycount.questionnaire.kinds import KIND_OF, SELECT_SPELLINGS, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable


class Control(StrEnum):
    """What opens and closes around questions."""

    GROUP = "group"
    REPEAT = "repeat"
    LOOP = "loop"


CONTROLS = {
    "group": Control.GROUP,
    "lgroup": Control.REPEAT,
    "repeat": Control.REPEAT,
    "looped group": Control.REPEAT,
    "loop": Control.LOOP,
}
# Types that are settings written on the survey sheet, an old habit.
SETTING_TYPES = {
    "form_title": "title",
    "set_form_title": "title",
    "form_id": "id",
    "set_form_id": "id",
    "prefix": "prefix",
}


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in words)


BEGIN = re.compile(rf"^begin[\s_](?P<control>{_any_of(CONTROLS)})(?: (?:over )?(?P<list>\S+))?$")
END = re.compile(rf"^end[\s_](?P<control>{_any_of(CONTROLS)})$")
SELECT = re.compile(
    rf"^(?P<command>{_any_of(SELECT_SPELLINGS)}) (?P<list>\S+)"
    r"(?: (?P<other>or specify other|or_other|or other))?$"
)
OSM = re.compile(r"^osm \S+$")

TEACH = (
    *(kind.value for kind in Kind if kind not in {Kind.SELECT_ONE, Kind.SELECT_MULTIPLE, Kind.RANK}),
    *KIND_OF,
    *(f"begin_{control}" for control in ("group", "repeat")),
    *(f"end_{control}" for control in ("group", "repeat")),
    *SETTING_TYPES,
)


@dataclass(frozen=True, slots=True)
class RowType:
    """A type taken apart.

    Attributes:
        kind: the kind of question, or None for a row that is no question.
        begins: what it opens.
        ends: what it closes.
        setting: the setting it gives.
        list_name: the choice list (or file, or ``${repeat}``) of a select, or the list a loop goes over.
        command: the select's own word, such as ``select_one_from_file``.
        or_other: whether a question "Specify other" follows.
    """

    kind: Kind | None = None
    begins: Control | None = None
    ends: Control | None = None
    setting: str = ""
    list_name: str = ""
    command: str = ""
    or_other: bool = False


def parse_type(text: str) -> RowType | None:
    """The type taken apart; None for one that is not known."""
    if text in SETTING_TYPES:
        return RowType(setting=SETTING_TYPES[text])
    if begin := BEGIN.match(text):
        return RowType(begins=CONTROLS[begin["control"]], list_name=begin["list"] or "")
    if end := END.match(text):
        return RowType(ends=CONTROLS[end["control"]])
    if select := SELECT.match(text):
        kind = SELECT_SPELLINGS[select["command"]]
        return RowType(
            kind, list_name=select["list"], command=select["command"], or_other=bool(select["other"])
        )
    if OSM.match(text):
        return RowType(Kind.OSM)
    return RowType(KIND_OF[text]) if text in KIND_OF else None


def unknown_type(place: str, text: str) -> Fault:
    """The fault of a type that is not known, with the nearest known one."""
    command = text.rsplit(" ", maxsplit=1)[0] if " " in text else text
    for word in (text, command):
        if word in SELECT_SPELLINGS:
            return Fault(
                place,
                f'The type "{text}" does not say which choices it offers.',
                f'Write the name of a choice list after it, as in "{SELECT_SPELLINGS[word]} yes_no".',
            )
    alike = nearest(text, TEACH) or nearest(command, SELECT_SPELLINGS)
    if alike in SELECT_SPELLINGS:
        alike = f"{SELECT_SPELLINGS[alike]} list_name"
    remedy = f'Did you mean "{alike}"?' if alike else "The types are listed at xlsform.org/en/ref-table."
    return Fault(place, f'The question type "{text}" is not known.', remedy)
