"""Questions with their concepts, as a survey asked them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from everycount.questionnaire.layout import Place, layout_of

if TYPE_CHECKING:
    from everycount.faults import Fault
    from everycount.questionnaire.question import ChoiceList, Group, Question
    from everycount.questionnaire.workbook import Workbook
    from everycount.text import Text


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
        return layout_of(self.groups, self.questions, flat=self.is_flat)
