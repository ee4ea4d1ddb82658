"""How people were found, who agreed, when they were asked, and what a record is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from everycount import catalogue
from everycount.questionnaire import Kind
from everycount.questionnaire.kinds import SPOKEN
from everycount.survey.answers import DAY, Answers
from everycount.survey.consent import consent_questions
from everycount.survey.words import CONSENT, HOUSEHOLD, who, words_of

if TYPE_CHECKING:
    import datetime as dt

    from everycount.questionnaire import Questionnaire

_STRATUM = re.compile(r"^(stratum|strata|strat_?\w*)$", re.IGNORECASE)
_CLUSTER = re.compile(r"^(psu|cluster|ea|enumeration_?area)(_?(id|no|code))?$", re.IGNORECASE)
WEIGHT = re.compile(
    r"^((hh|survey|sample|sampling|design|final|pop)_?)?(weights?|wt|wgt)(_?(hh|final))?$|^pw$", re.IGNORECASE
)
_WHEN_ASKED = frozenset(
    {"start", "today", "end", "submissiondate", "submission", "submitted", "interview", "assessment"}
)
_BEFORE = frozenset({"birth", "dob", "born", "birthday", "arrival", "draft"})

_ELSE = "share sharing location gps photo picture image audio recording contact phone follow recontact"
_OTHER_CONSENT = frozenset(_ELSE.split())


def design(main: list[Answers]) -> dict[str, str]:
    """Columns that can do their part for every record: a design with a hole in it is refused later."""
    found = {"strata": "", "clusters": "", "weights": ""}
    for each in main:
        whole = each.answered == each.rows > 0
        # A question about a weight is answered in kilograms.
        asked = each.question is not None and each.question.kind in SPOKEN
        if whole and _STRATUM.match(each.name) and not found["strata"]:
            found["strata"] = each.name
        elif whole and _CLUSTER.match(each.name) and not found["clusters"]:
            found["clusters"] = each.name
        elif whole and not asked and WEIGHT.match(each.name) and (each.low or 0) > 0 and not found["weights"]:
            found["weights"] = each.name
    return found


def consent(main: list[Answers], questionnaire: Questionnaire | None) -> tuple[str, tuple[str, ...]] | None:
    """The question that the form marks; else one that is called so and is answered by yes or no."""
    marked = consent_questions(questionnaire)
    called = [found.name for found in main if _asks_to_take_part(found)]
    for name in (*marked, *called):
        found = next((each for each in main if each.name == name), None)
        if found is not None:
            return name, found.yes or found.agreeing or found.said[:1] or ("yes",)
    return None


def _asks_to_take_part(found: Answers) -> bool:
    """A question called consent; not one that asks to share a place, or to be photographed."""
    spoken = frozenset(words_of(found.name))
    few = 0 < found.different <= 4  # somebody may be the only one who said no
    return bool(spoken & CONSENT) and not spoken & _OTHER_CONSENT and bool(found.agreeing) and few


def period(main: list[Answers], today: dt.date) -> str:
    """The months (or years) of the interviews, from the first column that says when they were."""
    for found in sorted(main, key=_surely_when):
        if _surely_when(found) > 1:
            break
        moments = {moment for day in found.days if (moment := _month(day))}
        if moments and all("1990" <= moment[:4] <= str(today.year) for moment in moments):
            first, last = min(moments), max(moments)
            return first if first == last else f"{first}/{last}"
    return ""


def _surely_when(found: Answers) -> int:
    spoken = frozenset((*words_of(found.name), "".join(words_of(found.name))))
    if found.question is not None and found.question.kind in {Kind.START, Kind.TODAY, Kind.END}:
        return 0
    asked = found.question is not None and found.question.kind in SPOKEN
    return 1 if spoken & _WHEN_ASKED and not spoken & _BEFORE and not asked else 2


def _month(day: str) -> str:
    match = DAY.match(day)
    if match is None:
        return ""
    # Of 03/04/2019 only the year is sure.
    return f"{match[1]}-{match[2]}" if match[1] else match[3]


def unit(columns: list[Answers], *, main: bool) -> str:
    """What a row is: a household where any column speaks of one, a person where sex and age are asked."""
    concepts = {known.unit for found in columns if (known := concept(found))}
    if len(concepts) == 1:
        return concepts.pop()
    spoken = {word for found in columns for word in words_of(found.name)}
    asked = " ".join(str(found.column.labels).casefold() for found in columns)
    if main and (spoken & HOUSEHOLD or any(word in asked for word in ("household", "ménage", "hogar"))):
        return "household"
    kinds = {who(found.name) for found in columns} | {
        "age" for found in columns if "age" in words_of(found.name)
    }
    if "sex" in kinds or "age" in kinds:
        return "person"
    return "respondent" if main else "row"


def concept(found: Answers) -> catalogue.Concept | None:
    """What the question is about, where the form says so in the words of the catalogue."""
    bank = {each.id: each for each in catalogue.question_bank()}
    return bank.get(found.question.concept) if found.question else None
