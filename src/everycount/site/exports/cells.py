"""What a text of an instance is in a file, worked out once for each text that is seen."""

from __future__ import annotations

from operator import getitem
from typing import TYPE_CHECKING

from everycount.microdata.values import values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from everycount.microdata.values import Value
    from everycount.microdata.variables import Variable
    from everycount.questionnaire.glance import Texts
    from everycount.site.exports.sheets import Sheet

MOST = 4096  # texts that are remembered of a question; free answers are hardly ever seen again


class _Known(dict["str | None", str]):
    """The cells of one question, by the text of the answer."""

    def __init__(
        self, variables: Sequence[Variable], made: Callable[[Sequence[Variable], Sequence[Value]], str]
    ) -> None:
        super().__init__()
        self._variables, self._made = variables, made

    def __missing__(self, text: str | None) -> str:
        cells = self._made(self._variables, values(text, self._variables))
        if len(self) < MOST:
            self[text] = cells
        return cells


class Cells:
    """The cells of the rows of one sheet.

    Args:
        sheet: which.
        made: the cells of one question, as the format writes them.
    """

    def __init__(self, sheet: Sheet, made: Callable[[Sequence[Variable], Sequence[Value]], str]) -> None:
        self._known = [_Known(variables, made) for _, variables in sheet.sources]

    def of(self, row: Texts) -> Iterator[str]:
        """The cells of a row, a text for each question."""
        return map(getitem, self._known, row)
