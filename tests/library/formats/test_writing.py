from __future__ import annotations

import stat
from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

from everycount.faults import InputError
from everycount.formats import FORMATS, write
from everycount.formats.messages import languages
from everycount.formats.writing import reports
from everycount.questionnaire import read_xlsform
from everycount.release import compare, read, verify
from library.release.samples import SEX, small_release

if TYPE_CHECKING:
    from pathlib import Path

EXPECTED = {
    "cells.csv",
    "cells.csv-metadata.json",
    "cells.sdmx.csv",
    "cells.sdmx.xml",
    "structure.xml",
    "report.html",
    "open-sdg/data/indicator_6-1-1.csv",
    "open-sdg/meta/6-1-1.yml",
    "provenance.jsonld",
    "ro-crate-metadata.json",
    "release.json",
    *("report.ar.html" for language in languages() if language == "ar"),
}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_every_file_is_written_and_verifies(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    written = write(small_release(), out)
    assert {path.relative_to(out).as_posix() for path in written} == EXPECTED == files_in(out)
    assert written[-1] == out / "release.json"
    assert verify(out) == []
    assert not compare(read(out), small_release())
    assert names(out.parent) == {"out"}


def test_the_same_release_gives_the_same_bytes_in_the_same_order(tmp_path: Path) -> None:
    one, other = (write(small_release(), tmp_path / name) for name in ("one", "other"))
    assert [path.name for path in one] == [path.name for path in other]
    for left, right in zip(one, other, strict=True):
        assert left.read_bytes() == right.read_bytes()


def test_a_folder_that_others_may_read(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    write(small_release(), tmp_path / "out")
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_a_revision_replaces_the_earlier_release_and_keeps_nothing_stale(tmp_path: Path) -> None:
    write(small_release(), tmp_path / "out")
    (tmp_path / "out" / ".DS_Store").write_bytes(b"")
    release = small_release()
    revised = replace(release, survey=replace(release.survey, languages=("en",), licence="CC-BY-4.0"))
    write(revised, tmp_path / "out")
    assert files_in(tmp_path / "out") == EXPECTED - {"report.ar.html"}
    assert read(tmp_path / "out") == revised
    assert names(tmp_path) == {"out"}


def test_a_link_to_a_folder_stays_a_link(tmp_path: Path) -> None:
    write(small_release(), tmp_path / "2024")
    (tmp_path / "latest").symlink_to(tmp_path / "2024")
    write(small_release(), tmp_path / "latest")
    assert (tmp_path / "latest").is_symlink()
    assert verify(tmp_path / "2024") == []
    assert names(tmp_path) == {"2024", "latest"}


def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert write(small_release(), tmp_path / "out")


def other_survey(out: Path) -> None:
    release = small_release()
    write(replace(release, survey=replace(release.survey, id="another-survey")), out)


def own_notes(out: Path) -> None:
    write(small_release(), out)
    (out / "notes.txt").write_text("mine")


def no_release(out: Path) -> None:
    out.mkdir()
    (out / "thesis.doc").write_text("mine")


def a_file(out: Path) -> None:
    out.write_text("mine")


def broken(out: Path) -> None:
    out.mkdir()
    (out / "release.json").write_text("{")


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        (other_survey, 'holds a release of the survey "another-survey", and this one is of "hill-town-2024"'),
        (own_notes, 'also holds what no release wrote: "notes.txt"'),
        (no_release, "is not empty and holds no earlier release"),
        (a_file, "This is a file"),
        (broken, "This is not JSON"),
    ],
)
def test_nothing_of_anybody_is_overwritten(tmp_path: Path, prepare: Any, said: str) -> None:
    out = tmp_path / "out"
    prepare(out)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(InputError) as caught:
        write(small_release(), out)
    assert said in str(caught.value)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_format_that_refuses_leaves_nothing_behind(tmp_path: Path) -> None:
    release = small_release()
    broken = replace(release, dimensions=(replace(SEX, sdmx="GENDER"), release.dimensions[1]))
    with pytest.raises(InputError, match="GENDER"):
        write(broken, tmp_path / "out")
    assert names(tmp_path) == set()


def test_a_crash_while_writing_keeps_the_earlier_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    write(small_release(), out)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    monkeypatch.setattr("pathlib.Path.rename", _fail_for_new_folders)
    with pytest.raises(InputError, match="disk full"):
        write(small_release(), out)
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    assert names(tmp_path) == {"out"}


def _fail_for_new_folders(path: Path, target: Path) -> None:
    if path.name.endswith(".new"):
        raise OSError(28, "disk full")
    path.replace(target)


def test_a_questionnaire_adds_a_codebook(tmp_path: Path) -> None:
    form = files("everycount").joinpath("example", "hotspots", "form.xlsx").read_bytes()
    write(small_release(), tmp_path / "out", questionnaire=read_xlsform(form))
    assert files_in(tmp_path / "out") == EXPECTED | {"codebook.html", "codebook.xml"}
    assert verify(tmp_path / "out") == []


def test_only_a_release_is_written(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="Only a Release"):
        write(small_release().cells, tmp_path / "out")  # type: ignore[arg-type]


def test_reports_come_in_the_languages_that_are_asked_for() -> None:
    spoken = {f"report.{language}.html" for language in languages()} | {"report.html"}
    assert set(reports(small_release(), ["xx"])) == {"report.html"}
    assert set(reports(small_release(), ["ar", "fr-CA", "en"])) == spoken & {
        "report.html",
        "report.ar.html",
        "report.fr.html",
    }


def test_the_list_of_formats_names_them_all() -> None:
    assert list(FORMATS) == ["csv", "csvw", "html", "open-sdg", "prov", "sdmx"]
    made = {name for files in FORMATS.values() for name in files(small_release())}
    assert made == EXPECTED - {"release.json", "ro-crate-metadata.json"}
