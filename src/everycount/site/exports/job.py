"""What a format is given to write, and lines of cells as most formats want them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from everycount.site.exports.cells import Cells

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from everycount.microdata.values import Value
    from everycount.microdata.variables import Variable
    from everycount.questionnaire.glance import Texts
    from everycount.site.exports.reading import Rows
    from everycount.site.exports.sheets import Sheet


class Record(NamedTuple):
    """One record: its pseudonym, its rows by sheet, its points on the map, and that of the panel or ""."""

    person: str
    rows: Rows
    points: Texts
    panel: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """Records, once the ledger says that they are opened.

    Attributes:
        batches: some at a time; they can be read once.
        count: how many there are.
        about: what this is, for whom, what was left out and why.
    """

    batches: Iterator[list[Record]]
    count: int
    about: str


@dataclass
class Job:
    """One export.

    Attributes:
        sheets: in the order of the rows of each record.
        language: of labels, BCP 47.
        codebook: what columns and codes mean, as CSV.
        is_single: one table was chosen, and its file is wanted alone.
        open: opens the records.
    """

    sheets: tuple[Sheet, ...]
    language: str
    codebook: str
    is_single: bool
    open: Callable[[], Opened]

    @cached_property
    def opened(self) -> Opened:
        """The records; what holds no answer is on its way when somebody first asks for them."""
        return self.open()


Made: TypeAlias = "Callable[[Sequence[Variable], Sequence[Value]], str]"


@dataclass(frozen=True, slots=True)
class Dress:
    """How a format writes lines.

    Attributes:
        cells: those of one question.
        word, number: the cell of a key.
        before, between, after: what stands around the cells of a line.
    """

    cells: Made
    word: Callable[[str], str]
    number: Callable[[int], str]
    before: str = ""
    between: str = ","
    after: str = "\n"

    def line(self, cells: Iterable[str]) -> str:
        """A line of cells."""
        return f"{self.before}{self.between.join(cells)}{self.after}"


class Lines:
    """The lines of one sheet."""

    def __init__(self, place: int, sheet: Sheet, dress: Dress) -> None:
        self._place, self._dress = place, dress
        self._cells = Cells(sheet, dress.cells)
        self._has_panel, self._has_answers = sheet.has_panel, bool(sheet.sources)
        self._is_roster, self._is_inner = bool(sheet.place), sheet.above is not None

    def of(self, records: Iterable[Record]) -> str:
        """The lines of some records."""
        each = self._roster if self._is_roster else self._main
        return "".join([each(record) for record in records])

    def _main(self, record: Record) -> str:
        dress = self._dress
        keys = [dress.word(record.person), *([dress.word(record.panel)] if self._has_panel else ())]
        rows = record.rows.rows[self._place]
        return "".join([dress.line((*keys, *self._cells.of(row))) for row in rows])

    def _roster(self, record: Record) -> str:
        """Most rows are of rosters: whatever is the same in all of them is made once."""
        rows = record.rows.rows[self._place]
        if not rows:
            return ""
        dress, cells = self._dress, self._cells.of
        number, joined, after = dress.number, dress.between.join, dress.after
        lead = f"{dress.before}{dress.word(record.person)}{dress.between}"
        then = dress.between if self._has_answers else ""
        if not self._is_inner:
            return "".join(
                [f"{lead}{number(n)}{then}{joined(cells(row))}{after}" for n, row in enumerate(rows, 1)]
            )
        above = record.rows.above[self._place]
        return "".join(
            [
                f"{lead}{number(n)}{dress.between}{number(up + 1)}{then}{joined(cells(row))}{after}"
                for n, (row, up) in enumerate(zip(rows, above, strict=True), 1)
            ]
        )


def lines_of(job: Job, dress: Dress) -> Iterator[list[str]]:
    """The lines of some records at a time, a text for each sheet."""
    made = [Lines(place, sheet, dress) for place, sheet in enumerate(job.sheets)]
    for batch in job.opened.batches:
        yield [lines.of(batch) for lines in made]
