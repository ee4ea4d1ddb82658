"""The folder of a release as a research object crate, read by the reference library."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from rdflib import RDF, Graph, Namespace, URIRef
from rocrate.rocrate import ROCrate

from everycount.formats import cells_csv, csvw, prov, ro_crate, write
from everycount.formats.linked import hash_name
from everycount.protect.cells import restore
from everycount.release import Input, verify
from everycount.release.fingerprint import hashed
from everycount.text import Text
from library.formats.reviewed import check_reviewed
from library.release.samples import small_release

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.release import Release

FOLDER = "https://example.org/release/"
SCHEMA = Namespace("http://schema.org/")
SPECIFICATION = "https://w3id.org/ro/crate/1.1"


def full_release() -> Release:
    release = small_release()
    survey = replace(release.survey, asked_by=Text.of("An assembly", "en"), source="An invented source")
    policy = replace(release.cells.policy, decided_by="The same assembly", since="2024-06-30")
    inputs = (Input("survey.toml", "1" * 64, 10), Input("main.csv", "2" * 64, 20))
    return replace(
        release,
        survey=survey,
        cells=restore(policy, release.cells.level, release.cells.cells, release.cells.contrasts),
        provenance=replace(release.provenance, inputs=inputs, supersedes="sha256:" + "ab" * 32),
    )


def some_files(release: Release) -> dict[str, bytes]:
    return {**cells_csv.files(release), **csvw.files(release), "open-sdg/data/indicator_6-1-1.csv": b"Year\n"}


def described(release: Release) -> dict[str, Any]:
    return json.loads(ro_crate.crate(release, some_files(release))[ro_crate.NAME])


def nodes(release: Release) -> dict[str, Any]:
    return {node["@id"]: node for node in described(release)["@graph"]}


def references(node: dict[str, Any]) -> list[str]:
    values = [part for value in node.values() for part in (value if isinstance(value, list) else [value])]
    return [value["@id"] for value in values if isinstance(value, dict)]


def test_the_reference_library_reads_a_written_folder(tmp_path: Path) -> None:
    release = full_release()
    written = write(release, tmp_path / "out")
    crate = ROCrate(tmp_path / "out")
    assert crate.name == "Water in an invented town"
    assert crate.license == "https://spdx.org/licenses/CC0-1.0" or crate.license.id.endswith("CC0-1.0")
    names = {path.relative_to(tmp_path / "out").as_posix() for path in written} - {ro_crate.NAME}
    assert {entity.id for entity in crate.data_entities} == names
    assert verify(tmp_path / "out") == []


def test_every_listed_digest_and_size_is_that_of_the_file(tmp_path: Path) -> None:
    write(small_release(), tmp_path / "out")
    document = json.loads((tmp_path / "out" / ro_crate.NAME).read_bytes())
    files = [node for node in document["@graph"] if node["@type"] == "File"]
    for node in files:
        if node["@id"] != "release.json":  # names the digest of the crate's own file
            data = (tmp_path / "out" / node["@id"]).read_bytes()
            assert node["identifier"] == hashed(data)
            assert node["contentSize"] == str(len(data))
        assert node["name"]
        assert node["encodingFormat"] != "application/octet-stream"
    assert len(files) > 8


def test_the_descriptor_and_the_root_are_as_the_specification_wants_them() -> None:
    found = nodes(full_release())
    assert described(full_release())["@context"] == f"{SPECIFICATION}/context"
    assert found[ro_crate.NAME] == {
        "@id": ro_crate.NAME,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": SPECIFICATION},
    }
    root = found["./"]
    assert root["@type"] == "Dataset"
    for name in ("name", "description", "datePublished", "license"):
        assert root[name]


def test_the_graph_is_flat_and_every_reference_leads_somewhere() -> None:
    found = nodes(full_release())
    for node in found.values():
        for value in node.values():
            for part in value if isinstance(value, list) else [value]:
                assert isinstance(part, str) or list(part) == ["@id"]
        assert set(references(node)) <= {*found, SPECIFICATION}
    pointed = {name for node in found.values() for name in references(node)}
    assert set(found) - pointed == {ro_crate.NAME}


def test_every_term_is_one_of_the_specification(root: Path) -> None:
    terms = json.loads((root / "tests" / "golden" / "formats" / "ro-crate-1.1-terms.json").read_bytes())
    context = terms["@context"]
    document = described(full_release())
    used = {
        key if key != "@type" else value
        for node in document["@graph"]
        for key, value in node.items()
        if key != "@id"
    }
    assert used <= set(context)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the reader's own, about its inner parts
        graph = Graph().parse(
            data=json.dumps({**document, "@context": context}),
            format="json-ld",
            publicID=f"{FOLDER}{ro_crate.NAME}",
        )
    assert (URIRef(FOLDER), RDF.type, SCHEMA.Dataset) in graph
    parts = set(graph.objects(URIRef(FOLDER), SCHEMA.hasPart))
    assert URIRef(f"{FOLDER}open-sdg/data/indicator_6-1-1.csv") in parts


def test_two_inputs_of_the_same_bytes_are_one_thing() -> None:
    release = small_release()
    inputs = (Input("a.csv", "3" * 64, 1), Input("b.csv", "3" * 64, 1))
    found = described(replace(release, provenance=replace(release.provenance, inputs=inputs)))["@graph"]
    assert [node["@id"] for node in found].count(hash_name("3" * 64)) == 1
    assert len({node["@id"] for node in found}) == len(found)


def test_inputs_are_named_and_not_part_of_the_crate() -> None:
    found = nodes(full_release())
    made_from = [name for name in references(found["./"]) if name.startswith("ni:")]
    assert made_from == [hash_name(digest) for digest in ("1" * 64, "2" * 64, "ab" * 32)]
    assert {found[name]["@type"] for name in made_from} == {"CreativeWork"}
    parts = {part["@id"] for part in found["./"]["hasPart"]}
    assert not parts & set(made_from)


@pytest.mark.parametrize(
    ("period", "since", "day"),
    [
        ("2024-03/2024-05", "", "2024-05-31"),
        ("2024-03/2024-05", "2024-06-30", "2024-06-30"),
        ("2024-03/2024-05", "2020-01-01", "2024-05-31"),
        ("2024", "when the rains ended", "2024-12-31"),
    ],
)
def test_the_day_is_the_first_on_which_it_can_have_been_published(period: str, since: str, day: str) -> None:
    release = small_release()
    cells = restore(replace(release.cells.policy, since=since), release.cells.level, release.cells.cells, ())
    release = replace(release, survey=replace(release.survey, period=period), cells=cells)
    assert nodes(release)["./"]["datePublished"] == day


def test_words_of_a_licence_and_none_at_all_are_said() -> None:
    release = small_release()
    for licence, name in (("Ask the assembly", "Ask the assembly"), ("", "No licence stated")):
        found = nodes(replace(release, survey=replace(release.survey, licence=licence)))
        assert found["./"]["license"] == {"@id": "#licence"}
        assert found["#licence"]["name"] == name


def test_it_tells_nothing_of_any_cell_but_digests() -> None:
    release = small_release()
    few = restore(release.cells.policy, release.cells.level, release.cells.cells[:5], ())
    files = some_files(release)
    texts = [
        ro_crate.crate(one, files)[ro_crate.NAME].decode().replace(one.digest, "")
        for one in (release, replace(release, cells=few))
    ]
    assert texts[0] == texts[1]


def test_the_file_is_the_one_that_was_reviewed(root: Path) -> None:
    release = full_release()
    files = {"cells.csv": b"measure\n", prov.NAME: b"{}"}
    check_reviewed(root, ro_crate.crate(release, files), release)
