"""JSON: one object a record, rosters inside it as lists of objects."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from everycount.site.exports.cells import Cells

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from everycount.microdata.values import Value
    from everycount.microdata.variables import Variable
    from everycount.site.exports.job import Job, Record
    from everycount.site.exports.sheets import Sheet


def chunks(job: Job) -> Iterator[bytes]:
    """The file, as it is made."""
    yield f'{{"codebook":{_said(job.codebook)},\n'.encode()
    yield f'"about":{_said(job.opened.about)},\n"records":[\n'.encode()
    objects, first = Objects(job.sheets), True
    for batch in job.opened.batches:
        text = ",\n".join(filter(None, map(objects.of, batch)))
        if text:
            yield (text if first else f",\n{text}").encode()
            first = False
    yield b"\n]}\n"


class Objects:
    """The objects of records."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self._cells = [Cells(sheet, fields) for sheet in sheets]
        self._sheets = list(enumerate(sheets))
        taken = {variable.name for sheet in sheets for variable in sheet.variables}
        self._keys = [_said(f"{each.name}_rows" if each.name in taken else each.name) for each in sheets]

    def of(self, record: Record) -> str:
        """A record as an object."""
        place, sheet = self._sheets[0]
        if sheet.place:  # a roster that was chosen alone
            return ",\n".join(self._rows(record, place, None, lead=_person(record)))
        cells = list(self._cells[place].of(record.rows.rows[place][0]))
        lists = self._lists(record, None, None)
        return f"{{{_joined([_person(record), *cells, *lists])}}}"

    def _lists(self, record: Record, above: str | None, number: int | None) -> list[str]:
        """The rosters that stand in a row, or in the record itself."""
        return [
            f"{self._keys[place]}:[{','.join(self._rows(record, place, number))}]"
            for place, sheet in self._sheets
            if sheet.place and sheet.above == above
        ]

    def _rows(self, record: Record, place: int, parent: int | None, lead: str = "") -> Iterator[str]:
        here = self._sheets[place][1].place
        above = record.rows.above[place]
        for number, row in enumerate(record.rows.rows[place]):
            if parent is None or above[number] == parent:
                inside = [] if lead else self._lists(record, here, number)
                yield f"{{{_joined([lead, *self._cells[place].of(row), *inside])}}}"


def fields(variables: Sequence[Variable], values: Sequence[Value]) -> str:
    """The fields of one question."""
    return ",".join(
        f"{_said(variable.name)}:{_said(value)}" for variable, value in zip(variables, values, strict=True)
    )


def _person(record: Record) -> str:
    panel = f',"panel_id":"{record.panel}"' if record.panel else ""
    return f'"person":"{record.person}"{panel}'


def _joined(parts: Sequence[str]) -> str:
    return ",".join(part for part in parts if part)


def _said(value: Value) -> str:
    return json.dumps(value, ensure_ascii=False)
