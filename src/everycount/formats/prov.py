"""``provenance.jsonld``: from what, by what and under which decision a release was made.

PROV-O (W3C recommendation of 30 April 2013) for what came from what, schema.org for what it is. The context
stands in the file, so that reading it asks nothing of the network. All that it says stands in
``release.json`` too, and it says nothing of any record or cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from everycount.formats.about import area_names, description, software, technique, unit_of
from everycount.formats.licences import licence_of
from everycount.formats.linked import filled, hash_name, input_name, to_bytes, words
from everycount.release.document import NAME as RELEASE_JSON

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from everycount.release import Input, MeasureFacts, Release

NAME = "provenance.jsonld"
CONTEXT = {
    "prov": "http://www.w3.org/ns/prov#",
    "schema": "http://schema.org/",
    "dcterms": "http://purl.org/dc/terms/",
}
_MAKING, _SOFTWARE, _ASKED_BY, _DECIDED_BY = "#making", "#software", "#asked-by", "#decided-by"
# Parts of release.json, as JSON Pointers (RFC 6901, 6).
_PLAN, _POLICY = f"{RELEASE_JSON}#/provenance/plan", f"{RELEASE_JSON}#/cells/policy"

Node = dict[str, Any]


def files(release: Release) -> dict[str, bytes]:
    """The file by its name."""
    return {NAME: to_bytes({"@context": CONTEXT, "@graph": [filled(node) for node in graph(release)]})}


def graph(release: Release) -> Iterator[Node]:
    """Everything that is known of how a release was made, a node a thing."""
    inputs = _inputs(release.provenance.inputs)
    yield _release(release, [node["@id"] for node in inputs])
    yield _making(release, [node["@id"] for node in inputs])
    yield _plan()
    yield _policy(release)
    yield _software(release)
    yield from _people(release)
    yield from inputs
    yield from _superseded(release)


def _ref(name: str) -> Node:
    return {"@id": name}


def _refs(names: Sequence[str]) -> list[Node]:
    return [_ref(name) for name in names]


def _release(release: Release, inputs: Sequence[str]) -> Node:
    supersedes = release.provenance.supersedes
    return {
        "@id": hash_name(release.digest),
        "@type": ["prov:Entity", "schema:Dataset"],
        **_dataset(release),
        "prov:wasGeneratedBy": _ref(_MAKING),
        "prov:wasDerivedFrom": _refs(inputs),
        "prov:wasRevisionOf": _ref(hash_name(supersedes)) if supersedes else None,
        "dcterms:replaces": _ref(hash_name(supersedes)) if supersedes else None,
        "prov:wasAttributedTo": _ref(_ASKED_BY) if release.survey.asked_by else None,
    }


def _dataset(release: Release) -> Node:
    survey, licence = release.survey, licence_of(release.survey.licence)
    return {
        "schema:name": words(survey.title),
        "schema:description": description(release),
        "schema:identifier": release.digest,
        "schema:license": _ref(licence.address) if licence.address else licence.name,
        "schema:temporalCoverage": survey.period,
        "schema:spatialCoverage": {
            "@type": "schema:Place",
            "schema:name": words(area_names(release)),
            "schema:identifier": survey.area,
        },
        "schema:creator": _ref(_ASKED_BY) if survey.asked_by else None,
        "dcterms:source": survey.source,
        "schema:measurementTechnique": technique(release),
        "schema:variableMeasured": [_variable(measure) for measure in release.measures],
        "schema:distribution": [
            _download("cells.csv", "text/csv"),
            _download("cells.sdmx.xml", "application/vnd.sdmx.structurespecificdata+xml;version=2.1"),
            _download(RELEASE_JSON, "application/json"),
        ],
    }


def _variable(measure: MeasureFacts) -> Node:
    link = measure.sdg
    return filled(
        {
            "@type": "schema:PropertyValue",
            "schema:propertyID": measure.id,
            "schema:name": words(measure.labels) or measure.id,
            "schema:description": words(measure.wording),
            "schema:unitText": unit_of(measure),
            "schema:measurementTechnique": measure.kind.value,
            "schema:alternateName": f"SDG indicator {link.indicator} ({link.relation})" if link else "",
        }
    )


def _download(name: str, media_type: str) -> Node:
    return {
        "@type": "schema:DataDownload",
        "schema:contentUrl": _ref(name),
        "schema:encodingFormat": media_type,
    }


def _making(release: Release, inputs: Sequence[str]) -> Node:
    return {
        "@id": _MAKING,
        "@type": "prov:Activity",
        "schema:name": f"Estimating, protecting and releasing “{release.survey.title}”",
        "prov:used": _refs([*inputs, _POLICY]),
        "prov:wasAssociatedWith": _ref(_SOFTWARE),
        "prov:qualifiedAssociation": {
            "@type": "prov:Association",
            "prov:agent": _ref(_SOFTWARE),
            "prov:hadPlan": _ref(_PLAN),
        },
    }


def _plan() -> Node:
    return {
        "@id": _PLAN,
        "@type": ["prov:Entity", "prov:Plan"],
        "schema:name": "The survey file: measures, dimensions, tables and design",
        "schema:isPartOf": _ref(RELEASE_JSON),
    }


def _policy(release: Release) -> Node:
    policy = release.cells.policy
    return {
        "@id": _POLICY,
        "@type": "prov:Entity",
        "schema:name": f"Policy “{policy.name}” on what may be shown",
        "schema:isPartOf": _ref(RELEASE_JSON),
        "dcterms:valid": policy.since,
        "prov:wasAttributedTo": _ref(_DECIDED_BY) if policy.decided_by else None,
    }


def _software(release: Release) -> Node:
    name, version = software(release)
    return {
        "@id": _SOFTWARE,
        "@type": ["prov:SoftwareAgent", "schema:SoftwareApplication"],
        "schema:name": name,
        "schema:softwareVersion": version,
    }


def _people(release: Release) -> Iterator[Node]:
    """Who asked and who decided; whether a person or a body is not known, hence plainly an agent."""
    if release.survey.asked_by:
        yield {"@id": _ASKED_BY, "@type": "prov:Agent", "schema:name": words(release.survey.asked_by)}
    if release.cells.policy.decided_by:
        yield {"@id": _DECIDED_BY, "@type": "prov:Agent", "schema:name": release.cells.policy.decided_by}


def _inputs(inputs: Sequence[Input]) -> list[Node]:
    """What was read, each content once: two files of the same bytes are one thing under two names."""
    by_name: dict[str, Node] = {}
    for given in inputs:
        name = input_name(given)
        node = by_name.setdefault(name, _input(name, given))
        node["schema:name"].append(given.name)
    return list(by_name.values())


def _input(name: str, given: Input) -> Node:
    return {
        "@id": name,
        "@type": ["prov:Entity", "schema:DigitalDocument"],
        "schema:name": [],
        "schema:identifier": f"sha256:{given.sha256}" if given.sha256 else "",
        "dcterms:extent": f"{given.bytes} bytes" if given.sha256 else "",
    }


def _superseded(release: Release) -> Iterator[Node]:
    digest = release.provenance.supersedes
    if digest:
        yield {
            "@id": hash_name(digest),
            "@type": ["prov:Entity", "schema:Dataset"],
            "schema:name": f"An earlier release of “{release.survey.title}”",
            "schema:identifier": digest,
        }
