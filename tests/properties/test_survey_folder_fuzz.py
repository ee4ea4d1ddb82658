"""Reading a survey file is total: the answer is a folder or an InputError with places."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from everycount.faults import InputError
from everycount.survey.folder import read_folder

if TYPE_CHECKING:
    import pytest

    from everycount.faults import Fault

EXAMPLE = Path(__file__).resolve().parents[2] / "src" / "everycount" / "example" / "dhaka"
LINES = (EXAMPLE / "survey.toml").read_text(encoding="utf-8").splitlines()
WORDS = [
    "1",
    "true",
    '""',
    '"x"',
    "[]",
    "{}",
    "[1, [2]]",
    "{a = {b = 1}}",
    "2017-03-01",
    "-1.5",
    '["slum"]',
    "nan",
]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """The survey file with a few lines deleted, doubled, swapped or given another value."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["delete", "double", "swap", "value", "key"])):
            case "delete":
                del lines[place]
            case "double":
                lines.insert(place, lines[place])
            case "swap":
                other = draw(st.integers(0, len(lines) - 1))
                lines[place], lines[other] = lines[other], lines[place]
            case "value" if " = " in lines[place]:
                lines[place] = lines[place].split(" = ")[0] + " = " + draw(st.sampled_from(WORDS))
            case "key" if " = " in lines[place]:
                lines[place] = (
                    draw(st.sampled_from(["id", "kind", "x", "in", "cases"]))
                    + " = "
                    + draw(st.sampled_from(WORDS))
                )
    return "\n".join(lines)


@given(mutated())
@example("")
@example("survey = 1")
@example("[survey]\n[[measure]]\n[[dimension]]\n[[table]]\n[[variable]]\n[design]\n[policy]")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_reading_is_total(tmp_path_factory: pytest.TempPathFactory, source: str) -> None:
    folder = tmp_path_factory.getbasetemp() / "mutated"
    if not folder.exists():
        shutil.copytree(EXAMPLE, folder)
    (folder / "survey.toml").write_text(source, encoding="utf-8")
    faults: tuple[Fault, ...] = ()
    try:
        read_folder(folder)
    except InputError as error:
        faults = error.faults
    assert all(fault.place and fault.problem and fault.remedy for fault in faults)
