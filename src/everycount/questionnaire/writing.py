"""An XLSForm written: sheets of text cells, and a form put together from the question bank."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from everycount.faults import Fault, InputError
from everycount.text import NOTHING

if TYPE_CHECKING:
    from everycount.catalogue.bank import Concept
    from everycount.questionnaire.question import Choice
    from everycount.text import Text

Table: TypeAlias = Sequence[Sequence[str]]

_NAME = re.compile(r"[^0-9A-Za-z_]+")
_ALLOWED_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9._-]*")
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_KINDS = {"geo": "geopoint"}
_WITH_CHOICES = frozenset({"select_one", "select_multiple"})
_CONSENT = "consent"


def write_xlsform(sheets: Mapping[str, Table]) -> bytes:
    """The sheets as an XLSX file; every cell is text, so that none is taken for a formula.

    Args:
        sheets: rows by the name of their sheet, the first row being the headers.
    """
    from openpyxl import Workbook  # noqa: PLC0415 - 0.1 s, wanted only by whoever writes a form
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    book = Workbook()
    for empty in book.worksheets:
        book.remove(empty)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, start=1):
            for column, words in enumerate(row, start=1):
                if words:
                    cell = sheet.cell(number, column)
                    cell.value = ILLEGAL_CHARACTERS_RE.sub("", words)
                    cell.data_type = "s"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@dataclass(frozen=True)
class Picked:
    """A form to be made from the bank.

    Attributes:
        form_id: as phones will know it.
        version: its version.
        title: its title.
        languages: name to BCP 47 tag, in order, such as ``{"English": "en"}``; the first is the default.
        concepts: questions of the bank, in the order in which they are asked.
        own: choices that take the place of the bank's, by the id of the concept.
        consent: the words that ask for consent to be counted; they stand first.

    Raises:
        InputError: with everything that keeps it from being a form.
    """

    form_id: str
    version: str
    title: str
    languages: Mapping[str, str]
    concepts: tuple[Concept, ...]
    own: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    consent: Text = NOTHING

    def __post_init__(self) -> None:
        faults = [*self._faults()]
        if faults:
            raise InputError(*faults)

    def _faults(self) -> Iterable[Fault]:
        if not _ALLOWED_NAME.fullmatch(self.form_id):
            remedy = "Begin with a letter; use letters, digits, - and _ only."
            yield Fault("form_id", f'"{self.form_id}" cannot be the name of a form.', remedy)
        if not self.concepts:
            yield Fault("questions", "No question is chosen.", "Choose at least one question of the bank.")
        if not self.languages:
            yield Fault("languages", "No language is chosen.", "Choose at least one language.")
        for name, tag in self.languages.items():
            if not _TAG.fullmatch(tag):
                yield Fault("languages", f'"{tag}" is no tag of {name}.', "Write a tag such as en or sw.")
        for concept in self.concepts:
            if concept.kind in _WITH_CHOICES and not (self.own.get(concept.id) or concept.answers):
                problem = f'"{concept.labels}" needs categories; the bank has none, for they are yours.'
                yield Fault(concept.id, problem, "Write the categories by which people call themselves.")


def from_bank(picked: Picked) -> bytes:
    """The XLSForm of a form made from the bank, to be translated, changed and uploaded.

    Questions about a person ask the one who answers. Words stand in the languages that the bank speaks; the
    cells of other languages are left for the translator.
    """
    survey = [_headers("type", "name", "label", "hint", picked)]
    survey[0] += ["required", "everycount::concept", "everycount::sensitivity", "everycount::consent"]
    choices = [_headers("list_name", "name", "label", None, picked)]
    if picked.consent:
        survey.append(_consent_row(picked))
        choices += _consent_choices(picked)
    for concept in picked.concepts:
        survey.append(_row(concept, picked))
        choices += _choice_rows(concept, picked)
    default = next(iter(picked.languages))
    settings = [
        ["form_title", "form_id", "version", "default_language"],
        [picked.title, picked.form_id, picked.version, f"{default} ({picked.languages[default]})"],
    ]
    return write_xlsform({"survey": survey, "choices": choices, "settings": settings})


def _headers(first: str, name: str, label: str, hint: str | None, picked: Picked) -> list[str]:
    spoken = [f"{name} ({tag})" for name, tag in picked.languages.items()]
    hints = [f"{hint}::{each}" for each in spoken] if hint else []
    return [first, name, *(f"{label}::{each}" for each in spoken), *hints]


def _said(words: Text, picked: Picked, *, always: bool = True) -> list[str]:
    """The words in each language; the original in the default one where it has none."""
    known, default = words.as_dict(), next(iter(picked.languages.values()))
    cells = [known.get(tag, "") for tag in picked.languages.values()]
    if always and not cells[0]:
        cells[0] = words.say(default)
    return cells


def _row(concept: Concept, picked: Picked) -> list[str]:
    name = _name(concept.id)
    kind = _KINDS.get(concept.kind, concept.kind)
    written = f"{kind} {name}" if concept.kind in _WITH_CHOICES else kind
    words = [*_said(concept.labels, picked), *_said(concept.hints, picked, always=False)]
    return [written, name, *words, "", concept.id, str(concept.sensitivity), ""]


def _choice_rows(concept: Concept, picked: Picked) -> list[list[str]]:
    if concept.kind not in _WITH_CHOICES:
        return []
    name, own = _name(concept.id), picked.own.get(concept.id)
    if own:
        return [[name, choice.code, *_said(choice.labels, picked)] for choice in own]
    return [[name, code.id, *_said(code.labels, picked)] for code in concept.answers.values()]


def _consent_row(picked: Picked) -> list[str]:
    blank = [""] * len(picked.languages)
    return [
        f"select_one {_CONSENT}",
        _CONSENT,
        *_said(picked.consent, picked),
        *blank,
        "yes",
        "",
        "",
        "statistics",
    ]


def _consent_choices(picked: Picked) -> list[list[str]]:
    from everycount.catalogue import concept  # noqa: PLC0415 - the bank is wanted only here

    known = concept("documents-id").answers  # its yes and no, in the languages that the bank speaks
    return [[_CONSENT, code, *_said(known[code].labels, picked)] for code in ("yes", "no")]


def _name(concept: str) -> str:
    return _NAME.sub("_", concept)
