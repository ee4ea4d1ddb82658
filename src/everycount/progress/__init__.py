"""Where the world stands on the SDGs: data of the global database, who has any, and progress to the targets.

Pure: it reads files and gives tables. Arrays and DuckDB are loaded by the rooms that need them and not by
importing this package.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from everycount.progress.aims import Aim, agreed_aims, read_aims
    from everycount.progress.assessing import Assessment, assess, assess_all
    from everycount.progress.available import Availability, availability
    from everycount.progress.loading import load
    from everycount.progress.places import Group, groups, un_members
    from everycount.progress.rule import Rule
    from everycount.progress.splits import Disaggregation, disaggregation
    from everycount.progress.storing import write_vintage
    from everycount.progress.vintage import About, Vintage, read_vintage, shipped_vintage

# No room may bear the name of a function of the door, which importing the room would hide.
_HOME = {
    "Aim": "aims",
    "agreed_aims": "aims",
    "read_aims": "aims",
    "Assessment": "assessing",
    "assess": "assessing",
    "assess_all": "assessing",
    "load": "loading",
    "Availability": "available",
    "availability": "available",
    "Disaggregation": "splits",
    "disaggregation": "splits",
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
    "Aim",
    "Assessment",
    "Availability",
    "Disaggregation",
    "Group",
    "Rule",
    "Vintage",
    "agreed_aims",
    "assess",
    "assess_all",
    "availability",
    "disaggregation",
    "groups",
    "load",
    "read_aims",
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
