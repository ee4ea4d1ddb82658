"""Which columns are the replicate weights that a pattern such as ``repw_*`` speaks of."""

from __future__ import annotations

import re
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from everycount.sample import MAIN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from everycount.sample import Sample
    from everycount.survey.document import Document

TRAIL = ("design", "weights", "replicates")
FEWEST = 2


def with_replicates(sample: Sample, document: Document) -> Sample:
    """The sample with the patterns of its design made into names, in the order people count."""
    rule = sample.design.replicates
    if rule is None or not rule.columns:
        return sample
    known = tuple(sample.columns[MAIN])
    names = tuple(dict.fromkeys(name for one in rule.columns for name in _named(one, known, document)))
    if 0 < len(names) < FEWEST:
        document.complain(TRAIL, f'"{names[0]}" is the only replicate weight.', "Name all of them: repw_*.")
    return replace(sample, design=replace(sample.design, replicates=replace(rule, columns=names)))


def _named(given: str, known: tuple[str, ...], document: Document) -> Iterable[str]:
    found = [given] if given in known else sorted((n for n in known if fnmatchcase(n, given)), key=_counted)
    if not found and re.search(r"[*?\[]", given):
        problem = f'No column of the records is called like "{given}".'
        document.complain(
            TRAIL, problem, f"The columns are: {', '.join(known[:8])}{' ...' * (len(known) > 8)}."
        )
    elif not found:
        document.unknown(TRAIL, "column", given, known)
    return found


def _counted(name: str) -> list[tuple[int, str]]:
    """2 before 10."""
    parts = re.split(r"([0-9]+)", name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts if part]
