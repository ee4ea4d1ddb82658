"""The SQL that plans become, read in review: one file per plan in ``tests/golden/sql``.

After a wanted change, write the files anew and read the difference before it is committed:

    EVERYCOUNT_REGENERATE=1 pytest tests/golden/test_compiled_sql.py
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import ibis
import pytest

from everycount.estimate.condition import All, Answered, In, Not, Within
from everycount.estimate.frames import Demand
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

    @property
    def sql(self) -> str:
        """The compiled query."""
        dimensions = tuple(Dimension(name, name) for name in self.by)
        plan = Plan((self.measure,), dimensions, (Table((self.measure.id,), self.by),), self.variables)
        sample = derive(slimmed(RECORDS, plan), plan.variables)
        return f"{ibis.to_sql(Demand.of(sample, plan, self.table).query(), dialect='duckdb')}\n"


WOMAN = All((In("sex", ("f",)), Within("age", 15, 49)))

GOLDEN = (
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


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.name)
def test_a_plan_becomes_this_sql(golden: Golden) -> None:
    file = FOLDER / f"{golden.name}.sql"
    if REGENERATE:
        file.write_text(golden.sql, encoding="utf-8")
    assert golden.sql == file.read_text(encoding="utf-8")


def test_every_file_belongs_to_a_plan() -> None:
    assert {file.stem for file in FOLDER.glob("*.sql")} == {golden.name for golden in GOLDEN}
