"""What the columns of a form mean, under one name each, whatever a form's author called them."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.faults import Fault, unknown

if TYPE_CHECKING:
    from everycount.questionnaire.workbook import Sheet

SMART_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'})
OURS = ("concept", "standard", "identifier", "consent", "sensitivity")
OUR_HEADER = re.compile(rf"^(?:everycount\s*::?\s*|ec_)(?P<field>{'|'.join(OURS)})$", re.IGNORECASE)

OUR_PREFIX = re.compile(r"^(?:everycount\s*:|ec_)", re.IGNORECASE)
ALIKE = 0.8  # how alike (difflib ratio) an unknown header must be to a known one to be called a slip

# Headers by their parts (split at ``::``), to the field they fill; the aliases follow pyxform.
SURVEY: dict[tuple[str, ...], str] = {
    ("type",): "type",
    ("command",): "type",
    ("name",): "name",
    ("tag",): "name",
    ("value",): "name",
    ("label",): "label",
    ("caption",): "label",
    ("hint",): "hint",
    ("guidance_hint",): "guidance",
    ("appearance",): "appearance",
    ("control", "appearance"): "appearance",
    ("body", "appearance"): "appearance",
    ("relevant",): "relevance",
    ("relevance",): "relevance",
    ("bind", "relevant"): "relevance",
    ("required",): "required",
    ("bind", "required"): "required",
    ("required_message",): "required_message",
    ("requiredmsg",): "required_message",
    ("bind", "jr:requiredMsg"): "required_message",
    ("constraint",): "constraint",
    ("bind", "constraint"): "constraint",
    ("constraint_message",): "constraint_message",
    ("constraining_message",): "constraint_message",
    ("bind", "jr:constraintMsg"): "constraint_message",
    ("calculation",): "calculation",
    ("calculate",): "calculation",
    ("bind", "calculate"): "calculation",
    ("default",): "default",
    ("choice_filter",): "choice_filter",
    ("parameters",): "parameters",
    ("repeat_count",): "repeat_count",
    ("count",): "repeat_count",
    ("jr:count",): "repeat_count",
    ("control", "jr:count"): "repeat_count",
    ("body", "jr:count"): "repeat_count",
    ("read_only",): "read_only",
    ("readonly",): "read_only",
    ("bind", "readonly"): "read_only",
    ("trigger",): "trigger",
    ("disabled",): "disabled",
    ("image",): "image",
    ("media", "image"): "image",
    ("big-image",): "big-image",
    ("media", "big-image"): "big-image",
    ("audio",): "audio",
    ("media", "audio"): "audio",
    ("video",): "video",
    ("media", "video"): "video",
}
CHOICES: dict[tuple[str, ...], str] = {
    ("list_name",): "list_name",
    ("list name",): "list_name",
    ("name",): "name",
    ("value",): "name",
    ("label",): "label",
    ("caption",): "label",
    ("image",): "image",
    ("media", "image"): "image",
    ("audio",): "audio",
    ("media", "audio"): "audio",
    ("video",): "video",
    ("media", "video"): "video",
}
SETTINGS: dict[tuple[str, ...], str] = {
    ("form_title",): "title",
    ("set_form_title",): "title",
    ("title",): "title",
    ("form_id",): "id",
    ("set_form_id",): "id",
    ("id_string",): "id",
    ("version",): "version",
    ("default_language",): "default_language",
    ("name",): "name",
    ("flat",): "flat",
    ("clean_text_values",): "clean_text_values",
    ("allow_choice_duplicates",): "allow_choice_duplicates",
    ("omit_instanceid",): "omit_instanceid",
    ("instance_name",): "instance_name",
    ("add_none_option",): "add_none_option",
}
BY_SHEET = {"survey": SURVEY, "choices": CHOICES, "settings": SETTINGS}
TRANSLATED = frozenset(
    {
        "label",
        "hint",
        "guidance",
        "constraint_message",
        "required_message",
        "image",
        "big-image",
        "audio",
        "video",
    }
)


@dataclass(frozen=True, slots=True)
class Column:
    """A header of a sheet: as written, the field it fills ("" for one we do not know) and its language."""

    header: str
    field: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one sheet."""

    all: tuple[Column, ...]

    def header(self, field: str) -> str:
        """The header that fills a field, as the author wrote it; the field's own name when none does."""
        return next((column.header for column in self.all if column.field == field), field)

    def has(self, field: str) -> bool:
        """Whether a column fills the field."""
        return any(column.field == field for column in self.all)

    def of(self, field: str) -> tuple[Column, ...]:
        """The columns that fill a field, one per language."""
        return tuple(column for column in self.all if column.field == field)

    def others(self) -> tuple[Column, ...]:
        """The columns whose meaning is the author's own."""
        return tuple(column for column in self.all if not column.field)


def read_columns(sheet: Sheet) -> tuple[Columns, list[Fault]]:
    """The columns of a sheet, and the faults of two that fill one field."""
    theirs = [header for header in sheet.headers if not OUR_HEADER.match(header)]
    double = any("::" in header for header in theirs)
    columns = [_column(header, sheet.name, double=double) for header in sheet.headers]
    faults = [] if sheet.name != "survey" else [_not_ours(sheet, each) for each in columns if _is_slip(each)]
    first: dict[tuple[str, str], str] = {}
    for column in columns:
        if not column.field:
            continue
        other = first.setdefault((column.field, column.language), column.header)
        if other != column.header:
            faults.append(
                Fault(
                    sheet.place(1, column.header),
                    f'The columns "{other}" and "{column.header}" mean the same.',
                    "Keep one of the two.",
                )
            )
    return Columns(tuple(columns)), faults


def _is_slip(column: Column) -> bool:
    """Whether a column wants to be ours and is not; passing it over could leave an identifier unmarked."""
    return not column.field and OUR_PREFIX.match(column.header) is not None


def _not_ours(sheet: Sheet, column: Column) -> Fault:
    known = [f"everycount::{name}" for name in OURS]
    return unknown(sheet.place(1, column.header), "column", column.header, known)


def slips(sheet: Sheet, columns: Columns) -> list[Fault]:
    """Notices of headers that we do not know and that look like ones that we do."""
    known = {parts[0] for parts in BY_SHEET[sheet.name] if len(parts) == 1}
    notices = []
    for column in columns.others():
        stem = _snake(column.header.split(":", maxsplit=1)[0])
        alike = difflib.get_close_matches(stem, known, n=1, cutoff=ALIKE)
        if alike and not columns.has(BY_SHEET[sheet.name][alike[0],]):
            notices.append(
                Fault(
                    sheet.place(1, column.header),
                    f'The column "{column.header}" is not known and is passed over.',
                    f'Did you mean "{alike[0]}"?',
                )
            )
    return notices


def _column(header: str, sheet: str, *, double: bool) -> Column:
    ours = OUR_HEADER.match(header)
    if ours and sheet == "survey":
        return Column(header, f"everycount::{ours['field'].lower()}")
    known = BY_SHEET[sheet]
    parts = _parts(header, double=double)
    for length in (2, 1):
        field = known.get((_snake(parts[0]), *parts[1:length])) if len(parts) >= length else None
        if field is None:
            continue
        rest = parts[length:]
        if not rest:
            return Column(header, field)
        if field in TRANSLATED and len(rest) == 1:
            return Column(header, field, rest[0])
    return Column(header)


def _parts(header: str, *, double: bool) -> tuple[str, ...]:
    """A header taken apart; single colons count only where a sheet has no double ones."""
    if double or "::" in header:
        return tuple(part.strip() for part in header.split("::"))
    parts = [part.strip() for part in header.split(":")]
    if "jr" in parts[:-1]:
        at = parts.index("jr")
        parts[at : at + 2] = [f"jr:{parts[at + 1]}"]
    return tuple(parts)


def _snake(part: str) -> str:
    return "_".join(part.split()).lower()


def cleaned(text: str, *, spaces: bool) -> str:
    """A cell as pyxform takes it: straight quotes, and runs of spaces as one where the form allows that."""
    return (re.sub(" +", " ", text.strip()) if spaces else text).translate(SMART_QUOTES)
