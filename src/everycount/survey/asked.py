"""Proposes a survey file from a questionnaire alone, before the first record came.

The guesses are those of ``everycount init``. Nobody has answered yet, so every choice is thought to be given
by as many as every other: what is proposed follows from concepts, names and choices, and a person decides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from everycount.sample import MAIN, ColumnKind
from everycount.sample.questions import Asked
from everycount.survey.answers import Answers
from everycount.survey.guesses import guess
from everycount.survey.guesses.guessed import Watched
from everycount.survey.proposal import Head, survey_file
from everycount.survey.words import is_age
from everycount.text import UNDETERMINED

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from everycount.questionnaire import Questionnaire
    from everycount.sample import Column

_PEOPLE = 1000  # so many that no group is small and no answer rare
_OLDEST, _MOST = 120.0, 100.0


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a survey besides its questions: name, place, the time of the interviews."""

    name: str
    area: str
    period: str
    today: dt.date


def propose_plan(
    questionnaire: Questionnaire, columns: Mapping[str, Mapping[str, Column]], about: About
) -> str:
    """A survey file for records that come from elsewhere: it names no file and asks no consent of its own.

    Args:
        questionnaire: what was asked.
        columns: the questions that the records will have, by table and name.
        about: the rest.
    """
    languages = tuple(tag for tag in questionnaire.languages if tag != UNDETERMINED) or ("en",)
    tables = {table: _imagined(questionnaire, table, found) for table, found in columns.items()}
    guesses = guess(tables, questionnaire, languages, about.today)
    # Whoever holds the records opens those alone whose people agreed; their checks of quality are elsewhere.
    guesses = replace(guesses, consent=None, watched=Watched(), period=about.period or guesses.period)
    head = Head(None, {}, questionnaire, about.name, about.area, languages, ("",), about.today)
    return survey_file(head, guesses)


def _imagined(questionnaire: Questionnaire, table: str, columns: Mapping[str, Column]) -> list[Answers]:
    asked = Asked(questionnaire, None if table == MAIN else table)
    found = [
        Answers(table, column, asked.find(column.name), _PEOPLE, _PEOPLE, _PEOPLE)
        for column in columns.values()
        if not column.identifier
    ]
    # What people allow is asked of them for their own sake, and no finding.
    return [_answered(each) for each in found if not (each.question and each.question.consent_purpose)]


def _answered(found: Answers) -> Answers:
    """As though everybody had answered, each choice equally often."""
    column = found.column
    if column.choices:
        share = max(_PEOPLE // len(column.choices), 1)
        met = tuple((code, share) for code, _ in column.choices)
        return replace(found, different=len(met), met=met)
    if column.kind is ColumnKind.NUMBER:
        high = _OLDEST if is_age(column.name) else _MOST
        return replace(found, different=int(_MOST), low=0.0, high=high, inside=(0.0, high))
    return found
