"""One published number as JSON-LD: what it is, and the chain back to what it was made from.

The chain is the one of the whole release (:mod:`.prov`); the number is a node more, a part of the release. A
number that is hidden is a node without a value, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from everycount.formats import prov
from everycount.formats.about import SCOPES, unit_of
from everycount.formats.linked import filled, hash_name, words
from everycount.protect.cells import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.protect.cells import Cell
    from everycount.release.model import MeasureFacts, Release


@dataclass(frozen=True, slots=True)
class Told:
    """What a node knows of a number beside the release.

    Attributes:
        address: of the number, for good.
        files: address under which the files of the release stand; names in the chain begin there.
        before: address of the number that it revises, or "".
        decided: one sentence on who agreed that it is shown.
        on: day of publication.
    """

    address: str
    files: str
    before: str = ""
    decided: str = ""
    on: str = ""


def number_document(release: Release, cell: Cell, told: Told) -> dict[str, Any]:
    """The document; ``json.dumps`` writes it."""
    facts = next(one for one in release.measures if one.id == cell.measure)
    graph = [*_number(release, facts, cell, told), *(filled(node) for node in prov.graph(release))]
    return {"@context": prov.CONTEXT | {"@base": told.files}, "@graph": graph}


def _number(release: Release, facts: MeasureFacts, cell: Cell, told: Told) -> Iterator[dict[str, Any]]:
    yield filled(
        {
            "@id": told.address,
            "@type": ["prov:Entity", "schema:Observation"],
            "schema:name": words(facts.labels) or facts.id,
            "schema:variableMeasured": facts.id,
            "schema:additionalProperty": [_group(release, name, code) for name, code in cell.cell],
            **_value(facts, cell),
            "schema:observationDate": release.survey.period,
            "schema:datePublished": told.on,
            "schema:isPartOf": {"@id": hash_name(release.digest)},
            "prov:wasGeneratedBy": {"@id": "#making"},
            "prov:wasRevisionOf": {"@id": told.before} if told.before else None,
            "prov:wasInfluencedBy": {"@id": "#agreeing"} if told.decided else None,
        }
    )
    if told.decided:
        yield {"@id": "#agreeing", "@type": "prov:Activity", "schema:description": told.decided}


def _value(facts: MeasureFacts, cell: Cell) -> dict[str, Any]:
    if cell.status is not Status.SHOWN:
        return {"schema:disambiguatingDescription": f"Not shown: {cell.status.replace('_', ' ')}."}
    return {
        "schema:value": cell.value,
        "schema:minValue": cell.ci_low,
        "schema:maxValue": cell.ci_high,
        "schema:marginOfError": cell.se,
        "schema:unitText": unit_of(facts),
        "schema:measurementQualifier": f"basis: {cell.basis}; scope: {cell.scope}",
        "schema:description": SCOPES[cell.scope],
    }


def _group(release: Release, name: str, code: str) -> dict[str, Any]:
    dimension = next(one for one in release.dimensions if one.id == name)
    return filled(
        {
            "@type": "schema:PropertyValue",
            "schema:propertyID": name,
            "schema:name": words(dimension.labels) or name,
            "schema:value": code,
            "schema:description": words(dict(dimension.groups)[code]),
        }
    )
