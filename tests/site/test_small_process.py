"""What the serving processes load: memory is dear on the machine of a small office."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

LISTENS = "import sys, everycount.site.serving; print(*sys.modules)"
SERVES = """
import sys
from everycount.site.running import set_up; set_up()
import everycount.site.wsgi
from django.urls import get_resolver; get_resolver().url_patterns
print(*sys.modules)
"""


@pytest.mark.parametrize(
    ("code", "absent"),
    [(LISTENS, {"django", "lxml", "sqlite3", "numpy"}), (SERVES, {"numpy", "scipy", "openpyxl", "duckdb"})],
)
def test_what_is_not_needed_is_not_loaded(code: str, absent: set[str], tmp_path: Path) -> None:
    kept = {name: words for name, words in os.environ.items() if not name.startswith("DJANGO_")}
    environment = kept | {"EVERYCOUNT_DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert absent.isdisjoint(done.stdout.split())
