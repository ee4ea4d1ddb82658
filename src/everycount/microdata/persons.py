"""Pseudonyms: the same for the same record under the same key, and nothing without the key.

HMAC-SHA-256 (RFC 2104) over the record's key, cut to 80 bits: among ten million records two alike are less
likely than one in ten thousand, and they are checked for.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from typing import TYPE_CHECKING

from everycount.faults import Fault, InputError
from everycount.sample import MAIN, RECORD, rows

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.sample import Sample

_BITS = 80
_FEWEST = 16  # bytes of a key that nobody guesses


def read_key(path: Path | None) -> bytes:
    """The key in a file; without a file a new one that nobody keeps, so that two exports cannot be joined.

    Raises:
        InputError: the file cannot be read or holds too little.
    """
    if path is None:
        return secrets.token_bytes(32)
    remedy = "Make one with: head -c 32 /dev/urandom | base64 > key.txt, and keep it from everybody else."
    try:
        key = path.read_bytes().strip()
    except OSError as problem:
        raise InputError(Fault(str(path), f"The key cannot be read: {problem.strerror}.", remedy)) from None
    if len(key) < _FEWEST:
        raise InputError(Fault(str(path), f"The key has {len(key)} bytes; {_FEWEST} are needed.", remedy))
    return key


def pseudonyms(sample: Sample, key: bytes) -> dict[int, str]:
    """By the number of the main record, the name under which it is exported.

    Where the records have a key of their own, that is what is hidden; so the next export of a growing survey
    gives the same names to the same people.
    """
    main = sample.tables[MAIN]
    own = main[sample.key].cast("string") if sample.key else main[RECORD].cast("string")
    found = rows(main.select(main[RECORD].name("record"), own.name("own")))
    made = {record: _pseudonym(str(value if value is not None else record), key) for record, value in found}
    if len(set(made.values())) < len(made):
        problem = "Two records have the same key."
        raise InputError(Fault(sample.places.get(MAIN, MAIN), problem, "Remove the doubles first."))
    return made


def _pseudonym(value: str, key: bytes) -> str:
    digest = hmac.digest(key, value.encode(), "sha256")[: _BITS // 8]
    return base64.b32encode(digest).decode().lower()
