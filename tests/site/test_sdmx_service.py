"""The SDMX service: read back by two readers without loss, cut as asked, and no more than the page shows."""

from __future__ import annotations

import csv
import io
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from lxml import etree

from everycount import catalogue
from everycount.site.publication.queries.releases import numbers
from everycount.site.publication.states import State
from library.release.samples import large_release, small_release
from public_world import counted_elsewhere, put_out
from site_world import AT, initiative

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.site.publication.models import Release

pytestmark = pytest.mark.django_db
CSV_1, CSV_2 = (f"application/vnd.sdmx.data+csv;version={version}" for version in ("1.0.0", "2.0.0"))
ML = "application/vnd.sdmx.structurespecificdata+xml;version=2.1"
NAMES = [one.id for one in catalogue.dimensions() if one.id != "TIME_PERIOD"]


@pytest.fixture
def release() -> Release:
    return put_out(counted_elsewhere(initiative(listed=True)), small_release())


def flow(release: Release) -> str:
    return f"DF_{numbers(release).survey.id}"


def ask(path: str, accept: str = "*/*", status: int = 200) -> bytes:
    answer = Client().get(f"/sdmx/{path}", headers={"Accept": accept})
    assert answer.status_code == status, (path, answer.content)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    if status != 200:
        (error,) = etree.fromstring(answer.content).iter("{*}ErrorMessage")
        assert error[0].text
        return str(error.get("code")).encode()
    return answer.content


def rows(path: str, accept: str = CSV_1) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(ask(path, accept).decode(), newline="")))


def test_pysdmx_reads_everything_back_in_each_format(release: Release) -> None:
    pysdmx = pytest.importorskip("pysdmx.io")
    name = flow(release)
    structure = ask(f"dataflow/EVERYCOUNT/{name}/latest?references=all")
    shown = sorted(cell.value for cell in numbers(release).cells.cells if cell.value is not None)
    for accept in (CSV_1, CSV_2, ML):
        made = ask(f"data/EVERYCOUNT,{name},1.0/all/all", accept)
        (dataset,) = pysdmx.get_datasets(BytesIO(made), BytesIO(structure), validate=False)
        values = [float(one) for one in dataset.data["OBS_VALUE"].dropna() if one != ""]
        assert sorted(values) == shown
        assert len(dataset.data) == len(numbers(release).cells.cells)
        assert list(dataset.data["CELL_STATUS"]) == [
            str(cell.status) for cell in numbers(release).cells.cells
        ]


def test_sdmx1_reads_everything_back(release: Release) -> None:
    reader = pytest.importorskip("sdmx")
    name = flow(release)
    message = reader.read_sdmx(BytesIO(ask(f"dataflow/EVERYCOUNT/{name}?references=descendants")))
    (definition,) = message.structure.values()
    (dataset,) = reader.read_sdmx(BytesIO(ask(f"data/{name}", ML)), structure=definition).data
    assert len(dataset.obs) == len(numbers(release).cells.cells)
    for observation, cell in zip(dataset.obs, numbers(release).cells.cells, strict=True):
        assert observation.dimension["SERIES"].value == cell.measure
        assert (observation.value in (None, "")) is (cell.value is None)
        if cell.value is not None:
            assert float(observation.value) == cell.value


def test_the_whole_is_what_the_files_say_to_the_byte(release: Release) -> None:
    for accept, name in ((CSV_1, "cells.sdmx.csv"), (ML, "cells.sdmx.xml")):
        file = Client().get(f"/releases/{release.plan.slug}/1/files/{name}")
        whole = b"".join(file.streaming_content)  # type: ignore[attr-defined]
        file.close()
        assert ask(f"data/{flow(release)}/all/all", accept) == whole


def test_a_key_gives_the_rows_that_have_it_and_no_others(release: Release) -> None:
    """Each part alone, wildcards, and several codes at once, held to a search through all rows."""
    whole = rows(f"data/{flow(release)}")
    for at, name in enumerate(NAMES):
        codes = sorted({row[name] for row in whole})
        for wanted in (codes[:1], codes[:2], codes):
            key = ".".join("+".join(wanted) if i == at else "" for i in range(len(NAMES)))
            assert rows(f"data/{flow(release)}/{key}") == [row for row in whole if row[name] in wanted]
    for row in whole:
        key = ".".join(row[name] for name in NAMES)
        assert rows(f"data/{flow(release)}/{key}/EVERYCOUNT") == [row]
        tree = etree.fromstring(ask(f"data/{flow(release)}/{key}", ML))
        (one,) = tree.iter("Obs")
        assert {name: value for name, value in row.items() if value and name in one.attrib} == dict(
            one.attrib
        )
    nowhere = ".".join("NOWHERE" for _ in NAMES)
    assert ask(f"data/{flow(release)}/{nowhere}", status=404) == b"100"


def test_periods_and_details_cut_what_they_say(release: Release) -> None:
    whole = rows(f"data/{flow(release)}")
    (period,) = {row["TIME_PERIOD"] for row in whole}
    year = int(period[:4])
    for query, there in (
        (f"startPeriod={year}", True),
        (f"startPeriod={year}-Q1&endPeriod={year}-S2", True),
        (f"endPeriod={year - 1}", False),
        (f"startPeriod={year + 1}-W02", False),
    ):
        if there:
            assert rows(f"data/{flow(release)}?{query}") == whole
        else:
            assert ask(f"data/{flow(release)}?{query}", status=404) == b"100"
    bare = rows(f"data/{flow(release)}?detail=dataonly")
    assert list(bare[0]) == ["DATAFLOW", *NAMES, "TIME_PERIOD", "OBS_VALUE"]
    assert [row["OBS_VALUE"] for row in bare] == [row["OBS_VALUE"] for row in whole]
    blank = rows(f"data/{flow(release)}?detail=nodata")
    assert set(whole[0]) - set(blank[0]) == {"OBS_VALUE"}
    for detail, absent in (("dataonly", {"STD_ERR", "RELEASE_DIGEST"}), ("nodata", {"OBS_VALUE"})):
        tree = etree.fromstring(ask(f"data/{flow(release)}?detail={detail}", ML))
        assert not absent & {name for one in tree.iter() for name in one.attrib}


@pytest.mark.parametrize(
    ("path", "accept", "status", "code"),
    [
        ("data/DF_nowhere", "*/*", 404, b"100"),
        ("data/{flow}/all/UNSD", "*/*", 404, b"100"),
        ("data/OTHER,{flow},1.0", "*/*", 404, b"100"),
        ("data/{flow}/A.B", "*/*", 400, b"150"),
        ("data/{flow}?startPeriod=soon", "*/*", 400, b"140"),
        ("data/{flow}?startPeriod=2017-Q5", "*/*", 400, b"140"),
        ("data/{flow}?c%5BSEX%5D=F", "*/*", 400, b"140"),
        ("data/{flow}?detail=serieskeysonly", "*/*", 501, b"501"),
        ("data/{flow}?lastNObservations=1", "*/*", 501, b"501"),
        ("data/{flow}?dimensionAtObservation=SEX", "*/*", 501, b"501"),
        ("data/{flow}", "application/vnd.sdmx.genericdata+xml;version=2.1", 406, b"501"),
        ("data/{flow}", "text/csv;q=0", 406, b"501"),
        ("data/{flow}//all", "*/*", 400, b"140"),
        ("dataflow/a/b/c/d/e", "*/*", 400, b"140"),
        ("cats/all", "*/*", 400, b"150"),
        ("categoryscheme/all/all/latest", "*/*", 404, b"100"),
        ("codelist/SDMX/CL_NOWHERE", "*/*", 404, b"100"),
        ("dataflow/all?references=cousins", "*/*", 501, b"501"),
        ("dataflow/all?detail=referencestubs", "*/*", 501, b"501"),
        ("dataflow", "application/vnd.sdmx.structure+json", 406, b"501"),
        ("data/" + "a" * 6000, "*/*", 400, b"140"),
    ],
)
def test_what_is_not_answered_is_refused_as_sdmx_says_it(
    release: Release, path: str, accept: str, status: int, code: bytes
) -> None:
    assert ask(path.format(flow=flow(release)), accept, status) == code


def named(tree: Any) -> dict[str, set[str]]:
    kinds = ("AgencyScheme", "Dataflow", "Codelist", "ConceptScheme", "DataStructure")
    return {kind: {one.get("id") for one in tree.iter(f"{{*}}{kind}")} for kind in kinds}


def test_structures_come_with_what_is_asked_for(release: Release) -> None:
    survey = numbers(release).survey.id
    whole = named(etree.fromstring(ask("structure/all/all/all")))
    assert all(whole.values())
    alone = named(etree.fromstring(ask(f"dataflow/EVERYCOUNT/DF_{survey}")))
    assert {kind: ids for kind, ids in alone.items() if ids} == {"Dataflow": {f"DF_{survey}"}}
    below = named(etree.fromstring(ask(f"dataflow/all/DF_{survey}/1.0?references=descendants")))
    assert {kind for kind, ids in below.items() if ids} == set(whole) - {"AgencyScheme"}
    assert below["Codelist"] == whole["Codelist"]
    above = named(etree.fromstring(ask(f"codelist/EVERYCOUNT/CL_SERIES_{survey}?references=parents")))
    assert above["DataStructure"] == {f"CITIZEN_DATA_{survey}"}
    assert not above["Dataflow"]
    lists = named(etree.fromstring(ask(f"dataflow/all/DF_{survey}?references=codelist")))
    assert lists["Codelist"] == whole["Codelist"]
    assert not lists["DataStructure"]
    two = named(etree.fromstring(ask(f"codelist/all/CL_SERIES_{survey}+CL_CELL_STATUS")))
    assert two["Codelist"] == {f"CL_SERIES_{survey}", "CL_CELL_STATUS"}
    stub = etree.fromstring(ask(f"codelist/EVERYCOUNT/CL_SERIES_{survey}?detail=allstubs"))
    assert not list(stub.iter("{*}Code"))
    validation = pytest.importorskip("pysdmx.io.xml.doc_validation")
    for path in ("structure", f"dataflow/all/DF_{survey}?references=all", f"codelist/all/CL_SERIES_{survey}"):
        validation.validate_doc(ask(path).decode())


def test_two_plans_that_name_their_survey_alike_have_two_dataflows(release: Release) -> None:
    other = put_out(counted_elsewhere(release.plan.initiative, "other-plan"), small_release())
    flows = named(etree.fromstring(ask("dataflow/EVERYCOUNT")))["Dataflow"]
    assert flows == {flow(release), "DF_other-plan"}
    pysdmx = pytest.importorskip("pysdmx.io")
    structure = ask("dataflow/EVERYCOUNT/DF_other-plan?references=all")
    for accept in (CSV_1, ML):
        made = ask("data/DF_other-plan", accept)
        assert flow(release).encode() not in made
        (dataset,) = pysdmx.get_datasets(BytesIO(made), BytesIO(structure), validate=False)
        assert len(dataset.data) == len(numbers(other).cells.cells)


def test_lists_that_two_releases_use_in_part_are_put_together(release: Release) -> None:
    put_out(counted_elsewhere(release.plan.initiative, "large"), large_release(6, 3))
    tree = etree.fromstring(ask("codelist/all/all/all"))
    for one in tree.iter("{*}Codelist"):
        codes = [code.get("id") for code in one.iter("{*}Code")]
        assert len(codes) == len(set(codes))
    seen = {one.get("id"): {code.get("id") for code in one} for one in tree.iter("{*}Codelist")}
    for each in rows(f"data/{flow(release)}"):
        assert each["REF_AREA"] in set().union(*(codes for name, codes in seen.items() if "AREA" in name))


def test_only_what_holds_and_is_public_is_answered(release: Release) -> None:
    def states() -> Sequence[bytes]:
        return [ask(f"data/{flow(release)}", status=404), ask("dataflow/all", status=404)]

    after = put_out(release.plan, small_release(), 2)
    assert {row["RELEASE_DIGEST"] for row in rows(f"data/{flow(release)}")} == {after.digest}
    after.state, after.published_at = State.AGREED, None
    after.save()
    assert states() == [b"100", b"100"]
    after.state, after.published_at = State.PUBLISHED, AT
    after.save()
    assert rows(f"data/{flow(release)}")
    here = release.plan.initiative
    here.listed = False
    here.save()
    assert states() == [b"100", b"100"]
