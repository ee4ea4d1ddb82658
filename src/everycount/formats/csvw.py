"""``cells.csv-metadata.json``: what the columns of ``cells.csv`` are, for programs.

CSV on the Web: W3C recommendations "Metadata Vocabulary for Tabular Data" and "Model for Tabular Data and
Metadata on the Web" of 17 December 2015. It says what a column may hold and never what one holds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from everycount.estimate.estimates import Verdict
from everycount.formats import cells_csv
from everycount.formats.licences import licence_of
from everycount.formats.linked import filled, to_bytes, words
from everycount.protect.cells import Status
from everycount.sample.design import Basis, Scope
from everycount.text import UNDETERMINED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from everycount.release import DimensionFacts, Release
    from everycount.text import Text

NAME = f"{cells_csv.NAME}-metadata.json"  # where readers of a CSV file look for it
_SYNTAX = re.compile(r"[\^$\\.*+?()\[\]{}|/]")  # what ECMA-262 gives a meaning in a pattern
_PLAIN = re.compile(r"[A-Za-z0-9_]")

_NUMBER: dict[str, Any] = {"base": "double"}
_COUNT: dict[str, Any] = {"base": "integer", "minimum": 0}
_TEXT: dict[str, Any] = {"base": "string"}

# Title, datatype and meaning of the columns that every cells.csv has, in their order around the dimensions.
_FIXED: dict[str, tuple[str, dict[str, Any], str]] = {
    "value": ("Value", _NUMBER, "A proportion is 0-1. Empty where the cell is not shown."),
    "se": ("Standard error", _NUMBER, "Empty without a design basis."),
    "ci_low": ("Lower end of the interval", _NUMBER, ""),
    "ci_high": ("Upper end of the interval", _NUMBER, ""),
    "ci_level": ("Level of the interval", {"base": "double", "minimum": 0, "maximum": 1}, ""),
    "df": ("Degrees of freedom", _COUNT, ""),
    "n": ("Respondents", _COUNT, ""),
    "n_effective": ("Effective number of respondents", _NUMBER, "What the respondents are worth."),
    "cv": ("Coefficient of variation", _NUMBER, "Standard error divided by the value."),
    "note": ("Note", _TEXT, "Words for people."),
    "interval": ("Method of the interval", _TEXT, ""),
    "deff": ("Design effect", _NUMBER, ""),
    "n_needed": ("Respondents that would suffice", _COUNT, ""),
}
_CODED: dict[str, tuple[str, Iterable[str], str]] = {
    "basis": ("Basis", Basis, "What the interval rests on."),
    "scope": ("Scope", Scope, "Whom the value speaks about."),
    "status": ("Status", Status, "Whether the cell is shown, and if not, why not."),
    "verdict": ("Verdict", ("", *Verdict), "What the value is good for. Empty where the cell is not shown."),
}


def files(release: Release) -> dict[str, bytes]:
    """The file by its name."""
    return {NAME: to_bytes(_table(release))}


def _table(release: Release) -> dict[str, Any]:
    survey, licence = release.survey, licence_of(release.survey.licence)
    return filled(
        {
            "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
            "@type": "Table",
            "url": cells_csv.NAME,
            "dc:title": words(survey.title),
            "dc:description": words(survey.about),
            "dc:identifier": release.digest,
            "dc:creator": words(survey.asked_by),
            "dc:source": survey.source,
            "dc:license": {"@id": licence.address} if licence.address else licence.name,
            "dc:temporal": survey.period,
            "dc:spatial": survey.area,
            "dc:type": "Invented data" if survey.invented else "",
            "dialect": {"encoding": "utf-8", "lineTerminators": ["\n"], "header": True, "doubleQuote": True},
            "tableSchema": _schema(release),
        }
    )


def _schema(release: Release) -> dict[str, Any]:
    measures = [cells_csv.guarded(measure.id) for measure in release.measures]
    kinds = dict.fromkeys(measure.kind.value for measure in release.measures)
    columns = [
        _column("measure", "Measure", _codes(measures), "Id of the measure.", required=True),
        _column("kind", "Kind of measure", _codes(kinds), "What is estimated.", required=True),
        *map(_dimension, release.dimensions),
        *map(_fixed, (*cells_csv.NUMBERS, *cells_csv.EXTRA)),
    ]
    key = ["measure", *(variable_name(dimension.id) for dimension in release.dimensions)]
    return {"columns": columns, "primaryKey": key}


def _fixed(name: str) -> dict[str, Any]:
    if name in _CODED:
        title, codes, about = _CODED[name]
        return _column(name, title, _codes(codes), about, required="" not in tuple(codes))
    title, datatype, about = _FIXED[name]
    return _column(name, title, datatype, about)


def _column(
    name: str, title: str, datatype: dict[str, Any], about: str, *, required: bool = False
) -> dict[str, Any]:
    """A column of ours; its name in the file stands among its titles, by which readers know it again."""
    return filled(
        {
            "name": name,
            "titles": {UNDETERMINED: name, "en": title},
            "dc:description": {"@value": about, "@language": "en"} if about else None,
            "datatype": datatype,
            "required": required or None,
        }
    )


def _dimension(dimension: DimensionFacts) -> dict[str, Any]:
    """A column of groups. An empty text is a group too, the total, and not an absent value."""
    codes = ["", *(cells_csv.guarded(code) for code, _ in dimension.groups)]
    column = filled(
        {
            "name": variable_name(dimension.id),
            "titles": _titles(cells_csv.guarded(dimension.id), dimension.labels),
            "dc:description": words(dimension.wording),
            "datatype": _codes(codes),
        }
    )
    return {**column, "null": []}


def _titles(header: str, labels: Text) -> dict[str, Any]:
    """The header of the file, and the labels by language."""
    titles: dict[str, Any] = {UNDETERMINED: header}
    for language, label in labels.versions:
        titles[language] = [header, label] if language == UNDETERMINED and label != header else label
    return titles


def _codes(codes: Iterable[str]) -> dict[str, Any]:
    """A text that is one of some codes."""
    alternatives = "|".join(_SYNTAX.sub(lambda match: f"\\{match[0]}", code) for code in codes)
    return {"base": "string", "format": f"^({alternatives})$"}


def variable_name(name: str) -> str:
    """A column's name as URI templates accept it (RFC 6570, 2.3): everything else is percent-encoded."""
    encoded = "".join(
        sign if _PLAIN.fullmatch(sign) else "".join(f"%{byte:02X}" for byte in sign.encode()) for sign in name
    )
    return f"%5F{encoded[1:]}" if encoded.startswith("_") else encoded  # names with "_" first are reserved
