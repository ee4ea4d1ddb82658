"""How much a light page carries: what fits is printed, what does not is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.formats.page import Html, join, tag

if TYPE_CHECKING:
    from collections.abc import Iterable

    from everycount.formats.report.view import View

CELLS_FILE = "cells.csv"
FINDINGS, BEHIND, GROUPS = 0.2, 0.25, 0.55  # shares of it that these sections take at most
_LISTED = 40  # names of what is not printed; a longer list helps nobody


def size(*parts: Html | None) -> int:
    """Bytes of markup."""
    return sum(len(part.source.encode()) for part in parts if part is not None)


def fit(parts: Iterable[tuple[Html, Html]], room: int) -> tuple[list[Html], list[Html]]:
    """Of (name, part), the parts that fit into ``room`` bytes in their order, and the names of the rest."""
    printed: list[Html] = []
    left_out: list[Html] = []
    for name, part in parts:
        if left_out or size(part) > room:
            left_out.append(name)
        else:
            printed.append(part)
            room -= size(part)
    return printed, left_out


def elsewhere(view: View, names: list[Html]) -> Html | None:
    """Names what a light page does not print, and the file where it is."""
    if not names:
        return None
    where = tag("code", CELLS_FILE)
    if view.addresses is not None:
        where = tag("a", where, href=view.addresses.numbers)
    said = view.words.say("crossed.elsewhere", count=len(names), file=where)
    rest = [tag("li", "…")] if len(names) > _LISTED else []
    listed = tag("ul", *(tag("li", name) for name in names[:_LISTED]), *rest, class_="names")
    return join([tag("p", said), listed])
