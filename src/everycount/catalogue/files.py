"""The data files beside this module: the one place that reads them."""

from __future__ import annotations

import csv
import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data"


def read_bytes(name: str) -> bytes:
    """The bytes of a data file."""
    return (FOLDER / name).read_bytes()


@cache
def read_json(name: str) -> Any:
    """The value in a JSON file, packed (``.json.gz``) or plain."""
    found = read_bytes(name)
    if name.endswith(".gz"):
        import gzip  # noqa: PLC0415 - most runs read no packed list

        found = gzip.decompress(found)
    return json.loads(found)


@cache
def read_table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a CSV file."""
    return tuple(csv.DictReader(read_bytes(name).decode().splitlines()))


@cache
def read_toml(name: str) -> dict[str, Any]:
    """The table in a TOML file."""
    return tomllib.loads(read_bytes(name).decode())


@cache
def names(folder: str, suffix: str) -> tuple[str, ...]:
    """The stems of the files in a folder of the data, sorted."""
    return tuple(sorted(path.stem for path in (FOLDER / folder).glob(f"*{suffix}")))
