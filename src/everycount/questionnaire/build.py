"""Questions and groups made from the tree of rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from everycount.faults import Fault, nearest
from everycount.questionnaire.columns import OURS, cleaned
from everycount.questionnaire.identifiers import is_identifier
from everycount.questionnaire.kinds import EXTERNAL, SPOKEN, Kind
from everycount.questionnaire.question import Choice, ChoiceList, Group, Question
from everycount.questionnaire.rows import is_no
from everycount.questionnaire.rowtype import Control
from everycount.questionnaire.settings import YES
from everycount.questionnaire.wording import text_of
from everycount.text import Text

if TYPE_CHECKING:
    from everycount.questionnaire.parts import Parts
    from everycount.questionnaire.rows import Node, Tree
    from everycount.questionnaire.workbook import Row, Sheet

SENSITIVITIES = ("0", "1", "2", "3")
SAYING = ("label", "hint", "image", "big-image", "audio", "video")  # guidance may be hidden: not enough
NO_CHOICE = "none"  # a loop does not go over this choice


@dataclass(frozen=True, slots=True)
class Above:
    """What stands above a row: groups and repeats, the innermost repeat, and the choice a loop is at."""

    path: tuple[str, ...] = ()
    roster: str | None = None
    choice: Choice | None = None

    def inside(self, group: Group) -> Above:
        """What stands above the rows inside a group."""
        roster = group.name if group.repeat else self.roster
        return replace(self, path=group.full_path, roster=roster)


class Builder:
    """Makes the questions of one form; faults and notices gather on the way."""

    def __init__(self, parts: Parts, lists: dict[str, ChoiceList]) -> None:
        self.sheet = parts.survey
        self.columns = parts.columns
        self.languages = parts.languages
        self.lists = lists
        self.spaces = parts.settings.is_on("clean_text_values", otherwise=True)
        self.words = {column.header for name in SAYING for column in self.columns.of(name)}
        self.questions: list[Question] = []
        self.groups: list[Group] = []
        self.faults: list[Fault] = []

    def build(self, tree: Tree) -> tuple[tuple[Question, ...], tuple[Group, ...]]:
        """All questions and groups of the tree, in order."""
        self._build(tree.nodes, Above())
        return tuple(self.questions), tuple(self.groups)

    def _build(self, nodes: list[Node], above: Above) -> None:
        for node in nodes:
            if node.type.begins:
                self._build_group(node, above)
            elif node.type.kind is not None and node.type.kind not in EXTERNAL:
                self.questions.append(self._question(node, node.type.kind, above))

    def _build_group(self, node: Node, above: Above) -> None:
        group = Group(
            name=_at(node.name, above.choice),
            path=above.path,
            repeat=node.type.begins is Control.REPEAT,
            labels=self._text(node.row, "label", above),
            relevance=self._cell(node.row, "relevance"),
            appearance=self._cell(node.row, "appearance"),
            count=self._cell(node.row, "repeat_count"),
        )
        self.groups.append(group)
        inside = above.inside(group)
        if node.type.begins is Control.LOOP:
            self._build_loop(node, inside)
        else:
            self._build(node.children, inside)

    def _build_loop(self, node: Node, above: Above) -> None:
        """The questions of a loop once for each choice of its list."""
        choices = self.lists[node.type.list_name].choices if node.type.list_name in self.lists else ()
        for choice in choices:
            if choice.code != NO_CHOICE:
                group = Group(choice.code, above.path, labels=choice.labels)
                self.groups.append(group)
                self._build(node.children, replace(above.inside(group), choice=choice))

    def _question(self, node: Node, kind: Kind, above: Above) -> Question:
        path = () if kind is Kind.AUDIT else above.path
        if node.generated:
            return Question(
                _at(node.name, above.choice),
                kind,
                path,
                above.roster,
                relevance=node.relevance,
                calculation=node.calculation,
                generated=True,
            )
        row = node.row
        self._check_words(node, kind)
        question = Question(
            name=_at(node.name, above.choice),
            kind=kind,
            path=("meta",) if kind is Kind.AUDIT else path,
            roster=None if kind is Kind.AUDIT else above.roster,
            labels=self._text(row, "label", above),
            hints=self._text(row, "hint", above),
            guidance=self._text(row, "guidance", above),
            list_name=node.type.list_name,
            choices=self._choices(node),
            choice_filter=self._cell(row, "choice_filter"),
            relevance=self._cell(row, "relevance"),
            constraint=self._cell(row, "constraint"),
            constraint_message=self._text(row, "constraint_message", above),
            calculation=self._cell(row, "calculation"),
            appearance=self._cell(row, "appearance"),
            default=self._cell(row, "default"),
            parameters=self._cell(row, "parameters"),
        )
        return self._with_ours(self._with_required(question, row), row)

    def _cell(self, row: Row, name: str) -> str:
        return cleaned(row.cells.get(self.columns.header(name), ""), spaces=self.spaces)

    def _text(self, row: Row, name: str, above: Above) -> Text:
        text = text_of(row, self.columns.of(name), self.languages, spaces=self.spaces)
        if above.choice is None or "%(" not in "".join(words for _, words in text.versions):
            return text
        return Text(tuple((tag, _at(words, above.choice, tag)) for tag, words in text.versions))

    def _choices(self, node: Node) -> tuple[Choice, ...]:
        if not node.type.command or node.type.command == "select_one_external":
            return ()
        choices = self.lists.get(node.type.list_name)
        return choices.choices if choices else ()

    def _with_required(self, question: Question, row: Row) -> Question:
        required = self._cell(row, "required")
        if not required or is_no(required):
            return question
        if required.casefold() in YES:
            return replace(question, required=True)
        return replace(question, required_if=required)

    def _with_ours(self, question: Question, row: Row) -> Question:
        """The question with what our own columns say, or what its name says where they are silent."""
        said = {field: self._cell(row, f"everycount::{field}") for field in OURS}
        identifier = said["identifier"].casefold()
        if identifier and identifier not in YES and not is_no(identifier):
            self._fault(row, "identifier", said["identifier"], "Write yes or no.")
        if said["sensitivity"] and said["sensitivity"] not in SENSITIVITIES:
            self._fault(row, "sensitivity", said["sensitivity"], "Write 0, 1, 2 or 3; 3 can do grave harm.")
            said["sensitivity"] = ""
        guessed = not identifier and is_identifier(question.name, question.kind)
        return replace(
            question,
            concept=said["concept"],
            standard=said["standard"],
            direct_identifier=identifier in YES or guessed,
            identifier_guessed=guessed,
            consent_purpose=said["consent"],
            sensitivity=int(said["sensitivity"]) if said["sensitivity"] else None,
        )

    def _fault(self, row: Row, name: str, value: str, remedy: str) -> None:
        place = self.sheet.place(row.number, self.columns.header(f"everycount::{name}"))
        self.faults.append(Fault(place, f'"{value}" cannot be understood here.', remedy))

    def _check_words(self, node: Node, kind: Kind) -> None:
        """What people are asked must be said or shown."""
        silent = self._cell(node.row, "calculation") or self._cell(node.row, "trigger")
        if kind not in SPOKEN or silent:
            return
        if not self.words:
            self.words = {""}  # said once is enough
            self.faults.append(_no_label_column(self.sheet))
        elif not self.words & node.row.cells.keys() and self.words != {""}:
            self.faults.append(
                Fault(
                    self.sheet.place(node.row.number, self.columns.header("label")),
                    f'The question "{node.name}" has no label.',
                    "Write what people are asked.",
                )
            )


def _no_label_column(sheet: Sheet) -> Fault:
    alike = nearest("label", (header for header in sheet.headers if header not in {"type", "name"}))
    remedy = f'Rename "{alike}" to "label".' if alike else "Add it; it holds what people are asked."
    return Fault(sheet.place(1), 'The column "label" is missing.', remedy)


def _at(words: str, choice: Choice | None, language: str = "") -> str:
    """The words with a loop's place holders filled in."""
    if choice is None:
        return words
    label = choice.labels.say(language, choice.code)
    return words.replace("%(name)s", choice.code).replace("%(label)s", label)
