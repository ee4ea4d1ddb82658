"""Whatever a release says, independent readers find it in the files for machines, and nothing else."""

from __future__ import annotations

import io
import json
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import csvw as csvw_reader
import pandas as pd
import yaml
from hypothesis import given, settings
from rdflib import Graph, Literal, Namespace, URIRef

from everycount.formats import cells_csv, csvw, open_sdg, prov, ro_crate
from everycount.formats.linked import hash_name
from everycount.protect.cells import Status
from properties.test_release_roundtrip import releases

if TYPE_CHECKING:
    from everycount.protect.cells import Cell
    from everycount.release import Release

SCHEMA = Namespace("http://schema.org/")


def linked_and_shown(release: Release) -> list[Cell]:
    return [cell for cell in release.cells.cells if cell.status is Status.SHOWN and cell.value is not None]


@given(releases())
@settings(max_examples=25, deadline=None)
def test_what_is_said_of_columns_holds_of_every_row(release: Release) -> None:
    with tempfile.TemporaryDirectory() as name:
        for file, data in (csvw.files(release) | cells_csv.files(release)).items():
            (Path(name) / file).write_bytes(data)
        (table,) = csvw_reader.CSVW(str(Path(name) / csvw.NAME)).tables
        rows = list(table.iterdicts(strict=False))  # a cell that is not as described is a warning: an error
    assert len(rows) == len(release.cells.cells)
    for row, cell in zip(rows, release.cells.cells, strict=True):
        assert row["value"] == cell.value
        assert row["n"] == cell.n


@given(releases())
@settings(max_examples=40, deadline=None)
def test_a_group_is_never_read_as_everybody(release: Release) -> None:
    """The build of Open SDG takes an empty group for the total: only the overall cell may have one."""
    made = open_sdg.files(release)
    expected = linked_and_shown(release)
    assert bool(made) == bool(expected)
    for name, data in made.items():
        if not name.endswith(".csv"):
            continue
        found = pd.read_csv(io.BytesIO(data), dtype={"Value": str})
        assert len(found) == len(expected)
        place = len(found.columns) - 2 - ("COMMENT_OBS" in found)  # Year, (Series), (group), Units, ...
        groups = found.iloc[:, place - 1]
        if any(cell.cell for cell in expected):
            assert list(groups.isna()) == [not cell.cell for cell in expected]
            by_code = {cell.cell: label for cell, label in zip(expected, groups, strict=True) if cell.cell}
            assert len(set(by_code.values())) == len(by_code)
        if len(release.measures) > 1:
            series = {cell.measure: said for cell, said in zip(expected, found["Series"], strict=True)}
            assert len(set(series.values())) == len(series)


@given(releases())
@settings(max_examples=40, deadline=None)
def test_metadata_are_yaml_and_say_what_the_measure_is(release: Release) -> None:
    for name, data in open_sdg.files(release).items():
        if name.endswith(".yml"):
            meta: Any = yaml.load(data, Loader=yaml.FullLoader)  # noqa: S506 - as Open SDG's build does
            assert meta["citizen_data"] is True
            assert meta["citizen_data_release"] == release.digest
            assert isinstance(meta["indicator_available"], str)


@given(releases())
@settings(max_examples=15, deadline=None)
def test_provenance_is_rdf_and_a_crate_is_flat(release: Release) -> None:
    data = prov.files(release)[prov.NAME]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the reader's own, about its inner parts
        graph = Graph().parse(data=data, format="json-ld", publicID="https://example.org/provenance.jsonld")
    variables = graph.objects(URIRef(hash_name(release.digest)), SCHEMA.variableMeasured)
    ids = {found for variable in variables for found in graph.objects(variable, SCHEMA.propertyID)}
    assert ids == {Literal(measure.id) for measure in release.measures}
    nodes = json.loads(ro_crate.crate(release, {"cells.csv": b""})[ro_crate.NAME])["@graph"]
    names = [node["@id"] for node in nodes]
    assert len(names) == len(set(names))
