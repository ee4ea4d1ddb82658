"""How many records stand alone, or nearly so, with what others may know of their people.

Every table that leaves is looked at with what the record itself says beside each of its rows: who has two
tables joins them. This is k-anonymity over quasi-identifiers (:mod:`everycount.microdata.risk`); it looks at
no household as a whole, and promises nothing against whoever knows more.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from everycount.faults import Fault, InputError
from everycount.microdata.risk import risk_of
from everycount.microdata.values import values

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from everycount.microdata.asked import Source
    from everycount.microdata.risk import Risk
    from everycount.microdata.values import Value
    from everycount.microdata.variables import Variable
    from everycount.questionnaire.glance import Texts
    from everycount.site.exports.reading import Rows
    from everycount.site.exports.sheets import Sheet, Sheets


class RareError(InputError):
    """Records stand out, and nobody said why they are given all the same.

    Attributes:
        found: of each table, with its name.
    """

    def __init__(self, fault: Fault, found: tuple[tuple[str, Risk], ...]) -> None:
        super().__init__(fault)
        self.found = found


class _Told(dict["str | None", "tuple[Value, ...]"]):
    """What goes along of the answers to one question, by the text of the answer."""

    def __init__(self, variables: Sequence[Variable]) -> None:
        super().__init__()
        self._variables = variables

    def __missing__(self, text: str | None) -> tuple[Value, ...]:
        made = self[text] = values(text, self._variables)
        return made


class Combinations:
    """Counts the combinations of each table, record by record."""

    def __init__(self, sheets: Sheets) -> None:
        goes = [each for each in sheets.known if each.variables]
        self._sheets = sheets.all
        self._names = [[each.name for each in goes if each.table in {"", one.place}] for one in sheets.all]
        wanted = {each.source for each in goes}
        self._own = [_own(one, wanted) for one in sheets.all]
        self._counts: list[Counter[object]] = [Counter() for _ in sheets.all]

    def add(self, rows: Rows) -> None:
        """One record with its rosters."""
        first = _key(self._own[0], rows.rows[0][0])
        self._counts[0][first] += 1
        for own, count, found in zip(self._own[1:], self._counts[1:], rows.rows[1:], strict=True):
            count.update((first, _key(own, row)) for row in found)

    def found(self) -> tuple[tuple[str, Risk], ...]:
        """Of each table in which something is known of somebody."""
        each = zip(self._sheets, self._names, self._counts, strict=True)
        return tuple((sheet.name, risk_of(names, counts.values())) for sheet, names, counts in each if names)


def _own(sheet: Sheet, wanted: Collection[Source]) -> list[tuple[int, _Told]]:
    return [
        (place, _Told(variables))
        for place, (source, variables) in enumerate(sheet.sources)
        if source in wanted
    ]


def _key(own: Sequence[tuple[int, _Told]], row: Texts) -> tuple[object, ...]:
    return tuple([told[row[place]] for place, told in own])


def is_rare(found: Sequence[tuple[str, Risk]]) -> bool:
    """Whether anybody stands out."""
    return any(each.below for _, each in found)


def most(found: Sequence[tuple[str, Risk]]) -> Risk | None:
    """Of the table in which most stand out; None where nothing is known of anybody."""
    return max((each for _, each in found), key=lambda each: (each.below, each.alone), default=None)
