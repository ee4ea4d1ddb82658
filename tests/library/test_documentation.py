"""The documentation is under test: links lead somewhere, commands exist, every key is told."""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

from everycount.cli import main, parser
from everycount.survey.document import Reader
from everycount.survey.folder import read_folder

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
COMMAND = re.compile(r"^ *\$ everycount ([^#\n]*)", re.MULTILINE)
REASONS = ("0002-dependencies.md", "0010-the-site-and-its-vault.md")
STUBS = {"django-stubs", "lxml-stubs", "scipy-stubs", "types-openpyxl"}  # named together
OWN = ("README.md", "ARCHITECTURE.md", "GLOSSARY.md", "CONTRIBUTING.md", "CHANGELOG.md")


def pages(root: Path) -> list[Path]:
    return [*(root / name for name in OWN), *sorted((root / "docs").rglob("*.md"))]


def test_every_link_leads_to_a_file(root: Path) -> None:
    lost = [
        f"{page.relative_to(root)}: {target}"
        for page in pages(root)
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target.split("#")[0]).exists()
    ]
    assert not lost


def test_every_command_shown_can_be_typed(root: Path) -> None:
    shown = [words for page in pages(root) for words in COMMAND.findall(page.read_text(encoding="utf-8"))]
    assert len(shown) >= 5
    for words in shown:
        parser().parse_args(shlex.split(words))


def test_every_command_is_documented(root: Path) -> None:
    reference = (root / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    (commands,) = [one for one in parser()._actions if isinstance(one, argparse._SubParsersAction)]
    assert "release" in commands.choices
    for name in commands.choices:
        assert f"## everycount {name}\n" in reference


def test_every_dependency_has_its_reason(root: Path) -> None:
    known = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    extras, groups = known["project"]["optional-dependencies"], known["dependency-groups"]
    asked = [*known["project"]["dependencies"], *known["build-system"]["requires"]]
    asked += [one for part in (extras, groups) for several in part.values() for one in several]
    names = {re.split(r"[^A-Za-z0-9-]", one)[0] for one in asked}
    told = "".join((root / "docs" / "adr" / page).read_text(encoding="utf-8").lower() for page in REASONS)
    assert len(names) > 30
    assert not sorted(name for name in names if name.lower() not in told and name not in STUBS)


def test_every_key_of_a_survey_file_is_documented(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reads both examples and notes every key that the readers ask for."""
    asked: set[str] = set()
    close = Reader.close

    def noting(reader: Reader) -> None:
        asked.update(reader.known)
        close(reader)

    monkeypatch.setattr(Reader, "close", noting)
    for name in ("dhaka", "hotspots"):
        read_folder(root / "src" / "everycount" / "example" / name)
    page = (root / "docs" / "reference" / "survey-folder.md").read_text(encoding="utf-8")
    unsaid = sorted(key for key in asked if key.isidentifier() and not re.search(rf"\b{key}\b", page))
    assert len(asked) > 50
    assert not unsaid


def test_the_tutorial_works_as_written(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tutorial = (root / "docs" / "tutorial" / "first-release.md").read_text(encoding="utf-8")
    (tmp_path / "src").symlink_to(root / "src")
    monkeypatch.chdir(tmp_path)
    for words in COMMAND.findall(tutorial):
        code = main(shlex.split(words))
        assert code in {0, 1}, f"everycount {words}\n{capsys.readouterr().err}"
        assert code == 0 or words.startswith("compare")


def test_architecture_names_every_room(root: Path) -> None:
    page = (root / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rooms = [
        path.name for path in (root / "src" / "everycount").iterdir() if (path / "__init__.py").is_file()
    ]
    assert len(rooms) >= 8
    for room in rooms:
        assert f"`{room}`" in page


def test_the_debugger_stops_where_the_first_hour_says(root: Path, tmp_path: Path) -> None:
    page = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (step,) = [line for line in page.splitlines() if "-m pdb" in line]
    typed = re.findall(r"`((?:from|break|continue)[^`]*)`", step)
    assert len(typed) == 3
    command = [sys.executable, "-m", "pdb", "-m", "everycount", "release"]
    example = str(root / "src" / "everycount" / "example" / "dhaka")
    shown = subprocess.run(
        [*command, example, "--out", str(tmp_path / "out")],
        input="\n".join([*typed, "quit"]),
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    assert "make_release()" in shown
