"""Questions with their concepts, as a survey asked them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from everycount.questionnaire.kinds import SELECTS, Kind
from everycount.questionnaire.layout import Place, layout_of
from everycount.text import NOTHING, Text

if TYPE_CHECKING:
    from everycount.faults import Fault
    from everycount.questionnaire.workbook import Workbook


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be chosen: its code, its words and the columns that choice filters look at."""

    code: str
    labels: Text = NOTHING
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ChoiceList:
    """A list of choices that questions share."""

    name: str
    choices: tuple[Choice, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes in order."""
        return tuple(choice.code for choice in self.choices)


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that stand together; a repeat is asked once for each row of a roster.

    Attributes:
        name: its name in the form.
        path: names of the groups and repeats above it, outermost first.
        repeat: whether it is asked again for each row.
        labels: its heading.
        relevance: when it is asked, as written.
        appearance: how clients show it.
        count: how many rows, as written; empty when the interviewer adds them.
    """

    name: str
    path: tuple[str, ...] = ()
    repeat: bool = False
    labels: Text = NOTHING
    relevance: str = ""
    appearance: str = ""
    count: str = ""

    @property
    def full_path(self) -> tuple[str, ...]:
        """Its place in the form: the path and its own name."""
        return (*self.path, self.name)


@dataclass(frozen=True, slots=True)
class Question:
    """One question, or one value that the client records without asking.

    Attributes:
        name: its name in the form, the last step of its place in an instance.
        kind: what kind of answer it takes.
        path: names of the groups and repeats above it, outermost first.
        roster: the innermost repeat above it, or None.
        labels: the wording.
        hints: the words beside it.
        guidance: instructions to the interviewer.
        list_name: the choice list of a select, or the file that its choices come from.
        choices: what can be chosen; empty for choices from a file or from earlier answers.
        choice_filter: which of the choices are offered, as written.
        required: an answer is always required; ``required_if`` holds a condition instead.
        relevance: when it is asked, as written; like all expressions here, XPath with ``${name}``.
        constraint: what an answer must satisfy, as written.
        constraint_message: what is said when it does not.
        calculation: how the value is calculated, as written.
        appearance: how clients show it.
        default: the answer it starts with.
        parameters: as written, such as ``start=0 end=10``.
        concept: id of what is measured (column ``everycount::concept``).
        standard: id of the standard that the wording follows (column ``everycount::standard``).
        direct_identifier: the answer names or finds a person directly.
        identifier_guessed: nobody said so; the name or the kind of the question does.
        consent_purpose: the purpose that an answer of yes allows (column ``everycount::consent``).
        sensitivity: 0 (harmless) to 3 (can do grave harm), or None when nobody said.
        generated: stands in no row of its own; the form language adds it ("Specify other", counts ...).
    """

    name: str
    kind: Kind
    path: tuple[str, ...] = ()
    roster: str | None = None
    labels: Text = NOTHING
    hints: Text = NOTHING
    guidance: Text = NOTHING
    list_name: str = ""
    choices: tuple[Choice, ...] = ()
    choice_filter: str = ""
    required: bool = False
    required_if: str = ""
    relevance: str = ""
    constraint: str = ""
    constraint_message: Text = NOTHING
    calculation: str = ""
    appearance: str = ""
    default: str = ""
    parameters: str = ""
    concept: str = ""
    standard: str = ""
    direct_identifier: bool = False
    identifier_guessed: bool = False
    consent_purpose: str = ""
    sensitivity: int | None = None
    generated: bool = False

    @property
    def full_path(self) -> tuple[str, ...]:
        """Its place in the form: the path and its own name."""
        return (*self.path, self.name)

    @property
    def is_select(self) -> bool:
        """Whether the answer is a code or several."""
        return self.kind in SELECTS

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that can be chosen, in order; empty where the form does not know them."""
        return tuple(choice.code for choice in self.choices)


@dataclass(frozen=True)
class Questionnaire:
    """All questions of a survey, in the order of the form.

    Attributes:
        id: the form's id, as submissions carry it.
        version: the form's version, or "".
        title: its title.
        languages: BCP 47 tags of the wordings, the default first; "und" where a form does not say which.
        default_language: the language that the form starts in.
        questions: every question and recorded value, in order; answers outside any question do not exist.
        groups: groups and repeats, in order.
        choice_lists: the lists of the choices sheet, in order.
        settings: the settings sheet, as written.
        language_names: how the form itself names each language.
        notices: what is odd but does not keep the form from being used.
        source: the sheets it was read from; needed to write the XForm.
    """

    id: str
    version: str
    title: Text
    languages: tuple[str, ...]
    default_language: str
    questions: tuple[Question, ...]
    groups: tuple[Group, ...] = ()
    choice_lists: tuple[ChoiceList, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)
    language_names: dict[str, str] = field(default_factory=dict)
    notices: tuple[Fault, ...] = ()
    source: Workbook | None = field(default=None, compare=False, repr=False)

    @cached_property
    def _named(self) -> dict[str, tuple[Question, ...]]:
        named: dict[str, tuple[Question, ...]] = {}
        for question in self.questions:
            named[question.name] = (*named.get(question.name, ()), question)
        return named

    @cached_property
    def _placed(self) -> dict[str, Question]:
        return {"/".join(question.full_path): question for question in self.questions}

    @cached_property
    def rosters(self) -> tuple[Group, ...]:
        """The repeats, in order."""
        return tuple(group for group in self.groups if group.repeat)

    def find(self, name: str) -> Question | None:
        """The question with this name or place (``group/name``); None when none, or more than one, has it."""
        placed = self._placed.get(name)
        if placed is not None:
            return placed
        named = self._named.get(name, ())
        return named[0] if len(named) == 1 else None

    def question(self, name: str) -> Question:
        """The question with this name or place.

        Raises:
            KeyError: there is none, or several questions in different groups have the name.
        """
        question = self.find(name)
        if question is None:
            places = ["/".join(each.full_path) for each in self._named.get(name, ())]
            told = f"{name} stands in several places: {', '.join(places)}" if places else name
            raise KeyError(told)
        return question

    def questions_of(self, roster: str | None) -> tuple[Question, ...]:
        """The questions of one roster, or with None those asked once for each record."""
        return tuple(question for question in self.questions if question.roster == roster)

    def choice_list(self, name: str) -> ChoiceList:
        """The choice list with this name; KeyError when there is none."""
        for choice_list in self.choice_lists:
            if choice_list.name == name:
                return choice_list
        raise KeyError(name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all questions in order, each once."""
        return tuple(self._named)

    @property
    def is_flat(self) -> bool:
        """Whether instances leave the groups out of the places of answers (setting ``flat``)."""
        return bool(self.settings.get("flat"))

    @cached_property
    def layout(self) -> Place:
        """Where the answers stand in an instance."""
        return layout_of(self)
