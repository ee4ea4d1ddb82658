"""Cells + provenance, numbered and immutable: the door of the package."""

from everycount.release.comparison import Comparison, compare
from everycount.release.document import as_json, release_from_json, to_bytes
from everycount.release.explaining import explain
from everycount.release.folder import Difference, read, verify
from everycount.release.model import (
    DesignFacts,
    DimensionFacts,
    Input,
    MeasureFacts,
    Provenance,
    Release,
    SurveyFacts,
    digest,
)

__all__ = [
    "Comparison",
    "DesignFacts",
    "Difference",
    "DimensionFacts",
    "Input",
    "MeasureFacts",
    "Provenance",
    "Release",
    "SurveyFacts",
    "as_json",
    "compare",
    "digest",
    "explain",
    "read",
    "release_from_json",
    "to_bytes",
    "verify",
]
