"""The kinds of flags: those of the checks, written again because these bring NumPy; a test compares them."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What is odd, in the order in which it is told: what is surest first."""

    DUPLICATE = "duplicate"
    CONSENT = "consent"
    CONSTRAINT = "constraint"
    OUTSIDE = "outside"
    NEAR = "near"
    DEVICE = "device"
    OVERLAP = "overlap"
    SHORT = "short"
    LONG = "long"
    STRAIGHT = "straight"
    MISSING = "missing"
    OUTLIER = "outlier"
    HEAPING = "heaping"
