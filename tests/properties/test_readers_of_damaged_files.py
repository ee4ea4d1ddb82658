"""Whatever happens to the bytes of a file: the answer is a sample or an InputError, nothing else."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broken import build
from everycount.faults import InputError
from everycount.questionnaire import read_xlsform
from everycount.sample import MAIN, Design, DesignKind, Source, check, read, rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CONVENIENCE = Design(DesignKind.CONVENIENCE)
PIECES = (
    b"", b'"', b"\n", b"\r", b",", b";", b"\0", b"\xff", b"<", b"&x;", b"{", b"[", b'"\\ud800"', b"-1",
    b"1e308", b"\xef\xbb\xbf", b"9" * 30, b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"<!DOCTYPE a []>",
)  # fmt: skip
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.sampled_from(PIECES) | st.binary(max_size=6)),
    min_size=1,
    max_size=6,
)


@cache
def sound(suffix: str) -> bytes:
    """A sound file of that kind."""
    made: dict[str, Callable[[], bytes]] = {
        ".csv": build.RECORDS.encode,
        ".txt": lambda: build.RECORDS.encode("utf-16"),
        ".csv.gz": lambda: gzip.compress(build.RECORDS.encode(), mtime=0),
        ".json": lambda: json.dumps(build.records_as_objects()).encode(),
        ".parquet": build.parquet,
        ".zip": lambda: build.zipped(
            {"main.csv": build.RECORDS, "main-members.csv": "PARENT_KEY,age\n1,30\n"}
        ),
        ".xlsx": lambda: build.saved(build.book({"data": build.cells()})),
        "form": lambda: build.saved(build.book(build.FORM)),
    }
    return made[suffix]()


@cache
def statistical(suffix: str, folder: Path) -> bytes:
    """A sound file of SPSS or Stata, which only a path can be given for."""
    import pyreadstat

    path = folder / f"sound{suffix}"
    if suffix == ".sav":
        pyreadstat.write_sav(build.frame(), str(path))
    else:
        pyreadstat.write_dta(build.frame(), str(path), version=15)
    return path.read_bytes()


def edited(content: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    """The bytes with pieces cut out and others put in their place."""
    made = bytearray(content)
    for where, length, piece in edits:
        at = int(where * len(made))
        made[at : at + length] = piece
    return bytes(made)


def edited_inside(packed: bytes, place: float, edits: list[tuple[float, int, bytes]]) -> bytes:
    """An archive of which one member is edited, so that what unpacks it is content."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        names = archive.namelist()
        chosen = names[int(place * (len(names) - 1))]
        return build.zipped(
            {
                name: edited(archive.read(name), edits) if name == chosen else archive.read(name)
                for name in names
            }
        )


def refused(take: Callable[[], object]) -> InputError:
    """What reading complains of; an error without faults where it does not."""
    try:
        take()
    except InputError as error:
        return error
    return InputError()


def looked_at(path: Path) -> None:
    """Reads a file as far as the program does, and asks that faults say what to do."""

    def take() -> None:
        sample = read({MAIN: Source(path)}, design=CONVENIENCE, missing=("", "NA"))
        for table in sample.tables.values():
            rows(table.count().as_table())
        check(sample)

    error = refused(take)
    assert all(fault.place and fault.problem and fault.remedy for fault in error.faults)
    assert str(path.parent) not in str(error)
    assert len(str(error).splitlines()) == len(error.faults)


def place_for(factory: pytest.TempPathFactory, name: str) -> Path:
    """A folder that all examples share: the file is written over and over."""
    folder = factory.getbasetemp() / "damaged"
    folder.mkdir(exist_ok=True)
    return folder / name


MODEST = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("suffix", [".csv", ".txt", ".csv.gz", ".json", ".parquet", ".zip", ".xlsx"])
@given(edits=EDITS)
@MODEST
def test_records(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, edits: list[tuple[float, int, bytes]]
) -> None:
    path = place_for(tmp_path_factory, f"main{suffix}")
    path.write_bytes(edited(sound(suffix), edits))
    looked_at(path)


@pytest.mark.parametrize("suffix", [".sav", ".dta"])
@given(edits=EDITS)
@MODEST
def test_records_of_statistics_packages(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, edits: list[tuple[float, int, bytes]]
) -> None:
    path = place_for(tmp_path_factory, f"main{suffix}")
    path.write_bytes(edited(statistical(suffix, path.parent), edits))
    looked_at(path)


@pytest.mark.parametrize("suffix", [".zip", ".xlsx"])
@given(place=st.floats(0, 1), edits=EDITS)
@MODEST
def test_records_inside_an_archive(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, place: float, edits: list[tuple[float, int, bytes]]
) -> None:
    path = place_for(tmp_path_factory, f"inside{suffix}")
    path.write_bytes(edited_inside(sound(suffix), place, edits))
    looked_at(path)


@given(place=st.floats(0, 1), edits=EDITS, inside=st.booleans())
@MODEST
def test_forms(place: float, edits: list[tuple[float, int, bytes]], *, inside: bool) -> None:
    content = sound("form")
    damaged = edited_inside(content, place, edits) if inside else edited(content, edits)
    error = refused(lambda: read_xlsform(damaged, "form.xlsx"))
    assert all(fault.place and fault.problem and fault.remedy for fault in error.faults)
