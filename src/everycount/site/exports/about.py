"""What stands beside exported records: ``README.txt`` and ``codebook.csv``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from everycount.formats.cells_csv import guarded, line
from everycount.microdata.chosen import Held
from everycount.microdata.risk import FEWEST
from everycount.site.exports import rare
from everycount.site.exports.wanted import GIVEN, PURPOSES, Format

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from everycount.microdata.risk import Risk
    from everycount.site.collection.models import Questionnaire
    from everycount.site.consent.gate import Taken
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
        Held.UNWANTED: _("left out, so that fewer people stand alone"),
    }[held]


def readme(
    questionnaire: Questionnaire,
    sheets: Sheets,
    wanted: Wanted,
    found: Sequence[tuple[str, Risk]],
    count: int,
    event: int,
) -> str:
    """What this is, for whom, what was left out and why, and who stands out."""
    opening = _opening(questionnaire, wanted, count, event)
    said = (*opening, "", *_reading(wanted), *_rare(wanted, found), *_left(sheets))
    return "\n".join((*said, ""))


def of_files(questionnaire: Questionnaire, wanted: Wanted, taken: Taken, *, is_joined: bool) -> str:
    """The same for pictures and sounds."""
    joined = (
        _("Each file has the pseudonym of its record, the same as in the tables for this purpose.")
        if is_joined
        else _("Each file has a pseudonym of its own kind: these files cannot be joined to answers.")
    )
    kinds = _(
        "files.csv says which question and row a file belongs to. Of JPEG and PNG pictures only what draws "
        "them is here: not where, when and with which phone they were taken. Sounds are as they were "
        "recorded. A face and a voice are names: keep them apart from answers, and show them to nobody else."
    )
    return "\n".join((*_opening(questionnaire, wanted, taken.count, taken.event), "", joined, kinds, ""))


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


def _rare(wanted: Wanted, found: Sequence[tuple[str, Risk]]) -> Iterator[str]:
    if wanted.purpose not in GIVEN:
        return
    yield ""
    if not found:
        yield _("No column was said to be known to others, so nobody has looked for rare combinations.")
    for table, risk in found:
        yield risk_in_words(table, risk)
    if rare.is_rare(found):
        yield _("They are given all the same, because: %(reason)s") % {"reason": wanted.reason.strip()}
    yield _(
        "This looks at one row at a time: the members of a household together may be its own, and who knows "
        "more of a person than these columns may find them."
    )


def risk_in_words(table: str, risk: Risk) -> str:
    """One sentence."""
    return _(
        "%(table)s: of %(rows)s rows %(alone)s stand alone with %(columns)s, %(below)s have a combination "
        "that fewer than %(k)s share, %(five)s one that fewer than 5 share."
    ) % {
        "table": table,
        "rows": risk.records,
        "alone": risk.alone,
        "columns": "; ".join(risk.columns),
        "below": risk.below,
        "k": FEWEST,
        "five": risk.below_five,
    }


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
