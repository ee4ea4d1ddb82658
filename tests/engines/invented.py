"""An invented survey with every kind of answer that engines are known to read differently."""

from __future__ import annotations

import csv
import random
from typing import TYPE_CHECKING

from everycount.estimate.condition import All, Answered, In, Not, Within
from everycount.estimate.plan import (
    Arithmetic,
    Better,
    Case,
    Cases,
    Dimension,
    Group,
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
from everycount.sample import Column, ColumnKind, Design, DesignKind, Source, read
from everycount.text import NOTHING

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.sample import Sample

# Quotes, backslashes, comments, spaces, other scripts; and numbers as people and programs write them.
WORDS = ("a'b", 'c"d', "e\\'f", "-- g", "h;i", "নদী", "k  l", "N", "n", "o\tp", "{q}", "%s", "$1")
NUMBERS = (
    "1",
    "1.0",
    " 2 ",
    "1e2",
    ".5",
    "7.",
    "1_000",
    "0x1F",
    "nan",
    "inf",
    "1e999",
    "1e-400",
    "two",
    "-0",
)
LONG = "a_column_so_long_that_postgresql_would_cut_it_off_and_two_of_them_would_become_one"


def survey(folder: Path, records: int = 240) -> Sample:
    """Records with a roster of members, in strata and clusters, drawn by a fixed seed."""
    chance = random.Random(7)  # noqa: S311 - invented answers
    with (folder / "main.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            [
                "key",
                "stratum",
                "psu",
                "fpc",
                "weight",
                "word",
                "amount",
                "needs",
                "size",
                f"{LONG}_1",
                f"{LONG}_2",
            ]
        )
        for record in range(records):
            stratum = record % 4
            writer.writerow(
                [
                    f"r{record}",
                    f"s'{stratum}",
                    chance.randrange(6),
                    40,
                    chance.choice([1, 1.5, 2.25, 1 / 3]),
                    chance.choice(WORDS),
                    chance.choice(NUMBERS),
                    chance.choice(["", "food", "food water", "waterfood"]),
                    chance.choice([1, 2, 3, ""]),
                    chance.choice(["x", "y"]),
                    chance.choice(["x", "y", ""]),
                ]
            )
    with (folder / "members.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["parent", "sex", "age", "earned"])
        for record in range(records):
            for _ in range(chance.randrange(4)):
                writer.writerow(
                    [
                        f"r{record}",
                        chance.choice("fm"),
                        chance.randrange(90),
                        chance.choice([0, 12.5, 99, ""]),
                    ]
                )
        writer.writerow(["nobody", "f", 30, 1])
    sources = {
        "main": Source(folder / "main.csv", key="key"),
        "members": Source(folder / "members.csv", parent_key="parent"),
    }
    return read(sources, design=DESIGN)


DESIGN = Design(
    DesignKind.PROBABILITY, strata=("stratum",), clusters=("psu",), weights="weight", populations=("fpc",)
)
WOMAN = All((In("sex", ("f",)), Within("age", 15, 49)))
SIZED = Dimension("size", "size")
DIMENSIONS = (
    Dimension("word", "word"),
    Dimension("place", f"{LONG}_1"),
    Dimension("other", f"{LONG}_2"),
    Dimension(
        "age",
        "age_text",
        groups=(
            Group("young", NOTHING, tuple(str(age) for age in range(25))),
            Group("old", NOTHING, tuple(str(age) for age in range(25, 90))),
        ),
    ),
    SIZED,
)
MEASURES = (
    Measure(
        "quoted", MeasureKind.PROPORTION, condition=In("word", ("a'b", "e\\'f", "-- g")), better=Better.LOWER
    ),
    Measure("amount", MeasureKind.MEAN, question="amount", among=Not(In("word", ("N",)))),
    Measure("food", MeasureKind.COUNT, condition=In("needs", ("food",))),
    Measure("each", MeasureKind.RATIO, question="earnings", denominator="size"),
    Measure("earnings", MeasureKind.TOTAL, question="earnings"),
    Measure("women", MeasureKind.PROPORTION, condition=In("woman", ("1",)), table="members"),
)
VARIABLES = (
    Variable("earnings", OverRoster("members", Roll.SUM, Answered("earned"), "earned")),
    Variable("head", OverRoster("members", Roll.TAKE, Within("age", 80), "sex")),
    Variable("doubled", Arithmetic(Operation.PRODUCT, ("amount", "size"))),
    Variable("kind", Cases((Case(Take("word"), Within("amount", 1)), Case(Value("none"))))),
    Variable("woman", Cases((Case(Value("1"), WOMAN), Case(Value("0")))), table="members"),
    Variable("age_text", Cases((Case(Take("age")),)), table="members"),
)
PLAN = Plan(
    MEASURES,
    DIMENSIONS,
    (
        Table(("quoted", "amount", "food", "each", "earnings"), ("word",)),
        Table(("quoted", "amount", "food", "each", "earnings"), ("size", "place")),
        Table(("amount",), ("other",)),
        Table(("women",), ("age", "place")),
    ),
    VARIABLES,
)
MEDIAN = Plan(
    (Measure("middle", MeasureKind.MEDIAN, question="amount"), MEASURES[1]),
    (SIZED,),
    (Table(("middle", "amount"), ("size",)),),
)
ABOUT = Column("needs", ColumnKind.CODES)
