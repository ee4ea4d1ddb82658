"""What the columns are to the checks: which one is an age, an interviewer, a beginning."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from everycount.questionnaire.kinds import Kind

if TYPE_CHECKING:
    from everycount.questionnaire import Question, Questionnaire

_AGE, _SEX = ("age", "roster-age"), ("sex", "roster-sex")
_MALE = frozenset({"male", "m", "man", "men", "boy"})
_FEMALE = frozenset({"female", "f", "woman", "women", "girl"})


@dataclass(frozen=True, slots=True)
class Battery:
    """Questions asked one after the other with the same choices: at least three of them."""

    name: str
    questions: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(set(self.questions)) < 3:
            raise ValueError(f"the battery {self.name!r} needs three different questions")


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Shares of the groups of a dimension that are known from elsewhere; they add up to 1.

    Attributes:
        dimension: id of the dimension (of a :class:`Split`).
        shares: (code of the group, its share).
        source: who published them.
    """

    dimension: str
    shares: tuple[tuple[str, float], ...]
    source: str

    def __post_init__(self) -> None:
        if len(self.shares) < 2 or any(not 0 < share < 1 for _, share in self.shares):
            raise ValueError("a benchmark needs two groups or more, each with a share between 0 and 1")
        if abs(sum(share for _, share in self.shares) - 1) > 0.005:
            raise ValueError("the shares of a benchmark add up to 1")


@dataclass(frozen=True, slots=True)
class Split:
    """Groups whose records are compared: a dimension, as these checks need it.

    Attributes:
        id: id of the dimension.
        column: the column that holds the answers.
        groups: (code, answers that belong to it); empty means one group per answer met.
    """

    id: str
    column: str
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Roles:
    """Which columns play which part; an empty name plays none.

    Attributes:
        age: age in whole years.
        sex: sex, with the codes that mean ``male`` and ``female``.
        interviewer: who asked.
        start, end: when an interview began and ended, ISO 8601.
        shortest, longest: minutes that an interview takes at least and at most, where the keeper knows.
        no_answer: codes that mean "don't know" or "prefer not to say".
        digits: numbers that were measured or remembered, whose last digit should not matter.
        ignore: columns that are no answers: made from others, or joined from elsewhere.
        batteries: questions with the same choices.
        benchmarks: what is known from elsewhere.
        response_rate: share of those approached who answered.
    """

    age: str = ""
    sex: str = ""
    male: tuple[str, ...] = ()
    female: tuple[str, ...] = ()
    interviewer: str = ""
    start: str = ""
    end: str = ""
    shortest: float | None = None
    longest: float | None = None
    no_answer: tuple[str, ...] = ()
    digits: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    batteries: tuple[Battery, ...] = ()
    benchmarks: tuple[Benchmark, ...] = ()
    response_rate: float | None = None

    def __post_init__(self) -> None:
        if self.response_rate is not None and not 0 < self.response_rate <= 1:
            raise ValueError("a response rate is above 0 and at most 1")
        if self.shortest is not None and self.longest is not None and self.shortest >= self.longest:
            raise ValueError("the shortest interview must be shorter than the longest")

    @property
    def about_the_interview(self) -> frozenset[str]:
        """Columns that say how the answers came about, and are no answers themselves."""
        return frozenset({self.interviewer, self.start, self.end, *self.ignore} - {""})


def completed(roles: Roles, questionnaire: Questionnaire | None) -> Roles:
    """The roles, with those that nobody named taken from the questionnaire where it is plain about them.

    Age and sex come from one table, a roster's before the record's: in a roster everybody of a household
    stands, which is what the figures about ages and sexes are made for.
    """
    if questionnaire is None:
        return roles
    asked = sorted(questionnaire.questions, key=lambda question: question.roster is None)
    age = roles.age or _name(_first(asked, _AGE))
    home = next((question.roster for question in asked if question.name == age), None)
    sex = roles.sex or _name(_first([each for each in asked if each.roster == home], _SEX))
    start = roles.start or _of_kind(questionnaire, Kind.START)
    end = roles.end or _of_kind(questionnaire, Kind.END)
    named = replace(roles, age=age, sex=sex, start=start, end=end)
    return _with_sexes(named, next((each for each in asked if each.name == sex), None))


def _first(asked: list[Question], concepts: tuple[str, ...]) -> Question | None:
    return next((question for question in asked if question.concept in concepts), None)


def _name(question: Question | None) -> str:
    return question.name if question else ""


def _of_kind(questionnaire: Questionnaire, kind: Kind) -> str:
    return next((question.name for question in questionnaire.questions if question.kind is kind), "")


def _with_sexes(roles: Roles, question: Question | None) -> Roles:
    if question is None or roles.male or roles.female:
        return roles
    said = {
        choice.code: {choice.code.casefold(), *(words.casefold() for _, words in choice.labels.versions)}
        for choice in question.choices
    }
    male = tuple(code for code, words in said.items() if words & _MALE)
    female = tuple(code for code, words in said.items() if words & _FEMALE)
    return replace(roles, male=male, female=female)
