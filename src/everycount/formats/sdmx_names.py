"""Names that SDMX accepts, made from names that people chose, and never two alike."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from everycount.estimate.estimates import CellKey

# IDType of SDMXCommon.xsd is [A-Za-z0-9_@$\-]+. Names of people that already look so are kept; "@" and "$"
# are left to the marks below, so that a made name can never be a kept one.
_KEPT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
_ELSE = re.compile(r"[^A-Za-z0-9]+")
_HASHED = "@@"


@cache
def code_id(name: str) -> str:
    """A code id for any text: the text itself where it may be one, else what is left of it and a hash."""
    if _KEPT.fullmatch(name):
        return name
    left = _ELSE.sub("_", name).strip("_")[:40]
    return f"{left or 'x'}{_HASHED}{_hash(name)}"


def artefact_id(name: str) -> str:
    """The same for the id of a structure, which must also be an XML name (NCNameIDType)."""
    return code_id(name).replace(_HASHED, "-")


@cache
def crossed_id(groups: CellKey) -> str:
    """One code for groups of several dimensions: ``tenure@own$water@well``."""
    return "$".join(f"{code_id(dimension)}@{code_id(code)}" for dimension, code in groups)


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:10]
