"""``open-sdg/``: data and metadata for a site that runs Open SDG, one pair of files an SDG indicator.

Formats as in the documentation of Open SDG 2 (docs/data-format.md, metadata-format.md,
indicator-configuration.md) and as its build reads them. Only cells that are shown stand there: such a site
has no word for a hidden value, and an empty one would be taken for a total.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from everycount.estimate.estimates import Verdict
from everycount.estimate.plan import SHARES
from everycount.formats.cells_csv import guarded, line, number
from everycount.formats.open_sdg_meta import metadata
from everycount.formats.open_sdg_sheet import one_line, sheet_of, unit_in_words
from everycount.formats.yaml_text import dump

if TYPE_CHECKING:
    from everycount.estimate.estimates import CellKey
    from everycount.formats.open_sdg_sheet import Sheet
    from everycount.protect.cells import Cell
    from everycount.release import Release

FOLDER = "open-sdg"
_COMMENT = "COMMENT_OBS"  # the column that Open SDG shows as a footnote of each number
_VERDICTS = {
    Verdict.CAUTION: "Use with caution: this number is uncertain",
    Verdict.SUPPRESS: "Too uncertain to rely on",
    Verdict.COLLECT_MORE: "Too few answers to rely on: more are needed",
}


def files(release: Release) -> dict[str, bytes]:
    """The files by name; none where no measure is linked to an indicator, or nothing of it may be shown.

    Raises:
        InputError: a measure names an indicator that does not exist.
    """
    made: dict[str, bytes] = {}
    linked = dict.fromkeys(measure.sdg.indicator for measure in release.measures if measure.sdg)
    for name in linked:
        sheet = sheet_of(release, name)
        if sheet.cells:
            stem = name.replace(".", "-")
            made[f"{FOLDER}/data/indicator_{stem}.csv"] = _data(sheet)
            made[f"{FOLDER}/meta/{stem}.yml"] = dump(metadata(sheet))
    return made


def _data(sheet: Sheet) -> bytes:
    comments = [_comment(sheet, cell) for cell in sheet.cells]
    commented = any(comments)
    header = ["Year", *(["Series"] if sheet.several else []), *map(guarded, sheet.columns.values()), "Units"]
    header += [_COMMENT, "Value"] if commented else ["Value"]
    before = {
        one: [sheet.year, *([guarded(said)] if sheet.several else [])] for one, said in sheet.series.items()
    }
    groups = {key: _groups(sheet, key) for key in dict.fromkeys(cell.cell for cell in sheet.cells)}
    units = {one: guarded(unit_in_words(measure)) for one, measure in sheet.measures.items()}
    rows = (
        line(
            [
                *before[cell.measure],
                *groups[cell.cell],
                units[cell.measure],
                *([guarded(comment)] if commented else []),
                _value(sheet, cell),
            ]
        )
        for cell, comment in zip(sheet.cells, comments, strict=True)
    )
    return "\n".join((line(header), *rows, "")).encode()


def _groups(sheet: Sheet, key: CellKey) -> list[str]:
    """The labels of a breakdown, one a column; empty for what it is not split by."""
    groups = dict(key)
    return [guarded(sheet.labels[one, groups[one]]) if one in groups else "" for one in sheet.columns]


def _value(sheet: Sheet, cell: Cell) -> str:
    """A share as a percentage, which is how the indicators have it; the point moves, the digits stay."""
    text = number(cell.value)
    if sheet.measures[cell.measure].kind not in SHARES:
        return text
    return f"{Decimal(text).scaleb(2).normalize():f}"


def _comment(sheet: Sheet, cell: Cell) -> str:
    """What must be known beside the number itself; most numbers need no such word."""
    said = []
    if cell.verdict in _VERDICTS:
        said.append(f"{_VERDICTS[cell.verdict]}{_interval(sheet, cell)}.")
    if cell.note:
        said.append(one_line(cell.note))
    return " ".join(said)


def _interval(sheet: Sheet, cell: Cell) -> str:
    if cell.ci_low is None or cell.ci_high is None:
        return ""
    scale = 100 if sheet.measures[cell.measure].kind in SHARES else 1
    level = f"{sheet.release.cells.level * 100:g}"
    return f" ({level} % interval {cell.ci_low * scale:.4g} to {cell.ci_high * scale:.4g})"
