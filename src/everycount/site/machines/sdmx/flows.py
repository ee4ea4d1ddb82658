"""The dataflows of the node: one for each plan with a public release that holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from lxml import etree

from everycount.formats.sdmx_names import artefact_id
from everycount.site.publication import files
from everycount.site.publication.queries.releases import current

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from everycount.site.publication.models import Release

STRUCTURE, CSV, XML = "structure.xml", "cells.sdmx.csv", "cells.sdmx.xml"
_FLOW = "DF_"
# What is named after a survey, and so would be there twice where two plans name theirs alike.
_NAMED = "DF|CITIZEN_DATA|CL_SERIES|CL_UNIT_MEASURE|CL_CUST_BREAKDOWN|CL_AREA"
_KEPT = 2000


@dataclass(frozen=True, slots=True)
class Flow:
    """A dataflow.

    Attributes:
        name: what its artefacts are named after: the survey, or the plan where that name is taken.
        survey: what they are named after in the files.
    """

    release: Release
    name: str
    survey: str

    @property
    def id(self) -> str:
        """Of the dataflow."""
        return f"{_FLOW}{self.name}"

    def read(self, name: str) -> bytes:
        """One of the SDMX files, its artefacts named for this node."""
        found = files.opened(self.release, name)
        data = found[1].read_bytes() if found else b""
        if self.name == self.survey:
            return data
        named = re.compile(rf"\b({_NAMED})_{re.escape(self.survey)}(?![\w@$-])")
        return named.sub(rf"\g<1>_{self.name}", data.decode()).encode()


def flows(*, at: datetime) -> list[Flow]:
    """Every dataflow, in the order in which their plans were made; a release without SDMX files has none."""
    return list(_flows(at))


def _flows(at: datetime) -> Iterator[Flow]:
    taken = set[str]()
    for release in current(at=at).order_by("plan__made_at", "plan__slug"):
        opened = files.opened(release, STRUCTURE)
        if opened is None:
            continue
        survey = _survey(opened[1], release.digest)
        name = survey if survey not in taken else artefact_id(release.plan.slug)
        taken.add(name)
        yield Flow(release, name, survey)


@lru_cache(maxsize=_KEPT)
def _survey(path: Path, _digest: str) -> str:
    """The name of a survey, as its structure file has it."""
    (found,) = etree.parse(path).iter("{*}Dataflow")
    return str(found.get("id", "")).removeprefix(_FLOW)
