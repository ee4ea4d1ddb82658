"""Finding by name, with the nearest known name in the error."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from everycount.faults import Fault, InputError, unknown

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


def look_up_number(noun: str, number: str, known: Mapping[str, Found]) -> Found:
    """What ``known`` holds under a number such as ``1.4.1``.

    Raises:
        InputError: there is no such number; the remedy gives those with the same number above, which help
            more than a number that merely looks alike.
    """
    if number in known:
        return known[number]
    above = number.rpartition(".")[0]
    beside = ", ".join(f'"{name}"' for name in known if name.rpartition(".")[0] == above)
    if not beside:
        return look_up(noun, number, known)
    under = f" under {above}" if above else ""
    raise InputError(Fault(PLACE, f'The {noun} "{number}" is not known.', f"Known{under}: {beside}."))
