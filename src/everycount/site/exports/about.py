"""What stands beside exported records: ``README.txt`` and ``codebook.csv``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from everycount.formats.cells_csv import guarded, line
from everycount.microdata.chosen import Held
from everycount.site.consent.models import Purpose
from everycount.site.exports.wanted import PURPOSES, Format

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from everycount.site.collection.models import Questionnaire
    from everycount.site.exports.sheets import Sheet, Sheets
    from everycount.site.exports.wanted import Wanted

HEAD = ("table", "variable", "question", "label", "code", "code_label")


def reason(held: Held) -> str:
    """Why a column stays, in the reader's language."""
    return {
        Held.IDENTIFIER: _("names or finds a person"),
        Held.PLACE: _("a point on the map finds a home"),
        Held.TEXT: _("people write names into free answers"),
        Held.ADDED: _("added by the phone or the server"),
        Held.OTHER: _("a picture, a sound, a file or words that were only read out"),
        Held.DAY: _("the day and the time; the month is there"),
        Held.UNWANTED: "",
    }[held]


def readme(questionnaire: Questionnaire, sheets: Sheets, wanted: Wanted, count: int, event: int) -> str:
    """What this is, for whom, what was left out and why."""
    said = (*_opening(questionnaire, wanted, count, event), "", *_reading(wanted), *_left(sheets))
    return "\n".join((*said, ""))


def _opening(questionnaire: Questionnaire, wanted: Wanted, count: int, event: int) -> Iterator[str]:
    yield questionnaire.title
    words = ngettext("%(n)s record. Purpose: %(purpose)s.", "%(n)s records. Purpose: %(purpose)s.", count)
    yield words % {"n": count, "purpose": PURPOSES[wanted.purpose]}
    yield _("Entry %(number)s of the ledger says who took them out and when.") % {"number": event}
    if questionnaire.initiative.invented:
        yield _("These people and answers are invented.")
    yield ""
    yield _(
        "These are answers of people. They are not published; who has them keeps them safe, and erases "
        "them when the purpose is reached. Somebody who takes consent back is not in the next export: take "
        "it, and erase this one."
    )
    yield _("Only records whose person agrees to this purpose are here, each in its corrected version.")
    yield (
        _("Reviewers accepted all of them.")
        if wanted.accepted_only
        else _("What reviewers rejected is not here.")
    )


def _reading(wanted: Wanted) -> Iterator[str]:
    yield _(
        "“person” is a pseudonym: the same for the same person in every export of this initiative for this "
        "purpose, and another one for another purpose. Rows of rosters are joined to their record by it. The "
        "order of the rows tells nothing."
    )
    if wanted.format in {Format.CSV, Format.XLSX}:
        yield _(
            "An apostrophe stands before words that a spreadsheet would run as a formula; it is not part of "
            "the answer."
        )
    if wanted.format == Format.GEOJSON:
        yield _(
            "A record stands at the middle of a square that ten records or more share: a tenth of a degree "
            "wide, else a degree; else it has no place."
        )
    if wanted.purpose in {Purpose.SHARING, Purpose.ARCHIVE}:
        yield _(
            "Nobody has looked whether somebody could be recognised by a rare combination of answers. "
            "Whoever gives these records on looks for that first."
        )


def _left(sheets: Sheets) -> Iterator[str]:
    if sheets.held:
        yield ""
        yield _("Left out:")
    for table, name, why in sheets.held:
        yield f"  {table}, {name}: {reason(why)}."


def codebook(sheets: Sequence[Sheet], language: str) -> str:
    """A line for each column, with its question, and for each of its codes."""
    lines = [line(HEAD)]
    for sheet in sheets:
        named = {id(each): source[0] for source, made in sheet.sources for each in made}
        for variable in sheet.variables:
            first = (sheet.name, variable.name, named.get(id(variable), ""), variable.labels.say(language))
            lines.append(_row(*first, "", ""))
            lines += [_row(*first[:3], "", code, words.say(language)) for code, words in variable.choices]
    return "\n".join((*lines, ""))


def _row(*values: str) -> str:
    return line([guarded(value) for value in values])
