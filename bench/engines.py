"""The same plan on every engine: records per second, and how much longer than DuckDB. Invented people.

Run: python bench/engines.py [RECORDS]. PostgreSQL is taken from EVERYCOUNT_POSTGRES, Spark's master from
EVERYCOUNT_SPARK (else this machine); an engine that is not there is said to be absent. Starting a session and
loading the records are timed apart from the work, as they do not grow with the number of tables.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from everycount.estimate.condition import In, Within
from everycount.estimate.engine import EngineName, carried, opened
from everycount.estimate.plan import Dimension, Measure, MeasureKind, Plan, Table
from everycount.estimate.run import run, slimmed
from everycount.faults import InputError
from everycount.sample import MAIN, RECORD, ROW, Design, DesignKind, Sample
from everycount.sample.store import Storage, Store

if TYPE_CHECKING:
    from everycount.estimate.engine import Engine

RECORDS = 200_000
BY = ("sex", "age", "region")
PLAN = Plan(
    (
        Measure("safe", MeasureKind.PROPORTION, condition=In("water", ("1", "2"))),
        Measure("near", MeasureKind.PROPORTION, condition=Within("minutes", high=30)),
        Measure("minutes", MeasureKind.MEAN, question="minutes"),
    ),
    tuple(Dimension(name, name) for name in BY),
    tuple(Table(("safe", "near", "minutes"), by) for by in [*((one,) for one in BY), BY[:2], BY[1:], BY]),
)
DESIGN = Design(DesignKind.PROBABILITY, strata=("stratum",), clusters=("psu",), weights="weight")


def invented(records: int) -> Sample:
    """Records in 200 strata of 20 clusters, made by DuckDB from hashes of their numbers."""
    store = Store()

    def drawn(name: str, of: int) -> str:
        return f"(hash(i, '{name}') % {of})::VARCHAR AS {name}"

    sizes = (("sex", 2), ("age", 8), ("region", 12), ("water", 4))
    columns = ", ".join(drawn(name, of) for name, of in sizes)
    query = (
        f"SELECT i AS {RECORD}, i AS {ROW}, (i % 200)::VARCHAR AS stratum, "  # noqa: S608 - our own words
        f"(hash(i, 'psu') % 20)::VARCHAR AS psu, (1 + (hash(i, 'w') % 7) / 4.0)::DOUBLE AS weight, "
        f"{columns}, (hash(i, 'm') % 90)::VARCHAR AS minutes FROM range(1, {records + 1}) AS t(i)"
    )
    store.keep(MAIN, query)
    stored = dict.fromkeys(("stratum", "psu", *BY, "water", "minutes"), Storage.TEXT)
    table = store.table(
        MAIN, {RECORD: Storage.WHOLE, ROW: Storage.WHOLE, "weight": Storage.DECIMAL, **stored}
    )
    return Sample({MAIN: table}, {MAIN: {}}, DESIGN)


def timed(sample: Sample, engine: Engine | None) -> tuple[float, float, Any]:
    """Seconds of loading and of work, and the numbers."""
    began = time.perf_counter()
    there = carried(slimmed(sample, PLAN), engine)
    loaded = time.perf_counter()
    made = run(there, PLAN)
    return loaded - began, time.perf_counter() - loaded, made


def main() -> None:
    records = int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS
    sample = invented(records)
    run(invented(1000), PLAN)  # Ibis is imported, and the machine code is there
    reference, least = None, 0.0
    print(f"{records} records, {len(PLAN.tables) * len(PLAN.measures)} tables")
    print("engine    session s  loading s   work s    records/s  to duckdb  largest difference of an error")
    for name in EngineName:
        began = time.perf_counter()
        try:
            with opened(name) as engine:
                started = time.perf_counter() - began
                loading, work, made = timed(sample, engine)
        except InputError as error:
            print(f"{name:9s} absent: {error}")
            continue
        reference, least = (made, work) if reference is None else (reference, least)
        pairs = zip(made.estimates, reference.estimates, strict=True)
        apart = max(abs((a.se or 0.0) - (b.se or 0.0)) / (b.se or 1.0) for a, b in pairs)
        seconds = f"{started:9.2f} {loading:10.2f} {work:8.2f}"
        print(f"{name:9s} {seconds} {records / work:12,.0f} {work / least:9.1f}x {apart:12.1e}")


if __name__ == "__main__":
    main()
