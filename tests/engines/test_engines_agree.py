from __future__ import annotations

import math
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest

from everycount.estimate import estimate
from everycount.survey import read_folder
from everycount.survey.river import open_records

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.estimate.estimates import Estimates


def alike(one: Any, other: Any, tolerance: float) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=tolerance, abs_tol=tolerance)
    return bool(one == other)


def differences(one: Estimates, other: Estimates, tolerance: float) -> list[str]:
    """Where two estimates say something else."""
    assert (one.plan, one.basis, one.scope, one.facts.records) == (
        other.plan, other.basis, other.scope, other.facts.records,
    )  # fmt: skip
    pairs = [(one.facts, other.facts)]
    pairs += zip(one.estimates, other.estimates, strict=True)
    pairs += zip(one.contrasts, other.contrasts, strict=True)
    return [
        f"{getattr(a, 'measure', '')} {getattr(a, 'cell', '')} {field.name}: {x} {y}"
        for a, b in pairs
        for field in fields(a)
        if not alike(x := getattr(a, field.name), y := getattr(b, field.name), tolerance)
    ]


@pytest.fixture(scope="session", params=["dhaka", "hotspots"])
def opened(request: pytest.FixtureRequest, root: Path) -> Any:
    return open_records(read_folder(root / "src/everycount/example" / request.param))


def test_postgres_gives_the_numbers_of_duckdb(opened: Any, postgres: str) -> None:
    here, there = (estimate(opened.sample, opened.plan, engine=name) for name in ("duckdb", "postgres"))
    assert differences(here, there, 1e-12) == []
