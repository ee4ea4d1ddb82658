"""The library where nobody installed the site: no Django, and nothing that comes with it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "src/everycount/example/dhaka"
# Whatever belongs to these packages is not to be found, as in an environment without them.
_SHUT = """
import json, sys
from importlib.abc import MetaPathFinder
shut = set(json.loads(sys.argv[1]))
class Shut(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in shut:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Shut())
"""
_IMPORT_ALL = """
import importlib, pkgutil, everycount
for each in pkgutil.walk_packages(everycount.__path__, "everycount."):
    if not each.name.startswith(("everycount.site", "everycount.__main__")) and ".fast" not in each.name:
        try:
            importlib.import_module(each.name)
        except ModuleNotFoundError as error:
            assert error.name not in shut, (each.name, error.name)
assert not shut & {each.partition(".")[0] for each in sys.modules}
"""
_COMMAND = """
from everycount.cli import main
sys.exit(main(sys.argv[2:]))
"""


def packages_of_the_site() -> set[str]:
    """What can be imported of the extra's packages, except those that others ask for, too."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = {_name(each) for each in project["optional-dependencies"]["site"]}
    others = project["dependencies"] + project["optional-dependencies"]["postgres"]
    asked -= {_name(each) for each in others}
    found = packages_distributions()
    return {top for top, dists in found.items() if asked & {each.lower().replace("_", "-") for each in dists}}


def _name(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0].lower()


def without_site(code: str, *words: str) -> subprocess.CompletedProcess[str]:
    shut = packages_of_the_site()
    assert {"django", "allauth", "granian", "cryptography"} <= shut
    command = [sys.executable, "-W", "ignore", "-c", _SHUT + code, json.dumps(sorted(shut)), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_every_room_but_the_site_can_be_imported() -> None:
    done = without_site(_IMPORT_ALL)
    assert done.returncode == 0, done.stderr


def test_a_release_is_made_and_checked(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = without_site(_COMMAND, "release", str(EXAMPLE), "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert (out / "release.json").exists()
    assert without_site(_COMMAND, "verify", str(out / "release.json")).returncode == 0


def test_what_needs_the_site_says_how_to_get_it() -> None:
    done = without_site(_COMMAND, "serve")
    assert done.returncode == 2
    assert "everycount[site]" in done.stderr
    assert "Traceback" not in done.stderr
