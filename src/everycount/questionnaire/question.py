"""Questions, the groups they stand in and the choices they offer."""

from __future__ import annotations

from dataclasses import dataclass

from everycount.questionnaire.identifiers import is_asker
from everycount.questionnaire.kinds import SELECTS, Kind
from everycount.text import NOTHING, Text


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
    def chooses_people(self) -> bool:
        """Whether its choices are people: households of a panel, or those who ask."""
        return self.is_select and (self.direct_identifier or is_asker(self.name))

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that can be chosen, in order; empty where the form does not know them."""
        return tuple(choice.code for choice in self.choices)
