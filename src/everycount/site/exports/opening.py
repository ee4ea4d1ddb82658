"""Records as they come through the gate: under which names, and read into rows."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from everycount.site.collection.marks import begun
from everycount.site.exports import queries
from everycount.site.exports.job import Record
from everycount.site.exports.reading import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from everycount.site.collection.models import Questionnaire
    from everycount.site.consent import gate
    from everycount.site.exports.sheets import Sheets

FEW = 50
_BYTES = 10  # of a pseudonym: among ten million records two alike are less likely than one in ten thousand


def pseudonyms(questionnaire: Questionnaire, purpose: str) -> Callable[[str], str]:
    """Names for instanceIDs, keyed with the initiative's secret: without it nobody makes one.

    Args:
        questionnaire: of an initiative, within which a person has one name for a purpose.
        purpose: why they leave, or which of several files that must not be joined.
    """
    begin = begun("pseudonym", of=questionnaire.initiative_id)
    begin.update(purpose.encode() + b"\x1f")

    def name(root: str) -> str:
        made = begin.copy()
        made.update(root.encode())
        return base64.b32encode(made.digest()[:_BYTES]).decode().lower()

    return name


def records_of(
    questionnaire: Questionnaire, sheets: Sheets, taken: gate.Taken, panels: Mapping[str, str]
) -> Iterator[list[Record]]:
    """Records some at a time, each with the name of its household or place in ``panels``."""
    readers: dict[str, Reader] = {}
    for some in _few(taken.batches):
        made = []
        for each in some:
            reader = readers.get(each.version)
            if reader is None:
                reader = readers[each.version] = _reader(questionnaire, each.version, sheets)
            made.append(Record(each.called, *reader.read(each.xml), panels.get(each.called, "")))
        yield made


def _few(batches: Iterator[list[gate.Leaving]]) -> Iterator[list[gate.Leaving]]:
    """As many as are turned into lines before the next ones are read; more would only fill the memory."""
    for batch in batches:
        for start in range(0, len(batch), FEW):
            yield batch[start : start + FEW]


def _reader(questionnaire: Questionnaire, version: str, sheets: Sheets) -> Reader:
    form = queries.form_named(questionnaire.pk, version)
    if form is None:
        raise LookupError(f'The version "{version}" is not known.')  # such a record is held, and stays shut
    return Reader(form, sheets.all, sheets.points)
