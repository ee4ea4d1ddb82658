"""The few words of SQL that reading needs; every name and value from a file passes through here, quoted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Whole numbers up to here are exact in a double (2^53).
_EXACT = 9007199254740992


def ident(name: str) -> str:
    """A quoted column or table name."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A quoted text."""
    return "'" + text.replace("'", "''") + "'"


def texts(values: Iterable[str]) -> str:
    """A list of quoted texts, in brackets, as ``IN`` wants it."""
    return "(" + ", ".join(literal(value) for value in values) + ")"


def numbers(values: Iterable[str]) -> tuple[float, ...]:
    """Those texts that are finite numbers."""
    found = []
    for value in values:
        try:
            number = float(value)
        except ValueError:
            continue
        if number - number == 0:
            found.append(number)
    return tuple(found)


def number_as_text(expression: str) -> str:
    """A double as a person writes it: ``1``, not ``1.0``."""
    whole = f"({expression} = trunc({expression}) AND abs({expression}) <= {_EXACT})"
    return (
        f"CASE WHEN {whole} THEN CAST(CAST({expression} AS BIGINT) AS VARCHAR) "
        f"ELSE CAST({expression} AS VARCHAR) END"
    )
