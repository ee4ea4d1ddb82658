"""The catalogue and the release for search engines: what readers of RDF and of the shapes find in them."""

from __future__ import annotations

import hashlib
import json
import warnings
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from lxml import html
from rdflib import DCTERMS, RDF, XSD, Graph, Literal, Namespace, URIRef

from everycount.site.publication.queries.releases import numbers
from everycount.site.publication.states import State
from library.release.samples import large_release, small_release
from public_world import counted_elsewhere, put_out
from site_world import initiative

if TYPE_CHECKING:
    from everycount.site.publication.models import Release

pytestmark = pytest.mark.django_db
DCAT, FOAF = Namespace("http://www.w3.org/ns/dcat#"), Namespace("http://xmlns.com/foaf/0.1/")
SPDX, HERE = Namespace("http://spdx.org/rdf/terms#"), "http://testserver"

# DCAT-AP 3.0: (class, property, at least, at most, class of the value or None for any, datatypes).
# https://semiceu.github.io/DCAT-AP/releases/3.0.0/ , mandatory and recommended properties that we give.
SHAPES = (
    (DCAT.Catalog, DCTERMS.title, 1, None, None),
    (DCAT.Catalog, DCTERMS.description, 1, None, None),
    (DCAT.Catalog, DCTERMS.publisher, 1, 1, FOAF.Agent),
    (DCAT.Catalog, FOAF.homepage, 0, 1, FOAF.Document),
    (DCAT.Catalog, DCAT.dataset, 0, None, DCAT.Dataset),
    (DCAT.Catalog, DCAT.service, 0, None, DCAT.DataService),
    (DCAT.Dataset, DCTERMS.title, 1, None, None),
    (DCAT.Dataset, DCTERMS.description, 1, None, None),
    (DCAT.Dataset, DCTERMS.publisher, 0, 1, FOAF.Agent),
    (DCAT.Dataset, DCTERMS.creator, 0, None, FOAF.Agent),
    (DCAT.Dataset, DCTERMS.spatial, 0, None, DCTERMS.Location),
    (DCAT.Dataset, DCTERMS.temporal, 0, None, DCTERMS.PeriodOfTime),
    (DCAT.Dataset, DCTERMS.accessRights, 0, 1, None),
    (DCAT.Dataset, DCTERMS.issued, 0, 1, None),
    (DCAT.Dataset, DCAT.distribution, 0, None, DCAT.Distribution),
    (DCAT.Dataset, DCAT.landingPage, 0, None, FOAF.Document),
    (DCAT.Dataset, DCAT.version, 0, 1, None),
    (DCAT.Distribution, DCAT.accessURL, 1, None, None),
    (DCAT.Distribution, DCAT.byteSize, 0, 1, None),
    (DCAT.Distribution, DCAT.mediaType, 0, 1, DCTERMS.MediaType),
    (DCAT.Distribution, DCTERMS.license, 0, 1, DCTERMS.LicenseDocument),
    (DCAT.Distribution, SPDX.checksum, 0, 1, SPDX.Checksum),
    (DCAT.DataService, DCTERMS.title, 1, None, None),
    (DCAT.DataService, DCAT.endpointURL, 1, None, None),
    (DCAT.DataService, DCAT.servesDataset, 0, None, DCAT.Dataset),
    (SPDX.Checksum, SPDX.algorithm, 1, 1, None),
    (SPDX.Checksum, SPDX.checksumValue, 1, 1, None),
    (DCTERMS.PeriodOfTime, DCAT.startDate, 0, 1, None),
)


@pytest.fixture
def release() -> Release:
    return put_out(counted_elsewhere(initiative(listed=True)), small_release())


def graph() -> Graph:
    answer = Client().get("/catalog.jsonld")
    assert answer.headers["Content-Type"] == "application/ld+json"
    again = Client().get("/catalog.jsonld", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib's own reader is about to change
        return Graph().parse(data=answer.content, format="json-ld")


def test_every_shape_of_the_profile_holds(release: Release) -> None:
    put_out(counted_elsewhere(release.plan.initiative, "large"), large_release(6, 3))
    found = graph()
    for kind, says, least, most, of in SHAPES:
        things = list(found.subjects(RDF.type, kind))
        assert things, kind
        for thing in things:
            values = list(found.objects(thing, says))
            assert least <= len(values) <= (len(values) if most is None else most), (thing, says)
            for value in values:
                assert str(value).strip()
                if of is not None:
                    assert (value, RDF.type, of) in found, (thing, says, value)
    for thing in found.subjects(RDF.type, DCAT.Distribution):
        assert (None, DCAT.distribution, thing) in found


def test_every_file_is_listed_with_its_digest_and_is_there(release: Release) -> None:
    found = graph()
    (dataset,) = found.subjects(RDF.type, DCAT.Dataset)
    assert dataset == URIRef(f"{HERE}/releases/{release.plan.slug}/1#dataset")
    assert found.value(dataset, DCTERMS.identifier) == Literal(release.digest)
    files = {"release.json", *json.loads(read(release, "release.json"))["files"]}
    listed = set()
    for way in found.objects(dataset, DCAT.distribution):
        address = str(found.value(way, DCAT.downloadURL))
        name = address.partition("/files/")[2]
        data = read(release, name)
        listed.add(name)
        assert int(found.value(way, DCAT.byteSize)) == len(data)
        value = found.value(found.value(way, SPDX.checksum), SPDX.checksumValue)
        assert value.datatype == XSD.hexBinary
        assert str(value).lower() == hashlib.sha256(data).hexdigest()
    assert listed == files
    feeds = {str(found.value(one, DCAT.endpointURL)) for one in found.subjects(RDF.type, DCAT.DataService)}
    assert feeds == {f"{HERE}/sdmx/", f"{HERE}/releases.atom", f"{HERE}/releases/{release.plan.slug}.atom"}


def read(release: Release, name: str) -> bytes:
    answer = Client().get(f"/releases/{release.plan.slug}/{release.number}/files/{name}")
    assert answer.status_code == 200, name
    whole = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    answer.close()
    return whole


def in_page(release: Release) -> dict[str, Any]:
    page = html.fromstring(Client().get(f"/releases/{release.plan.slug}/{release.number}").content)
    (said,) = page.xpath("//script[@type='application/ld+json']")
    node: dict[str, Any] = json.loads(said.text)
    return node


def test_the_page_describes_the_release_to_search_engines(release: Release) -> None:
    """What Google's guide to Dataset asks for: a name, 50 to 5,000 characters, and where the files are."""
    node = in_page(release)
    assert (node["@context"], node["@type"]) == ("https://schema.org", "Dataset")
    assert 50 <= len(node["description"]) <= 5000
    assert "invented" in node["description"]
    assert "not official statistics" in node["description"]
    assert node["identifier"] == release.digest
    assert node["url"] == f"{HERE}/releases/{release.plan.slug}/1"
    assert [one["propertyID"] for one in node["variableMeasured"]] == [
        one.id for one in numbers(release).measures
    ]
    assert {one["@type"] for one in node["distribution"]} == {"DataDownload"}
    assert all(one["contentUrl"].startswith(HERE) and one["encodingFormat"] for one in node["distribution"])
    assert node["includedInDataCatalog"]["url"] == f"{HERE}/catalog.jsonld"


def test_only_what_holds_and_is_listed_is_in_the_catalogue(release: Release) -> None:
    after = put_out(release.plan, small_release(), 2)
    found = graph()
    (dataset,) = found.subjects(RDF.type, DCAT.Dataset)
    assert str(dataset).endswith("/2#dataset")
    assert str(found.value(dataset, DCAT.previousVersion)).endswith("/1#dataset")
    after.state, after.published_at = State.AGREED, None
    after.save()
    assert not list(graph().subjects(RDF.type, DCAT.Dataset))
    here = release.plan.initiative
    here.listed = False
    here.save()
    assert f"/{release.plan.slug}/" not in Client().get("/catalog.jsonld").content.decode()
