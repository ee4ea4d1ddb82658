"""Pictures and sounds in one archive, each under the pseudonym of its record, made while it leaves.

Never by default, and never where they could be joined to answers: a face and a voice are names. So the
records have other names in it than in the tables, unless the questionnaire says of every such question that
it is no identifier (a picture of a well). Whoever takes them may open answers for the same purpose, and each
file is opened only while its person agrees. Its own name, which may be a person's, stays.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import override

from everycount.formats.cells_csv import guarded, line
from everycount.questionnaire import Kind
from everycount.questionnaire.glance import Glance
from everycount.site.consent import gate
from everycount.site.exports.archive import zipped
from everycount.site.exports.bared import MOST, picture_of, sound_ending

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from everycount.questionnaire import Question, Questionnaire
    from everycount.site.consent.models import Purpose

_KINDS = frozenset({Kind.IMAGE, Kind.AUDIO, Kind.BACKGROUND_AUDIO})
_SIGNED = "signature"
_HEAD = ("person", "table", "number", "question", "file", "why_not")


@dataclass(frozen=True, slots=True)
class Named:
    """A file that a record names: the question and the row where it does."""

    table: str
    number: int
    question: str
    name: str


@dataclass
class Media:
    """The files of one export.

    Attributes:
        form: the questionnaire in a version, by its name.
        open: opens the records, once somebody asks for them.
        about: what this is, made when the records are open.
        purpose: what for.
        language: in which reasons are said.
    """

    form: Callable[[str], Questionnaire]
    open: Callable[[], tuple[gate.Taken, str]]
    purpose: Purpose
    language: str
    _glances: dict[str, _Places] = field(default_factory=dict)
    _lines: list[str] = field(default_factory=lambda: [line(_HEAD)])

    def chunks(self) -> Iterator[bytes]:
        """The archive, as it is made."""
        return zipped(self._entries())

    def _entries(self) -> Iterator[tuple[str, Iterable[bytes]]]:
        taken, about = self.open()
        yield "README.txt", [about.encode()]
        for batch in taken.batches:
            for each in batch:
                yield from self._of(each)
        yield "files.csv", ["\n".join((*self._lines, "")).encode()]

    def _of(self, record: gate.Leaving) -> Iterator[tuple[str, Iterable[bytes]]]:
        places = self._glances.get(record.version)
        if places is None:
            places = self._glances[record.version] = _Places(self.form(record.version))
        for number, each in enumerate(places.named(record.xml), 1):
            with override(self.language):
                said, chunks = self._opened(record, each)
            file = f"{record.called}-{number}{said}" if chunks is not None else ""
            why = "" if chunks is not None else said
            values = (record.called, each.table, str(each.number), each.question, file, why)
            self._lines.append(line([guarded(value) for value in values]))
            if chunks is not None:
                yield f"files/{file}", chunks

    def _opened(self, record: gate.Leaving, named: Named) -> tuple[str, Iterable[bytes] | None]:
        """Ending and bytes, or why it stays."""
        stream = gate.file_leaving(record, named.name, self.purpose)
        if stream is None:
            return _("It has not come, or nobody agrees any more."), None
        head = next(stream, b"")
        sound = sound_ending(PurePosixPath(named.name).name, head)
        if sound:
            return sound, chain([head], stream)
        held = bytearray(head)
        for chunk in stream:
            held += chunk
            if len(held) > MOST:
                return _("It is too large."), None
        found = picture_of(bytes(held))
        if found is None:
            return _("It is of another kind: nobody here can take out where it was taken."), None
        return found[0], [found[1]]


class _Places:
    """Where the instances of one version name files."""

    def __init__(self, form: Questionnaire) -> None:
        asked = {"/".join(each.full_path): each for each in form.questions if _leaves(each)}
        self._glance, self._asked = Glance(form, asked), asked

    def named(self, xml: bytes) -> Iterator[Named]:
        """Every file that an instance names, in the order of the form."""
        if not self._asked:
            return
        taken = self._glance.read(xml)
        for table, places, rows in zip(self._glance.tables, self._glance.places, taken.rows, strict=True):
            for number, row in enumerate(rows, 1):
                for place, text in zip(places, row, strict=True):
                    if text and text.strip():
                        name = table.rpartition("/")[2]
                        yield Named(name, number, self._asked[place].name, text.strip())


def _leaves(question: Question) -> bool:
    """A picture or a sound, but no signature and nothing that the questionnaire calls an identifier."""
    is_signed = _SIGNED in question.appearance.split()
    is_said = question.direct_identifier and not question.identifier_guessed
    return question.kind in _KINDS and not is_signed and not is_said


def asks(forms: Iterable[Questionnaire]) -> bool:
    """Whether any of them asks for such files."""
    return any(_leaves(each) for form in forms for each in form.questions)


def joins(forms: Iterable[Questionnaire]) -> bool:
    """Whether files may have the names of records in tables: none of them shows or lets hear a person."""
    return not any(_leaves(each) and each.direct_identifier for form in forms for each in form.questions)
