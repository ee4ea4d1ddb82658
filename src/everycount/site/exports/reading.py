"""From the instances of any version of a questionnaire to rows of texts in the order of the sheets."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from everycount.microdata.asked import source_of
from everycount.questionnaire.glance import Glance, Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from everycount.microdata.asked import Source
    from everycount.questionnaire import Questionnaire
    from everycount.site.exports.sheets import Sheet

Order: TypeAlias = "Callable[[Texts], Texts]"


class Rows(NamedTuple):
    """One record: of each sheet its rows, and for each of them the number of the row around it, from 0."""

    rows: tuple[list[Texts], ...]
    above: tuple[list[int], ...]


class Reader:
    """Reads the instances of one version."""

    def __init__(self, form: Questionnaire, sheets: Sequence[Sheet], points: Sequence[Source] = ()) -> None:
        wanted = {source for sheet in sheets for source, _ in sheet.sources} | set(points)
        known = {source_of(each) for each in form.questions} & wanted
        self._glance = Glance(form, {place for place, _ in known})
        places = dict(zip(self._glance.tables, self._glance.places, strict=True))
        self._wanted = [
            (
                _place_in(self._glance.tables, sheet.place),
                _order([source for source, _ in sheet.sources], places.get(sheet.place, ()), known),
            )
            for sheet in sheets
        ]
        self._points = _order(points, places[""], known)

    def read(self, xml: bytes) -> tuple[Rows, Texts]:
        """The rows of each sheet, and the points of the record on the map.

        Raises:
            InputError: it is no XML that can be read.
        """
        taken = self._glance.read(xml)
        rows: list[list[Texts]] = []
        above: list[list[int]] = []
        for table, order in self._wanted:
            if table is None:
                rows.append([])
                above.append([])
                continue
            found = taken.rows[table]
            rows.append(found if order is _same else list(map(order, found)))
            above.append(taken.above[table])
        return Rows(tuple(rows), tuple(above)), self._points(taken.rows[0][0])


def _place_in(tables: Sequence[str], place: str) -> int | None:
    return tables.index(place) if place in tables else None


def _order(sources: Sequence[Source], places: Sequence[str], known: Collection[Source]) -> Order:
    """Puts the texts of a row into the order of a sheet; None for what this version does not ask."""
    there = {place: number for number, place in enumerate(places)}
    picked = [there.get(source[0], -1) if source in known else -1 for source in sources]
    if picked == list(range(len(places))):
        return _same
    if len(picked) < 2:
        return lambda row: tuple(row[number] if number >= 0 else None for number in picked)
    pick = itemgetter(*(len(places) if number < 0 else number for number in picked))
    return lambda row: pick((*row, None))


def _same(row: Texts) -> Texts:
    return row
