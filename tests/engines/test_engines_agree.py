"""The same expressions on other engines: the same numbers, and as much of the records as is needed."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import pytest

from engines.invented import ABOUT, DESIGN, LONG, MEDIAN, PLAN, survey
from everycount.cli import main
from everycount.estimate import estimate, narrow
from everycount.estimate.condition import In
from everycount.estimate.plan import Table
from everycount.estimate.run import run
from everycount.faults import InputError
from everycount.release import read as read_release
from everycount.sample import Lonely

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from everycount.estimate.engine import Engine
    from everycount.estimate.estimates import Estimates
    from everycount.sample import Sample


def alike(one: Any, other: Any, tolerance: float) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=tolerance, abs_tol=tolerance)
    return bool(one == other)


def differences(one: Estimates, other: Estimates, tolerance: float = 1e-12) -> list[str]:
    """Where two estimates say something else."""
    for name in ("plan", "design", "basis", "scope", "level", "remarks"):
        assert getattr(one, name) == getattr(other, name)
    pairs: list[tuple[Any, Any]] = [(one.facts, other.facts)]
    pairs += zip(one.estimates, other.estimates, strict=True)
    pairs += zip(one.contrasts, other.contrasts, strict=True)
    return [
        f"{getattr(a, 'measure', '')} {getattr(a, 'cell', '')} {field.name}: {x} {y}"
        for a, b in pairs
        for field in fields(a)
        if not alike(x := getattr(a, field.name), y := getattr(b, field.name), tolerance)
    ]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    made = survey(tmp_path_factory.mktemp("invented"))
    return replace(made, columns={**made.columns, "main": {**made.columns["main"], "needs": ABOUT}})


DESIGNS = {
    "fpc": DESIGN,
    "two stages": replace(DESIGN, clusters=("psu", "key"), populations=("fpc", "fpc")),
    "clusters": replace(DESIGN, populations=()),
    "no clusters": replace(DESIGN, clusters=(), populations=()),
    "lonely": replace(DESIGN, strata=("psu",), clusters=("stratum",), populations=(), lonely=Lonely.AVERAGE),
    "nothing": replace(
        DESIGN, strata=(), clusters=(), populations=(), weights=None, notes={"probabilities": "equal"}
    ),
}


@pytest.fixture
def server(postgres: str) -> Iterator[Engine]:
    from everycount.estimate.engine import opened

    with opened("postgres") as engine:
        assert engine is not None
        yield engine


@pytest.mark.parametrize("design", DESIGNS)
def test_postgres_gives_the_numbers_of_duckdb(sample: Sample, design: str, server: Engine) -> None:
    asked = replace(sample, design=DESIGNS[design])
    here, there = run(asked, PLAN), run(asked, PLAN, server)
    assert differences(here, there) == []
    assert len(here.estimates) > 100
    assert here.contrasts


def test_only_sums_come_back_from_postgres(
    sample: Sample, server: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fewer rows than records, and none for a record; a median needs rows, and says the same in the end."""
    from everycount.estimate import addends, frames

    came: list[int] = []

    def counted(module: Any) -> None:
        fetch = module.fetch
        monkeypatch.setattr(module, "fetch", lambda query: came.append((t := fetch(query)).num_rows) or t)

    counted(addends)
    counted(frames)
    asked = replace(sample, design=DESIGNS["clusters"])
    few = replace(PLAN, tables=(Table(("quoted", "food"), ("place",)),))
    run(asked, few, server)
    assert max(came) <= 4 * 6 * 2
    came.clear()
    assert differences(run(asked, MEDIAN), run(asked, MEDIAN, server)) == []
    assert max(came) == 240


def test_consent_is_a_filter_on_postgres_too(sample: Sample, server: Engine) -> None:
    from everycount.estimate.engine import carried

    agreed = In("word", ("a'b", "N", "n", 'c"d', "%s"))
    here, there = narrow(sample, agreed), narrow(carried(sample, server), agreed)
    assert differences(run(here, PLAN), run(there, PLAN)) == []


def test_nothing_stays_in_the_database(sample: Sample, postgres: str) -> None:
    import psycopg

    estimate(sample, PLAN, engine="postgres")
    with psycopg.connect(postgres) as connection:
        query = "SELECT count(*) FROM pg_class WHERE relname LIKE '%everycount%'"
        (left,) = connection.execute(query).fetchone() or (None,)
    assert left == 0


def test_nothing_in_the_database_stands_in_for_what_we_call(sample: Sample, postgres: str) -> None:
    """A function of the same name in "public" that gives 0 for everything."""
    import psycopg

    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(
            "CREATE OR REPLACE FUNCTION public.strpos(text, text) RETURNS int LANGUAGE sql AS 'SELECT 0'"
        )
    assert differences(run(sample, PLAN), estimate(sample, PLAN, engine="postgres")) == []


def test_faults_are_the_same(sample: Sample, server: Engine) -> None:
    """An answer that no group has, and words where numbers are wanted."""
    wrong = replace(
        PLAN,
        measures=(replace(PLAN.measures[1], question="needs2"), *PLAN.measures),
        dimensions=(replace(PLAN.dimensions[3], groups=PLAN.dimensions[3].groups[:1]), *PLAN.dimensions),
    )
    wrong = replace(PLAN, dimensions=(*PLAN.dimensions[:3], wrong.dimensions[0], PLAN.dimensions[4]))
    told = []
    for engine in (None, server):
        with pytest.raises(InputError) as caught:
            run(sample, wrong, engine)
        told.append(str(caught.value))
    assert told[0] == told[1]
    assert "belongs to no group" in told[0]
    worded = replace(
        PLAN, measures=(replace(PLAN.measures[4], question=f"{LONG}_1"),), tables=(Table(("earnings",), ()),)
    )
    for engine in (None, server):
        with pytest.raises(InputError, match="is a number"):
            run(sample, worded, engine)


def test_a_release_is_the_same_on_postgres(root: Path, postgres: str, tmp_path: Path) -> None:
    folder = str(root / "src/everycount/example/hotspots")
    for engine in ("duckdb", "postgres"):
        assert main(["release", folder, "--out", str(tmp_path / engine), "--engine", engine, "--quiet"]) == 0
    one, other = (read_release(tmp_path / engine) for engine in ("duckdb", "postgres"))
    assert one.digest == other.digest


def test_moments_are_the_same_on_postgres(root: Path, postgres: str) -> None:
    from everycount.survey.moments import moments_of

    folder = root / "src/everycount/example/dhaka"
    one, other = (moments_of(folder, engine=engine) for engine in ("duckdb", "postgres"))
    assert replace(one, rows=(), sample=None) == replace(other, rows=(), sample=None)
    for a, b in zip(one.rows, other.rows, strict=True):
        assert (a.measure, a.cell, a.sums is None) == (b.measure, b.cell, b.sums is None)
        if a.sums is not None:
            numbers = ("n", "events", "w", "ww", "y", "x", "ee", "ex", "xx", "clusters")
            near = all(alike(getattr(a.sums, name), getattr(b.sums, name), 1e-10) for name in numbers)
            assert near


def test_columns_find_their_names(server: Engine) -> None:
    """A table whose columns Ibis knows in another order than they are stored in."""
    from everycount.sample.store import Storage, Store
    from everycount.sample.store import rows as rows_of

    store = Store()
    store.keep("turned", "SELECT 'a' AS word, 2.5::DOUBLE AS amount, 1::BIGINT AS _record")
    known = {"_record": Storage.WHOLE, "amount": Storage.DECIMAL, "word": Storage.TEXT}
    assert rows_of(server.take("turned", store.table("turned", known))) == [(1, 2.5, "a")]


def test_a_zero_byte_is_refused(tmp_path: Path, server: Engine) -> None:
    import duckdb

    from everycount.sample.store import Storage, Store

    store = Store()
    store.keep("odd", "SELECT 1::BIGINT AS _record, 'a' || chr(0) AS word")
    rows = store.table("odd", {"_record": Storage.WHOLE, "word": Storage.TEXT})
    assert duckdb
    with pytest.raises(InputError, match="zero bytes"):
        server.take("odd", rows)


def test_without_an_address_the_remedy_is_named(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("psycopg")
    for name in ("EVERYCOUNT_POSTGRES", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(InputError, match="Set EVERYCOUNT_POSTGRES"):
        estimate(sample, PLAN, engine="postgres")
    for address, told in (
        ("postgresql://me:secret@/x?host=/nowhere", "does not answer"),
        ("postgresql://me:secret@/x?hast=/nowhere", "cannot be read"),
        ("sqlite:///secret", "is not the address"),
    ):
        monkeypatch.setenv("EVERYCOUNT_POSTGRES", address)
        with pytest.raises(InputError, match=told) as caught:
            estimate(sample, PLAN, engine="postgres")
        assert "secret" not in str(caught.value)


def test_an_unknown_engine_is_refused(sample: Sample) -> None:
    with pytest.raises(InputError, match="postgres"):
        estimate(sample, PLAN, engine="postgre")


# Py4J leaves the ends of its sockets to the garbage collector.
@pytest.mark.slow
@pytest.mark.enable_socket
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_spark_gives_the_numbers_of_duckdb(sample: Sample, spark: str) -> None:
    from everycount.estimate.engine import opened

    with opened("spark") as engine:
        assert differences(run(sample, PLAN), run(sample, PLAN, engine)) == []
        assert differences(run(sample, MEDIAN), run(sample, MEDIAN, engine)) == []
