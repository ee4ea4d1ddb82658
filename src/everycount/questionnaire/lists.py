"""Rows of the survey sheet and the lists of choices that they name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from everycount.faults import Fault, nearest
from everycount.questionnaire.kinds import FILE_ENDINGS, FROM_FILE, Kind
from everycount.questionnaire.question import Choice, ChoiceList
from everycount.questionnaire.rowtype import Control
from everycount.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.questionnaire.parts import Parts
    from everycount.questionnaire.rows import Node, Tree
    from everycount.questionnaire.wording import Languages
    from everycount.questionnaire.workbook import Workbook


def all_nodes(nodes: list[Node]) -> Iterator[Node]:
    """The nodes and all that stand inside them, in order."""
    for node in nodes:
        yield node
        yield from all_nodes(node.children)


def list_faults(tree: Tree, parts: Parts, lists: dict[str, ChoiceList]) -> list[Fault]:
    """The faults of rows that name a list of choices, or a file with choices."""
    faults = []
    external = _external_lists(parts.workbook)
    for node in all_nodes(tree.nodes):
        place = parts.survey.place(node.row.number, parts.columns.header("type"))
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


def extended(lists: dict[str, ChoiceList], tree: Tree, parts: Parts) -> dict[str, ChoiceList]:
    """The lists with the choices that the form language adds: "Other" and "None"."""
    added: dict[str, list[Choice]] = {}
    for node in all_nodes(tree.nodes):
        if node.type.or_other:
            added.setdefault(node.type.list_name, []).append(_said("other", "Other", parts.languages))
        if node.type.kind is Kind.SELECT_MULTIPLE and parts.settings.is_on("add_none_option"):
            added.setdefault(node.type.list_name, []).append(_said("none", "None", parts.languages))
    extended = dict(lists)
    for name, choices in added.items():
        if name in lists:
            known = lists[name].codes
            new = {choice.code: choice for choice in choices if choice.code not in known}
            extended[name] = replace(lists[name], choices=(*lists[name].choices, *new.values()))
    return extended


def _said(code: str, words: str, languages: Languages) -> Choice:
    return Choice(code, Text(tuple((tag, words) for tag in languages.tags)))
