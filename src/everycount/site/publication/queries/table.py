"""All numbers of a release as a table that is searched: by names of measures, characteristics and groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.formats.report.view import View
    from everycount.protect.cells import Cell
    from everycount.text import Text


def matching(view: View, asked: str) -> Sequence[Cell]:
    """The cells each of whose names together hold all words that are asked for; all of them without any.

    Names are looked through, not cells: of 100,000 cells there are a few hundred names.
    """
    words = asked.casefold().split()
    if not words:
        return view.release.cells.cells
    measures = {one.id: _held(words, one.id, one.labels) for one in view.release.measures}
    groups = {
        (one.id, code): _held(words, one.id, code, one.labels, labels)
        for one in view.release.dimensions
        for code, labels in one.groups
    }
    wanted = (1 << len(words)) - 1
    found = []
    for cell in view.release.cells.cells:
        held = measures[cell.measure]
        for pair in cell.cell:
            held |= groups[pair]
        if held == wanted:
            found.append(cell)
    return found


def _held(words: Sequence[str], *names: str | Text) -> int:
    """Which of the words stand in the names, a bit a word."""
    versions = [[name] if isinstance(name, str) else [said for _, said in name.versions] for name in names]
    text = " ".join(said for each in versions for said in each).casefold()
    return sum(1 << i for i, word in enumerate(words) if word in text)
