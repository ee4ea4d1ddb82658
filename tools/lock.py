"""Pin every package by version and hash, without naming a registry."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LISTS = {
    "requirements.txt": ["pyproject.toml", "tools/build-requirements.in"],
    "requirements-site.txt": ["pyproject.toml", "--extra", "site"],
    "requirements-test.txt": ["pyproject.toml", "--extra", "site", "--group", "test"],
    "requirements-check.txt": ["pyproject.toml", "--extra", "site", "--group", "test", "--group", "check"],
}
OPTIONS = [
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-header",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-annotate",
    "--quiet",
]


def main() -> None:
    """Write the three lists; later ones keep the versions of the first."""
    for name, sources in LISTS.items():
        constraint = [] if name == "requirements.txt" else ["--constraint", "requirements.txt"]
        subprocess.run(
            [sys.executable, "-m", "uv", "pip", "compile", *sources, *constraint, *OPTIONS, "-o", name],
            cwd=ROOT,
            check=True,
        )


if __name__ == "__main__":
    main()
