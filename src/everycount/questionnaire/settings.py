"""The settings sheet of a form: one row that says what the form is called and how it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from everycount.questionnaire.columns import cleaned, read_columns

if TYPE_CHECKING:
    from everycount.faults import Fault
    from everycount.questionnaire.workbook import Workbook

YES = frozenset({"yes", "true", "true()"})
NO = frozenset({"no", "false", "false()"})
ROOT = "data"  # name of an instance's root element, unless the settings give another


@dataclass(slots=True)
class Settings:
    """What the settings sheet says; ``values`` by field, the rest by header as written."""

    values: dict[str, str] = field(default_factory=dict)

    def is_on(self, name: str, *, otherwise: bool = False) -> bool:
        """Whether a yes-or-no setting is on."""
        value = self.values.get(name, "").casefold()
        return value in YES or (otherwise and value not in NO)

    @property
    def root(self) -> str:
        """Name of an instance's root element."""
        return self.values.get("name", ROOT)

    @property
    def default_language(self) -> str:
        """The default language as the form names it, or ""."""
        return self.values.get("default_language", "")


def read_settings(workbook: Workbook) -> tuple[Settings, list[Fault]]:
    """The settings of a form; defaults where there is no such sheet or it is empty."""
    sheet = workbook.sheet("settings")
    if sheet is None or not sheet.rows:
        return Settings(), []
    columns, faults = read_columns(sheet)
    cells = sheet.rows[0].cells if sheet.rows[0].number == 2 else {}
    values = {
        column.field or column.header: cleaned(cells[column.header], spaces=False)
        for column in columns.all
        if column.header in cells
    }
    return Settings(values), faults
