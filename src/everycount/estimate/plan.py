"""Which measures, split by which dimensions."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from everycount.sample.sample import MAIN
from everycount.text import NOTHING, Text

if TYPE_CHECKING:
    from everycount.estimate.condition import Condition


class MeasureKind(StrEnum):
    """What is estimated."""

    PROPORTION = "proportion"
    MEAN = "mean"
    TOTAL = "total"
    COUNT = "count"
    RATIO = "ratio"
    MEDIAN = "median"
    QUANTILE = "quantile"
    AT_RISK_OF_POVERTY = "at_risk_of_poverty"
    POVERTY_THRESHOLD = "poverty_threshold"
    GINI = "gini"
    QUINTILE_SHARE = "quintile_share"


QUANTILES = frozenset({MeasureKind.MEDIAN, MeasureKind.QUANTILE})
POVERTY = frozenset({MeasureKind.AT_RISK_OF_POVERTY, MeasureKind.POVERTY_THRESHOLD})  # a part of the median
INEQUALITY = POVERTY | {MeasureKind.GINI, MeasureKind.QUINTILE_SHARE}
NUMERIC = QUANTILES | INEQUALITY | {MeasureKind.MEAN, MeasureKind.TOTAL, MeasureKind.RATIO}  # need numbers
SHARES = frozenset({MeasureKind.PROPORTION, MeasureKind.AT_RISK_OF_POVERTY})  # of people, from 0 to 1
WITH_EVENTS = SHARES | {MeasureKind.COUNT}  # some of the people have what is looked for
PURE = SHARES | {MeasureKind.GINI, MeasureKind.QUINTILE_SHARE}  # numbers without a unit
LINE = 0.6  # of the median: where a poverty line is drawn unless somebody says otherwise (Eurostat)
FIFTH = 0.2


class Better(StrEnum):
    """Which direction is good for people; without it nobody is called better or worse off."""

    HIGHER = "higher"
    LOWER = "lower"


class IntervalRule(StrEnum):
    """How the interval of a proportion is made (see docs/reference/statistics.md)."""

    AUTO = "auto"
    WALD = "wald"
    XLOGIT = "xlogit"
    WILSON = "wilson"
    ASIN = "asin"
    BETA = "beta"
    LIKELIHOOD = "likelihood"


class Multiplicity(StrEnum):
    """How it is allowed for that many groups are compared (see docs/reference/statistics.md)."""

    BH = "bh"
    BY = "by"
    HOLM = "holm"
    NONE = "none"


class QuantileRule(StrEnum):
    """Which answer is the quantile (docs/reference/statistics.md); ``math`` is hf1, ``school`` is hf2."""

    MATH = "math"
    SCHOOL = "school"
    SHAHVAISH = "shahvaish"
    HF1 = "hf1"
    HF2 = "hf2"
    HF3 = "hf3"
    HF4 = "hf4"
    HF5 = "hf5"
    HF6 = "hf6"
    HF7 = "hf7"
    HF8 = "hf8"
    HF9 = "hf9"


class QuantileInterval(StrEnum):
    """How the interval of a quantile is made: of the share below it, turned round, or by a score test."""

    AUTO = "auto"
    MEAN = "mean"
    BETA = "beta"
    XLOGIT = "xlogit"
    ASIN = "asin"
    SCORE = "score"


WOODRUFF = "woodruff_"  # begins the name of an interval that is a share's interval turned round


@dataclass(frozen=True, slots=True)
class Take:
    """The answer of another question (or variable)."""

    question: str


@dataclass(frozen=True, slots=True)
class Value:
    """A constant."""

    value: str | float


@dataclass(frozen=True, slots=True)
class Case:
    """One line of a case table; ``when`` None always holds."""

    then: Take | Value
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Cases:
    """The first case that holds; none holds: no answer."""

    cases: tuple[Case, ...]


class Operation(StrEnum):
    """Arithmetic over numeric columns; ``ratio`` is the first divided by the second."""

    SUM = "sum"
    PRODUCT = "product"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """A number from numeric columns; unknown where one of them is unknown, or the divisor is 0."""

    operation: Operation
    of: tuple[str, ...]


class Roll(StrEnum):
    """How the roster rows for which a condition is true become one value of their main record."""

    ANY = "any"  # is there one: "1" or "0"
    COUNT = "count"  # how many there are
    TAKE = "take"  # the answer of the one that there is: the sex of the head
    SUM = "sum"  # their numbers together: what all members earn


@dataclass(frozen=True, slots=True)
class OverRoster:
    """Looks from a main record into one of its rosters.

    A member about whom the condition is unknown leaves COUNT and SUM unknown, and ANY where nobody else
    decides it; a member without a number leaves SUM unknown. TAKE is unknown where several members answer
    differently. A record without members has none of them, and a sum of 0.

    Attributes:
        roster: name of the table.
        roll: how its rows become one value.
        condition: which rows; ``All(())`` takes every row.
        question: what TAKE takes and SUM adds up, a column of the roster.
    """

    roster: str
    roll: Roll
    condition: Condition
    question: str | None = None


Rule: TypeAlias = Cases | Arithmetic | OverRoster


@dataclass(frozen=True, slots=True)
class Variable:
    """A derived column, usable wherever a question is.

    Attributes:
        id: its name.
        rule: how it is made.
        recode: (from, to) pairs applied to the text after the rule.
        no_answer: the value given where there is no answer; None leaves it so.
        labels: what it is called.
        choices: its codes with their labels, where it has codes.
        table: ``main`` or the roster it belongs to.
    """

    id: str
    rule: Rule
    recode: tuple[tuple[str, str], ...] = ()
    no_answer: str | float | None = None
    labels: Text = NOTHING
    choices: tuple[tuple[str, Text], ...] = ()
    table: str = MAIN


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a dimension: its code, its name, and the answers that belong to it."""

    code: str
    labels: Text
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dimension:
    """A characteristic by which measures are split.

    Attributes:
        id: its name, also its column in ``cells.csv``.
        question: the question or variable that holds the answers.
        labels: what it is called.
        groups: the groups in order; empty means one group per answer met.
        dropped: answers left out of this dimension on purpose.
        ordered: the order of the groups means something (age bands, quintiles).
        area: the id of the catalogue's area list its codes belong to, where the dimension is a place.
        sensitive: naming the group can endanger its members: larger minimum, never on a map.
        sdmx: the SDG dimension it maps to, such as ``SEX``.
        do_not_map: where its groups live is told by no map and no code of a place.
        linked: (code of a group, group of the catalogue that it is); "" stands for the whole dimension.
        lowered: (code of a group, or "", why it needs less protection than the catalogue gives it).
        reference: code of the group that the others are compared with, beside the usual comparisons.
    """

    id: str
    question: str
    labels: Text = NOTHING
    groups: tuple[Group, ...] = ()
    dropped: tuple[str, ...] = ()
    ordered: bool = False
    area: str | None = None
    sensitive: bool = False
    sdmx: str | None = None
    do_not_map: bool = False
    linked: tuple[tuple[str, str], ...] = ()
    lowered: tuple[tuple[str, str], ...] = ()
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class SdgLink:
    """How a measure stands to an SDG indicator."""

    indicator: str
    relation: str  # measures | proxy | context


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A figure from elsewhere to hold beside the overall value.

    Attributes:
        period: ISO 8601, when it was measured; "" where nobody said.
        area: code of the place that it is of.
        population: of whom it is, in words.
        concept: how it is defined, in words.
        same_concept: somebody says that it is defined as the measure is.
        same_population: somebody says that it is about the same people.
        licence: under which it may be shown, an SPDX id; "" where nobody said.
        note: what its readers have to know, such as that few people were asked; in its source's language.
    """

    value: float
    labels: Text
    source: str
    period: str = ""
    area: str = ""
    population: str = ""
    concept: str = ""
    same_concept: bool = False
    same_population: bool = False
    licence: str = field(default="", metadata={"left_out": True})
    note: str = field(default="", metadata={"left_out": True})


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing measured.

    Attributes:
        id: its name.
        kind: what is estimated.
        labels: what it is called.
        question: the numeric column of a mean, total, ratio, median or quantile, or of what is shared out.
        condition: what counts, for a proportion or count.
        denominator: the numeric column below the line of a ratio.
        among: the denominator's own condition; records for which it is not true are outside.
        unit: what a record is, in words: household, person.
        table: ``main`` or a roster: whose rows are counted.
        sdg: link to an SDG indicator.
        better: which direction is good.
        benchmark: a figure from elsewhere.
        number: unit of a mean or total, in words: litres, minutes.
        at: for a quantile, the share of people that do not exceed it: 0.25; for a poverty line, the part
            of the median at which it is drawn: 0.6.
    """

    id: str
    kind: MeasureKind
    labels: Text = NOTHING
    question: str | None = None
    condition: Condition | None = None
    denominator: str | None = None
    among: Condition | None = None
    unit: str = "record"
    table: str = MAIN
    sdg: SdgLink | None = None
    better: Better | None = None
    benchmark: Benchmark | None = None
    number: str = ""
    at: float | None = None

    @property
    def share(self) -> float | None:
        """The share of people below the quantile that a measure rests on (or above it); None without one.

        A poverty line is a part of the median; the two ends of a quintile share are a fifth each. The share
        at risk of poverty rests on the line of everybody, not on a quantile of the group.
        """
        match self.kind:
            case MeasureKind.MEDIAN | MeasureKind.POVERTY_THRESHOLD:
                return 0.5
            case MeasureKind.QUINTILE_SHARE:
                return FIFTH
            case MeasureKind.QUANTILE:
                return self.at
            case _:
                return None

    @property
    def line(self) -> float:
        """The part of the median at which a poverty line is drawn."""
        return LINE if self.at is None else self.at


@dataclass(frozen=True, slots=True)
class Table:
    """Some measures split by one breakdown: the dimensions crossed, in order; ``()`` is the overall value."""

    measures: tuple[str, ...]
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Which measures, split by which dimensions."""

    measures: tuple[Measure, ...]
    dimensions: tuple[Dimension, ...] = ()
    tables: tuple[Table, ...] = ()
    variables: tuple[Variable, ...] = ()
    interval: IntervalRule = IntervalRule.AUTO
    level: float = 0.95
    quantile_rule: QuantileRule = QuantileRule.HF1
    quantile_interval: QuantileInterval = QuantileInterval.AUTO
    multiplicity: Multiplicity = Multiplicity.BH
