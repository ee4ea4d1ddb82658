"""Variables that a proposal makes: rules of the catalogue whose questions were asked, and age groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount import catalogue
from everycount.sample import MAIN
from everycount.survey.answers import FEW, Answers
from everycount.survey.guesses.design import concept
from everycount.survey.guesses.guessed import Bands, Dimension, Measure, Rule
from everycount.survey.words import is_age

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from everycount.survey.guesses.ids import Names

# Rules of the catalogue that make a measure: the groups that count, and the indicator they stand near.
_RULES = {
    "jmp-drinking-water": (("basic",), "6.1.1"),
    "jmp-sanitation": (("basic",), "6.2.1"),
    "jmp-hygiene": (("basic",), "6.2.1"),
}
_DISABILITY = "wg-ss-identifier"


def rules(main: list[Answers], names: Names) -> Iterator[Rule]:
    """The catalogue's rules all of whose concepts the form marks."""
    columns = {known.id: found.name for found in main if found.answered and (known := concept(found))}
    for derivation in catalogue.derivations():
        wanted = derivation.id in _RULES or derivation.id == _DISABILITY
        if wanted and all(each in columns for each in derivation.columns.values()):
            chosen = {key: columns[each] for key, each in derivation.columns.items()}
            own = "disability" if derivation.id == _DISABILITY else derivation.id.replace("-", "_")
            yield Rule(names.new("variable", own), derivation.id, chosen)


def of_rules(derived: Iterable[Rule], names: Names) -> Iterator[Measure]:
    """What the catalogue counts of each derived variable."""
    for rule in derived:
        if rule.derivation in _RULES:
            codes, sdg = _RULES[rule.derivation]
            about = next(each for each in catalogue.derivations() if each.id == rule.derivation)
            labels = {
                tag: f"{about.title.say(tag)}: {about.values[codes[0]].labels.say(tag)}" for tag in ("en",)
            }
            yield Measure(
                names.new("measure", f"{rule.id}_{codes[0]}"),
                rule.id,
                MAIN,
                codes,
                labels,
                better="higher",
                sdg=sdg,
            )


def disability(derived: Iterable[Rule], table: str) -> Iterator[Dimension]:
    """People with and without disability, where the Washington Group's questions were asked."""
    for rule in derived:
        if rule.derivation == _DISABILITY and table == MAIN:
            yield Dimension(rule.id, rule.id, sensitive=True, sdmx="DISABILITY_STATUS")


_AGES = (
    ("0_4", "0-4", 0, 4),
    ("5_17", "5-17", 5, 17),
    ("18_59", "18-59", 18, 59),
    ("60_plus", "60 and older", 60, None),
)


def bands(columns: list[Answers], names: Names) -> Iterator[Bands]:
    """Age groups for the first column of a table that holds ages in years."""
    for found in columns:
        years = found.numeric and (found.low or 0) >= 0 and 10 < (found.high or 0) <= 120
        if years and found.different > FEW and is_age(found.name):
            low, high = found.low or 0, found.high or 0
            groups = tuple(
                each for each in _AGES if low <= (120 if each[3] is None else each[3]) and high >= each[2]
            )
            if len(groups) > 1:
                yield Bands(names.new("variable", f"{found.name}_group"), found.name, groups)
                return


def ages(banded: Iterable[Bands], table: str, columns: list[Answers]) -> Iterator[Dimension]:
    """The age groups of a table."""
    own = {found.name for found in columns}
    for band in banded:
        if band.question in own:
            yield Dimension(band.id, band.id, table, ordered=True)
