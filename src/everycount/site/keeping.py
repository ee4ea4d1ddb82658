"""Backup and restore of a node: one file with everything but the keys that open it.

A backup is taken under load, in an order that keeps it whole: first a snapshot of the database, then the
salts and the sealed files. Whatever a row of the snapshot points to was on disk before the row was. What was
erased in between is erased in the backup, too. Sessions are left out: a copy of one would be a way in.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from everycount.faults import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from everycount.site.environment import Environment

_SQLITE, _POSTGRES = "database.sqlite3", "database.dump"
_RINGS, _FILES = "keys/rings", "files"
_ERASED = "keys/erased.log"
_KEPT = (_RINGS, _ERASED, _FILES)
_SESSIONS = "django_session"


def back_up(environment: Environment, target: Path) -> None:
    """Writes the backup: whole or not at all.

    Raises:
        InputError: the file is there already, or PostgreSQL's own tools are missing.
    """
    if target.exists():
        raise InputError(Fault(str(target), "There is such a file already.", "Name a new one."))
    fresh = target.with_name(f".{target.name}.new")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            name, snapshot = _snapshot(environment, Path(folder))
            with tarfile.open(fresh, "w") as archive:
                archive.add(snapshot, name)
                for kept in _KEPT:
                    if (environment.data / kept).exists():
                        _pack(archive, environment.data / kept, kept)
        fresh.chmod(0o600)
        fresh.rename(target)
    finally:
        fresh.unlink(missing_ok=True)


def _pack(archive: tarfile.TarFile, path: Path, name: str) -> None:
    """Adds what is finished and still there, while others write and erase.

    Files that are being written belong to no row yet, and nobody misses one that was erased meanwhile.
    """
    archive.add(path, name, recursive=False)
    for each in sorted(path.rglob("*")):
        if each.suffix != ".new":
            with contextlib.suppress(FileNotFoundError):
                archive.add(each, f"{name}/{each.relative_to(path)}", recursive=False)


def _snapshot(environment: Environment, folder: Path) -> tuple[str, Path]:
    database = environment.database
    if database["ENGINE"].endswith("postgresql"):
        path = folder / _POSTGRES
        asked = ["--format=custom", "--no-owner", f"--exclude-table-data={_SESSIONS}", f"--file={path}"]
        _run(["pg_dump", *asked, *_where(database)], database)
        return _POSTGRES, path
    path = folder / _SQLITE
    with (
        contextlib.closing(sqlite3.connect(f"file:{database['NAME']}?mode=ro", uri=True)) as source,
        contextlib.closing(sqlite3.connect(path)) as copy,
    ):
        source.backup(copy)
        copy.execute("PRAGMA secure_delete=ON")
        copy.execute(f"DELETE FROM {_SESSIONS}")  # noqa: S608 - our own word
        copy.commit()
    return _SQLITE, path


def restore(environment: Environment, source: Path) -> None:
    """Puts a backup into an empty data folder (and, for PostgreSQL, an empty database).

    The installation key must be the one under which it was made; it is no part of the backup.

    Raises:
        InputError: the file is no backup, or the node is not empty; nothing is changed.
    """
    _refuse_full(environment)
    if not tarfile.is_tarfile(source):
        raise InputError(
            Fault(str(source), "This is no backup.", "Name a file that everycount backup wrote.")
        )
    with tempfile.TemporaryDirectory(dir=environment.data) as name:
        folder = Path(name)
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        _put_database(environment, folder, source)
        _join_erased(folder / _ERASED, environment.data / _ERASED)
        for kept in _KEPT:
            if (folder / kept).exists():
                (environment.data / kept).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                shutil.rmtree(environment.data / kept, ignore_errors=True)
                (folder / kept).rename(environment.data / kept)


def _join_erased(restored: Path, newer: Path) -> None:
    """What was taken back after the backup: the list of the lost node is added to that of the backup."""
    if newer.exists():
        restored.parent.mkdir(parents=True, exist_ok=True)
        with restored.open("a", encoding="ascii") as file:
            file.write("\n" + newer.read_text(encoding="ascii"))


def _refuse_full(environment: Environment) -> None:
    database = environment.database
    full = not database["ENGINE"].endswith("postgresql") and Path(database["NAME"]).exists()
    if full or (environment.data / _FILES).exists() or any((environment.data / _RINGS).glob("*.ring")):
        problem = "There is a node already; a backup is never mixed with what is there."
        remedy = "Name an empty folder in EVERYCOUNT_DATA_DIR, and put keys/vault.key into it."
        raise InputError(Fault(str(environment.data), problem, remedy))


def _put_database(environment: Environment, folder: Path, source: Path) -> None:
    database = environment.database
    postgres = database["ENGINE"].endswith("postgresql")
    found = folder / (_POSTGRES if postgres else _SQLITE)
    if not found.exists():
        problem = f"The backup holds no {'PostgreSQL' if postgres else 'SQLite'} database."
        raise InputError(Fault(str(source), problem, "Look at DATABASE_URL: a backup stays with its kind."))
    if postgres:
        _run(["pg_restore", "--no-owner", "--exit-on-error", *_where(database), str(found)], database)
    else:
        found.rename(database["NAME"])


def _where(database: Mapping[str, Any]) -> list[str]:
    options = {"--host": "HOST", "--port": "PORT", "--username": "USER", "--dbname": "NAME"}
    return [f"{option}={database[key]}" for option, key in options.items() if database[key]]


def _run(command: list[str], database: Mapping[str, Any]) -> None:
    if shutil.which(command[0]) is None:
        problem, remedy = f"{command[0]} is not installed.", "Install PostgreSQL's client programs."
        raise InputError(Fault(command[0], problem, remedy))
    environment = os.environ | {"PGPASSWORD": str(database["PASSWORD"])}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode:
        raise InputError(
            Fault(command[0], done.stderr.strip()[-400:] or "It failed.", "Look at DATABASE_URL.")
        )
