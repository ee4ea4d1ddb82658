"""Finding by name, with the nearest known name in the error."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from everycount.faults import InputError, unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

PLACE = "catalogue"
Found = TypeVar("Found")


def look_up(noun: str, name: str, known: Mapping[str, Found]) -> Found:
    """What ``known`` holds under ``name``.

    Raises:
        InputError: there is no such name; the remedy gives the nearest one.
    """
    try:
        return known[name]
    except KeyError:
        raise InputError(unknown(PLACE, noun, name, known)) from None
