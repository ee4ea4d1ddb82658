from __future__ import annotations

import gzip
import hashlib
import json
import tomllib
from typing import TYPE_CHECKING

import pytest

from everycount.faults import InputError
from everycount.progress import Rule, availability, read_vintage, shipped_vintage, write_vintage
from everycount.progress.loading import Told, load
from everycount.progress.places import DATA

if TYPE_CHECKING:
    from pathlib import Path

BULK = (
    "Goal,Target,Indicator,SeriesCode,SeriesDescription,GeoAreaCode,GeoAreaName,TimePeriod,Value,Time_Detail,"
    "FootNote,[Nature],[Sex],[Reporting Type],[Units]"
)
ROWS = (
    "1,1.5,1.5.1,VC_DSR_MTMP,deaths,404,Kenya,2016,1.5,2016,,C,BOTHSEX,G,PER_100000_POP",
    "13,13.1,13.1.1,VC_DSR_MTMP,deaths,404,Kenya,2016,1.5,2016,,C,BOTHSEX,G,PER_100000_POP",
    "1,1.5,1.5.1,VC_DSR_MTMP,deaths,8,Albania,2017,NaN,2017,,C,BOTHSEX,G,PER_100000_POP",
    "1,1.5,1.5.1,VC_DSR_MTMP,deaths,4,Afghanistan,2018,<0.1,2018,,E,FEMALE,G,PER_100000_POP",
)
PLAIN = "series,area,year,value\n"


def bulk(tmp_path: Path, *rows: str, heading: str = BULK, encoding: str = "utf-8") -> Path:
    file = tmp_path / "bulk.csv"
    file.write_bytes("\n".join((heading, *(rows or ROWS), "")).encode(encoding))
    return file


def test_bulk_csv_as_the_statistics_division_writes_it(tmp_path: Path) -> None:
    found = load(bulk(tmp_path))
    assert found.rows(
        "SELECT series, area, year, value, text, nature, sex FROM observations ORDER BY area"
    ) == [
        ("VC_DSR_MTMP", "004", 2018, None, "<0.1", "E", "FEMALE"),
        ("VC_DSR_MTMP", "008", 2017, None, "NaN", "C", "BOTHSEX"),
        ("VC_DSR_MTMP", "404", 2016, 1.5, None, "C", "BOTHSEX"),
    ]
    assert found.rows("SELECT indicator FROM measures ORDER BY 1") == [("1.5.1",), ("13.1.1",)]
    counts = found.about.counts
    assert (counts["rows"], counts["doubles"], counts["placeholders"], counts["bounds"]) == (3, 1, 1, 1)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1", "utf-16"])
def test_windows_letters_and_byte_order_marks(tmp_path: Path, encoding: str) -> None:
    row = "1,1.5,1.5.1,VC_DSR_MTMP,décès,384,Côte d'Ivoire,2016,2,2016,,C,,G,"
    found = load(bulk(tmp_path, row, encoding=encoding))
    assert found.rows("SELECT area, value FROM observations") == [("384", 2.0)]


def test_semicolons_and_gzip(tmp_path: Path) -> None:
    file = tmp_path / "packed.csv.gz"
    file.write_bytes(
        gzip.compress(
            b"SERIES;REF_AREA;TIME_PERIOD;OBS_VALUE;SEX;CUST_BREAKDOWN\nSI_POV_DAY1;KEN;2015-06;3;F;_L_X\n"
        )
    )
    found = load(file)
    assert found.rows("SELECT area, year, sex, other FROM observations") == [
        ("404", 2015, "F", "CUST_BREAKDOWN=_L_X")
    ]
    assert found.rows("SELECT indicator FROM measures") == [("1.1.1",)]


def test_a_workbook(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for row in (BULK, *ROWS):
        book.active.append([int(cell) if cell.isdigit() else cell for cell in row.split(",")])
    book.save(tmp_path / "Goal1.xlsx")
    found = load(tmp_path / "Goal1.xlsx")
    assert found.about.counts["rows"] == 3
    assert found.rows("SELECT area FROM observations WHERE value IS NOT NULL") == [("404",)]


def test_a_long_table_with_words_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text("Serie,Pays,An,Valeur\nSI_POV_DAY1,KEN,2016,36.8\n", encoding="utf-8")
    columns = {"series": "Serie", "area": "Pays", "year": "An", "value": "Valeur"}
    assert load(file, columns).rows("SELECT area, value FROM observations") == [("404", 36.8)]


def test_a_category_called_none_is_no_placeholder_of_a_dimension(tmp_path: Path) -> None:
    file = tmp_path / "none.csv"
    file.write_text("series,area,year,value,education\nSI_POV_DAY1,404,2016,36.8,None\n", encoding="utf-8")
    assert load(file).rows("SELECT education, value FROM observations") == [("NONE", 36.8)]


def test_a_vintage_comes_back_as_it_was_written(tmp_path: Path) -> None:
    made = load(bulk(tmp_path), told=Told("Drawn", "invented", "2026-01-01", "CC0"))
    write_vintage(made, tmp_path / "kept")
    again = read_vintage(tmp_path / "kept")
    every = "SELECT * FROM observations ORDER BY ALL"
    assert again.rows(every) == made.rows(every)
    assert again.about == made.about
    assert again.about.sha256 == hashlib.sha256((tmp_path / "bulk.csv").read_bytes()).hexdigest()
    assert load(tmp_path / "kept").about == made.about


def test_a_broken_file_leaves_the_old_vintage(tmp_path: Path) -> None:
    kept = write_vintage(load(bulk(tmp_path)), tmp_path / "kept")
    before = {path.name: path.read_bytes() for path in kept.iterdir()}
    with pytest.raises(InputError):
        write_vintage(load(bulk(tmp_path, ROWS[0].replace("1.5,2016", "viel,2016"))), kept)
    assert {path.name: path.read_bytes() for path in kept.iterdir()} == before
    write_vintage(load(bulk(tmp_path, ROWS[0])), kept)
    assert read_vintage(kept).about.counts["rows"] == 1
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".kept")] == []


def test_a_folder_of_others_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(InputError, match="holds no vintage"):
        write_vintage(load(bulk(tmp_path)), tmp_path / "mine")


@pytest.mark.parametrize("name", ["vintage.json", "observations.parquet", "series.csv"])
@pytest.mark.parametrize("harm", ["cut", "gone", "other"])
def test_damaged_vintages(tmp_path: Path, name: str, harm: str) -> None:
    kept = write_vintage(load(bulk(tmp_path)), tmp_path / "kept")
    file = kept / name
    whole = file.read_bytes()
    if harm == "gone":
        file.unlink()
    elif harm == "cut" and name != "series.csv":  # half a list of pairs is a list of pairs
        file.write_bytes(whole[: len(whole) // 2])
    else:
        file.write_bytes(b"\x00\xff no such thing \x00")
    with pytest.raises(InputError) as caught:
        read_vintage(kept)
    assert "everycount vintage" in caught.value.faults[0].remedy


def test_a_vintage_of_another_number_of_rows(tmp_path: Path) -> None:
    kept = write_vintage(load(bulk(tmp_path)), tmp_path / "kept")
    about = json.loads((kept / "vintage.json").read_text(encoding="utf-8"))
    about["counts"]["rows"] = 77
    (kept / "vintage.json").write_text(json.dumps(about), encoding="utf-8")
    with pytest.raises(InputError, match="3 rows; 77"):
        read_vintage(kept)


BROKEN = {
    "nothing in it": ("", "empty"),
    "headings alone": (PLAIN, "no rows"),
    "a web page": ("<!DOCTYPE html><html>moved</html>", "web page"),
    "XML": ("<?xml version='1.0'?><a/>", "XML"),
    "no series": ("area,year,value\n404,2016,1\n", "No column is the series"),
    "no area": ("series,year,value\nSI_POV_DAY1,2016,1\n", "No column is the area"),
    "no year": ("series,area,value\nSI_POV_DAY1,404,1\n", "No column is the year"),
    "no value": ("series,area,year\nSI_POV_DAY1,404,2016\n", "No column is the value"),
    "two years": (
        "series,area,year,TimePeriod,value\nSI_POV_DAY1,404,2016,2016,1\n",
        "both seem to be the year",
    ),
    "a word for a year": (PLAIN + "SI_POV_DAY1,404,soon,1\n", '"soon" is no year'),
    "a year of two digits": (PLAIN + "SI_POV_DAY1,404,16,1\n", '"16" is no year'),
    "a year far off": (PLAIN + "SI_POV_DAY1,404,2916,1\n", '"2916" is no year'),
    "no year in a row": (PLAIN + "SI_POV_DAY1,404,,1\n", '"" is no year'),
    "a name for an area": (PLAIN + "SI_POV_DAY1,Kenya,2016,1\n", '"Kenya" is no area'),
    "an unknown alpha-3": (PLAIN + "SI_POV_DAY1,QQQ,2016,1\n", '"QQQ" is no area'),
    "an unknown number": (PLAIN + "SI_POV_DAY1,987,2016,1\n", '"987" is no code of M49'),
    "no area in a row": (PLAIN + "SI_POV_DAY1,,2016,1\n", '"" is no area'),
    "an unknown series": (PLAIN + "SI_POV_DAY9,404,2016,1\n", '"SI_POV_DAY9" belongs to no known indicator'),
    "no series in a row": (PLAIN + ",404,2016,1\n", '"" is no series'),
    "a word for a value": (PLAIN + "SI_POV_DAY1,404,2016,much\n", '"much" is neither a number'),
    "a decimal comma": (PLAIN + 'SI_POV_DAY1,404,2016,"1,5"\n', "decimal point"),
    "thousands": (PLAIN + 'SI_POV_DAY1,404,2016,"1,500.0"\n', "neither a number"),
    "a percent sign": (PLAIN + "SI_POV_DAY1,404,2016,15%\n", "neither a number"),
    "no number at all": (PLAIN + "SI_POV_DAY1,404,2016,NA\n", "No row has a number"),
    "an unknown nature": (
        "series,area,year,value,nature\nSI_POV_DAY1,404,2016,1,Q\n",
        'nature of an observation "Q"',
    ),
    "an unknown target": ("series,area,year,value,indicator\nA,404,2016,1,1.9.1\n", "no such target"),
    "a title for an indicator": (
        "series,area,year,value,indicator\nA,404,2016,1,Poverty\n",
        "no such target",
    ),
    "a goal for an indicator": ("series,area,year,value,indicator\nA,404,2016,1,1\n", "no such target"),
    "a row too long": (PLAIN + "SI_POV_DAY1,404,2016,1,2\n", "5 columns"),
    "a row too short": (PLAIN + "SI_POV_DAY1,404\n", "2 columns"),
    "an open quotation": (PLAIN + 'SI_POV_DAY1,"404,2016,1\n', ""),
    "a zero byte": (PLAIN + "SI_POV_DAY1,404\x00,2016,1\n", "zero byte"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_broken_files(tmp_path: Path, kind: str) -> None:
    content, said = BROKEN[kind]
    (tmp_path / "broken.csv").write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load(tmp_path / "broken.csv")
    assert said in str(caught.value)
    assert all("broken.csv" in fault.place and fault.remedy for fault in caught.value.faults)


def test_other_broken_things(tmp_path: Path) -> None:
    for name, content in (
        ("cut.parquet", b"PAR1 and no more"),
        ("cut.csv.gz", gzip.compress(PLAIN.encode() * 50)[:30]),
        ("cut.xlsx", b"PK\x03\x04 and no more"),
        ("files.zip", b"PK\x03\x04 and no more"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match=name):
            load(tmp_path / name)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="neither a vintage nor"):
        load(tmp_path / "empty")
    with pytest.raises(InputError, match='column "Valor" is not known'):
        load(bulk(tmp_path), {"value": "Valor"})
    with pytest.raises(InputError, match='role of a column "valu" is not known'):
        load(bulk(tmp_path), {"valu": "Value"})


def test_all_faults_at_once(tmp_path: Path) -> None:
    (tmp_path / "many.csv").write_text(PLAIN + "SI_POV_DAY9,Kenya,soon,much\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load(tmp_path / "many.csv")
    assert len(caught.value.faults) == 4


def test_new_series_are_kept_and_told(tmp_path: Path) -> None:
    row = "1,1.5,1.5.1,ZZ_NEW,deaths,404,Kenya,2016,1.5,2016,,C,BOTHSEX,G,PERCENT"
    found = load(bulk(tmp_path, row))
    assert found.about.counts["rows"] == 1
    assert "ZZ_NEW" in found.about.notes[0]


def test_vintages_stand_side_by_side(tmp_path: Path) -> None:
    old, new = load(bulk(tmp_path, ROWS[0])), load(bulk(tmp_path, ROWS[0], ROWS[3].replace("<0.1", "0.1")))
    rule = Rule(countries=("404", "004"))
    assert availability(old, rule).by_goal() == {"1": 0.5}
    assert availability(new, rule).by_goal() == {"1": 1.0}
    assert availability(old, rule).by_goal() == {"1": 0.5}


def test_shipped_data_are_what_their_sources_say() -> None:
    sources = tomllib.loads((DATA / "SOURCES.toml").read_text(encoding="utf-8"))["file"]
    for source in sources:
        assert hashlib.sha256((DATA / source["file"]).read_bytes()).hexdigest() == source["sha256"], source[
            "id"
        ]
    files = sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file())
    assert files < 4_000_000
    assert shipped_vintage().about.counts["rows"] == 1_128_726


@pytest.mark.shared
def test_the_shipped_vintage_holds_every_number_of_the_copy(shared: Path) -> None:
    source = str(shared / "data" / "sdg-database-2020-10" / "observations.parquet")
    counted = "count(*), count({v}), sum(year), bit_xor(hash(series, year, {v}))"
    found = shipped_vintage().rows(f"SELECT {counted.format(v='value')} FROM observations")  # noqa: S608 - our own names, all else is quoted
    number = "try_cast(value AS DOUBLE)"
    query = f"SELECT {counted.format(v=number)} FROM read_parquet($1)"  # noqa: S608 - our own words
    assert found == shipped_vintage().rows(query, [source])
