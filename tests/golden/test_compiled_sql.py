"""The SQL that plans become, read in review: one file per plan and engine in ``tests/golden/sql``.

DuckDB is asked for rows; other engines for sums (``sums_*``), and for rows where sums do not suffice. In
review, look for: every value of a plan in quotes of its engine, every name in lower snake case (DuckDB folds
case, PostgreSQL does not), and no sum that another engine would add up as decimals.

After a wanted change, write the files anew and read the difference before it is committed:

    EVERYCOUNT_REGENERATE=1 pytest tests/golden/test_compiled_sql.py
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pytest
from ibis.backends.pyspark import Backend

from everycount.estimate.addends import Drawn, Sums
from everycount.estimate.condition import All, Answered, In, Not, Within
from everycount.estimate.engine_postgres import Compiler
from everycount.estimate.frames import Demand
from everycount.estimate.placing import Placing
from everycount.estimate.plan import (
    Arithmetic,
    Case,
    Cases,
    Dimension,
    Measure,
    MeasureKind,
    Operation,
    OverRoster,
    Plan,
    Roll,
    Table,
    Take,
    Value,
    Variable,
)
from everycount.estimate.run import slimmed
from everycount.estimate.variables import derive
from everycount.sample import MAIN, Column, ColumnKind, Design, DesignKind, Sample

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(__file__).parent / "sql"
REGENERATE = os.environ.get("EVERYCOUNT_REGENERATE") == "1"

KEYS = {"_record": "int64", "_row": "int64"}
MAIN_COLUMNS = {
    "source": "string",
    "other": "string",
    "minutes": "string",
    "needs": "string",
    "income": "float64",
    "size": "int64",
    "region": "string",
    "unused": "string",
}
ABOUT = {
    MAIN: {
        "needs": Column("needs", ColumnKind.CODES),
        "minutes": Column("minutes", ColumnKind.NUMBER),
    },
    "members": {},
}
RECORDS = Sample(
    tables={
        MAIN: ibis.table({**KEYS, **MAIN_COLUMNS}, name="main"),
        "members": ibis.table({**KEYS, "sex": "string", "age": "string"}, name="members"),
    },
    columns=ABOUT,
    design=Design(DesignKind.PURPOSIVE),
)


@dataclass(frozen=True)
class Golden:
    """A plan whose SQL is kept, and the table whose query it is."""

    name: str
    measure: Measure
    table: str = MAIN
    by: tuple[str, ...] = ()
    variables: tuple[Variable, ...] = ()
    sums: bool = False

    @property
    def demand(self) -> Demand:
        """What the plan wants of its table."""
        dimensions = tuple(Dimension(name, name) for name in self.by)
        plan = Plan((self.measure,), dimensions, (Table((self.measure.id,), self.by),), self.variables)
        sample = derive(slimmed(RECORDS, plan), plan.variables)
        return Demand.of(sample, plan, self.table)

    @property
    def query(self) -> Any:
        """The query of rows, or of sums per stratum, cluster and cell."""
        return summed(self.demand) if self.sums else self.demand.query()

    def sql(self, engine: str) -> str:
        """The compiled query."""
        return f"{ENGINES[engine](self.query)}\n"


def summed(demand: Demand) -> Any:
    """Sums with a centre of 0.25, where three regions were met, the second and third of one group."""
    design = ibis.table(
        {"_record": "int64", "_weight": "float64", "_stratum": "string", "_cluster_1": "string"},
        name="design",
    )
    sums = Sums(demand, Drawn(design))
    place = Placing((), np.array([0, 1, 1, -1]), ())
    vars(sums)["answers"] = [{"a": 3, "b'": 2, "c\\": 1}] * len(demand.dimensions)
    vars(sums)["placings"] = [place] * len(demand.dimensions)
    return sums.query([0.25])


def on_postgres(query: Any) -> str:
    """As the engine compiles it, with casts that give null."""
    return str(Compiler().to_sqlglot(query.unbind()).sql(dialect="postgres", pretty=True))


def on_spark(query: Any) -> str:
    """As Ibis compiles it for a session."""
    Backend.register_options()
    return str(ibis.to_sql(query, dialect="pyspark"))


ENGINES: dict[str, Callable[[Any], str]] = {
    "duckdb": lambda query: ibis.to_sql(query, dialect="duckdb"),
    "postgres": on_postgres,
    "spark": on_spark,
}


WOMAN = All((In("sex", ("f",)), Within("age", 15, 49)))

HOSTILE = ("it's", 'a "b"', "back\\", "\\'; DROP TABLE main; --", "নদী")

GOLDEN = (
    Golden(
        "sums_of_a_proportion",
        Measure("near", MeasureKind.PROPORTION, condition=Within("minutes", high=30)),
        by=("region",),
        sums=True,
    ),
    Golden(
        "sums_of_a_ratio",
        Measure(
            "each", MeasureKind.RATIO, question="income", denominator="size", among=In("source", ("tap",))
        ),
        sums=True,
    ),
    Golden("sums_of_a_total", Measure("all", MeasureKind.TOTAL, question="minutes"), sums=True),
    Golden("hostile", Measure("odd", MeasureKind.COUNT, condition=In("source", HOSTILE))),
    Golden(
        "proportion_among",
        Measure(
            "near",
            MeasureKind.PROPORTION,
            condition=Within("minutes", high=30),
            among=Not(In("source", ("none",))),
        ),
        by=("region",),
    ),
    Golden("mean", Measure("income", MeasureKind.MEAN, question="income"), by=("size",)),
    Golden("ratio", Measure("each", MeasureKind.RATIO, question="income", denominator="size")),
    Golden("several_choices", Measure("food", MeasureKind.COUNT, condition=In("needs", ("food", "water")))),
    Golden(
        "cases",
        Measure("tap", MeasureKind.PROPORTION, condition=In("kind", ("tap",))),
        variables=(
            Variable(
                "kind",
                Cases((Case(Take("other"), In("source", ("other",))), Case(Take("source")))),
                recode=(("Tap ", "tap"),),
                no_answer="unknown",
            ),
        ),
    ),
    Golden(
        "arithmetic",
        Measure("per_head", MeasureKind.MEAN, question="per_head"),
        variables=(Variable("per_head", Arithmetic(Operation.RATIO, ("income", "size"))),),
    ),
    Golden(
        "into_roster",
        Measure("women", MeasureKind.MEAN, question="women"),
        by=("has_woman",),
        variables=(
            Variable("has_woman", OverRoster("members", Roll.ANY, WOMAN)),
            Variable("women", OverRoster("members", Roll.COUNT, All((Answered("age"), WOMAN)))),
        ),
    ),
    Golden(
        "persons",
        Measure("women", MeasureKind.PROPORTION, condition=In("woman", ("1",)), table="members"),
        table="members",
        by=("region",),
        variables=(Variable("woman", Cases((Case(Value("1"), WOMAN), Case(Value("0")))), table="members"),),
    ),
)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.name)
def test_a_plan_becomes_this_sql(golden: Golden, engine: str) -> None:
    file = FOLDER / engine / f"{golden.name}.sql"
    sql = golden.sql(engine)
    if REGENERATE:
        file.write_text(sql, encoding="utf-8")
    assert sql == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("engine", ENGINES)
def test_every_file_belongs_to_a_plan(engine: str) -> None:
    assert {file.stem for file in (FOLDER / engine).glob("*.sql")} == {golden.name for golden in GOLDEN}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.name)
def test_names_are_lower_and_values_stay_values(golden: Golden, engine: str) -> None:
    """Read back by a parser: one statement, names in lower case, and every code of the plan as a literal."""
    import sqlglot
    from sqlglot import expressions as sge

    (tree,) = sqlglot.parse(golden.sql(engine), dialect="spark" if engine == "spark" else engine)
    assert tree is not None
    names = {name.name for name in tree.find_all(sge.Identifier) if name.quoted}
    assert {name for name in names if name.isascii()} == {name.casefold() for name in names}
    if golden.name == "hostile":
        literals = {literal.this for literal in tree.find_all(sge.Literal)}
        assert literals >= set(HOSTILE)
