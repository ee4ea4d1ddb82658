"""A release as SDMX: our own data structure, which reuses the dimensions and code lists of the SDGs.

The SDG data structure has no code for citizen data, and REPORTING_TYPE ``N`` would claim that a statistical
office stands behind the numbers. So the files follow a structure of our own agency, and say who made them.
See docs/reference/sdmx.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.formats.changes import revised
from everycount.formats.sdmx_data import data_files
from everycount.formats.sdmx_model import describe
from everycount.formats.sdmx_structure import structure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.framework import UseDecision
    from everycount.release import Release


def files(
    release: Release, before: Release | None = None, decisions: Sequence[UseDecision] = ()
) -> dict[str, bytes]:
    """The three files by name.

    Args:
        release: what is described.
        before: the release that it replaces, so that what was revised is marked.
        decisions: what hold of a statistical office's decisions about the use of its measures; files with
            them follow a structure of their own, for they stand beside the release and are no part of it.

    Raises:
        InputError: the release cannot be said in SDMX without loss (see :func:`.sdmx_model.describe`).
    """
    changed = frozenset(revised(release, before)) if before else frozenset()
    description = describe(release, changed, decisions)
    return data_files(description) | {"structure.xml": structure(description)}
