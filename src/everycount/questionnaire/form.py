"""An XLSForm read into a questionnaire."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from everycount.faults import Fault, InputError, nearest
from everycount.questionnaire.build import Builder
from everycount.questionnaire.choices import read_choices
from everycount.questionnaire.columns import Columns, read_columns
from everycount.questionnaire.kinds import FILE_ENDINGS, FROM_FILE, Kind
from everycount.questionnaire.model import Questionnaire
from everycount.questionnaire.question import Choice, ChoiceList
from everycount.questionnaire.references import check_references
from everycount.questionnaire.rows import Node, Tree, TreeReader
from everycount.questionnaire.rowtype import Control
from everycount.questionnaire.settings import Settings, read_settings
from everycount.questionnaire.wording import Languages, languages_of
from everycount.questionnaire.workbook import Sheet, Workbook, read_tables, read_workbook
from everycount.questionnaire.xform import convert
from everycount.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

CSV_NAMES = ("survey.csv", "choices.csv", "settings.csv")


def read_xlsform(data: bytes, name: str = "form.xlsx") -> Questionnaire:
    """The questionnaire of an XLSForm.

    Args:
        data: the file: XLSX, XLS, or one CSV with the sheets' names in its first column.
        name: the file's name, for messages, and for the form's id where the settings give none.

    Raises:
        InputError: the form has faults; all of them, each with sheet, row, column, value and remedy.
    """
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
    survey = _survey_sheet(workbook)
    columns, faults = read_columns(survey)
    _require(survey, columns, ("type", "name"))
    settings, more = read_settings(workbook)
    faults += more
    choices = workbook.sheet("choices")
    choice_columns, more = read_columns(choices) if choices else (Columns(()), [])
    faults += more
    languages = languages_of(settings.default_language, columns, choice_columns)
    lists: dict[str, ChoiceList] = {}
    notices: list[Fault] = []
    if choices:
        lists, more, notices = read_choices(choices, choice_columns, settings, languages)
        faults += more
    tree = TreeReader(survey, columns, settings).read()
    settings.values.update(tree.settings)
    faults += tree.faults
    faults += _list_faults(tree, survey, columns, lists, workbook)
    faults += _reference_faults(workbook, tree, columns, choice_columns)
    builder = Builder(survey, columns, settings, languages, _extended(lists, tree, settings, languages))
    questions, groups = builder.build(tree)
    faults += builder.faults
    if faults:
        raise InputError(*faults)
    return Questionnaire(
        id=settings.values.get("id", workbook.stem),
        version=settings.values.get("version", ""),
        title=Text.of(
            settings.values.get("title", settings.values.get("id", workbook.stem)), languages.default
        ),
        languages=languages.tags,
        default_language=languages.default,
        questions=questions,
        groups=groups,
        choice_lists=tuple(builder.lists.values()),
        settings=dict(settings.values),
        language_names=languages.names,
        notices=tuple(notices),
        source=workbook,
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


def _all(nodes: list[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _all(node.children)


def _list_faults(
    tree: Tree, sheet: Sheet, columns: Columns, lists: dict[str, ChoiceList], workbook: Workbook
) -> list[Fault]:
    faults = []
    external = _external_lists(workbook)
    for node in _all(tree.nodes):
        place = sheet.place(node.row.number, columns.header("type"))
        known = external if node.type.command == "select_one_external" else lists
        if node.type.command in FROM_FILE:
            faults += _file_faults(place, node.type.list_name)
        elif node.type.begins is Control.LOOP or node.type.command:
            faults += _known_faults(place, node, known)
        if node.type.kind is Kind.SELECT_MULTIPLE and node.type.list_name in lists:
            faults += _spaced_codes(place, node, lists[node.type.list_name])
    return faults


def _external_lists(workbook: Workbook) -> dict[str, ChoiceList]:
    sheet = workbook.sheet("external_choices")
    if sheet is None:
        return {}
    header = next((header for header in sheet.headers if header.replace(" ", "_").lower() == "list_name"), "")
    return {row.cells[header]: ChoiceList(row.cells[header], ()) for row in sheet.rows if header in row.cells}


def _file_faults(place: str, file: str) -> list[Fault]:
    if file.endswith(FILE_ENDINGS) and file.count(".") == 1:
        return []
    endings = ", ".join(FILE_ENDINGS)
    return [
        Fault(
            place, f'The choices come from the file "{file}".', f"Name a file that ends in one of {endings}."
        )
    ]


def _known_faults(place: str, node: Node, lists: dict[str, ChoiceList]) -> list[Fault]:
    name = node.type.list_name
    elsewhere = "${" in name or (name.endswith(FILE_ENDINGS) and not node.type.or_other)
    if name in lists or (elsewhere and node.type.begins is None):
        return []
    if not name:
        return [
            Fault(place, f'The loop "{node.name}" goes over no list.', "Write begin_loop over list_name.")
        ]
    alike = nearest(name, lists)
    sheet = "external_choices" if node.type.command == "select_one_external" else "choices"
    remedy = f'Did you mean "{alike}"?' if alike else f"Add the list to the sheet {sheet}."
    return [Fault(place, f'The choice list "{name}" is not in the sheet {sheet}.', remedy)]


def _spaced_codes(place: str, node: Node, choices: ChoiceList) -> list[Fault]:
    return [
        Fault(
            place,
            f'The code "{code}" of the list "{choices.name}" has a space, so several answers to '
            f'"{node.name}" could not be told apart.',
            f'Write it without spaces, such as "{"_".join(code.split())}".',
        )
        for code in choices.codes
        if " " in code
    ]


def _reference_faults(
    workbook: Workbook, tree: Tree, columns: Columns, choice_columns: Columns
) -> list[Fault]:
    sheets = []
    for name, its_columns in (("survey", columns), ("choices", choice_columns)):
        sheet = workbook.sheet(name)
        if sheet is not None:
            sheets.append((sheet, its_columns))
    settings = workbook.sheet("settings")
    if settings is not None:
        sheets.append((settings, read_columns(settings)[0]))
    names = [
        node.name for node in _all(tree.nodes) if node.type.kind is not Kind.AUDIT and not node.generated
    ]
    return check_references(sheets, names)


def _extended(
    lists: dict[str, ChoiceList], tree: Tree, settings: Settings, languages: Languages
) -> dict[str, ChoiceList]:
    """The lists with the choices that the form language adds: "Other" and "None"."""
    added: dict[str, list[Choice]] = {}
    for node in _all(tree.nodes):
        if node.type.or_other:
            added.setdefault(node.type.list_name, []).append(_said("other", "Other", languages))
        if node.type.kind is Kind.SELECT_MULTIPLE and settings.is_on("add_none_option"):
            added.setdefault(node.type.list_name, []).append(_said("none", "None", languages))
    extended = dict(lists)
    for name, choices in added.items():
        if name in lists:
            known = lists[name].codes
            new = {choice.code: choice for choice in choices if choice.code not in known}
            extended[name] = replace(lists[name], choices=(*lists[name].choices, *new.values()))
    return extended


def _said(code: str, words: str, languages: Languages) -> Choice:
    return Choice(code, Text(tuple((tag, words) for tag in languages.tags)))
