"""Records as files: who goes along, what stays, and that every format says the same."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyreadstat
import pytest
from pyarrow import parquet

from everycount.faults import InputError
from everycount.formats.cells_csv import unguarded
from everycount.microdata.chosen import Held
from everycount.sample import MAIN, RECORD, rows
from everycount.survey import read_folder
from everycount.survey.export import Wanted, export_folder
from everycount.survey.river import open_records

if TYPE_CHECKING:
    from collections.abc import Callable

HOTSPOTS = Path(__file__).resolve().parents[3] / "src" / "everycount" / "example" / "hotspots"
OWN = Wanted("a test")

FORM = """type,name,label,everycount::consent,everycount::identifier
select_one yn,counted,May we count you?,statistics,
select_one yn,shared,May others have your answers?,sharing,
text,full_name,Your name,,yes
text,story,Tell us,,
select_one sex,sex,Sex,,
select_multiple docs,docs,Papers,,
integer,age,Age,,
geopoint,home,Where,,
"""
CHOICES = """list_name,name,label
yn,yes,Yes
yn,no,No
sex,f,Woman
sex,m,Man
docs,birth,Birth certificate
docs,id,Identity card
"""
RECORDS = """counted,shared,full_name,story,sex,docs,age,home
yes,yes,Invented A,says =A,f,birth id,30,1 2 0 0
yes,yes,Invented B,x,f,,30,1 2 0 0
yes,no,Invented C,x,m,id,41,1 2 0 0
no,no,Invented D,x,m,id,99,1 2 0 0
yes,yes,Invented E,x,f,birth,30,1 2 0 0
yes,yes,Invented F,x,other,id,,1 2 0 0
"""
SURVEY = """
[survey]
id = "invented"
title = "Invented"
period = "2026"
area = "IND"
questionnaire = {survey = "survey.csv", choices = "choices.csv"}
records = "records.csv"
[design]
kind = "convenience"
[consent]
statistics = {question = "counted", in = ["yes"]}
SHARING
[[dimension]]
id = "sex"
question = "sex"
[[measure]]
id = "papers"
kind = "proportion"
question = "docs"
in = ["id"]
[[table]]
measures = "*"
by = [["sex"]]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    def make(sharing: str = 'sharing = {question = "shared", in = ["yes"]}', records: str = RECORDS) -> Path:
        path = tmp_path / "folder"
        path.mkdir()
        (path / "survey.csv").write_text(FORM)
        (path / "choices.csv").write_text(CHOICES)
        (path / "records.csv").write_text(records)
        (path / "survey.toml").write_text(SURVEY.replace("SHARING", sharing))
        return path

    return make


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return [{unguarded(k): unguarded(v) for k, v in row.items()} for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("records") / "out"
    export_folder(HOTSPOTS, out, OWN)
    return out


def test_all_formats_hold_the_same_answers(exported: Path) -> None:
    for table in ("main", "members"):
        plain = read_csv(exported / f"{table}.csv")
        arrow = parquet.read_table(exported / f"{table}.parquet").to_pylist()
        assert [{k: "" if v is None else str(v) for k, v in row.items()} for row in arrow] == plain
        for suffix in ("sav", "dta"):
            assert _labelled(exported / f"{table}.{suffix}", exported, table) == plain


def _labelled(path: Path, out: Path, table: str) -> list[dict[str, str]]:
    """The answers of an SPSS or Stata file, its numbers turned back into codes with the codebook alone."""
    read = pyreadstat.read_sav if path.suffix == ".sav" else pyreadstat.read_dta
    columns, meta = read(str(path), output_format="dict")
    book = [row for row in read_csv(out / "codebook.csv") if row["table"] == table]
    there = "spss_name" if path.suffix == ".sav" else "stata_name"
    names = {row[there]: row["variable"] for row in book}
    codes: dict[str, dict[float, str]] = {}
    for row in book:
        if row["number"]:
            codes.setdefault(row["variable"], {})[float(row["number"])] = row["code"]
    made = {}
    for name, values in columns.items():
        variable = names[name]
        made[variable] = [_code(value, codes.get(variable)) for value in values]
    assert meta.column_labels
    return [dict(zip(made, row, strict=True)) for row in zip(*made.values(), strict=True)]


def _code(value: Any, codes: dict[float, str] | None) -> str:
    if value is None or value == "" or value != value:  # noqa: PLR0124 - NaN is what is not itself
        return ""
    if codes is not None:
        return codes[value]
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value)


def test_the_answers_are_those_of_the_records_that_may_be_counted(exported: Path) -> None:
    sample = open_records(read_folder(HOTSPOTS)).sample
    main = sample.tables[MAIN]
    expected = sorted(rows(main.select(main.community, main.sex, main.age.cast("string"))), key=str)
    found = sorted(
        ((row["community"], row["sex"], row["age"] or None) for row in read_csv(exported / "main.csv")),
        key=str,
    )
    assert [tuple(each) for each in expected] == found
    assert {row["consent_statistics"] for row in read_csv(exported / "main.csv")} == {"yes"}


def test_rosters_find_their_record(exported: Path) -> None:
    people = {row["person"] for row in read_csv(exported / "main.csv")}
    members = read_csv(exported / "members.csv")
    assert {row["person"] for row in members} <= people
    first = [row for row in members if row["number"] == "1"]
    assert len(first) == len({row["person"] for row in members})


def test_names_places_and_free_text_stay(folder: Callable[..., Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    export_folder(folder(), out, Wanted("a test", formats=("csv",)))
    (row, *_) = read_csv(out / "main.csv")
    assert not {"full_name", "story", "home"} & set(row)
    assert "Invented A" not in "".join(path.read_text() for path in out.iterdir())
    readme = (out / "README.txt").read_text()
    for name in ("full_name", "story", "home"):
        assert f"main, {name}:" in readme
    assert (out.stat().st_mode & 0o077) == 0


def test_what_is_asked_for_goes_along(folder: Callable[..., Path], tmp_path: Path) -> None:
    wanted = Wanted("a test", formats=("csv",), also=(Held.TEXT,), without=("age",))
    export_folder(folder(), tmp_path / "out", wanted)
    found = read_csv(tmp_path / "out" / "main.csv")
    assert {row["story"] for row in found} == {"says =A", "x"}
    assert "age" not in found[0]
    assert "full_name" not in found[0]


@pytest.mark.parametrize("also", [(), (Held.DAY,)])
def test_of_a_date_the_month_goes_along(
    folder: Callable[..., Path], tmp_path: Path, also: tuple[Held, ...]
) -> None:
    path = folder()
    (path / "survey.csv").write_text(f"{FORM}date,born,Born,,\n")
    days = ("1988-02-14", "1990-11-03", "1961-07-30", "1970-01-01", "14/02/1999", "")
    lines = RECORDS.splitlines()
    dated = [f"{lines[0]},born", *(f"{line},{day}" for line, day in zip(lines[1:], days, strict=True))]
    (path / "records.csv").write_text("\n".join((*dated, "")))
    export_folder(path, tmp_path / "out", Wanted("a test", formats=("csv",), also=also))
    found = {row["born"] for row in read_csv(tmp_path / "out" / "main.csv")}
    said = (tmp_path / "out" / "README.txt").read_text()
    if also:
        assert found == {"1988-02-14", "1990-11-03", "1961-07-30", "14/02/1999", ""}
    else:
        assert found == {"1988-02", "1990-11", "1961-07", ""}
        assert "main, born: the day and the time; the month is there." in said
        assert "born: 1 answers are no numbers or dates" in said


def test_several_answers_become_a_column_each(folder: Callable[..., Path], tmp_path: Path) -> None:
    export_folder(folder(), tmp_path / "out", Wanted("a test", formats=("csv",)))
    found = [(row["docs_birth"], row["docs_id"]) for row in read_csv(tmp_path / "out" / "main.csv")]
    assert sorted(found) == [("", ""), ("0", "1"), ("0", "1"), ("1", "0"), ("1", "1")]


def test_a_code_that_the_form_does_not_know_is_kept(folder: Callable[..., Path], tmp_path: Path) -> None:
    export_folder(folder(), tmp_path / "out", OWN)
    columns, meta = pyreadstat.read_sav(str(tmp_path / "out" / "main.sav"), output_format="dict")
    assert meta.variable_value_labels["sex"][3.0] == "other (not in the questionnaire)"
    assert list(columns["sex"]).count(3.0) == 1


def test_sharing_needs_consent_to_sharing(folder: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"given to others.*question = \"shared\""):
        export_folder(folder(""), tmp_path / "out", Wanted("a test", given=True))
    assert not (tmp_path / "out").exists()


def test_only_those_who_agreed_are_shared(folder: Callable[..., Path], tmp_path: Path) -> None:
    wanted = Wanted("a test", given=True, formats=("csv",), accepted="the invented council, in a test")
    export_folder(folder(), tmp_path / "out", wanted)
    assert {row["shared"] for row in read_csv(tmp_path / "out" / "main.csv")} == {"yes"}
    assert "the invented council" in (tmp_path / "out" / "README.txt").read_text()


def test_rare_records_are_not_shared(folder: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"Of 4 records 1 are the only one.*sex"):
        export_folder(folder(), tmp_path / "out", Wanted("a test", given=True))
    assert not (tmp_path / "out").exists()
    export_folder(folder_again(tmp_path), tmp_path / "out", Wanted("a test", given=True, without=("sex",)))


def folder_again(tmp_path: Path) -> Path:
    return tmp_path / "folder"


def test_a_key_gives_the_same_pseudonyms_again_and_no_key_others(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("an invented key of enough length")
    made = []
    for number, chosen in enumerate((key, key, None, None)):
        out = tmp_path / str(number)
        export_folder(HOTSPOTS, out, Wanted("a test", formats=("csv",), key=chosen))
        made.append([row["person"] for row in read_csv(out / "main.csv")])
    assert made[0] == made[1]
    assert not set(made[1]) & set(made[2])
    assert not set(made[2]) & set(made[3])


@pytest.mark.parametrize("content", ["", "short"])
def test_a_poor_key_is_refused(tmp_path: Path, content: str) -> None:
    key = tmp_path / "key"
    key.write_text(content)
    with pytest.raises(InputError, match="16 are needed"):
        export_folder(HOTSPOTS, tmp_path / "out", Wanted("a test", key=key))


def test_nothing_is_mixed_with_other_files(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="something already"):
        export_folder(HOTSPOTS, tmp_path, OWN)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_column_that_is_not_there_cannot_be_left_out(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r'"comunity" is not known\. Did you mean "community"'):
        export_folder(HOTSPOTS, tmp_path / "out", Wanted("a test", without=("comunity",)))


def test_parquet_carries_the_words_in_every_language(exported: Path) -> None:
    field = parquet.read_schema(exported / "main.parquet").field("sex")
    words = json.loads(field.metadata[b"label"])
    assert set(words) >= {"en", "hi"}
    assert json.loads(field.metadata[b"codes"])["female"]["en"]


def test_weights_go_along_as_they_count(tmp_path: Path) -> None:
    dhaka = HOTSPOTS.parent / "dhaka"
    export_folder(dhaka, tmp_path / "out", Wanted("a test", formats=("csv",)))
    found = read_csv(tmp_path / "out" / "main.csv")
    sample = open_records(read_folder(dhaka)).sample
    counted = rows(sample.tables[MAIN].aggregate(n=sample.tables[MAIN][RECORD].count()))[0][0]
    assert len(found) == counted
    if sample.design.weights:
        assert all(float(row["final_weight"]) > 0 for row in found)
