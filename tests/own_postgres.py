"""A PostgreSQL server of the tests' own, on a socket in a folder of its own; no port is opened."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")  # PostgreSQL refuses root
PATIENCE = 60  # seconds


def binaries() -> Path | None:
    """Where initdb is: in PATH, or in the folder of the newest version that Debian has installed."""
    folders = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max((each.parent for each in folders), key=lambda each: int(each.parent.name), default=None)
    found = shutil.which("initdb")
    return newest or (Path(found).parent if found else None)


@contextmanager
def serving(*more: str) -> Iterator[str]:
    """The address of a server that ends with the block; ``more`` are options of ``postgres``."""
    where = binaries()
    assert where is not None, "no PostgreSQL is installed (apt-get install postgresql)"
    as_user = NOBODY if os.geteuid() == 0 else ()
    folder = Path(tempfile.mkdtemp(prefix="everycount-postgres-", dir="/tmp"))  # a socket's path is short
    folder.chmod(0o777)
    made = [*as_user, f"{where}/initdb", "-D", folder / "data", "-U", "tester", "-A", "trust", "-E", "UTF8"]
    subprocess.run([*made, "--locale=C.UTF-8", "--no-sync"], check=True, capture_output=True, cwd=folder)
    command = [*as_user, f"{where}/postgres", "-D", folder / "data", "-k", folder, "-c", "listen_addresses="]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([*command, *more], stdout=log, stderr=log, cwd=folder)
    try:
        end = time.monotonic() + PATIENCE
        while not (folder / ".s.PGSQL.5432").exists():
            assert time.monotonic() < end, "The server did not start."
            assert server.poll() is None, "The server ended."
            time.sleep(0.05)
        yield f"postgresql://tester@/postgres?host={folder}"
    finally:
        server.send_signal(2)  # "fast": open sessions are ended
        server.wait(PATIENCE)
        shutil.rmtree(folder, ignore_errors=True)
