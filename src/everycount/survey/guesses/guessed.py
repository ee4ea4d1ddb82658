"""What a proposal may say: values, each a guess that a person reads before anything is counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from everycount.sample import MAIN

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Rule:
    """A variable that the catalogue derives: ``derivation`` over this survey's ``columns``."""

    id: str
    derivation: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Bands:
    """A variable with age groups: ``groups`` gives id, words, lowest and highest age."""

    id: str
    question: str
    groups: tuple[tuple[str, str, int, int | None], ...]


@dataclass(frozen=True, slots=True)
class Dimension:
    """A breakdown; ``groups`` with their codes where these have no list, ``drop`` for "does not know"."""

    id: str
    question: str
    table: str = MAIN
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    drop: tuple[str, ...] = ()
    sensitive: bool = False
    ordered: bool = False
    sdmx: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """Something to count or to average.

    Attributes:
        codes: the answers that count; empty for a mean.
        others: the answers that say something else, where ``codes`` is one of many.
        said: every answer that says something, where there are some that do not ("does not know").
    """

    id: str
    question: str
    table: str = MAIN
    codes: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    better: str = ""
    sdg: str = ""


@dataclass(frozen=True, slots=True)
class Watched:
    """Columns for the checks of quality: age, sex with its codes, who asked; "" where there is none."""

    age: str = ""
    sex: str = ""
    male: tuple[str, ...] = ()
    female: tuple[str, ...] = ()
    interviewer: str = ""


@dataclass(frozen=True)
class Guesses:
    """All of it, with what was looked at and left out, and why."""

    consent: tuple[str, tuple[str, ...]] | None
    strata: str
    clusters: str
    weights: str
    period: str
    units: Mapping[str, str]
    rules: tuple[Rule | Bands, ...]
    dimensions: tuple[Dimension, ...]
    measures: tuple[Measure, ...]
    watched: Watched
    left_out: tuple[str, ...]
    lopsided: tuple[str, ...]
    doubtful: tuple[tuple[str, float], ...]
