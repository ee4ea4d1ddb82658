"""Servers that the tests start and end; absent, the tests skip with the reason (strict mode: fail)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")  # PostgreSQL refuses root
PATIENCE = 60  # seconds


def _lacking(reason: str) -> None:
    (pytest.fail if os.environ.get("EVERYCOUNT_STRICT") == "1" else pytest.skip)(reason)


def _binaries() -> Path | None:
    """Where initdb is: in PATH, or in the folder of the newest version that Debian has installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    folders = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((each.parent for each in folders), key=lambda each: int(each.parent.name), default=None)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a server of our own, on a socket in a folder of its own; no port is opened."""
    binaries = _binaries()
    if binaries is None:
        _lacking("no PostgreSQL is installed (apt-get install postgresql)")
    as_user = NOBODY if os.geteuid() == 0 else ()
    folder = Path(
        tempfile.mkdtemp(prefix="everycount-postgres-", dir="/tmp")
    )  # a socket's path must be short
    folder.chmod(0o777)
    data = folder / "data"
    made = [*as_user, f"{binaries}/initdb", "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8"]
    subprocess.run([*made, "--locale=C.UTF-8", "--no-sync"], check=True, capture_output=True, cwd=folder)
    options = ["-k", folder, "-c", "listen_addresses=", "-F"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*as_user, f"{binaries}/postgres", "-D", data, *options], stdout=log, stderr=log, cwd=folder
        )
    try:
        _until((folder / ".s.PGSQL.5432").exists, server)
        yield f"postgresql://tester@/postgres?host={folder}"
    finally:
        server.send_signal(2)  # "fast": open sessions are ended
        server.wait(PATIENCE)
        shutil.rmtree(folder, ignore_errors=True)


def _until(ready: object, *processes: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while not ready():  # type: ignore[operator]
        if time.monotonic() > end or any(process.poll() is not None for process in processes):
            pytest.fail("The server did not start.")
        time.sleep(0.05)


@pytest.fixture
def postgres(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The environment names the server."""
    monkeypatch.setenv("EVERYCOUNT_POSTGRES", postgres_url)
    return postgres_url


def _spark_home() -> str:
    import pyspark

    return str(Path(pyspark.__file__).parent)


@contextmanager
def _daemon(log: Path, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with the tests."""
    with log.open("wb") as stream:
        environment = {
            **os.environ,
            "SPARK_HOME": _spark_home(),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_SCALA_VERSION": "2.13",
        }
        process = subprocess.Popen(command, stdout=stream, stderr=stream, env=environment)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture(scope="session")
def spark_master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a standalone cluster on this machine: a master and a worker, each a process."""
    java = shutil.which("java")
    if java is None:
        _lacking("no Java is installed (apt-get install default-jre-headless)")
    folder = tmp_path_factory.mktemp("spark")
    command = (java, "-Xmx512m", "-cp", f"{_spark_home()}/jars/*")
    alone = ("--host", "127.0.0.1", "--port")
    master = (*command, "org.apache.spark.deploy.master.Master", *alone, "0", "--webui-port", "0")
    with _daemon(folder / "master.log", *master) as first:
        _until(lambda: _address(folder / "master.log"), first)
        address = _address(folder / "master.log")
        worker = (*command, "org.apache.spark.deploy.worker.Worker", *alone, "0", "--webui-port", "0")
        room = ("--cores", "2", "--memory", "1g", "--work-dir", str(folder / "work"), address)
        with _daemon(folder / "worker.log", *worker, *room) as second:
            _until(lambda: "registered with master" in (folder / "worker.log").read_text(), second)
            yield address


def _address(log: Path) -> str:
    words = log.read_text().split("Starting Spark master at ")
    return words[1].split()[0] if len(words) > 1 else ""


@pytest.fixture
def spark(spark_master: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The environment names the cluster."""
    monkeypatch.setenv("EVERYCOUNT_SPARK", spark_master)
    monkeypatch.setenv("EVERYCOUNT_SPARK_FOLDER", str(tmp_path))
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    few = "--conf spark.sql.shuffle.partitions=4 --conf spark.driver.host=127.0.0.1"
    monkeypatch.setenv("PYSPARK_SUBMIT_ARGS", f"{few} pyspark-shell")
    return spark_master
