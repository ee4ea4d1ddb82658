"""``ro-crate-metadata.json``: the folder of a release as a Research Object Crate, for archives.

RO-Crate Metadata Specification 1.1 (Sefton and others 2020, doi:10.5281/zenodo.4031327). It lists the other
files with their digests, so it is made last; and it says what each is, never what stands in one.
"""

from __future__ import annotations

from itertools import chain
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from everycount.formats.about import area_names, description, earliest_day, software, technique, unit_of
from everycount.formats.licences import UNSTATED, licence_of
from everycount.formats.linked import filled, hash_name, input_name, to_bytes
from everycount.release.document import NAME as RELEASE_JSON
from everycount.release.fingerprint import hashed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from everycount.release import Release

NAME = "ro-crate-metadata.json"
CONTEXT = "https://w3id.org/ro/crate/1.1/context"
_SPECIFICATION = "https://w3id.org/ro/crate/1.1"
_ROOT, _MAKING, _SOFTWARE, _PLACE = "./", "#making", "#software", "#area"
_ASKED_BY, _DECIDED_BY, _LICENCE = "#asked-by", "#decided-by", "#licence"

# What the files are, by their names; then by their endings. Media types as registered with IANA.
_FILES = {
    "cells.csv": ("The numbers, one row a cell", "text/csv"),
    "cells.csv-metadata.json": ("What the columns of cells.csv are", "application/csvm+json"),
    "changes.csv": ("What changed since the release that this one replaces", "text/csv"),
    "cells.sdmx.csv": ("The numbers as SDMX-CSV", "application/vnd.sdmx.data+csv"),
    "cells.sdmx.xml": ("The numbers as SDMX-ML", "application/xml"),
    "structure.xml": ("Structure and code lists of the SDMX files", "application/xml"),
    "codebook.html": ("The questions, for people", "text/html"),
    "codebook.xml": ("The questions as DDI-Codebook", "application/xml"),
    "provenance.jsonld": ("From what the release was made", "application/ld+json"),
    RELEASE_JSON: ("The whole release, with the digests of the other files", "application/json"),
}
_ENDINGS = {
    ".pdf": ("Brief or poster for the people who answered", "application/pdf"),
    ".txt": ("Findings to be read aloud", "text/plain"),
    ".html": ("Report for people", "text/html"),
    ".csv": ("Numbers for an Open SDG site", "text/csv"),
    ".yml": ("What an Open SDG site says of the numbers", "application/yaml"),
}
_UNKNOWN = ("A file of the release", "application/octet-stream")

Node = dict[str, Any]


def crate(release: Release, contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """The file by its name.

    Args:
        release: what the folder holds.
        contents: the other files of the folder, without ``release.json``, which names this one's digest.

    Raises:
        InputError: the period of the survey is not one.
    """
    graph = (
        _descriptor(),
        _root(release, (*contents, RELEASE_JSON)),
        *(_file(name, data) for name, data in contents.items()),
        _file(RELEASE_JSON, None),
        *_around(release),
    )
    return {NAME: to_bytes({"@context": CONTEXT, "@graph": [_flat(node) for node in graph]})}


def _flat(node: Node) -> Node:
    """A node without what has nothing to say; a single value stands without a list (appendix JSON-LD)."""
    return {
        key: value[0] if isinstance(value, list) and len(value) == 1 else value
        for key, value in filled(node).items()
    }


def _ref(name: str) -> Node:
    return {"@id": name}


def _descriptor() -> Node:
    return {
        "@id": NAME,
        "@type": "CreativeWork",
        "about": _ref(_ROOT),
        "conformsTo": _ref(_SPECIFICATION),
    }


def _root(release: Release, names: tuple[str, ...]) -> Node:
    survey = release.survey
    return {
        "@id": _ROOT,
        "@type": "Dataset",
        "name": str(survey.title),
        "description": description(release),
        "identifier": release.digest,
        "datePublished": earliest_day(release).isoformat(),
        "license": _ref(_licence_name(release)),
        "author": _ref(_ASKED_BY) if survey.asked_by else None,
        "temporalCoverage": survey.period,
        "spatialCoverage": _ref(_PLACE),
        "citation": survey.source,
        "inLanguage": list(survey.languages),
        "measurementTechnique": technique(release),
        "variableMeasured": [_ref(_variable_name(measure.id)) for measure in release.measures],
        "isBasedOn": [_ref(name) for name in _sources(release)],
        "hasPart": [_ref(quote(name)) for name in names],
        "mentions": _ref(_MAKING),
    }


def described(name: str) -> tuple[str, str]:
    """What a file of a release is, in English, and its media type."""
    return _FILES.get(name) or _ENDINGS.get(PurePosixPath(name).suffix, _UNKNOWN)


def _file(name: str, data: bytes | None) -> Node:
    said, media_type = described(name)
    return {
        "@id": quote(name),
        "@type": "File",
        "name": said,
        "encodingFormat": media_type,
        "contentSize": None if data is None else str(len(data)),
        "identifier": None if data is None else hashed(data),
    }


def _around(release: Release) -> Iterator[Node]:
    """What the files and the folder refer to."""
    yield _making(release)
    yield _software(release)
    yield _licence(release)
    yield _place(release)
    yield from chain(_people(release), _variables(release), _inputs(release), _superseded(release))


def _making(release: Release) -> Node:
    return {
        "@id": _MAKING,
        "@type": "CreateAction",
        "name": "Estimating, protecting and releasing",
        "instrument": _ref(_SOFTWARE),
        "agent": _ref(_DECIDED_BY) if release.cells.policy.decided_by else None,
        "object": [_ref(input_name(given)) for given in release.provenance.inputs],
        "result": _ref(_ROOT),
    }


def _software(release: Release) -> Node:
    name, version = software(release)
    return {"@id": _SOFTWARE, "@type": "SoftwareApplication", "name": name, "version": version}


def _licence_name(release: Release) -> str:
    return licence_of(release.survey.licence).address or _LICENCE


def _licence(release: Release) -> Node:
    licence = licence_of(release.survey.licence)
    known = licence.address not in ("", licence.name)
    return {
        "@id": _licence_name(release),
        "@type": "CreativeWork",
        "name": "No licence stated" if licence.name == UNSTATED else licence.name,
        "description": f"{licence.name} ({release.survey.licence})" if known else licence.name,
    }


def _place(release: Release) -> Node:
    names = area_names(release)
    return {"@id": _PLACE, "@type": "Place", "name": names.say("en"), "identifier": release.survey.area}


def _people(release: Release) -> Iterator[Node]:
    """A crate knows persons and organisations only; these are bodies far more often than single people."""
    if release.survey.asked_by:
        yield {"@id": _ASKED_BY, "@type": "Organization", "name": str(release.survey.asked_by)}
    if release.cells.policy.decided_by:
        yield {"@id": _DECIDED_BY, "@type": "Organization", "name": release.cells.policy.decided_by}


def _variable_name(measure: str) -> str:
    return f"#measure-{quote(measure, safe='')}"


def _variables(release: Release) -> Iterator[Node]:
    for measure in release.measures:
        link = measure.sdg
        yield {
            "@id": _variable_name(measure.id),
            "@type": "PropertyValue",
            "name": str(measure.labels) or measure.id,
            "propertyID": measure.id,
            "description": str(measure.wording),
            "unitText": unit_of(measure),
            "alternateName": f"SDG indicator {link.indicator} ({link.relation})" if link else "",
        }


def _sources(release: Release) -> list[str]:
    """What the release was made from, each content once, and the release that it revises."""
    names = [input_name(given) for given in release.provenance.inputs]
    names += [hash_name(release.provenance.supersedes)] if release.provenance.supersedes else []
    return list(dict.fromkeys(names))


def _inputs(release: Release) -> Iterator[Node]:
    """Files that are not part of the crate: records stay where they are."""
    seen: dict[str, Node] = {}
    for given in release.provenance.inputs:
        name = input_name(given)
        if name not in seen:
            seen[name] = {
                "@id": name,
                "@type": "CreativeWork",
                "name": given.name,
                "identifier": f"sha256:{given.sha256}" if given.sha256 else "",
                "description": "Read to make the release, and not published with it.",
            }
    yield from seen.values()


def _superseded(release: Release) -> Iterator[Node]:
    digest = release.provenance.supersedes
    if digest:
        yield {
            "@id": hash_name(digest),
            "@type": "CreativeWork",
            "name": f"An earlier release of “{release.survey.title}”",
            "identifier": digest,
            "description": "The release that this one revises.",
        }
