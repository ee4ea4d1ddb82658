"""Dimensions, measures and tables of a survey file."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from everycount import catalogue
from everycount.estimate.plan import (
    LINE,
    POVERTY,
    Benchmark,
    Better,
    Dimension,
    Group,
    IntervalRule,
    Measure,
    MeasureKind,
    Multiplicity,
    Plan,
    QuantileInterval,
    QuantileRule,
    SdgLink,
    Table,
)
from everycount.faults import InputError
from everycount.survey.conditions import closed, read_condition
from everycount.survey.facts import period_of
from everycount.survey.variables import read_variables
from everycount.text import NOTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from everycount.estimate.condition import Condition
    from everycount.survey.document import Reader

RELATIONS = ("measures", "proxy", "context")
# The columns of cells.csv; a dimension may not be called so.
NUMBERS = ("value", "se", "ci_low", "ci_high", "ci_level", "df", "n", "n_effective", "cv", "deff", "n_needed")
WORDS = ("measure", "kind", "basis", "scope", "status", "note", "verdict", "interval")
COLUMNS = frozenset({*NUMBERS, *WORDS})


def read_plan(root: Reader, language: str) -> Plan:
    """The plan as written; its names are held against the records by :mod:`everycount.survey.names`."""
    variables = read_variables(root, language)
    dimensions = tuple(_unique(root, "dimension", language, _dimension))
    measures = tuple(_unique(root, "measure", language, _measure))
    if not measures:
        root.complain(None, "There is no measure.", "Add a [[measure]] with id, kind and question.")
    tables = _tables(root, measures, dimensions)
    estimating = _estimate(root.table("estimate"))
    return Plan(measures, dimensions, tables, variables, *estimating)


Named = TypeVar("Named", Dimension, Measure)


def _unique(
    root: Reader, key: str, language: str, read: Callable[[Reader, str], Named | None]
) -> Iterable[Named]:
    seen: dict[str, Named] = {}
    for reader in root.tables(key):
        item = read(reader, language)
        reader.close()
        if item is None:
            continue
        if item.id in seen:
            reader.complain("id", f'The {key} "{item.id}" stands twice.', "Give each its own id.")
        seen[item.id] = item
    return seen.values()


def _id(reader: Reader) -> str:
    name = reader.text("id", required=True)
    if name and not name.replace("_", "a").replace("-", "a").isalnum():
        reader.complain("id", f'The id "{name}" has other signs.', "Use letters, digits, _ and - only.")
        reader.document.unnamed.add(reader.trail[0])
    elif not name:
        reader.document.unnamed.add(reader.trail[0])
    return name


def _dimension(reader: Reader, language: str) -> Dimension | None:
    name = _id(reader)
    if name in COLUMNS:
        reader.complain("id", f'"{name}" is a column of cells.csv.', "Choose another id for the dimension.")
    groups = _groups(reader, language)
    reference = reader.word("reference") or None
    if reference is not None and groups and reference not in {group.code for group in groups}:
        reader.unknown("reference", "group", reference, [group.code for group in groups])
    return Dimension(
        id=name,
        question=reader.text("question", required=True),
        labels=reader.label("label", language),
        groups=groups,
        dropped=reader.strings("drop"),
        ordered=reader.boolean("ordered"),
        area=reader.text("area") or None,
        sensitive=reader.boolean("sensitive"),
        sdmx=reader.text("sdmx") or None,
        do_not_map=reader.boolean("do_not_map"),
        linked=_linked(reader, groups),
        lowered=_by_group(reader, "lowered", groups),
        reference=reference,
    )


def _linked(reader: Reader, groups: tuple[Group, ...]) -> tuple[tuple[str, str], ...]:
    """The groups of the catalogue that a dimension, or groups of it, are."""
    found = _by_group(reader, "catalogue", groups)
    for _, name in found:
        try:
            catalogue.population_group(name)
        except InputError as error:
            reader.adopt("catalogue", error)
    return found


def _by_group(reader: Reader, key: str, groups: tuple[Group, ...]) -> tuple[tuple[str, str], ...]:
    """A text for the whole dimension, or a table of texts by group."""
    if not isinstance(reader.raw(key), dict):
        whole = reader.text(key)
        return (("", whole),) if whole else ()
    table = reader.table(key)
    if table is None:
        return ()
    known = [group.code for group in groups]
    for code in table.data:
        if known and code not in known:
            table.unknown(code, "group", code, known)
    return tuple((code, table.text(code, required=True)) for code in table.data)


def _groups(reader: Reader, language: str) -> tuple[Group, ...]:
    table, labels = reader.table("groups"), reader.table("labels")
    if labels is not None and table is not None:
        for code in labels.data:
            if code not in table.data:
                labels.unknown(code, "group", code, table.data)
    if table is None:
        # Names alone: one group per named answer, in the order of the names.
        named = () if labels is None else tuple((code, labels.label(code, language)) for code in labels.data)
        return tuple(Group(code, name, (code,)) for code, name in named)
    groups = []
    owner: dict[str, str] = {}
    for code in table.data:
        members = table.strings(code)
        for member in members:
            if member in owner:
                table.complain(
                    code,
                    f'The answer "{member}" is in the groups "{owner[member]}" and "{code}".',
                    "Keep it in one.",
                )
            owner[member] = code
        name = labels.label(code, language) if labels is not None and code in labels.data else NOTHING
        groups.append(Group(code, name, members))
    return tuple(groups)


def _measure(reader: Reader, language: str) -> Measure | None:
    name = _id(reader)
    kind = _kind(reader)
    if kind is None:
        for key in reader.data:
            reader.raw(key)
        return None
    condition = None
    question = denominator = None
    if kind in {MeasureKind.PROPORTION, MeasureKind.COUNT}:
        condition = read_condition(reader)
    else:
        question = reader.text("question", required=True)
        if kind is MeasureKind.RATIO:
            denominator = reader.text("denominator", required=True)
    among: Condition | None = None
    if (inner := reader.table("among")) is not None:
        among = closed(inner)
    return Measure(
        id=name,
        kind=kind,
        labels=reader.label("label", language),
        question=question,
        condition=condition,
        denominator=denominator,
        among=among,
        unit=reader.text("unit", "record"),
        sdg=_sdg(reader),
        better=reader.choice("better", Better, None, "direction") if "better" in reader else None,
        benchmark=_benchmark(reader, language),
        number=reader.text("number"),
        at=_at(reader, kind),
    )


def _at(reader: Reader, kind: MeasureKind) -> float | None:
    """The share of people that a quantile leaves below, or the part of the median that is a poverty line."""
    if kind in POVERTY:
        line = reader.number("at", LINE)
        if line is not None and not 0 < line < 1:
            problem = f"No poverty line stands at {line:g} of the median."
            reader.complain("at", problem, "Give a part of it between 0 and 1: 0.6.")
        return line
    if kind is not MeasureKind.QUANTILE:
        return None
    share = reader.number("at", required=True)
    if share is not None and not 0 < share < 1:
        reader.complain("at", f"The share {share:g} has no quantile.", "Give one between 0 and 1: 0.25.")
    return share


def _kind(reader: Reader) -> MeasureKind | None:
    word = reader.text("kind", required=True)
    return reader.choice("kind", MeasureKind, None, "kind of measure") if word else None


def _sdg(reader: Reader) -> SdgLink | None:
    if isinstance(reader.raw("sdg"), str):
        return _known_indicator(reader, reader.text("sdg"), "measures")
    table = reader.table("sdg")
    if table is None:
        return None
    relation = table.text("relation", "measures")
    if relation not in RELATIONS:
        table.unknown("relation", "relation", relation, RELATIONS)
    link = _known_indicator(reader, table.text("indicator", required=True), relation)
    table.close()
    return link


def _known_indicator(reader: Reader, number: str, relation: str) -> SdgLink | None:
    try:
        catalogue.indicator(number)
    except InputError as error:
        reader.adopt("sdg", error)
        return None
    return SdgLink(number, relation)


def _benchmark(reader: Reader, language: str) -> Benchmark | None:
    table = reader.table("benchmark")
    if table is None:
        return None
    value = table.number("value", required=True)
    label, source = table.label("label", language), table.text("source", required=True)
    found = Benchmark(
        value=0.0 if value is None else value,
        labels=label,
        source=source,
        period=period_of(table),
        area=_place(table),
        population=table.text("population"),
        concept=table.text("concept"),
        same_concept=table.boolean("same_concept"),
        same_population=table.boolean("same_population"),
        licence=table.text("licence"),
        note=table.text("note"),
    )
    table.close()
    return None if value is None else found


def _place(table: Reader) -> str:
    """A country, an area of M49, or a state of India."""
    code = table.word("area")
    if code:
        try:
            catalogue.place_name(code)
        except InputError as error:
            table.adopt("area", error)
    return code


def _tables(
    root: Reader, measures: tuple[Measure, ...], dimensions: tuple[Dimension, ...]
) -> tuple[Table, ...]:
    known_measures = [measure.id for measure in measures]
    known_dimensions = [dimension.id for dimension in dimensions]
    tables: list[Table] = []
    for reader in root.tables("table"):
        names = _measure_names(reader, known_measures)
        tables += [Table(names, by) for by in _breakdowns(reader, known_dimensions)]
        reader.close()
    if not tables and measures:
        # No table asked for: each measure overall and by each dimension is what a reader expects first.
        all_of_them = tuple(known_measures)
        tables = [Table(all_of_them, ()), *(Table(all_of_them, (name,)) for name in known_dimensions)]
    return tuple(tables)


def _measure_names(reader: Reader, known: list[str]) -> tuple[str, ...]:
    names = reader.strings("measures", required=True)
    if names == ("*",):
        return tuple(known)
    for name in names:
        if name not in known and "measure" not in reader.document.unnamed:
            reader.unknown("measures", "measure", name, known)
    return names


def _breakdowns(reader: Reader, known: list[str]) -> list[tuple[str, ...]]:
    value = reader.raw("by", [])
    if not isinstance(value, list) or not all(isinstance(by, list | str) for by in value):
        reader.complain("by", f'"by" is {value!r}.', 'Give breakdowns: by = [["sex"], ["sex", "age"]].')
        return []
    breakdowns: list[tuple[str, ...]] = [()]
    for by in value:
        names = tuple(str(name) for name in ([by] if isinstance(by, str) else by))
        strangers = [name for name in names if name not in known]
        for name in strangers if "dimension" not in reader.document.unnamed else ():
            reader.unknown("by", "dimension", name, known)
        if len(set(names)) < len(names) and not strangers:
            reader.complain("by", f"The breakdown {list(names)} names a dimension twice.", "Name each once.")
        if len(names) > MOST_WAYS:
            reader.complain(
                "by", f"The breakdown {list(names)} crosses {len(names)} dimensions.", "Cross up to 4."
            )
        breakdowns.append(names)
    return list(dict.fromkeys(breakdowns))


MOST_WAYS = 4  # beyond four ways the cells of a survey hold single people


def _estimate(
    reader: Reader | None,
) -> tuple[IntervalRule, float, QuantileRule, QuantileInterval, Multiplicity]:
    rule, turned, many = QuantileRule.HF1, QuantileInterval.AUTO, Multiplicity.BH
    if reader is None:
        return IntervalRule.AUTO, 0.95, rule, turned, many
    interval = reader.choice("interval", IntervalRule, IntervalRule.AUTO, "interval") or IntervalRule.AUTO
    level = reader.number("level", 0.95) or 0.0
    if not 0.5 <= level < 1:
        reader.complain(
            "level", f"The level {level} is not a share.", "Give one from 0.5 up to below 1: 0.95."
        )
    rule = reader.choice("quantile", QuantileRule, rule, "rule of quantiles") or rule
    turned = reader.choice("quantile_interval", QuantileInterval, turned, "interval of quantiles") or turned
    many = reader.choice("multiplicity", Multiplicity, many, "control of many comparisons") or many
    reader.close()
    return interval, level, rule, turned, many
