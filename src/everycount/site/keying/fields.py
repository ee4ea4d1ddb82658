"""What is typed of a form, in the order in which it is typed: consent first, then as it stands on paper."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.questionnaire.calculating import without_value
from everycount.questionnaire.kinds import LINES, MEDIA, SELECTS, Kind
from everycount.site.keying.skips import told
from everycount.site.questionnaires.paper.answers import space_of
from everycount.site.questionnaires.paper.words import Speaker
from everycount.site.questionnaires.things import spoken

if TYPE_CHECKING:
    from typing import TypeAlias

    from everycount.questionnaire import Group, Question, Questionnaire

    Path: TypeAlias = tuple[str, ...]

ROWS = 12  # people of one sheet; more than stand on it
SHOWN = 12  # choices beside a field; the sheet shows all
MOMENTS = frozenset({Kind.DATE, Kind.TIME, Kind.DATETIME})
NOT_TYPED = MEDIA | LINES | {Kind.NOTE}


@dataclass(frozen=True, slots=True)
class Field:
    """A question.

    Attributes:
        number: as on paper.
        name: of its input; rows of a table add theirs.
        question: which.
        label, heading: in the language of the sheet.
        codes: what stands beside the boxes on paper, with labels.
        digits: boxes on paper; 0 where there is a line, or a minus may stand before them.
        relevance: expressions that must hold for it to be asked.
        when: the same for the script.
        rule: what an answer must be, in the form's own words, or in ours as the sheet has it; "" where nobody
            can say it.
    """

    number: int
    question: Question
    label: str
    heading: str
    codes: tuple[tuple[str, str], ...]
    digits: int
    relevance: tuple[str, ...]
    when: str
    rule: str = ""

    @property
    def name(self) -> str:
        """Of its input."""
        return f"q{self.number}"

    @property
    def kind(self) -> str:
        """How the script takes what is typed."""
        if self.question.kind is Kind.SELECT_ONE and self.question.choices:
            return "one"
        return "many" if self.question.kind in SELECTS else "digits" if self.digits else "line"

    @property
    def all_codes(self) -> str:
        """For the script."""
        return json.dumps([each.code for each in self.question.choices])


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the sheet: how many rows are filled, then the questions of each row.

    Attributes:
        repeat: its name in the form.
        name: of the input for the number of rows.
        within: the repeat of the table around it, or ""; then each row says to which row of that it belongs.
        within_label: what that table is called.
    """

    repeat: str
    name: str
    label: str
    fields: tuple[Field, ...]
    when: str
    within: str = ""
    within_label: str = ""

    @property
    def whose(self) -> str:
        """The name of the inputs that say to which row of the other table each belongs."""
        return f"w{self.name[1:]}"


@dataclass(frozen=True, slots=True)
class Typing:
    """Everything that is typed.

    Attributes:
        parts: fields and tables.
        left: numbers of questions that stay on paper, such as pictures.
        empty: names of the calculated values that cannot be worked out here.
        is_too_deep: it has tables within a table that asks nothing itself, of which no sheet has rows.
    """

    parts: tuple[Field | Table, ...]
    left: tuple[int, ...]
    empty: tuple[str, ...]
    is_too_deep: bool

    @property
    def fields(self) -> dict[str, Field]:
        """Every field by the name of its question."""
        return {
            each.question.name: each
            for part in self.parts
            for each in (part.fields if isinstance(part, Table) else (part,))
        }


def typing(form: Questionnaire, language: str) -> Typing:
    """A form as it is typed."""
    chosen = language if language in form.languages else form.default_language
    groups = {group.full_path: group for group in form.groups}
    numbered = list(enumerate(spoken(form), start=1))
    typed = [(number, each) for number, each in numbered if each.kind not in NOT_TYPED]
    maker = _Maker(form, chosen, groups, {each.name: (number, each) for number, each in typed})
    alone = [(number, each) for number, each in typed if each.roster is None]
    ordered = sorted(alone, key=lambda pair: not pair[1].consent_purpose)  # a stable sort
    fields = {number: maker.field(number, each) for number, each in typed}
    consents = [fields[number] for number, each in ordered if each.consent_purpose]
    tables = maker.tables([(number, each) for number, each in typed if each.roster is not None], fields)
    parts: list[Field | Table] = []
    for number, each in typed:
        if each.roster is None:
            parts += [] if each.consent_purpose else [fields[number]]
        else:
            parts += tables.pop(maker.outermost(each), [])
    return Typing(
        (*consents, *parts),
        tuple(number for number, each in numbered if each.kind in NOT_TYPED and each.kind is not Kind.NOTE),
        without_value(form),
        maker.is_too_deep(typed),
    )


@dataclass(frozen=True)
class _Maker:
    form: Questionnaire
    language: str
    groups: dict[tuple[str, ...], Group]
    typed: dict[str, tuple[int, Question]]

    def field(self, number: int, question: Question) -> Field:
        space = space_of(question, self.form, self.language)
        relevance = tuple(each for each in (*self._around(question.path), question.relevance) if each)
        group = self.groups.get(question.path)
        return Field(
            number=number,
            question=question,
            label=question.labels.say(self.language, question.name),
            heading=group.labels.say(self.language) if group and not group.repeat else "",
            codes=tuple((c.code, c.labels.say(self.language, c.code)) for c in question.choices[:SHOWN]),
            digits=0 if space.signed else sum(each.digits for each in space.boxes),
            relevance=relevance,
            when=json.dumps(told(relevance, lambda name: self._name(name, question))),
            rule=self._rule(question),
        )

    def _rule(self, question: Question) -> str:
        own = question.constraint_message.say(self.language)
        if own or not question.constraint:
            return own
        numbers = {each.full_path: number for number, each in self.typed.values()}
        return Speaker(self.form, self.language, numbers, question).says(question.constraint)

    def outermost(self, question: Question) -> Path:
        """The place of the outermost repeat around a question."""
        return self._repeats(question.path)[0]

    def _repeats(self, path: Path) -> list[Path]:
        """The places of the repeats around a place, or at it, the outermost first."""
        steps = (path[:depth] for depth in range(1, len(path) + 1))
        return [each for each in steps if self.groups[each].repeat]

    def is_too_deep(self, typed: list[tuple[int, Question]]) -> bool:
        """Whether some table stands in one of which nothing is typed."""
        own = {self._repeats(each.path)[-1] for _, each in typed if each.roster is not None}
        return any(around not in own for each in own for around in self._repeats(each))

    def tables(self, typed: list[tuple[int, Question]], fields: dict[int, Field]) -> dict[Path, list[Table]]:
        """The tables by the place of their outermost repeat, each after the one around it."""
        inside: dict[Path, list[Field]] = {}
        for number, each in typed:
            inside.setdefault(self._repeats(each.path)[-1], []).append(fields[number])
        found: dict[Path, list[Table]] = {}
        for place in (each for each in self.groups if each in inside):  # a group stands before those in it
            found.setdefault(self._repeats(place)[0], []).append(self._table(place, tuple(inside[place])))
        return found

    def _table(self, place: Path, fields: tuple[Field, ...]) -> Table:
        group, around = self.groups[place], self._repeats(place)[:-1]
        relevance = [each for each in self._around(place) if each]
        when = json.dumps(told(relevance, lambda name: self._name(name, None)))
        label = group.labels.say(self.language, group.name)
        outer = self.groups[around[-1]] if around else None
        return Table(
            group.name,
            f"n{fields[0].number}",
            label,
            fields,
            when,
            outer.name if outer else "",
            outer.labels.say(self.language, outer.name) if outer else "",
        )

    def _around(self, path: tuple[str, ...]) -> list[str]:
        return [self.groups[path[:depth]].relevance for depth in range(1, len(path) + 1)]

    def _name(self, name: str, asked: Question | None) -> str | None:
        """The input of another question, with a dot at its end where it is of the same row."""
        number, question = self.typed.get(name, (0, None))
        if question is None or question.kind in MOMENTS:
            return None
        if question.roster is None:
            return f"q{number}"
        return f"q{number}." if asked is not None and question.roster == asked.roster else None
