"""The survey sheet as a tree: groups and repeats with the rows that stand in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from everycount.faults import Fault
from everycount.questionnaire.columns import cleaned
from everycount.questionnaire.kinds import EXTERNAL, Kind
from everycount.questionnaire.rowtype import Control, RowType, parse_type, unknown_type
from everycount.questionnaire.settings import NO, YES

if TYPE_CHECKING:
    from everycount.questionnaire.parts import Parts
    from everycount.questionnaire.workbook import Row

_START = (
    "A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_MORE = rf"{_START}\-.0-9\xb7\u0300-\u036f\u203f-\u2040"
NAME = re.compile(rf"[{_START}][{_MORE}]*(?::[{_START}][{_MORE}]*)?")  # XML 1.0, Name; Namespaces, NCName
RESERVED = "meta"
DEEPEST = 50  # levels of groups; more is a begin without its end, copied down


@dataclass(slots=True)
class Node:
    """A row of the survey sheet, or one that the form language adds; ``children`` stand inside it.

    Attributes:
        row: the row it stands in, or that caused it.
        type: its type, taken apart.
        name: its name.
        generated: it has no row of its own.
        relevance: of a generated node.
        children: for groups, repeats and loops.
    """

    row: Row
    type: RowType
    name: str
    generated: bool = False
    relevance: str = ""
    calculation: str = ""
    children: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Tree:
    """The whole sheet: the nodes at the top, settings given on it, and what is wrong with it."""

    nodes: list[Node]
    settings: dict[str, str]
    faults: list[Fault]


class TreeReader:
    """Reads the rows of a survey sheet one after the other and keeps what is open."""

    def __init__(self, parts: Parts) -> None:
        self.sheet = parts.survey
        self.columns = parts.columns
        self.spaces = parts.settings.is_on("clean_text_values", otherwise=True)
        self.root = parts.settings.root
        self.top: list[Node] = []
        self.open: list[Node] = []
        self.named: list[dict[str, Node]] = [{}]  # what stands at the top, and in each open group
        self.repeats: set[str] = set()
        self.given: dict[str, str] = {}
        self.faults: list[Fault] = []

    def read(self) -> Tree:
        """The tree of all rows."""
        for row in self.sheet.rows:
            self._take(row)
        for node in self.open:
            self._fault(
                node.row,
                "type",
                f'The {node.type.begins} "{node.name}" is opened but never closed.',
                f'Add a row of type "end_{node.type.begins}" after its last question.',
            )
        return Tree(self.top, self.given, self.faults)

    def cell(self, row: Row, name: str) -> str:
        """What a row says in a field, cleaned."""
        return cleaned(row.cells.get(self.columns.header(name), ""), spaces=self.spaces)

    @property
    def _here(self) -> list[Node]:
        return self.open[-1].children if self.open else self.top

    def _fault(self, row: Row, column: str, problem: str, remedy: str) -> None:
        place = self.sheet.place(row.number, self.columns.header(column))
        self.faults.append(Fault(place, problem, remedy))

    def _take(self, row: Row) -> None:
        if self.cell(row, "disabled").casefold() in YES:
            return
        text = self.cell(row, "type")
        if not text:
            self._refuse_typeless(row)
            return
        parsed = parse_type(text)
        if parsed is None:
            place = self.sheet.place(row.number, self.columns.header("type"))
            self.faults.append(unknown_type(place, text))
        elif parsed.setting:
            self.given[parsed.setting] = self.cell(row, "name")
        elif parsed.ends:
            self._close(row, parsed.ends)
        else:
            self._add(row, parsed)

    def _refuse_typeless(self, row: Row) -> None:
        """A row without type, name and label is a note; with one of them it is a question gone wrong."""
        words = [column.header for column in self.columns.of("label")]
        name = self.cell(row, "name")
        if name or any(header in row.cells for header in words):
            shown = name or next(row.cells[header] for header in words if header in row.cells)
            self._fault(
                row,
                "type",
                f'The row "{shown}" has no type.',
                "Write its type, such as text, integer or select_one yes_no.",
            )

    def _close(self, row: Row, control: Control) -> None:
        if not self.open:
            self._fault(
                row,
                "type",
                f'"end_{control}" closes nothing.',
                f"Remove the row, or add the begin_{control} it belongs to.",
            )
            return
        opened = self.open[-1]
        if opened.type.begins is not control:
            self._fault(
                row,
                "type",
                f'"end_{control}" stands where the {opened.type.begins} "{opened.name}" of row '
                f"{opened.row.number} is open.",
                f'Write "end_{opened.type.begins}", or close what is open first.',
            )
        self.open.pop()
        self.named.pop()

    def _add(self, row: Row, parsed: RowType) -> None:
        name = self._name(row, parsed)
        node = Node(row, parsed, name)
        if parsed.kind is Kind.AUDIT:
            self.top.append(node)
            return
        self._check_name(node)
        for each in (*self._before(node), node, *([_other(node)] if parsed.or_other else [])):
            self._here.append(each)
            self.named[-1].setdefault(each.name, each)
        if parsed.begins:
            if "table-list" in self.cell(row, "appearance").split() and self._has_words(row):
                node.children.append(_added(row, Kind.NOTE, f"generated_table_list_label_{row.number}"))
            if len(self.open) == DEEPEST:
                self._fault(row, "type", f"{DEEPEST} groups stand inside each other.", "Close some of them.")
            else:
                self.open.append(node)
                self.named.append({child.name: child for child in node.children})

    def _name(self, row: Row, parsed: RowType) -> str:
        name = self.cell(row, "name")
        if parsed.kind is Kind.AUDIT:
            if name not in {"", "audit"}:
                self._fault(row, "name", f'The audit is named "{name}".', "Leave its name empty.")
            return "audit"
        if not name and self.cell(row, "type") == "note":
            return f"generated_note_name_{row.number}"
        if not name:
            what = parsed.begins or "question"
            self._fault(
                row, "name", f"The {what} has no name.", "Write a short name, such as age or water_source."
            )
            return f"unnamed_{row.number}"
        if not NAME.fullmatch(name):
            self._fault(
                row,
                "name",
                f'The name "{name}" cannot be used.',
                "Begin with a letter or _ and use only letters, digits, _, - and full stops"
                f"{_suggestion(name)}.",
            )
        return name

    def _check_name(self, node: Node) -> None:
        twin = self.named[-1].get(node.name)
        if node.name == RESERVED:
            self._fault(node.row, "name", 'The name "meta" is reserved.', "Choose another name.")
        elif twin is not None and node.type.kind not in EXTERNAL:
            self._fault(
                node.row,
                "name",
                f'The name "{node.name}" stands twice in the same group; row {twin.row.number} has it too.',
                "Rename one of the two.",
            )
        if node.type.begins is Control.REPEAT:
            self._check_repeat(node)

    def _check_repeat(self, node: Node) -> None:
        if node.name == self.root:
            self._fault(
                node.row,
                "name",
                f'The repeat "{node.name}" has the name of the form\'s root.',
                "Choose another name.",
            )
        elif node.name in self.repeats:
            self._fault(node.row, "name", f'Two repeats are named "{node.name}".', "Rename one of the two.")
        self.repeats.add(node.name)

    def _before(self, node: Node) -> list[Node]:
        """What the form language puts before a row: the count of a repeat, the header of a table."""
        if node.type.begins:
            count = self.cell(node.row, "repeat_count")
            if count and not re.fullmatch(r"\$\{[^{}]+\}", count):
                return [_added(node.row, Kind.CALCULATE, f"{node.name}_count", calculation=count)]
        elif node.type.command and self._opens_table():
            name = f"reserved_name_for_field_list_labels_{node.row.number}"
            header = _added(node.row, Kind.NOTE, name)
            return [header]
        return []

    def _opens_table(self) -> bool:
        """Whether the next select is the first of a group that is shown as a table."""
        if not self.open:
            return False
        group = self.open[-1]
        table = "table-list" in self.cell(group.row, "appearance").split()
        return table and not any(child.type.command for child in group.children)

    def _has_words(self, row: Row) -> bool:
        return any(
            column.header in row.cells for name in ("label", "hint") for column in self.columns.of(name)
        )


def _added(row: Row, kind: Kind, name: str, *, relevance: str = "", calculation: str = "") -> Node:
    return Node(row, RowType(kind), name, generated=True, relevance=relevance, calculation=calculation)


def _other(node: Node) -> Node:
    """The question "Specify other" that follows a select with ``or_other``."""
    return _added(node.row, Kind.TEXT, f"{node.name}_other", relevance=f"selected(../{node.name}, 'other')")


def _suggestion(name: str) -> str:
    """How the name could be written."""
    better = re.sub(rf"[^{_MORE}]+", "_", name).strip("_")
    better = better if NAME.fullmatch(better) else f"q_{better}"
    return f'; "{better}" would do' if NAME.fullmatch(better) else ""


def is_no(text: str) -> bool:
    """Whether a cell says no."""
    return text.casefold() in NO
