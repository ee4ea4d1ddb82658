"""What of XLSForm is understood, as the tables of docs/reference/questionnaire.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.questionnaire.columns import SURVEY
from everycount.questionnaire.kinds import EXTERNAL, LINES, MEDIA, POINTS, SELECT_SPELLINGS, SPELLINGS, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BEGIN = "<!-- generated: what is understood -->"
END = "<!-- end of generated part -->"

VALUES: dict[Kind, str] = {
    Kind.INTEGER: "`int`",
    Kind.DECIMAL: "`float`, finite",
    Kind.RANGE: "`int`, or `float` where written so",
    Kind.DATE: "`date`",
    Kind.TODAY: "`date`",
    Kind.TIME: "`time`",
    Kind.DATETIME: "`datetime`",
    Kind.START: "`datetime`",
    Kind.END: "`datetime`",
    Kind.SELECT_ONE: "the code, `str`",
    Kind.SELECT_MULTIPLE: "the codes, `tuple` of `str`",
    Kind.RANK: "the codes in order, `tuple` of `str`",
}

MEANINGS = {
    "type": "kind of question, or what begins and ends",
    "name": "its name",
    "label": "the wording, per language",
    "hint": "words beside it, per language",
    "guidance": "instructions to the interviewer, per language",
    "appearance": "how clients show it",
    "relevance": "when it is asked",
    "required": "yes, or a condition",
    "required_message": "read, not kept",
    "constraint": "what an answer must satisfy",
    "constraint_message": "what is said when it does not, per language",
    "calculation": "how the value is calculated",
    "default": "the answer it starts with",
    "choice_filter": "which choices are offered",
    "parameters": "as written",
    "repeat_count": "how many rows a roster has",
    "read_only": "read, not kept",
    "trigger": "read, not kept",
    "disabled": "yes leaves the row out",
    "image": "stands in for a label",
    "big-image": "stands in for a label",
    "audio": "stands in for a label",
    "video": "stands in for a label",
}


def tables() -> str:
    """The tables of question types and of columns, as Markdown."""
    types = ((f"`{kind}`", _list(_older(kind)), _value(kind)) for kind in Kind)
    columns = ((_list(_headers(field)), meaning) for field, meaning in MEANINGS.items())
    return "\n".join(
        [
            *_table(("Type", "Also written", "Value in a record"), types),
            "",
            *_table(("Column of the survey sheet", "Meaning"), columns),
        ]
    )


def refreshed(page: str) -> str:
    """The page with its generated part written again."""
    before, rest = page.split(BEGIN, maxsplit=1)
    _, after = rest.split(END, maxsplit=1)
    return f"{before}{BEGIN}\n{tables()}\n{END}{after}"


def _older(kind: Kind) -> list[str]:
    known = [
        *SPELLINGS.get(kind, ()),
        *(each for each, selects in SELECT_SPELLINGS.items() if selects is kind),
    ]
    return [spelling for spelling in known if spelling != kind]


def _value(kind: Kind) -> str:
    if kind in POINTS:
        return "`Point`: latitude, longitude, altitude, accuracy"
    if kind in LINES:
        return "`tuple` of `Point`"
    if kind in MEDIA:
        return "the file's name, `str`"
    return "none: a file beside the form" if kind in EXTERNAL else VALUES.get(kind, "`str`")


def _headers(field: str) -> list[str]:
    return ["::".join(parts) for parts, filled in SURVEY.items() if filled == field]


def _list(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
