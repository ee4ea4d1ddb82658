"""The provenance of a release, as an independent reader of RDF takes it."""

from __future__ import annotations

import base64
import json
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from rdflib import PROV, RDF, Graph, Literal, Namespace, URIRef

from everycount.formats import prov
from everycount.formats.linked import hash_name
from everycount.protect.cells import restore
from everycount.release import Input
from everycount.text import Text
from library.formats.reviewed import check_reviewed
from library.release.samples import small_release

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.release import Release

FOLDER = "https://example.org/release/"
SCHEMA = Namespace("http://schema.org/")
DCTERMS = Namespace("http://purl.org/dc/terms/")
EARLIER = "sha256:" + "ab" * 32


def full_release() -> Release:
    """With all that provenance can tell."""
    release = small_release()
    survey = replace(release.survey, asked_by=Text.of("An assembly", "en"), source="An invented source")
    policy = replace(release.cells.policy, decided_by="The same assembly", since="2024-06-30")
    inputs = (Input("survey.toml", "1" * 64, 10), Input("a.csv", "2" * 64, 20), Input("b.csv", "2" * 64, 20))
    return replace(
        release,
        survey=survey,
        cells=restore(policy, release.cells.level, release.cells.cells, release.cells.contrasts),
        provenance=replace(release.provenance, inputs=inputs, supersedes=EARLIER),
    )


def graph(release: Release) -> Graph:
    """The triples; the file brings its context, so nothing is asked of the network."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the reader's own, about its inner parts
        return Graph().parse(
            data=prov.files(release)[prov.NAME], format="json-ld", publicID=f"{FOLDER}{prov.NAME}"
        )


def named(release: Release) -> URIRef:
    return URIRef(hash_name(release.digest))


def here(name: str) -> URIRef:
    return URIRef(f"{FOLDER}{prov.NAME}#{name}")


def test_a_release_comes_from_its_inputs_by_the_activity() -> None:
    release = full_release()
    found, made = graph(release), named(release)
    inputs = {URIRef(hash_name("1" * 64)), URIRef(hash_name("2" * 64))}
    assert set(found.objects(made, PROV.wasDerivedFrom)) == inputs
    assert set(found.objects(made, PROV.wasGeneratedBy)) == {here("making")}
    assert inputs < set(found.objects(here("making"), PROV.used))
    assert all((one, RDF.type, PROV.Entity) in found for one in inputs)
    assert (made, RDF.type, PROV.Entity) in found
    assert (made, RDF.type, SCHEMA.Dataset) in found
    assert (here("making"), RDF.type, PROV.Activity) in found


def test_two_files_of_the_same_bytes_are_one_thing_with_two_names() -> None:
    found = graph(full_release())
    names = found.objects(URIRef(hash_name("2" * 64)), SCHEMA.name)
    assert set(names) == {Literal("a.csv"), Literal("b.csv")}


def test_software_plan_and_policy_are_named() -> None:
    found = graph(full_release())
    assert (here("software"), RDF.type, PROV.SoftwareAgent) in found
    assert (here("software"), SCHEMA.name, Literal("everycount")) in found
    assert (here("software"), SCHEMA.softwareVersion, Literal("0.1.0")) in found
    (association,) = found.objects(here("making"), PROV.qualifiedAssociation)
    assert (association, PROV.agent, here("software")) in found
    (plan,) = found.objects(association, PROV.hadPlan)
    assert (plan, RDF.type, PROV.Plan) in found
    policy = URIRef(f"{FOLDER}release.json#/cells/policy")
    assert (here("making"), PROV.used, policy) in found
    assert (policy, PROV.wasAttributedTo, here("decided-by")) in found
    assert (policy, DCTERMS.valid, Literal("2024-06-30")) in found


def test_pointers_into_the_release_lead_to_what_they_name() -> None:
    from everycount.release import as_json

    document: Any = as_json(full_release())
    for pointer in ("/provenance/plan", "/cells/policy"):
        assert f"release.json#{pointer}" in prov.files(full_release())[prov.NAME].decode()
        part = document
        for step in pointer[1:].split("/"):
            part = part[step]
        assert part


def test_the_release_that_is_superseded_is_named() -> None:
    release = full_release()
    found, earlier = graph(release), URIRef(hash_name(EARLIER))
    assert (named(release), PROV.wasRevisionOf, earlier) in found
    assert (named(release), DCTERMS.replaces, earlier) in found
    assert (earlier, SCHEMA.identifier, Literal(EARLIER)) in found
    assert not list(graph(small_release()).subject_objects(PROV.wasRevisionOf))


def test_every_thing_that_is_pointed_at_is_described() -> None:
    found = graph(full_release())
    told = {subject for subject in found.subjects() if str(subject).startswith((FOLDER, "ni:"))}
    for _, relation, target in found:
        if str(relation).startswith(str(PROV)) and isinstance(target, URIRef):
            assert target in told, (relation, target)


def test_the_data_set_is_told_in_every_language() -> None:
    release = full_release()
    found, made = graph(release), named(release)
    assert set(found.objects(made, SCHEMA.name)) == {
        Literal("Water in an invented town", lang="en"),
        Literal("الماء في بلدة متخيلة", lang="ar"),
    }
    (described,) = found.objects(made, SCHEMA.description)
    for words in ("invented", "not official statistics", "population", "probability design"):
        assert words in described
    assert (made, SCHEMA.license, URIRef("https://spdx.org/licenses/CC0-1.0")) in found
    variables = {
        str(name)
        for variable in found.objects(made, SCHEMA.variableMeasured)
        for name in found.objects(variable, SCHEMA.propertyID)
    }
    assert variables == {"safe_water", "minutes_to_water"}


def test_nobody_is_named_who_was_not_named_before() -> None:
    found = graph(small_release())
    assert not set(found.subjects(RDF.type, PROV.Agent))
    assert not list(found.subject_objects(PROV.wasAttributedTo))


def test_a_name_by_hash_follows_the_standard() -> None:
    """The example of RFC 6920, section 8.1: the SHA-256 of "Hello World!"."""
    value = base64.urlsafe_b64decode("f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk=").hex()
    assert hash_name(value) == "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk"
    assert hash_name(f"sha256:{value}") == hash_name(value)


@pytest.mark.parametrize("odd", ['"}, {"@id": "x', "a\nb", "</script>", "\u202eabc", "sha256:0"])
def test_no_text_breaks_the_file(odd: str) -> None:
    release = full_release()
    survey = replace(release.survey, title=Text.of(odd), licence=odd)
    provenance = replace(release.provenance, inputs=(Input(odd, odd, 1),), supersedes=odd)
    release = replace(release, survey=survey, provenance=provenance)
    found = graph(release)
    assert (named(release), SCHEMA.name, Literal(odd)) in found
    assert len(found) > 40


def test_it_tells_nothing_of_any_cell() -> None:
    release = small_release()
    few = restore(release.cells.policy, release.cells.level, release.cells.cells[:5], ())
    texts = [
        prov.files(one)[prov.NAME].decode().replace(one.digest, "").replace(hash_name(one.digest), "")
        for one in (release, replace(release, cells=few))
    ]
    assert texts[0] == texts[1]
    assert json.loads(texts[0].encode())


def test_the_file_is_the_one_that_was_reviewed(root: Path) -> None:
    check_reviewed(root, prov.files(full_release()), full_release())
