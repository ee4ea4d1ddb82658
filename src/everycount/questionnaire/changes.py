"""What differs between two versions of a questionnaire, and which differences would spoil the answers.

Answers of all versions are counted together, so a name must go on meaning the same: a question keeps its
kind, its list of choices and the roster that it is asked in. After ODK's "Updating forms"
(https://docs.getodk.org/form-update/), and stricter in one thing: a list keeps its name, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from everycount.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.questionnaire.model import Questionnaire
    from everycount.questionnaire.question import Choice, Question


class Difference(StrEnum):
    """One way in which a version may differ from the one before, without harm to the answers."""

    QUESTION_ADDED = "question added"
    QUESTION_REMOVED = "question removed"
    QUESTION_MOVED = "question moved"
    QUESTION_REWORDED = "question reworded"
    CHOICE_ADDED = "choice added"
    CHOICE_REMOVED = "choice removed"
    CHOICE_REWORDED = "choice reworded"
    CONSENT_CHANGED = "consent changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes:
        kind: which.
        question: name of the question, "" for a choice.
        choice: ``list/code`` of the choice, "" for a question.
        was, now: the words, places or purposes that differ; "" where there is none.
    """

    kind: Difference
    question: str = ""
    choice: str = ""
    was: str = ""
    now: str = ""


def refusals(before: Questionnaire, after: Questionnaire) -> tuple[Fault, ...]:
    """Why the answers to both versions could not be counted together; empty where they can."""
    return tuple(
        fault
        for question in after.questions
        if (old := _same(before, question)) is not None
        for fault in _refused(old, question, _place(after, question))
    )


def changes(before: Questionnaire, after: Questionnaire) -> tuple[Change, ...]:
    """Every difference that does no harm, questions first, each in the order of its form."""
    return (*_questions(before, after), *_choices(before, after))


def _same(form: Questionnaire, question: Question) -> Question | None:
    """The question of that name: at its place, else the only one that is called so."""
    return form.find("/".join(question.full_path)) or form.find(question.name)


def _refused(old: Question, new: Question, place: str) -> Iterator[Fault]:
    name = new.name
    keep = f"give this question a name of its own, such as {name}_2"
    if old.kind is not new.kind:
        problem = f'The question "{name}" was of the type {old.kind} and is now {new.kind}.'
        yield Fault(place, problem, f"Make it {old.kind} again, or {keep}.")
    elif old.list_name != new.list_name:
        problem = f'The choices of "{name}" were the list "{old.list_name}" and are now "{new.list_name}".'
        yield Fault(place, problem, f'Call the list "{old.list_name}" again, or {keep}.')
    if old.roster != new.roster:
        was, now = (f'in the roster "{each.roster}"' if each.roster else "once" for each in (old, new))
        problem = f'The question "{name}" was asked {was} and is now asked {now}.'
        yield Fault(place, problem, f"Move it back, or {keep}.")


def _place(form: Questionnaire, question: Question) -> str:
    sheet = form.source.sheet("survey") if form.source else None
    if sheet is None:
        return form.id
    for row in sheet.rows:
        if question.name in row.cells.values():
            return sheet.place(row.number)
    return sheet.where


def _questions(before: Questionnaire, after: Questionnaire) -> Iterator[Change]:
    for question in after.questions:
        old = _same(before, question)
        if old is None:
            yield Change(Difference.QUESTION_ADDED, question.name, now=str(question.labels))
        else:
            yield from _altered(old, question)
    for question in before.questions:
        if _same(after, question) is None:
            yield Change(Difference.QUESTION_REMOVED, question.name, was=str(question.labels))


def _altered(old: Question, new: Question) -> Iterator[Change]:
    pairs = (
        (Difference.QUESTION_MOVED, "/".join(old.path), "/".join(new.path)),
        (Difference.CONSENT_CHANGED, old.consent_purpose, new.consent_purpose),
    )
    for kind, was, now in pairs:
        if was != now:
            yield Change(kind, new.name, was=was, now=now)
    for was, now in _reworded(old, new):
        yield Change(Difference.QUESTION_REWORDED, new.name, was=was, now=now)


def _reworded(old: Question | Choice, new: Question | Choice) -> Iterator[tuple[str, str]]:
    """Words that differ in a language that both speak; a translation more is no change of what is asked."""
    was, now = old.labels.as_dict(), new.labels.as_dict()
    yield from ((was[each], now[each]) for each in now if each in was and was[each] != now[each])


def _choices(before: Questionnaire, after: Questionnaire) -> Iterator[Change]:
    old, new = ({each.name: each for each in form.choice_lists} for form in (before, after))
    for name, listed in new.items():
        if name not in old:
            continue  # it comes with a question that is listed as added
        was = {choice.code: choice for choice in old[name].choices}
        now = {choice.code: choice for choice in listed.choices}
        for code, choice in now.items():
            if code not in was:
                yield Change(Difference.CHOICE_ADDED, choice=f"{name}/{code}", now=str(choice.labels))
                continue
            for before_words, words in _reworded(was[code], choice):
                yield Change(Difference.CHOICE_REWORDED, choice=f"{name}/{code}", was=before_words, now=words)
        for code, choice in was.items():
            if code not in now:
                yield Change(Difference.CHOICE_REMOVED, choice=f"{name}/{code}", was=str(choice.labels))
