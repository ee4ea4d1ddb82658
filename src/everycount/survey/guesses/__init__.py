"""Guesses what a survey could publish: its design, who its people are, and what of them can be measured.

Every guess is read by a person before anything is counted. Where a guess can be wrong in two ways, the one is
taken that shows less: no answer in own words, no name and no place of a person ever becomes a line here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.sample import MAIN
from everycount.survey.guesses.derived import ages, bands, disability, of_rules, rules
from everycount.survey.guesses.design import consent, design, period, unit
from everycount.survey.guesses.dimensions import dimensions
from everycount.survey.guesses.guessed import Bands, Dimension, Guesses, Measure, Rule
from everycount.survey.guesses.ids import Names
from everycount.survey.guesses.measures import Chooser
from everycount.survey.guesses.quality import watched
from everycount.survey.words import CONSENT, words_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from everycount.questionnaire import Questionnaire
    from everycount.survey.answers import Answers

__all__ = ["Bands", "Dimension", "Guesses", "Measure", "Rule", "guess"]


def guess(
    tables: Mapping[str, list[Answers]],
    questionnaire: Questionnaire | None,
    languages: tuple[str, ...],
    today: dt.date,
) -> Guesses:
    """What the answers in each table suggest; ``main`` is one of the tables."""
    main = tables[MAIN]
    drawn, agreed = design(main), consent(main, questionnaire)
    taken = {name for name in drawn.values() if name} | ({agreed[0]} if agreed else set())
    taken |= {found.name for found in main if CONSENT & frozenset(words_of(found.name))}
    names = Names({found.name for columns in tables.values() for found in columns})
    derived = tuple(rules(main, names))
    banded = tuple(band for columns in tables.values() for band in bands(columns, names))
    across = tuple(_across(tables, derived, banded, taken, names))
    chooser = Chooser(names, languages, taken | {dimension.question for dimension in across})
    measures = [
        *of_rules(derived, names),
        *(each for columns in tables.values() for each in chooser.choose(columns)),
    ]
    return Guesses(
        consent=agreed,
        strata=drawn["strata"],
        clusters=drawn["clusters"],
        weights=drawn["weights"],
        period=period(main, today),
        units={table: unit(columns, main=table == MAIN) for table, columns in tables.items()},
        rules=(*derived, *banded),
        dimensions=across,
        measures=tuple(measures or chooser.whatever(main)),
        watched=watched(tables, banded),
        left_out=tuple(chooser.left_out),
        lopsided=tuple(chooser.lopsided),
        doubtful=tuple(chooser.doubtful),
    )


def _across(
    tables: Mapping[str, list[Answers]],
    derived: tuple[Rule, ...],
    banded: tuple[Bands, ...],
    taken: set[str],
    names: Names,
) -> Iterator[Dimension]:
    """The breakdowns of each table; a roster has those of its record, too, and need not repeat them."""
    known = set(taken)
    for table, columns in tables.items():
        own = [*dimensions(columns, known, names), *ages(banded, table, columns), *disability(derived, table)]
        yield from own
        known |= {dimension.question for dimension in own}
