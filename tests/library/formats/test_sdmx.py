from __future__ import annotations

import math
import os
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from everycount import catalogue
from everycount.faults import InputError
from everycount.formats import sdmx
from everycount.protect.cells import Status
from everycount.text import Text
from library.formats.reviewed import NOBODY
from library.release.samples import SEX, TENURE, large_release, remade, shown, small_release

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.release import DimensionFacts, Release

FILES = ("cells.sdmx.csv", "cells.sdmx.xml", "structure.xml")
DATA = FILES[:2]
ATTRIBUTES = {
    "value": "OBS_VALUE",
    "se": "STD_ERR",
    "ci_low": "CI_LOWER",
    "ci_high": "CI_UPPER",
    "df": "DEG_FREEDOM",
    "n": "N_RESPONDENTS",
    "n_effective": "N_EFFECTIVE",
    "deff": "DESIGN_EFFECT",
    "cv": "COEF_VARIATION",
    "n_needed": "N_NEEDED",
    "interval": "CI_METHOD",
    "basis": "BASIS",
    "scope": "SCOPE",
    "status": "CELL_STATUS",
    "verdict": "VERDICT",
    "note": "COMMENT_OBS",
}


def read(release: Release, name: str) -> Any:
    """The data set of a file with its structure, as pysdmx reads them; one test validates, which is slow."""
    pysdmx = pytest.importorskip("pysdmx.io")
    made = sdmx.files(release)
    (dataset,) = pysdmx.get_datasets(BytesIO(made[name]), BytesIO(made["structure.xml"]), validate=False)
    return dataset


def rows(release: Release, name: str) -> list[dict[str, str]]:
    found = read(release, name).data.astype(object)
    return [{key: _text(value) for key, value in row.items()} for row in found.to_dict("records")]


def _text(value: object) -> str:
    """What an absent value is differs between readers: NaN, None, "nan" or an empty text."""
    absent = value is None or value in ("nan", "NaN") or (isinstance(value, float) and math.isnan(value))
    return "" if absent else str(value)


@pytest.mark.parametrize("name", DATA)
def test_an_independent_reader_finds_every_cell_with_every_number(name: str) -> None:
    release = small_release()
    for row, cell in zip(rows(release, name), release.cells.cells, strict=True):
        assert row["SERIES"] == cell.measure
        for field, attribute in ATTRIBUTES.items():
            expected = getattr(cell, field)
            if isinstance(expected, float):
                assert float(row[attribute]) == pytest.approx(expected, rel=1e-15)
            else:
                said = row[attribute].removesuffix(".0")  # pandas has no whole numbers beside absent ones
                assert said == ("" if expected is None else str(expected)), attribute


def test_the_xml_holds_the_same_doubles_and_texts_to_the_last_sign() -> None:
    release = small_release()
    tree = etree.fromstring(sdmx.files(release)["cells.sdmx.xml"])
    for row, cell in zip(tree.iter("Obs"), release.cells.cells, strict=True):
        for field, attribute in ATTRIBUTES.items():
            expected, found = getattr(cell, field), row.get(attribute)
            if isinstance(expected, float):
                assert float(found) == expected
            else:
                assert found == (None if expected in (None, "") else str(expected))


def test_both_data_files_have_the_same_observations() -> None:
    one, other = (rows(small_release(), name) for name in DATA)
    for left, right in zip(one, other, strict=True):
        for column in left.keys() | right.keys():
            a, b = left.get(column, ""), right.get(column, "")
            assert a.removesuffix(".0") == b.removesuffix(".0") or float(a) == pytest.approx(
                float(b), rel=1e-15
            )


@pytest.mark.parametrize("name", DATA)
def test_the_file_says_whose_release_it_is(name: str) -> None:
    release = small_release()
    assert read(release, name).attributes == {"PRODUCER_TYPE": "INVENTED", "RELEASE_DIGEST": release.digest}
    real = replace(release, survey=replace(release.survey, invented=False))
    assert read(real, name).attributes == {"PRODUCER_TYPE": "CITIZENS", "RELEASE_DIGEST": real.digest}


@pytest.mark.parametrize("invented", [True, False])
def test_invented_data_are_a_test_message(*, invented: bool) -> None:
    release = small_release()
    made = sdmx.files(replace(release, survey=replace(release.survey, invented=invented)))
    for name in FILES[1:]:
        assert f"<mes:Test>{str(invented).lower()}</mes:Test>" in made[name].decode()


def test_dimensions_are_those_of_the_sdgs_in_their_order() -> None:
    components = read(small_release(), DATA[0]).structure.components
    assert [part.id for part in components.dimensions] == [part.id for part in catalogue.dimensions()]


@pytest.mark.parametrize("name", DATA)
def test_every_code_is_in_its_code_list(name: str) -> None:
    release = small_release()
    components = {part.id: part for part in read(release, name).structure.components}
    checked = set()
    for row in rows(release, name):
        for column, value in row.items():
            listed = components[column].local_codes
            if listed is not None and value:
                assert value in {code.id for code in listed}, (column, value)
                checked.add(column)
    assert {"FREQ", "SEX", "CUST_BREAKDOWN", "OBS_STATUS", "CELL_STATUS", "UNIT_MEASURE"} <= checked


def test_no_number_claims_a_statistical_office() -> None:
    found = rows(large_release(3, 2), DATA[1])
    assert {row["REPORTING_TYPE"] for row in found} == {"C"}
    assert {row["NATURE"] for row in found} == {"_X"}


def test_groups_stand_in_their_sdg_dimension_or_in_the_custom_breakdown() -> None:
    places = {(row["SEX"], row["CUST_BREAKDOWN"]) for row in rows(small_release(), DATA[0])}
    assert ("_T", "_T") in places
    assert ("F", "_T") in places
    assert ("_T", "tenure@own") in places
    assert ("M", "tenure@None") in places
    assert all(row["REF_AREA"] == "50" for row in rows(small_release(), DATA[0]))  # M49 of BGD


def test_hidden_cells_have_no_value_and_say_why() -> None:
    expected = {
        Status.SHOWN: {"A", "U"},
        Status.NO_ANSWERS: {"O"},
        Status.SUPPRESSED_SMALL: {"Q"},
        Status.SUPPRESSED_COMPLEMENTARY: {"Q"},
        Status.SUPPRESSED_UNRELIABLE: {"Q"},
        Status.WITHHELD_BY_COMMUNITY: {"Q"},
    }
    found: dict[str, set[str]] = {}
    for row in rows(small_release(), DATA[1]):
        found.setdefault(row["CELL_STATUS"], set()).add(row["OBS_STATUS"])
        assert bool(row["OBS_VALUE"]) == (row["CELL_STATUS"] == "shown")
    assert found == expected


def test_labels_of_own_codes_are_there_in_every_language() -> None:
    tree = etree.fromstring(sdmx.files(small_release())["structure.xml"])
    names = {
        name.get("{http://www.w3.org/XML/1998/namespace}lang"): name.text
        for code in tree.iter("{*}Code")
        if code.get("id") == "tenure@own"
        for name in code.iter("{*}Name")
    }
    assert names == {"en": "Tenure: Owner", "ar": "Tenure: مالك"}


def test_published_code_lists_keep_their_agency_and_version() -> None:
    tree = etree.fromstring(sdmx.files(small_release())["structure.xml"])
    lists = {made.get("id"): made for made in tree.iter("{*}Codelist")}
    sex = lists["CL_SEX"]
    assert (sex.get("agencyID"), sex.get("version"), sex.get("isPartial")) == ("IAEG-SDGs", "1.1", "true")
    assert [code.get("id") for code in sex.iter("{*}Code")] == ["_T", "F", "M"]
    assert lists["CL_CELL_STATUS"].get("agencyID") == "EVERYCOUNT"


@pytest.mark.parametrize("name", FILES[1:])
def test_the_xml_follows_the_official_schemas(name: str) -> None:
    validation = pytest.importorskip("pysdmx.io.xml.doc_validation")
    validation.validate_doc(sdmx.files(small_release())[name].decode())


def with_dimensions(*dimensions: DimensionFacts, crossed: bool = False) -> Release:
    release = small_release()
    keys = [((one.id, code),) for one in dimensions for code, _ in one.groups]
    if crossed:
        keys.append(tuple((one.id, one.groups[0][0]) for one in dimensions))
    cells = tuple(shown("safe_water", key, 0.5) for key in [(), *keys])
    return replace(
        release, dimensions=dimensions, breakdowns=(), cells=remade(release.cells, cells=cells, contrasts=())
    )


def groups(*codes: str) -> tuple[tuple[str, Text], ...]:
    return tuple((code, Text.of(code, "en")) for code in codes)


@pytest.mark.parametrize(
    ("dimensions", "crossed", "said"),
    [
        ((replace(SEX, sdmx="SEXX"),), False, 'The SDG dimension "SEXX" is not known. Did you mean "SEX"?'),
        (
            (replace(SEX, groups=groups("f", "M")),),
            False,
            'The code of SEX "f" is not known. Did you mean "F"?',
        ),
        ((replace(SEX, groups=groups("F", "_T")),), False, 'The code of SEX "_T" is not known'),
        ((replace(TENURE, sdmx="FREQ"),), False, 'The SDG dimension "FREQ" is not known'),
        ((SEX, replace(SEX, id="sex_of_child")), False, 'dimensions "sex_of_head" and "sex_of_child", sdmx'),
        (
            (SEX, replace(SEX, id="sex_of_child")),
            True,
            "Both go to SEX, where a number can have one code only",
        ),
    ],
)
def test_what_cannot_be_said_without_loss_is_refused(
    *, dimensions: tuple[DimensionFacts, ...], crossed: bool, said: str
) -> None:
    with pytest.raises(InputError) as caught:
        sdmx.files(with_dimensions(*dimensions, crossed=crossed))
    assert said in str(caught.value)


def test_two_dimensions_may_share_an_sdg_dimension_with_other_codes() -> None:
    bands = replace(SEX, id="bands", sdmx="AGE", groups=groups("Y0T4"))
    wide = replace(SEX, id="wide", sdmx="AGE", groups=groups("Y0T14"))
    assert [row["AGE"] for row in rows(with_dimensions(bands, wide), DATA[0])] == ["_T", "Y0T4", "Y0T14"]


def test_a_place_that_is_no_country_gets_a_code_of_ours() -> None:
    release = small_release()
    made = replace(release, survey=replace(release.survey, area="IN-XX"))
    assert {row["REF_AREA"] for row in rows(made, DATA[1])} == {"IN-XX"}
    components = {part.id: part for part in read(made, DATA[1]).structure.components}
    assert components["REF_AREA"].local_codes.agency == "EVERYCOUNT"


def test_units_are_said_in_the_measures_own_words() -> None:
    found = {row["SERIES"]: row["UNIT_MEASURE"] for row in rows(small_release(), DATA[0])}
    assert found == {"safe_water": "PROPORTION", "minutes_to_water": "minutes"}


@pytest.mark.parametrize("code", ['<&">', "a,b", "line\nbreak", "\x0b", "=1+1", "প্রাথমিক", "'"])
def test_no_code_or_label_breaks_a_file(code: str) -> None:
    odd = replace(TENURE, groups=((code, Text.of(f"label {code}", "en")),))
    release = with_dimensions(odd)
    noted = tuple(replace(cell, note=code) for cell in release.cells.cells)
    release = replace(release, cells=remade(release.cells, cells=noted))
    for name in DATA:
        found = rows(release, name)
        assert len({row["CUST_BREAKDOWN"] for row in found}) == 2
    assert [row["COMMENT_OBS"] for row in rows(release, DATA[0])] == [code, code]


@pytest.mark.parametrize("name", FILES)
def test_the_files_are_those_that_were_reviewed(root: Path, name: str) -> None:
    """Golden files: set EVERYCOUNT_ACCEPT=1 to write what is made now, and read the diff.

    Without the release's digest, which changes with every field that a release is given.
    """
    path = root / "tests" / "golden" / "sdmx" / name
    release = small_release()
    made = sdmx.files(release)[name].decode().replace(release.digest, NOBODY)
    made = made.replace(release.digest.removeprefix("sha256:")[:16], "0" * 16)  # the id of a message
    if os.environ.get("EVERYCOUNT_ACCEPT") == "1":
        path.write_text(made, encoding="utf-8", newline="")
    assert made == path.read_bytes().decode()


@pytest.mark.shared
def test_dimensions_and_code_lists_are_those_of_the_official_structure(shared: Path) -> None:
    official = etree.parse(shared / "data" / "sdmx" / "IAEG-SDGs_SDG_DSD_2021-04-20.xml").getroot()
    ours = etree.fromstring(sdmx.files(with_every_sdg_dimension())["structure.xml"])
    theirs, made = (_enumerations(tree) for tree in (official, ours))
    assert list(made) == list(theirs)
    own = {"REPORTING_TYPE", "SERIES", "CUST_BREAKDOWN"}
    assert {name: made[name] for name in made if name not in own} == {
        name: theirs[name] for name in theirs if name not in own
    }
    codes = {
        made.get("id"): {code.get("id") for code in made.iter("{*}Code")}
        for made in official.iter("{*}Codelist")
    }
    for made_list in ours.iter("{*}Codelist"):
        if made_list.get("isPartial"):
            assert {code.get("id") for code in made_list.iter("{*}Code")} <= codes[made_list.get("id")]


def _enumerations(tree: Any) -> dict[str, tuple[str, ...]]:
    """(agency, code list, version) of each dimension in its order; () for the time."""
    found = {}
    for part in tree.find(".//{*}DimensionList"):
        listed = part.find(".//{*}Enumeration/Ref")
        found[part.get("id")] = (
            () if listed is None else tuple(listed.get(k) for k in ("agencyID", "id", "version"))
        )
    return found


def with_every_sdg_dimension() -> Release:
    names = [part.id for part in catalogue.dimensions() if part.codelist]
    taken = [name for name in names if name not in ("FREQ", "REPORTING_TYPE", "SERIES", "CUST_BREAKDOWN")]
    first = {name: [code for code in catalogue.codes(name).items if code != "_T"][1] for name in taken}
    return with_dimensions(
        *(replace(SEX, id=name.lower(), sdmx=name, groups=groups(code)) for name, code in first.items())
    )


def test_each_sdg_dimension_can_be_used() -> None:
    found = rows(with_every_sdg_dimension(), DATA[1])
    assert len(found) == 1 + 11
    assert len({tuple(row.values()) for row in found}) == len(found)
