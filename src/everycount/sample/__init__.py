"""Records + Design: reads the exports of surveys, checks them, and says what their design allows.

Ibis and DuckDB are loaded by :func:`read` and not by importing this package, arrays by what needs them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from everycount.sample.checks import check
    from everycount.sample.claims import (
        allowed_scopes,
        basis,
        check_design,
        claim,
        scope,
        why_no_interval,
    )
    from everycount.sample.design import (
        Basis,
        Calibration,
        CalibrationMethod,
        Design,
        DesignKind,
        Lonely,
        Margin,
        NonResponse,
        PopulationWeight,
        ReplicateMethod,
        Replicates,
        Scope,
    )
    from everycount.sample.reading import read
    from everycount.sample.sample import MAIN, RECORD, ROW, Column, ColumnKind, Finding, Sample
    from everycount.sample.source import Source
    from everycount.sample.store import arrays, rows
    from everycount.sample.weights import design_columns

__all__ = [
    "MAIN",
    "RECORD",
    "ROW",
    "Basis",
    "Calibration",
    "CalibrationMethod",
    "Column",
    "ColumnKind",
    "Design",
    "DesignKind",
    "Finding",
    "Lonely",
    "Margin",
    "NonResponse",
    "PopulationWeight",
    "ReplicateMethod",
    "Replicates",
    "Sample",
    "Scope",
    "Source",
    "allowed_scopes",
    "arrays",
    "basis",
    "check",
    "check_design",
    "claim",
    "design_columns",
    "read",
    "rows",
    "scope",
    "why_no_interval",
]

_HOME = {
    **dict.fromkeys(("check",), "checks"),
    **dict.fromkeys(
        ("allowed_scopes", "basis", "check_design", "claim", "scope", "why_no_interval"), "claims"
    ),
    **dict.fromkeys(
        (
            *("Basis", "Calibration", "CalibrationMethod", "Design", "DesignKind", "Lonely", "Margin"),
            *("NonResponse", "PopulationWeight", "ReplicateMethod", "Replicates", "Scope"),
        ),
        "design",
    ),
    "read": "reading",
    **dict.fromkeys(("MAIN", "RECORD", "ROW", "Column", "ColumnKind", "Finding", "Sample"), "sample"),
    "Source": "source",
    **dict.fromkeys(("arrays", "rows"), "store"),
    "design_columns": "weights",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = found
    return found
