"""Records + Design: reads the exports of surveys, checks them, and says what their design allows.

Ibis and DuckDB are loaded by :func:`read` and not by importing this package.
"""

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
from everycount.sample.read import read
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
