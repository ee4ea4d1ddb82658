"""Where the world stands on the SDGs: data of the global database, who has any, and progress to the targets.

Pure: it reads files and gives tables. Arrays and DuckDB are loaded by the rooms that need them and not by
importing this package.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from everycount.progress.availability import Availability, availability
    from everycount.progress.disaggregation import Disaggregation, disaggregation
    from everycount.progress.places import Group, groups, un_members
    from everycount.progress.rule import Rule
    from everycount.progress.storing import write_vintage
    from everycount.progress.vintage import About, Vintage, read_vintage, shipped_vintage

_HOME = {
    "Availability": "availability",
    "availability": "availability",
    "Disaggregation": "disaggregation",
    "disaggregation": "disaggregation",
    "Group": "places",
    "groups": "places",
    "un_members": "places",
    "Rule": "rule",
    "write_vintage": "storing",
    "About": "vintage",
    "Vintage": "vintage",
    "read_vintage": "vintage",
    "shipped_vintage": "vintage",
}

__all__ = [
    "About",
    "Availability",
    "Disaggregation",
    "Group",
    "Rule",
    "Vintage",
    "availability",
    "disaggregation",
    "groups",
    "read_vintage",
    "shipped_vintage",
    "un_members",
    "write_vintage",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = found
    return found
