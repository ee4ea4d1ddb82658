"""Which purposes the answers of a record allow. Pure rules: no database, no clock.

What is no plain yes is no: silence, "I do not know", a code that the form does not have, a word that this
program does not know.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from everycount.questionnaire import Kind
from everycount.site.consent.models import Purpose

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from everycount.questionnaire import Question, Questionnaire, Record
    from everycount.questionnaire.record import Answer

# The same words as in everycount.survey.words, whose room would bring the whole library into each process.
_LATIN = ("yes", "y", "true", "oui", "si", "sí", "sim", "ja", "ndiyo", "evet", "haan")
YES = frozenset([*_LATIN, "हाँ", "हां", "জি", "হ্যাঁ", "نعم", "بلی"])
# What answers are for. Keeping and checking them are no ends in themselves: where none of these is left,
# there is nothing left to keep them for.
USES = (Purpose.STATISTICS, Purpose.SHARING, Purpose.CONTACT, Purpose.ARCHIVE)
_CHECKED_FIRST = (Purpose.STATISTICS, Purpose.SHARING)
_KNOWN = frozenset(Purpose.values)  # asked for each question of each submission, and slow to make


def asked(form: Questionnaire) -> Mapping[Purpose, tuple[Question, ...]]:
    """The questions that ask for each purpose; a purpose that this program does not know is left out."""
    found: dict[Purpose, tuple[Question, ...]] = defaultdict(tuple)
    for question in form.questions:
        if question.consent_purpose in _KNOWN:
            purpose = Purpose(question.consent_purpose)
            found[purpose] = (*found[purpose], question)
    return dict(found)


def unknown(form: Questionnaire) -> tuple[Question, ...]:
    """The questions that ask for a purpose that nobody here knows; their yes allows nothing."""
    return tuple(
        each for each in form.questions if each.consent_purpose and each.consent_purpose not in _KNOWN
    )


def yes_of(question: Question) -> tuple[str, ...]:
    """The codes of a question that are a yes; none where no answer of it is understood as one.

    A code in words speaks for itself. A code such as 1 says nothing, so its label must be a yes and no more:
    "Yes, but not my name" is none.
    """
    if question.kind == Kind.ACKNOWLEDGE:
        return ("OK",)  # what a ticked box leaves, by the reference of XLSForm
    if question.kind != Kind.SELECT_ONE:
        return ()
    return tuple(each.code for each in question.choices if _is_yes(each.code, each.labels.as_dict().values()))


def _is_yes(code: str, labels: Iterable[str]) -> bool:
    if any(sign.isalpha() for sign in code):
        return code.casefold() in YES
    return any(words.strip(" .!").casefold() in YES for words in labels)


def allowed(form: Questionnaire, record: Record) -> frozenset[Purpose]:
    """The purposes that a record allows.

    - Where several questions ask for one purpose, all must be answered by yes; in a roster, in every row.
    - COLLECTION, where no question asks for it, is allowed by handing the answers over: they are kept sealed,
      for the person alone. Where a question asks and the answer is no yes, nothing is allowed.
    - REVIEW, where no question asks for it, goes with the tables and the sharing that it is made for: what is
      counted is looked at for mistakes first.
    """
    questions = asked(form)
    given = {each for each in questions if all(_all_yes(one, record) for one in questions[each])}
    return _completed(frozenset(questions), frozenset(given))


def unread(form: Questionnaire) -> frozenset[Purpose]:
    """What is allowed by answers that nobody can read, since the form has them encrypted."""
    return _completed(frozenset(asked(form)), frozenset())


def _completed(questions: frozenset[Purpose], given: frozenset[Purpose]) -> frozenset[Purpose]:
    if Purpose.COLLECTION not in questions:
        given |= {Purpose.COLLECTION}
    if Purpose.REVIEW not in questions and given.intersection(_CHECKED_FIRST):
        given |= {Purpose.REVIEW}
    return given if Purpose.COLLECTION in given else frozenset()


def _all_yes(question: Question, record: Record) -> bool:
    answers = list(_answers(question, record))
    return bool(answers) and all(answer in yes_of(question) for answer in answers)


def _answers(question: Question, record: Record) -> Iterable[Answer]:
    place = "/".join(question.full_path)
    if question.roster is None:
        return (record.answers.get(place),)
    return (row.answers.get(place) for row in record.rosters.get(question.roster, ()))


def remaining(still: Iterable[Purpose]) -> frozenset[Purpose]:
    """What is left of purposes when those are dropped that served others only; none when no use is left."""
    left = frozenset(still)
    if Purpose.COLLECTION not in left or not left.intersection(USES):
        return frozenset()
    return left if left.intersection(_CHECKED_FIRST) else left - {Purpose.REVIEW}
