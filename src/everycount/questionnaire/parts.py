"""The sheets of a form with what their columns mean: all that the next steps need to know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.faults import Fault, InputError, nearest
from everycount.questionnaire.columns import Columns, read_columns, slips
from everycount.questionnaire.settings import Settings, read_settings
from everycount.questionnaire.wording import Languages, languages_of, same_tongues

if TYPE_CHECKING:
    from everycount.questionnaire.workbook import Sheet, Workbook


@dataclass(frozen=True, slots=True)
class Parts:
    """A form taken apart.

    Attributes:
        workbook: the sheets as they are.
        survey: the survey sheet.
        columns: its columns.
        choices: the choices sheet, where there is one.
        choice_columns: its columns.
        settings: what the settings sheet says.
        languages: what the form speaks.
        faults: what is wrong with columns.
        notices: what is odd about them.
    """

    workbook: Workbook
    survey: Sheet
    columns: Columns
    choices: Sheet | None
    choice_columns: Columns
    settings: Settings
    languages: Languages
    faults: tuple[Fault, ...]
    notices: tuple[Fault, ...]

    @property
    def sheets(self) -> list[tuple[Sheet, Columns]]:
        """The survey sheet and the choices sheet with their columns."""
        choices = [(self.choices, self.choice_columns)] if self.choices else []
        return [(self.survey, self.columns), *choices]


def read_parts(workbook: Workbook) -> Parts:
    """The parts of a form.

    Raises:
        InputError: there is no survey sheet, or it lacks the columns without which nothing can be read.
    """
    survey = _survey_sheet(workbook)
    columns, faults = read_columns(survey)
    _require(survey, columns, ("type", "name"))
    settings, more = read_settings(workbook)
    choices = workbook.sheet("choices")
    choice_columns, others = read_columns(choices) if choices else (Columns(()), [])
    languages = languages_of(settings.default_language, columns, choice_columns)
    notices = [*slips(survey, columns), *same_tongues(survey, columns, languages)]
    if choices:
        notices += [*slips(choices, choice_columns), *same_tongues(choices, choice_columns, languages)]
    return Parts(
        workbook=workbook,
        survey=survey,
        columns=columns,
        choices=choices,
        choice_columns=choice_columns,
        settings=settings,
        languages=languages,
        faults=(*faults, *more, *others),
        notices=tuple(notices),
    )


def _survey_sheet(workbook: Workbook) -> Sheet:
    sheet = workbook.sheet("survey")
    if sheet is None:
        alike = nearest("survey", workbook.sheet_names)
        remedy = (
            f'Rename the sheet "{alike}" to "survey".'
            if alike
            else "Add it, with the columns type, name and label."
        )
        raise InputError(Fault(workbook.name, 'There is no sheet "survey".', remedy))
    return sheet


def _require(sheet: Sheet, columns: Columns, fields: tuple[str, ...]) -> None:
    faults = []
    for field in fields:
        if not columns.has(field):
            alike = nearest(field, sheet.headers)
            remedy = (
                f'Rename "{alike}" to "{field}".'
                if alike
                else "Add it; row 1 holds the names of the columns."
            )
            faults.append(Fault(sheet.place(1), f'The column "{field}" is missing.', remedy))
    if faults:
        raise InputError(*faults)
