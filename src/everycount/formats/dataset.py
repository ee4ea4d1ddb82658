"""A published release as a dataset in catalogues: for search engines (schema.org), and as DCAT-AP 3.

Neither says more than the release does; both begin with what must be known before its numbers are used.
Sources: schema.org/Dataset; DCAT-AP 3.0 (SEMIC), on DCAT 3 (W3C Recommendation of 22 August 2024).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from everycount.formats.about import area_names, cautions, description, technique, unit_of
from everycount.formats.licences import licence_of
from everycount.formats.linked import filled, words
from everycount.formats.sdmx_period import days_of
from everycount.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.release import Release

Node = dict[str, Any]
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
SCHEMA = "https://schema.org"
_EU = "http://publications.europa.eu/resource/authority"
# Codes of the authority tables of the Publications Office of the EU, which DCAT-AP asks for.
_LANGUAGES = {"en": "ENG", "fr": "FRA", "es": "SPA", "ar": "ARA", "hi": "HIN", "bn": "BEN", "pt": "POR"}
_THEME, _OPEN = f"{_EU}/data-theme/SOCI", f"{_EU}/access-right/PUBLIC"
_MEDIA = "https://www.iana.org/assignments/media-types"
_SHA256 = "spdx:checksumAlgorithm_sha256"


@dataclass(frozen=True, slots=True)
class Given:
    """One file of it: address, what it is, media type, bytes, and 64 hexadecimal digits of SHA-256."""

    address: str
    said: str
    media: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a node knows of a release beside the release.

    Attributes:
        address: of its page, for good.
        version: its number.
        publisher: the initiative.
        published: day.
        catalogue: address of the catalogue in which it stands.
        series: address of the page of all its versions.
        before: address of the version before, or "".
        files: what can be taken along.
    """

    address: str
    version: int
    publisher: str
    published: str
    catalogue: str
    series: str
    before: str = ""
    files: tuple[Given, ...] = ()


def schema(release: Release, told: Told, language: str) -> Node:
    """A Dataset of schema.org, as search engines read it in a page."""
    survey = release.survey
    first, last = days_of(survey.period)
    node = {
        "@context": SCHEMA,
        "@type": "Dataset",
        "@id": told.address,
        "url": told.address,
        "name": survey.title.say(language, survey.id),
        "description": description(release),
        "identifier": release.digest,
        "version": str(told.version),
        "datePublished": told.published,
        "license": licence_of(survey.licence).address,
        "creator": _body(str(survey.asked_by) or told.publisher),
        "publisher": _body(told.publisher),
        "temporalCoverage": f"{first}/{last}",
        "spatialCoverage": {"@type": "Place", "name": area_names(release).say("en")},
        "inLanguage": list(survey.languages),
        "measurementTechnique": technique(release),
        "isAccessibleForFree": True,
        "keywords": [each.labels.say(language, each.id) for each in release.measures],
        "variableMeasured": [_variable(release, language, at) for at in range(len(release.measures))],
        "includedInDataCatalog": {"@type": "DataCatalog", "@id": told.catalogue, "url": told.catalogue},
        "distribution": [_download(each) for each in told.files],
    }
    return filled(node)


def _body(name: str) -> Node:
    return {"@type": "Organization", "name": name}


def _variable(release: Release, language: str, at: int) -> Node:
    measure = release.measures[at]
    return filled(
        {
            "@type": "PropertyValue",
            "name": measure.labels.say(language, measure.id),
            "propertyID": measure.id,
            "unitText": unit_of(measure),
        }
    )


def _download(one: Given) -> Node:
    return {
        "@type": "DataDownload",
        "name": one.said,
        "contentUrl": one.address,
        "encodingFormat": one.media,
        "contentSize": f"{one.size} B",
        "sha256": one.sha256,
    }


def dcat(release: Release, told: Told) -> list[Node]:
    """A Dataset of DCAT-AP 3 with its distributions; the first node is the dataset."""
    survey = release.survey
    first, last = days_of(survey.period)
    licence = licence_of(survey.licence).address
    node = {
        "@id": _dataset(told.address),
        "@type": "dcat:Dataset",
        "dct:title": words(survey.title) or survey.id,
        "dct:description": [*words(survey.about), {"@value": cautions(release), "@language": "en"}],
        "dct:identifier": release.digest,
        "dcat:version": str(told.version),
        "dct:issued": _day(told.published),
        "dct:publisher": _agent(told.publisher),
        "dct:creator": _agent(str(survey.asked_by)) if survey.asked_by else None,
        "dct:language": [_ref(f"{_EU}/language/{code}") for code in _codes(survey.languages)],
        "dct:temporal": _temporal(str(first), str(last)),
        "dct:spatial": {"@type": "dct:Location", "skos:prefLabel": words(area_names(release))},
        "dct:accessRights": _ref(_OPEN),
        "dcat:theme": _ref(_THEME),
        "dcat:keyword": [label for each in release.measures for label in words(each.labels or _own(each.id))],
        "dcat:landingPage": {"@id": told.address, "@type": "foaf:Document"},
        "foaf:page": {"@id": told.series, "@type": "foaf:Document"},
        "dcat:previousVersion": _ref(_dataset(told.before)) if told.before else None,
        "dcat:distribution": [_ref(_name(each)) for each in told.files],
    }
    return [filled(node), *(filled(_distribution(each, licence)) for each in told.files)]


def _dataset(address: str) -> str:
    """A data set and the page about it are two things."""
    return f"{address}#dataset"


def _own(name: str) -> Text:
    return Text.of(name)


def _ref(name: str) -> Node:
    return {"@id": name}


def _day(text: str) -> Node:
    return {"@value": text, "@type": "xsd:date"}


def _agent(name: str) -> Node:
    return {"@type": "foaf:Agent", "foaf:name": name}


def _codes(languages: tuple[str, ...]) -> Iterator[str]:
    for language in languages:
        code = _LANGUAGES.get(language.split("-", maxsplit=1)[0].lower())
        if code:
            yield code


def _temporal(first: str, last: str) -> Node:
    return {"@type": "dct:PeriodOfTime", "dcat:startDate": _day(first), "dcat:endDate": _day(last)}


def _name(one: Given) -> str:
    """A file and the way to it are two things, so the way has a name of its own."""
    return f"{one.address}#distribution"


def _distribution(one: Given, licence: str) -> Node:
    checksum = {
        "@type": "spdx:Checksum",
        "spdx:algorithm": _ref(_SHA256),
        "spdx:checksumValue": {"@value": one.sha256, "@type": "xsd:hexBinary"},
    }
    return {
        "@id": _name(one),
        "@type": "dcat:Distribution",
        "dct:title": {"@value": one.said, "@language": "en"},
        "dcat:accessURL": _ref(one.address),
        "dcat:downloadURL": _ref(one.address),
        "dcat:mediaType": {"@id": f"{_MEDIA}/{quote(one.media)}", "@type": "dct:MediaType"},
        "dcat:byteSize": {"@value": str(one.size), "@type": "xsd:nonNegativeInteger"},
        "spdx:checksum": checksum,
        "dct:license": {"@id": licence, "@type": "dct:LicenseDocument"} if licence else None,
    }
