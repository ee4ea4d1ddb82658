"""Exports of SurveyCTO and CommCare: one set of invented households, read the same from every shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from everycount.cli import DONE, main
from everycount.questionnaire import read_xlsform
from everycount.sample import MAIN, ColumnKind, Design, DesignKind, Sample, Source, check, read, rows
from everycount.sample.dialects import recognise
from library.sample import exported

if TYPE_CHECKING:
    from pathlib import Path

PURPOSIVE = Design(DesignKind.PURPOSIVE, notes={"selection": "invented"})


def written(shape: str, folder: Path) -> dict[str, Source]:
    """The export in one of its shapes, as sources."""
    path = folder / "records.csv"
    match shape:
        case "SurveyCTO, wide":
            path.write_text(exported.text(exported.SURVEYCTO_WIDE), encoding="utf-8")
        case "SurveyCTO, wide workbook":
            path = folder / "records.xlsx"
            path.write_bytes(exported.workbook({"data": exported.SURVEYCTO_WIDE}))
        case "SurveyCTO, long archive":
            path = exported.packed(
                {
                    "form": exported.SURVEYCTO_MAIN,
                    "form-members": exported.SURVEYCTO_MEMBERS,
                    "form-jobs": exported.SURVEYCTO_JOBS,
                },
                folder / "records.zip",
            )
        case "SurveyCTO, long files":
            path.write_text(exported.text(exported.SURVEYCTO_MAIN), encoding="utf-8")
            members, jobs = folder / "members.csv", folder / "jobs.csv"
            members.write_text(exported.text(exported.SURVEYCTO_MEMBERS), encoding="utf-8")
            jobs.write_text(exported.text(exported.SURVEYCTO_JOBS), encoding="utf-8")
            return {
                MAIN: Source(path),
                "members": Source(members, parent_key="PARENT_KEY"),
                "jobs": Source(jobs, parent_key="PARENT_KEY", parent="members"),
            }
        case "CommCare workbook":
            path = folder / "records.xlsx"
            path.write_bytes(exported.workbook(exported.COMMCARE))
        case "CommCare workbook, split":
            path = folder / "records.xlsx"
            path.write_bytes(exported.workbook(exported.COMMCARE_SPLIT))
        case "CommCare archive":
            path = exported.packed(dict(exported.COMMCARE), folder / "records.zip")
    return {MAIN: Source(path)}


SHAPES = (
    "SurveyCTO, wide",
    "SurveyCTO, wide workbook",
    "SurveyCTO, long archive",
    "SurveyCTO, long files",
    "CommCare workbook",
    "CommCare workbook, split",
    "CommCare archive",
)


def sample_of(shape: str, folder: Path, missing: tuple[str, ...] = ("",), *, form: bool = True) -> Sample:
    questionnaire = read_xlsform(exported.form()) if form else None
    return read(written(shape, folder), design=PURPOSIVE, missing=missing, questionnaire=questionnaire)


def table(sample: Sample, *columns: str, name: str = MAIN) -> list[tuple[Any, ...]]:
    return rows(sample.tables[name].order_by("_row").select(*columns))


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_records(shape: str, tmp_path: Path) -> None:
    sample = sample_of(shape, tmp_path)
    assert set(sample.tables) == {MAIN, "members", "jobs"}
    assert table(sample, "water", "owns", "visit") == [
        ("yes", "radio 1", "2026-03-03"),
        ("no", "-99", "2026-03-04"),
    ]
    assert table(sample, "_record", "age", "sex", "uses", name="members") == [
        (1, "30", "1", "radio"),
        (1, "4", "2", None),
        (2, "51", "2", "1"),
    ]
    assert table(sample, "_record", "hours", name="jobs") == [(1, "8"), (1, "4"), (2, "6")]
    assert sample.columns[MAIN]["owns"].kind is ColumnKind.CODES
    assert not [name for name in sample.columns[MAIN] if name.startswith(("owns_", "owns/"))]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_program_is_recognised(shape: str, tmp_path: Path) -> None:
    sample = sample_of(shape, tmp_path)
    assert sample.exports[MAIN] == shape.replace(",", " ").split()[0]


@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_is_found_but_what_was_not_asked(shape: str, tmp_path: Path) -> None:
    sample = sample_of(shape, tmp_path)
    found = {finding.problem.partition(";")[0] for finding in check(sample) if finding.row is None}
    dashes = 'CommCare writes "---" where a question was not asked'
    assert {each for each in found if "---" in each} == ({dashes} if "CommCare" in shape else set())
    assert [finding for finding in check(sample) if finding.row is not None] == []


@pytest.mark.parametrize("shape", ["SurveyCTO, wide", "SurveyCTO, long archive"])
def test_a_negative_code_is_an_answer_until_it_is_declared(shape: str, tmp_path: Path) -> None:
    assert table(sample_of(shape, tmp_path), "rent") == [("-99",), ("500",)]
    assert table(sample_of(shape, tmp_path, ("", "-99")), "rent") == [(None,), ("500",)]


def test_moments_are_written_as_iso_8601(tmp_path: Path) -> None:
    sample = sample_of("SurveyCTO, wide", tmp_path)
    assert table(sample, "SubmissionDate", "starttime") == [
        ("2026-03-03T10:15:00", "2026-03-03T09:58:07"),
        ("2026-03-04T13:05:30", "2026-03-04T12:45:00"),
    ]


def test_a_date_in_another_language_stays_and_is_found(tmp_path: Path) -> None:
    wide = [list(row) for row in exported.SURVEYCTO_WIDE]
    wide[1][8] = "3 mars 2026"
    path = tmp_path / "records.csv"
    path.write_text(exported.text(wide), encoding="utf-8")
    sample = read({MAIN: Source(path)}, design=PURPOSIVE, questionnaire=read_xlsform(exported.form()))
    assert table(sample, "visit") == [("3 mars 2026",), ("2026-03-04",)]
    assert [(each.row, each.value) for each in check(sample) if each.column == "visit"] == [
        (1, "3 mars 2026")
    ]


def test_without_a_form_wide_columns_stay_as_they_are(tmp_path: Path) -> None:
    sample = sample_of("SurveyCTO, wide", tmp_path, form=False)
    assert set(sample.tables) == {MAIN}
    assert {"age_1", "age_2", "owns_radio", "owns__99", "visit"} <= set(sample.columns[MAIN])
    assert sample.columns[MAIN]["deviceid"].identifier


def test_commcare_is_read_without_a_form(tmp_path: Path) -> None:
    sample = sample_of("CommCare workbook", tmp_path, form=False)
    assert {"water", "owns", "rent", "username", "received_on", "caseid"} <= set(sample.columns[MAIN])
    assert table(sample, "rent", "caseid") == [(None, "c1"), ("500", None)]
    assert sample.columns[MAIN]["username"].identifier
    assert table(sample, "_record", "age", name="members") == [(1, "30"), (1, "4"), (2, "51")]


def test_an_answer_beyond_the_options_is_not_lost(tmp_path: Path) -> None:
    forms = [list(row) for row in exported.COMMCARE_SPLIT["Forms"]]
    forms[1][6] = "camel"
    path = tmp_path / "records.xlsx"
    path.write_bytes(exported.workbook({**exported.COMMCARE_SPLIT, "Forms": forms}))
    sample = read({MAIN: Source(path)}, design=PURPOSIVE, questionnaire=read_xlsform(exported.form()))
    assert table(sample, "owns") == [("radio 1 camel",), ("-99",)]
    assert [(each.row, each.value) for each in check(sample) if each.column == "owns"] == [
        (1, "radio 1 camel")
    ]


@pytest.mark.parametrize(
    ("headings", "program"),
    [
        (("SubmissionDate", "water", "KEY", "SubmitterID", "ReviewState"), "ODK Central"),
        (("SubmissionDate", "water", "KEY"), "ODK Briefcase"),
        (("start", "water", "_id", "_uuid", "_submission_time", "_validation_status"), "KoboToolbox"),
        (("water", "_id", "_uuid", "_total_media", "_media_count"), "Ona"),
        (("id", "water", "KEY"), ""),
        (("formid", "water"), ""),
    ],
)
def test_programs_are_told_apart(headings: tuple[str, ...], program: str) -> None:
    assert recognise(headings) == program


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != "SurveyCTO, long files"])
def test_a_folder_is_proposed_and_checked(
    shape: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = written(shape, tmp_path)[MAIN].path
    (tmp_path / "form.xlsx").write_bytes(exported.form())
    folder = tmp_path / "survey"
    command = [
        "init",
        str(records),
        "--form",
        str(tmp_path / "form.xlsx"),
        "--area",
        "BGD",
        "--out",
        str(folder),
    ]
    assert main(command) == DONE
    capsys.readouterr()
    text = (folder / "survey.toml").read_text(encoding="utf-8")
    measure = '\n[[measure]]\nid = "tested"\nkind = "proportion"\nquestion = "water"\nin = ["yes"]\n'
    (folder / "survey.toml").write_text(text + measure, encoding="utf-8")
    assert main(["check", str(folder)]) == DONE
    assert f"{records.name}" in (said := capsys.readouterr().out)
    assert f"an export of {shape.replace(',', ' ').split()[0]}." in said


def test_rosters_in_files_of_their_own_are_linked_by_what_the_export_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sources = written("SurveyCTO, long files", tmp_path)
    (tmp_path / "form.xlsx").write_bytes(exported.form())
    folder = tmp_path / "survey"
    files = [str(sources[MAIN].path), "--roster", str(sources["members"].path)]
    command = ["init", *files, "--form", str(tmp_path / "form.xlsx"), "--area", "BGD", "--out", str(folder)]
    assert main(command) == DONE
    text = (folder / "survey.toml").read_text(encoding="utf-8")
    assert 'parent_key = "PARENT_KEY"' in text
    assert 'key = "KEY"' in text
    capsys.readouterr()
