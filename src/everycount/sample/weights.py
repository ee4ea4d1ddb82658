"""What estimation needs of a design: a row per record with weight, stratum, clusters, population sizes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from everycount.faults import Fault, InputError, unknown
from everycount.sample.design import PopulationWeight
from everycount.sample.lookups import NO_ROW
from everycount.sample.sample import MAIN, RECORD, ROW
from everycount.sample.store import Storage, Store, rows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from everycount.sample.design import Design, Margin
    from everycount.sample.sample import Sample

WEIGHT = "_weight"
STRATUM = "_stratum"
CLUSTER = "_cluster_"  # followed by the stage, from 1
POPULATION = "_population_"  # the same
REPLICATE = "_replicate_"  # followed by the replicate, from 1
MARGIN = "_margin_"  # followed by the margin, from 1
CLASS = "_class"

_APART = "\x1f"  # the unit separator of ASCII: keys of several columns stay apart, whatever the columns hold
_SHOWN = 10
_COMMA = re.compile(r"-?\d+,\d+")
_DESIGN = "_design"


def design_columns(sample: Sample) -> Any:
    """The Ibis table of what the design says about each record of ``main``, in the order of the file.

    Its columns are ``_record`` (int64), ``_weight`` (float64, positive), ``_stratum`` (text; "" where the
    design has no strata), ``_cluster_1`` ... (text; none where the design has no clusters) and
    ``_population_1`` ... (float64, one per stage for which the design gives them), ``_replicate_1`` ...
    (float64, 0 or more, one per replicate weight), ``_margin_1`` ... (one per margin of the calibration:
    text, the codes joined, or float64) and ``_class`` (text; where some stand in for others). Where the
    design is nested, a cluster's key contains the keys above it, so that equal codes in two strata are two
    clusters.

    Raises:
        InputError: a column of the design is not there, or a record has no weight, stratum, cluster or
            population, or one that cannot be.
    """
    design = sample.design
    _refuse_unknown(sample)
    main = sample.tables[MAIN]
    keys = _keys(main, design) | _class(main, design)
    weight = _weight(main, design)
    populations = {
        f"{POPULATION}{i}": _number(main[name]) for i, name in enumerate(design.populations, start=1)
    }
    populations |= {
        f"{REPLICATE}{i}": _number(main[name]) for i, name in enumerate(_replicates(design), start=1)
    }
    margins = {f"{MARGIN}{i}": _margin(main, margin) for i, margin in enumerate(_margins(design), start=1)}
    made = main.select(main[RECORD], main[ROW], **{WEIGHT: weight}, **keys, **populations, **margins)
    kept = {RECORD: Storage.WHOLE, ROW: Storage.WHOLE, WEIGHT: Storage.DECIMAL}
    kept |= dict.fromkeys(keys, Storage.TEXT) | dict.fromkeys(populations, Storage.DECIMAL)
    kept |= {
        name: Storage.DECIMAL if margin.total is not None else Storage.TEXT
        for name, margin in zip(margins, _margins(design), strict=True)
    }
    table = _computed(made, kept)
    faults = _faults(sample, table)
    if faults:
        raise InputError(*faults)
    return table.drop(ROW)


def _computed(made: Any, kept: dict[str, Storage]) -> Any:
    """The table computed once, in the order of the file; on another engine as it stands, in any order."""
    store = Store.of(made)
    if store.backend.name != "duckdb":
        return made
    store.keep(_DESIGN, f"SELECT * FROM ({store.backend.compile(made)}) ORDER BY {ROW}")  # noqa: S608 - Ibis made it
    return store.table(_DESIGN, kept)


def _replicates(design: Design) -> tuple[str, ...]:
    return () if design.replicates is None else design.replicates.columns


def _margins(design: Design) -> tuple[Margin, ...]:
    return () if design.calibration is None else design.calibration.margins


def _class(main: Any, design: Design) -> dict[str, Any]:
    """The class within which those who answered stand in for the others."""
    import ibis  # noqa: PLC0415 - loaded by the store already; not at start-up

    if design.nonresponse is None:
        return {}
    parts = [text_of(main[name]) for name in design.nonresponse.classes]
    return {CLASS: _joined(parts) if parts else ibis.literal("")}


def _margin(main: Any, margin: Margin) -> Any:
    """A number, or the combination of codes that a record belongs to."""
    if margin.total is not None:
        return _number(main[margin.by[0]])
    return _joined([text_of(main[name]) for name in margin.by])


def _refuse_unknown(sample: Sample) -> None:
    known = sample.columns[MAIN]
    faults = [
        unknown("survey.toml, [design]", "column", name, known)
        for name in sample.design.columns
        if name not in known
    ]
    if faults:
        raise InputError(*faults)


def text_of(column: Any) -> Any:
    """A column as text, spelled the same whatever its type: 1, not 1.0."""
    kind = column.type()
    if kind.is_string():
        return column
    if kind.is_floating():
        # A number beyond int64 has no whole spelling here; the cast then gives null and not an error.
        whole = column.try_cast("int64")
        return (
            (column == whole.cast("float64"))
            .fill_null(False)
            .ifelse(whole.cast("string"), column.cast("string"))
        )
    return column.cast("string")


def _number(column: Any) -> Any:
    """A column as float64; null where it is no finite number."""
    number = column.try_cast("float64")
    return (number.isnan() | number.isinf()).ifelse(None, number)


def _keys(main: Any, design: Design) -> dict[str, Any]:
    import ibis  # noqa: PLC0415 - loaded by the store already; not at start-up

    stratum = _joined([text_of(main[name]) for name in design.strata]) if design.strata else ibis.literal("")
    keys = {STRATUM: stratum}
    above = [stratum] if design.nested and design.strata else []
    for stage, name in enumerate(design.clusters, start=1):
        above = [*above, text_of(main[name])] if design.nested else [text_of(main[name])]
        keys[f"{CLUSTER}{stage}"] = _joined(above)
    return keys


def _joined(parts: Sequence[Any]) -> Any:
    """The parts as one key, null where one of them is."""
    key = parts[0]
    for part in parts[1:]:
        key = key + _APART + part
    return key


def _weight(main: Any, design: Design) -> Any:
    import ibis  # noqa: PLC0415 - as above

    if design.weights is None:
        # DuckDB reads 1.0 as a decimal, and Ibis sees no need to cast it.
        return ibis.literal(1).cast("float64")
    if isinstance(design.weights, str):
        return _number(main[design.weights])
    cell = ibis.window(group_by=[text_of(main[name]) for name in design.weights.within])
    return _number(main[design.weights.population]) / main[RECORD].count().over(cell)


@dataclass(frozen=True, slots=True)
class _Rule:
    """What may not be true of any record: a condition, and the columns it is about."""

    broken: Any
    columns: tuple[str, ...]
    problem: str


def _faults(sample: Sample, table: Any) -> list[Fault]:
    """Every rule is counted in one pass; rows are listed for the broken ones only."""
    rules = [*_presence(table, sample.design), *_weight_rules(table, sample.design)]
    rules += [*_replicate_rules(table, sample.design), *_margin_rules(table, sample.design)]
    rules += _class_rules(table, sample.design)
    counted = {f"n{i}": rule.broken.sum() for i, rule in enumerate(rules)}
    counts = rows(table.aggregate(**counted))[0] if counted else ()
    broken = [(rule, count) for rule, count in zip(rules, counts, strict=True) if count]
    faults = [_listed(sample, table, rule, count) for rule, count in broken]
    return faults or [*_varying(sample), *_population_faults(sample, table)]


def _listed(sample: Sample, table: Any, rule: _Rule, count: int) -> Fault:
    """One fault for a rule, with the first rows that break it and the values that stand there."""
    names = ", ".join(rule.columns)
    values = [text_of(sample.tables[MAIN][name]).name(f"v{i}") for i, name in enumerate(rule.columns)]
    answers = sample.tables[MAIN].select(RECORD, *values)
    found = table.filter(rule.broken).select(RECORD, ROW).order_by(ROW).limit(_SHOWN)
    shown = {
        row: ", ".join("" if cell is None else cell for cell in cells)
        for _, row, *cells in rows(found.join(answers, RECORD).order_by(ROW))
    }
    first, value = next(iter(shown.items()))
    problem = rule.problem.format(f'"{value}"')
    if count > 1:
        others = ", ".join(f'row {row} "{each}"' for row, each in list(shown.items())[1:])
        more = ", ..." if count > _SHOWN else ""
        problem += f" The same is wrong in {count - 1} more row{'s' if count > 2 else ''}: {others}{more}."
    remedy = _remedy(sample, shown.values(), rule.columns)
    return Fault(f"{_file(sample)}, row {first}, column {names}", problem, remedy)


def _remedy(sample: Sample, values: Collection[str], columns: Collection[str]) -> str:
    """What most likely went wrong: a decimal comma, or a look-up that lacks a row."""
    if all(_COMMA.fullmatch(value) for value in values):
        return "Write numbers with a point: 1.5."
    lost = [each for each in sample.findings if each.problem.startswith(NO_ROW)]
    if lost and not any(values) and not set(columns) & {each.column for each in lost}:
        file = lost[0].problem.removeprefix(NO_ROW).partition(" has this value")[0]
        return f'Add the row with {lost[0].column} "{lost[0].value}" to {file}.'
    return "Mend the record, or leave it out of the file."


def _file(sample: Sample) -> str:
    return sample.places.get(MAIN, "records")


def _presence(table: Any, design: Design) -> Iterator[_Rule]:
    named = [(STRATUM, "stratum", design.strata)] if design.strata else []
    named += [(f"{CLUSTER}{i}", "cluster", (name,)) for i, name in enumerate(design.clusters, start=1)]
    for key, noun, names in named:
        broken = table[key].isnull()
        if key != STRATUM and design.nested and design.strata:
            broken &= table[STRATUM].notnull()
        yield _Rule(broken, names, f"There is no {noun}, and the design needs one.")


def _weight_rules(table: Any, design: Design) -> Iterator[_Rule]:
    if isinstance(design.weights, PopulationWeight):
        problem = "The population {} is not a number above 0, from which a weight could be made."
        yield _Rule(_not_positive(table[WEIGHT]), (design.weights.population,), problem)
    elif design.weights is not None:
        problem = "The weight {} is not a number above 0."
        yield _Rule(_not_positive(table[WEIGHT]), (design.weights,), problem)
    for stage, name in enumerate(design.populations, start=1):
        problem = "The population size {} is not a number above 0."
        yield _Rule(_not_positive(table[f"{POPULATION}{stage}"]), (name,), problem)


def _replicate_rules(table: Any, design: Design) -> Iterator[_Rule]:
    for place, name in enumerate(_replicates(design), start=1):
        weight = table[f"{REPLICATE}{place}"]
        problem = "The replicate weight {} is not a number of 0 or more."
        yield _Rule(weight.isnull() | (weight < 0), (name,), problem)


def _margin_rules(table: Any, design: Design) -> Iterator[_Rule]:
    for place, margin in enumerate(_margins(design), start=1):
        problem = "The answer {} has no place in a known total: every record needs one to be calibrated."
        yield _Rule(table[f"{MARGIN}{place}"].isnull(), margin.by, problem)


def _class_rules(table: Any, design: Design) -> Iterator[_Rule]:
    if design.nonresponse is not None and design.nonresponse.classes:
        problem = "There is no class of response: it must be known of everybody who was approached."
        yield _Rule(table[CLASS].isnull(), design.nonresponse.classes, problem)


def _not_positive(number: Any) -> Any:
    return number.isnull() | (number <= 0)


def _varying(sample: Sample) -> Iterator[Fault]:
    """Cells of a population weight whose records do not agree about the population."""
    weights = sample.design.weights
    if not isinstance(weights, PopulationWeight):
        return
    main = sample.tables[MAIN]
    size = _number(main[weights.population])
    keys = {f"k{i}": text_of(main[name]) for i, name in enumerate(weights.within)}
    cells = main.group_by(**keys).aggregate(low=size.min(), high=size.max())
    place = f"{_file(sample)}, column {weights.population}"
    for *cell, low, high in rows(cells.filter(cells.low != cells.high).order_by([*keys]).limit(_SHOWN)):
        where = ", ".join(f'{name} "{value}"' for name, value in zip(weights.within, cell, strict=True))
        problem = f"Records with {where} give different populations, from {low:g} to {high:g}."
        yield Fault(place, problem, "Name the columns within which the population is one number.")


def _population_faults(sample: Sample, table: Any) -> Iterator[Fault]:
    for stage, name in enumerate(sample.design.populations, start=1):
        yield from _stage_faults(table, stage, sample.design, f"{_file(sample)}, column {name}")


def _stage_faults(table: Any, stage: int, design: Design, place: str) -> Iterator[Fault]:
    """A population size must be one number within its unit, and not smaller than the units found there."""
    unit = STRATUM if stage == 1 else f"{CLUSTER}{stage - 1}"
    below = f"{CLUSTER}{stage}" if stage <= len(design.clusters) else RECORD
    size = table[f"{POPULATION}{stage}"]
    units = table.group_by(unit).aggregate(low=size.min(), high=size.max(), n=table[below].nunique())
    bad = units.filter((units.low != units.high) | (units.low < units.n)).order_by(unit).limit(_SHOWN)
    noun = "stratum" if stage == 1 else "cluster"
    for key, low, high, n in rows(bad):
        where = f'In {noun} "{str(key).replace(_APART, ", ")}"' if key else "In the whole file"
        if low != high:
            problem = f"{where} the population size is not one number but {low:g} to {high:g}."
        else:
            problem = f"{where} the population size is {low:g}, but {n} units were found."
        yield Fault(place, problem, "Give the number of units from which the sample was drawn.")
