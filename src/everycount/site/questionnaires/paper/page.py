"""A form laid out for paper: sections, questions and tables for those of whom several are asked about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from everycount.questionnaire import Kind
from everycount.site.questionnaires.paper.answers import LONG, Block, Space, blocks_of, space_of
from everycount.site.questionnaires.paper.words import Speaker
from everycount.site.questionnaires.things import spoken
from everycount.text import UNDETERMINED, direction

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from everycount.questionnaire import Group, Question, Questionnaire

COLUMNS = 5  # people side by side; more, and a name no longer fits into its column
LISTED = 2000  # choices of one list that are printed; a longer one is looked up in the file


@dataclass(frozen=True, slots=True)
class When:
    """When something is asked: in words, or as the form has it; both "" where it always is."""

    words: str = ""
    written: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A question on paper.

    Attributes:
        number: as on every page of the version.
        rule: what the answer must satisfy, in words.
        space: where the answer is written.
    """

    number: int
    name: str
    label: str
    hint: str
    guidance: str
    required: bool
    when: When
    rule: str
    space: Space
    is_note: bool


@dataclass(frozen=True, slots=True)
class Section:
    """Questions under a heading; ``heading`` is "" where they have none."""

    heading: str
    when: When
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Questions that are asked of several people or things, each of which has a column.

    Attributes:
        blocks: the numbers of the columns, as many as fit side by side.
        within: what each of them belongs to, where that is one of several itself.
        rows: headings and questions.
    """

    heading: str
    when: When
    blocks: tuple[tuple[int, ...], ...]
    within: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading between the rows of a table."""

    label: str
    when: When


Part: TypeAlias = "Item | Section | Table"
Row: TypeAlias = "Item | Heading"


@dataclass(frozen=True, slots=True)
class Listed:
    """A long list of choices, which stands after the questions."""

    name: str
    blocks: tuple[Block, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Paper:
    """A form on paper, in one language.

    Attributes:
        people: for how many there is room in its tables.
        has_references: a number in brackets stands for the answer to that question.
    """

    title: str
    language: str
    direction: str
    parts: tuple[Part, ...]
    lists: tuple[Listed, ...]
    people: int
    has_tables: bool
    has_references: bool


def printed(form: Questionnaire, language: str, people: int) -> Paper:
    """The form in one of its languages, with room for some people in each table.

    Instructions are said in the language that is active, which may be another one.
    """
    chosen = language if language in form.languages else form.default_language
    questions = spoken(form)
    layout = _Layout(form, chosen, people, questions)
    return Paper(
        title=form.title.say(chosen, form.id),
        language=chosen,
        direction="auto" if chosen == UNDETERMINED else direction(chosen),
        parts=tuple(layout.parts(questions, ())),
        lists=_lists(form, questions, chosen),
        people=people,
        has_tables=any(each.roster for each in questions),
        has_references=any("${" in _texts(each) for each in questions),
    )


def _texts(question: Question) -> str:
    return "".join((str(question.labels), str(question.hints), question.relevance, question.constraint))


def _lists(form: Questionnaire, questions: Sequence[Question], language: str) -> tuple[Listed, ...]:
    """The long lists, each once."""
    long = {each.list_name: each for each in questions if len(each.choices) > LONG}
    return tuple(
        Listed(
            name,
            blocks_of(replace(each, choices=each.choices[:LISTED]), form, language),
            max(0, len(each.choices) - LISTED),
        )
        for name, each in long.items()
    )


class _Layout:
    """Puts questions under the groups that they stand in."""

    def __init__(
        self, form: Questionnaire, language: str, people: int, questions: Sequence[Question]
    ) -> None:
        self._form, self._language, self._people = form, language, people
        self._groups = {group.full_path: group for group in form.groups}
        numbers = {each.full_path: number for number, each in enumerate(questions, start=1)}
        self._speaker = Speaker(form, language, numbers)
        self._numbers = numbers

    def parts(self, questions: Sequence[Question], above: tuple[str, ...]) -> Iterator[Part]:
        """What stands in a group, in order; ``above`` is the group's own place."""
        for name, found in groupby(questions, key=lambda each: _step(each, above)):
            members = list(found)
            if name is None:
                yield from map(self._item, members)
                continue
            group = self._groups[(*above, name)]
            if group.repeat:
                yield from self._tables(group, members)
            else:
                inside = tuple(self.parts(members, group.full_path))
                yield Section(self._heading(group), self._when(group.relevance), inside)

    def _tables(self, group: Group, questions: Sequence[Question]) -> Iterator[Table]:
        """The table of a repeat, then those of the repeats inside it, each of which says whose it is."""
        place = group.full_path
        for path, each in self._groups.items():
            own = [one for one in questions if _innermost(one, self._groups) == path]
            if path[: len(place)] != place or not own:
                continue
            within = "" if path == place else self._heading(group) or group.name
            rows = tuple(self._rows(own, path))
            heading = self._heading(each) or each.name
            yield Table(heading, self._when(each.relevance), self._blocks(), within, rows)

    def _rows(self, questions: Sequence[Question], place: tuple[str, ...]) -> Iterator[Row]:
        last = place
        for question in questions:
            for depth in range(len(place) + 1, len(question.path) + 1):
                path = question.path[:depth]
                if path != last[:depth]:
                    group = self._groups[path]
                    when = self._when(group.relevance)
                    if group.labels or when.words or when.written:
                        yield Heading(self._heading(group), when)
            last = question.path
            yield self._item(question)

    def _blocks(self) -> tuple[tuple[int, ...], ...]:
        numbers = tuple(range(1, self._people + 1))
        return tuple(numbers[start : start + COLUMNS] for start in range(0, len(numbers), COLUMNS))

    def _heading(self, group: Group) -> str:
        return self._speaker.as_written(group.labels.say(self._language))

    def _when(self, relevance: str) -> When:
        if not relevance:
            return When()
        words = self._speaker.says(relevance)
        return When(words) if words else When(written=self._speaker.as_written(relevance))

    def _item(self, question: Question) -> Item:
        say, language = self._speaker.as_written, self._language
        return Item(
            number=self._numbers[question.full_path],
            name=question.name,
            label=say(question.labels.say(language, question.name)),
            hint=say(question.hints.say(language)),
            guidance=say(question.guidance.say(language)),
            required=question.required,
            when=self._when(question.relevance),
            rule=self._rule(question),
            space=space_of(question, self._form, language),
            is_note=question.kind is Kind.NOTE,
        )

    def _rule(self, question: Question) -> str:
        """In the form's own words, else in ours; a rule that nobody can say is checked when it is keyed."""
        own = question.constraint_message.say(self._language)
        if own or not question.constraint:
            return self._speaker.as_written(own)
        return replace(self._speaker, asked=question).says(question.constraint)


def _step(question: Question, above: tuple[str, ...]) -> str | None:
    """The group below ``above`` in which the question stands; None where it stands in ``above`` itself."""
    return question.path[len(above)] if len(question.path) > len(above) else None


def _innermost(question: Question, groups: dict[tuple[str, ...], Group]) -> tuple[str, ...]:
    """The place of the innermost repeat around a question."""
    paths = (question.path[:depth] for depth in range(len(question.path), 0, -1))
    return next((path for path in paths if groups[path].repeat), ())
