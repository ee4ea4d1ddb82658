"""An XLSForm read into a questionnaire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.faults import Fault, InputError
from everycount.questionnaire.build import Builder
from everycount.questionnaire.choices import read_choices
from everycount.questionnaire.columns import read_columns
from everycount.questionnaire.foreign import refuse_foreign
from everycount.questionnaire.kinds import Kind
from everycount.questionnaire.lists import all_nodes, extended, list_faults
from everycount.questionnaire.model import Questionnaire
from everycount.questionnaire.parts import Parts, read_parts
from everycount.questionnaire.references import check_references
from everycount.questionnaire.rows import Tree, TreeReader
from everycount.questionnaire.workbook import Workbook, read_tables, read_workbook
from everycount.questionnaire.xform import convert
from everycount.text import Text

if TYPE_CHECKING:
    from everycount.questionnaire.question import ChoiceList, Group, Question

CSV_NAMES = ("survey.csv", "choices.csv", "settings.csv")


def read_xlsform(data: bytes, name: str = "form.xlsx") -> Questionnaire:
    """The questionnaire of an XLSForm.

    Args:
        data: the file: XLSX, XLS, or one CSV with the sheets' names in its first column.
        name: the file's name, for messages, and for the form's id where the settings give none.

    Raises:
        InputError: the form has faults; all of them, each with sheet, row, column, value and remedy.
    """
    refuse_foreign(data, name)
    return _read(read_workbook(data, name))


def read_xlsform_csv(
    survey: bytes,
    choices: bytes | None = None,
    settings: bytes | None = None,
    *,
    names: tuple[str, str, str] = CSV_NAMES,
) -> Questionnaire:
    """The questionnaire of an XLSForm whose sheets are CSV files of their own.

    Args:
        survey: the survey sheet, UTF-8.
        choices: the choices sheet, where questions offer choices.
        settings: the settings sheet, where there is one.
        names: the files' names, for messages.

    Raises:
        InputError: the form has faults; see :func:`read_xlsform`.
    """
    given = zip(("survey", "choices", "settings"), names, (survey, choices, settings), strict=True)
    tables = {sheet: (file, data) for sheet, file, data in given if data is not None}
    return _read(read_tables(tables, names[0]))


def validate(data: bytes, name: str = "form.xlsx") -> Questionnaire:
    """The questionnaire of an XLSForm that has also been turned into an XForm once, which finds more faults.

    Raises:
        InputError: the form has faults, or cannot be turned into an XForm.
    """
    questionnaire = read_xlsform(data, name)
    if questionnaire.source is not None:
        convert(questionnaire.source)
    return questionnaire


def _read(workbook: Workbook) -> Questionnaire:
    parts = read_parts(workbook)
    lists, choice_faults, notices = read_choices(parts)
    tree = TreeReader(parts).read()
    parts.settings.values.update(tree.settings)
    builder = Builder(parts, extended(lists, tree, parts))
    questions, groups = builder.build(tree)
    faults = [
        *parts.faults,
        *choice_faults,
        *tree.faults,
        *list_faults(tree, parts, lists),
        *_reference_faults(parts, tree),
        *builder.faults,
    ]
    if faults:
        raise InputError(*faults)
    return _questionnaire(parts, questions, groups, builder.lists, (*parts.notices, *notices))


def _questionnaire(
    parts: Parts,
    questions: tuple[Question, ...],
    groups: tuple[Group, ...],
    lists: dict[str, ChoiceList],
    notices: tuple[Fault, ...],
) -> Questionnaire:
    values, languages = parts.settings.values, parts.languages
    identity = values.get("id", parts.workbook.stem)
    return Questionnaire(
        id=identity,
        version=values.get("version", ""),
        title=Text.of(values.get("title", identity), languages.default),
        languages=languages.tags,
        default_language=languages.default,
        questions=questions,
        groups=groups,
        choice_lists=tuple(lists.values()),
        settings=dict(values),
        language_names=languages.names,
        notices=notices,
        source=parts.workbook,
    )


def _reference_faults(parts: Parts, tree: Tree) -> list[Fault]:
    sheets = parts.sheets
    settings = parts.workbook.sheet("settings")
    if settings is not None:
        sheets.append((settings, read_columns(settings)[0]))
    nodes = all_nodes(tree.nodes)
    names = [node.name for node in nodes if node.type.kind is not Kind.AUDIT and not node.generated]
    return check_references(sheets, names)
