from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

import pytest

from everycount.sample.store import Storage, Store

LIGHT = """
import sys
import everycount.sample
heavy = {"ibis", "duckdb", "pandas", "pyarrow", "openpyxl", "pyreadstat", "ijson", "pyxform"}
heavy &= set(sys.modules)
assert not heavy, heavy
"""
COMMON = """
import sys
from pathlib import Path
from everycount.sample import MAIN, Design, DesignKind, Source, arrays, check, design_columns, read
design = Design(DesignKind.PROBABILITY, strata=("h",), weights="w", notes={"frame": "invented"})
sample = read({MAIN: Source(Path(sys.argv[1]))}, design=design)
assert arrays(design_columns(sample))["_weight"].tolist() == [2.0, 3.0]
check(sample)
heavy = {"pandas", "pyarrow", "openpyxl", "pyreadstat", "ijson", "pyxform"} & set(sys.modules)
assert not heavy, heavy
"""


def run(code: str, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def test_importing_the_door_loads_nothing_heavy() -> None:
    run(LIGHT)


def test_the_common_case_loads_neither_pandas_nor_arrow(tmp_path: Path) -> None:
    path = tmp_path / "main.csv"
    path.write_text("h,w\na,2\nb,3\n")
    run(COMMON, str(path))


def test_spilling_goes_to_a_private_folder_that_does_not_stay() -> None:
    store = Store()
    ((folder,),) = store.run("SELECT current_setting('temp_directory')")
    assert Path(folder).stat().st_mode & 0o077 == 0
    del store
    gc.collect()
    assert not Path(folder).exists()


def test_nothing_is_fetched_from_the_network() -> None:
    assert Store().run("SELECT current_setting('autoinstall_known_extensions')") == [(False,)]


def test_times_do_not_depend_on_the_machine() -> None:
    assert Store().run("SELECT current_setting('TimeZone')") == [("UTC",)]


def test_pour_raises_what_its_source_says() -> None:
    def batches() -> object:
        yield [["a"]]
        raise LookupError("the source broke")

    with pytest.raises(LookupError, match="the source broke"):
        Store().pour("t", [Storage.TEXT], batches())  # type: ignore[arg-type]
