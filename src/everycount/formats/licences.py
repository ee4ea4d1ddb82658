"""Licences by their short names: what they are called, and where their words stand."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ADDRESS = re.compile(r"https?://[^\s<>\"]+")

# Ids and names of the SPDX licence list (spdx.org/licenses) that data and examples are published under.
_SPDX = {
    "Apache-2.0": "Apache License 2.0",
    "CC-BY-3.0": "Creative Commons Attribution 3.0 Unported",
    "CC-BY-3.0-IGO": "Creative Commons Attribution 3.0 IGO",
    "CC-BY-4.0": "Creative Commons Attribution 4.0 International",
    "CC-BY-NC-4.0": "Creative Commons Attribution Non Commercial 4.0 International",
    "CC-BY-NC-ND-4.0": "Creative Commons Attribution Non Commercial No Derivatives 4.0 International",
    "CC-BY-NC-SA-4.0": "Creative Commons Attribution Non Commercial Share Alike 4.0 International",
    "CC-BY-ND-4.0": "Creative Commons Attribution No Derivatives 4.0 International",
    "CC-BY-SA-4.0": "Creative Commons Attribution Share Alike 4.0 International",
    "CC0-1.0": "Creative Commons Zero v1.0 Universal",
    "MIT": "MIT License",
    "ODC-By-1.0": "Open Data Commons Attribution License v1.0",
    "ODbL-1.0": "Open Data Commons Open Database License v1.0",
    "OGL-UK-3.0": "Open Government Licence v3.0",
    "PDDL-1.0": "Open Data Commons Public Domain Dedication & License 1.0",
}
_BY_FOLDED = {name.casefold(): name for name in _SPDX} | {"cc0": "CC0-1.0"}  # which has no other version
UNSTATED = "No licence is stated. Ask those who made the data before you use them."


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence as machines want it: ``address`` is "" for words that have none."""

    name: str
    address: str


def licence_of(text: str) -> Licence:
    """The licence that a release names: an SPDX id, an address, words of its own, or nothing."""
    words = text.strip()
    known = _BY_FOLDED.get("-".join(words.casefold().split()))
    if known:
        return Licence(_SPDX[known], f"https://spdx.org/licenses/{known}")
    if _ADDRESS.fullmatch(words):
        return Licence(words, words)
    return Licence(words or UNSTATED, "")
