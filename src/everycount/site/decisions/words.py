"""What the program's short words are called on pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as noop

from everycount import framework
from everycount.site.decisions.models import Settled

if TYPE_CHECKING:
    from everycount.framework import Criterion, Evidence, Figure
    from everycount.site.decisions.models import Decision

BESIDE = ("decisions.json", "cells.sdmx.csv", "cells.sdmx.xml", "structure.xml")
SETTLED = {
    Settled.STANDS.value: noop("the decision stands"),
    Settled.AGAIN.value: noop("it is assessed again"),
}
BLOCKS = {
    "I": noop("Institution and ethics"),
    "P": noop("Participation"),
    "M": noop("Method"),
    "O": noop("Output"),
}
ANSWERS = {
    "0": noop("absent, or no evidence"),
    "1": noop("weak"),
    "2": noop("adequate"),
    "3": noop("strong"),
    "NA": noop("does not apply"),
    "U": noop("not known"),
}
ORIGINS = {
    "cells": noop("from the numbers of the release"),
    "design": noop("from the design in the release"),
    "quality": noop("from the checks of quality in the release"),
    "provenance": noop("from the provenance in the release"),
    "survey": noop("from what the release says of itself"),
    "measure": noop("from what the release says of the measure"),
    "policy": noop("from the policy in the release"),
    "node": noop("from the records of this node"),
}
FIGURES = {
    "producer": noop("Asked by: %(name)s."),
    "consented": noop("Records that were each opened by a consent that can be taken back: %(records)s."),
    "protected": noop("Numbers of fewer than %(least)s people are hidden, and what would give them back."),
    "already_public": noop("Nothing is hidden. The reason given: %(reason)s"),
    "voices": noop(
        "Before fieldwork the community body endorsed %(endorsed)s times and objected %(objected)s times."
    ),
    "body": noop("Of the community body %(agree)s agreed, %(object)s did not; %(needed)s were needed."),
    "promised": noop("It is promised what comes back to the people. A promise is no feedback yet."),
    "returned": noop("Occasions on which it came back to the people: %(times)s."),
    "relation": noop("Linked to indicator %(indicator)s: %(relation)s."),
    "scope": noop("It speaks about: %(scope)s."),
    "note": "%(words)s",
    "kind": noop("How people were found: %(kind)s."),
    "sample": noop("Records: %(records)s, clusters: %(clusters)s, strata: %(strata)s."),
    "languages": noop("Languages of the questionnaire: %(count)s."),
    "checked": noop("Interviews drawn by lot: %(drawn)s, found and asked again: %(done)s."),
    "processing": noop(
        "Made by %(software)s from %(inputs)s files, of which %(named)s are named by their digest."
    ),
    "findings": noop("Oddities that checks found in the records: %(count)s."),
    "missing": noop("Answers that are missing: %(percent)s %%."),
    "duplicates": noop("Records that are there twice: %(percent)s %%."),
    "checked_again": noop("Of %(done)s asked again, %(agrees)s agreed."),
    "interval": noop("%(value)s, between %(low)s and %(high)s, from %(n)s answers."),
    "no_interval": noop("There is no interval, for people were not drawn at random; %(n)s answers."),
    "margin": noop("Distance of %(about)s from the known margins (Cohen's w): %(variation)s."),
    "months": noop("Months from the end of fieldwork (%(period)s) to the publication here: %(months)s."),
    "rounds": noop("Periods of which there is a public release: %(count)s."),
    "official": noop(
        "Official figure: %(official)s, this one: %(value)s, difference: %(difference)s. %(source)s"
    ),
    "unlike": noop("The two are not alike in: %(aspect)s."),
    "stands": noop("The official figure against the interval: %(standing)s."),
    "coded": noop("Of %(all)s characteristics, %(coded)s have codes that others use, too."),
    "enough": noop(
        "Of %(all)s numbers of groups, %(enough)s have at least %(least)s people: %(percent)s %%."
    ),
    "fields": noop("Of %(all)s required fields, %(filled)s are filled: %(percent)s %%."),
    "field_missing": noop("This one is not: %(field)s."),
}
UNKNOWN = {
    "producer": noop("who asked"),
    "consented": noop("whether those who answered agreed"),
    "protected": noop("how the numbers are protected"),
    "voices": noop("what the community said of the questions"),
    "body": noop("what a community body says of the numbers"),
    "returned": noop("whether results came back to the people"),
    "relation": noop("how it stands to an indicator"),
    "note": noop("frame and selection"),
    "languages": noop("in which languages it was asked"),
    "tried": noop("whether the questions were tried out"),
    "checked": noop("whether interviews were checked again"),
    "training": noop("how those who asked were trained"),
    "missing": noop("how many answers are missing"),
    "duplicates": noop("how many records are there twice"),
    "checked_again": noop("what asking again showed"),
    "margin": noop("how it lies to known margins of the population"),
    "months": noop("when it was published"),
    "rounds": noop("how often it was asked"),
    "funding": noop("whether the next round is paid for"),
    "official": noop("an official figure beside it"),
    "enough": noop("numbers of groups"),
}
RELATIONS = {
    "measures": noop("measures it"),
    "proxy": noop("stands in for it"),
    "context": noop("gives context"),
}
_CONCEPT, _PLACE, _TIME = noop("the concept"), noop("the place"), noop("the time")
_PEOPLE = noop("the people of whom they speak")
# The ten ways of not being alike are four things in which two figures have to be.
_ASPECTS = {
    "concept": _CONCEPT,
    "concept_unsaid": _CONCEPT,
    "respondents": _PEOPLE,
    "group": _PEOPLE,
    "population": _PEOPLE,
    "population_unsaid": _PEOPLE,
    "place": _PLACE,
    "place_unsaid": _PLACE,
    "period": _TIME,
    "period_unsaid": _TIME,
}
STANDINGS = {
    "inside": noop("it lies inside"),
    "higher": noop("the number lies above it"),
    "lower": noop("the number lies below it"),
    "unknown": noop("there is no interval"),
}
FIELDS = {
    "title": noop("title"),
    "about": noop("who asked whom, and why"),
    "asked_by": noop("who asked"),
    "source": noop("source of the records"),
    "licence": noop("licence"),
    "period": noop("period"),
    "area": noop("area"),
    "languages": noop("languages"),
    "label": noop("name of the measure"),
    "wording": noop("the question as it was asked"),
    "unit": noop("unit"),
    "relation": noop("link to an indicator"),
    "kind": noop("kind of the sample"),
    "frame": noop("the list from which people were found"),
    "selection": noop("how people were chosen"),
    "decided_by": noop("who decided on the protection"),
    "since": noop("since when the protection holds"),
    "software": noop("software"),
    "inputs": noop("the files that were read"),
    "plan": noop("what was counted, as data"),
}

# Values that are short words of the program, by figure and name.
_CODES = {
    ("relation", "relation"): RELATIONS,
    ("unlike", "aspect"): _ASPECTS,
    ("stands", "standing"): STANDINGS,
    ("field_missing", "field"): FIELDS,
}


def outcome(here: Decision) -> str:
    """What was decided, in words."""
    return framework.model(here.assessment.model).outcome(here.outcome).name.say(language())


def language() -> str:
    """Of the reader."""
    return get_language() or "en"


def level(criterion: Criterion, answer: str) -> str:
    """What an answer means for a criterion: its own level where it has one, else the common scale."""
    if answer.isdigit() and criterion.levels:
        return criterion.levels[int(answer)].say(language())
    return gettext(ANSWERS[answer])


def figures(row: Evidence) -> list[tuple[str, str]]:
    """Each figure of the machine as a sentence, and where it comes from."""
    return [(_sentence(each), gettext(ORIGINS[each.origin])) for each in row.figures]


def unknown(row: Evidence) -> list[str]:
    """What nobody knows."""
    return [gettext(UNKNOWN[name]) for name in row.unknown]


def _sentence(figure: Figure) -> str:
    values = {name: _said(figure.name, name, value) for name, value in figure.values}
    template = FIGURES[figure.name]
    return (template if figure.name == "note" else gettext(template)) % values


def _said(figure: str, name: str, value: str | float) -> str:
    """A value as people read it."""
    if isinstance(value, float):
        return f"{value:.3g}"
    if figure in ("kind", "scope"):
        return _of_the_report(figure, str(value))
    known = _CODES.get((figure, name))
    return gettext(known[str(value)]) if known else str(value)


def _of_the_report(figure: str, value: str) -> str:
    """A kind of sample or a scope in the words of the library's report."""
    from everycount.formats.messages import messages  # noqa: PLC0415 - loaded where a page needs it

    spoken = messages(language())
    slots = {"units": spoken.units("respondent")} if figure == "scope" else {}
    return spoken.plain(f"{figure}.{value}", **slots)
