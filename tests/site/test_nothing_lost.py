"""Nodes in processes of their own, killed, filled up and set back; what they acknowledged stays, once.

The same by hand and long: ``python tests/site_node.py 200 [postgres]``.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import own_postgres
from site_answers import answers
from site_node import Node, Phones, losses, multipart, ordeal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database; "" is SQLite in the data folder."""
    if request.param == "PostgreSQL" and own_postgres.binaries() is None:
        if os.environ.get("EVERYCOUNT_STRICT") == "1":
            pytest.fail("no PostgreSQL is installed")
        pytest.skip("no PostgreSQL is installed (apt-get install postgresql)")
    with own_postgres.serving("-F") if request.param == "PostgreSQL" else nullcontext("") as url:
        yield url


@pytest.fixture(scope="module")
def node(database: str, tmp_path_factory: pytest.TempPathFactory) -> Node:
    made = Node(tmp_path_factory.mktemp("nodes") / "node", database)
    made.data.mkdir()
    made.make()
    return made


@pytest.fixture
def alone(tmp_path: Path) -> Node:
    """A node of one test, on SQLite."""
    made = Node(tmp_path / "node")
    made.data.mkdir()
    made.make()
    return made


def test_what_was_acknowledged_before_a_kill_is_there_once(node: Node) -> None:
    phones = ordeal(node, kills=2)
    assert phones.acknowledged
    assert losses(phones) == []


def test_a_backup_under_load_restores_whole_and_lets_nobody_in(node: Node, tmp_path: Path) -> None:
    """What was acknowledged before it began is in it, once; whatever else is in it hangs together."""
    phones = Phones(node, _made=1_000_000)  # names of their own
    fresh, file = Node(tmp_path / "fresh", another(node.database)), tmp_path / "node.backup"
    session = node.python(MAKE_SESSION).split()[-1]
    with node.running():
        phones.start(4)
        time.sleep(2)
        before = dict(phones.acknowledged)
        saved = node.everycount("backup", str(file))
        phones.stop()
    assert saved.returncode == 0, saved.stderr
    assert before
    assert session.encode() not in file.read_bytes()
    for folder in (fresh.data, fresh.data / "keys"):
        folder.mkdir(mode=0o700)
    shutil.copy2(node.data / "keys" / "vault.key", fresh.data / "keys")
    done = fresh.everycount("restore", str(file))
    assert "Restored" in done.stdout or "MB are free" in done.stdout, done.stdout + done.stderr
    with fresh.running():
        pass
    assert losses(replace(phones, node=fresh, acknowledged=before)) == []
    assert fresh.python(COUNT_SESSIONS).split()[-1] == "0"


MAKE_SESSION = """
from everycount.site.running import set_up; set_up()
from django.contrib.sessions.backends.db import SessionStore
made = SessionStore(); made["invented"] = 1; made.create(); print(made.session_key)
"""
COUNT_SESSIONS = """
from everycount.site.running import set_up; set_up()
from django.contrib.sessions.models import Session
print(Session.objects.count())
"""


def another(database: str) -> str:
    """An empty database beside this one; "" is SQLite in the data folder."""
    if not database:
        return ""
    import psycopg

    with psycopg.connect(database, autocommit=True) as server:
        server.execute("CREATE DATABASE fresh")
    return database.replace("/postgres?", "/fresh?")


def test_two_processes_share_one_postgresql(node: Node) -> None:
    """The same comes to both at the same moment: it is stored once, and every phone is thanked."""
    if not node.database:
        pytest.skip("SQLite has one process")
    other = Node(node.data, node.database, secret=node.secret)
    seen: list[int] = []

    def send(to: Node, number: int) -> None:
        seen.append(to.send(answers(f"uuid:both{number}")))

    with node.running(), other.running():
        for number in range(20):
            threads = [threading.Thread(target=send, args=(to, number)) for to in (node, other) * 2]
            for each in threads:
                each.start()
            for each in threads:
                each.join()
    assert set(seen) <= {201, 202}, seen
    assert seen.count(201) == 20
    found = node.look()
    names = [name for name, *_ in found["editions"] if name.startswith("uuid:both")]  # type: ignore[attr-defined]
    assert (len(names), len(set(names)), found["breaks"]) == (20, 20, [])


def test_a_killed_worker_comes_back(alone: Node) -> None:
    with alone.running():
        assert alone.send(answers()) == 201
        assert alone.process
        found = subprocess.run(
            ["pgrep", "-P", str(alone.process.pid)], capture_output=True, text=True, check=True
        )
        for worker in found.stdout.split():
            os.kill(int(worker), signal.SIGKILL)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                assert alone.send(answers()) == 202
                break
            except OSError:
                time.sleep(0.1)
        else:
            pytest.fail(alone.log())


def test_a_full_disk_refuses_and_loses_nothing(alone: Node) -> None:
    """Files may grow no further: the node says "come again" until there is room, and then takes it."""
    phones = Phones(alone)
    with alone.running(before="ulimit -f 2500"):
        phones.start(4)
        time.sleep(6)
        phones.stop()
        assert phones.again
        assert phones.acknowledged
        assert alone.ask("GET", f"/key/{alone.secret}/formList")[0] == 200
    with alone.running():
        phones.start(4)
        while phones.waiting:
            time.sleep(0.1)
        phones.stop()
    assert losses(phones) == []


def until(happened: Callable[[], object]) -> None:
    """Waits for it as long as a slow machine may need; whoever asserts it afterwards says that it did not."""
    end = time.monotonic() + 60
    while not happened() and time.monotonic() < end:
        time.sleep(0.1)


def test_a_disk_that_fills_up_and_turns_read_only(alone: Node) -> None:
    """The same on a small disk of its own, where the system lets the tests mount one."""
    small = alone.data / "files"
    small.mkdir(exist_ok=True)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "small", small], check=False).returncode:
        pytest.skip("nothing may be mounted here")
    phones = Phones(alone)
    try:
        with alone.running():
            phones.start(4)
            time.sleep(4)
            subprocess.run(["mount", "-o", "remount,ro", small], check=True)
            refused = alone.send(answers("uuid:ro", photo="p.jpg"), ("p.jpg", b"x" * 1000))
            until(lambda: phones.again)
            subprocess.run(["mount", "-o", "remount,rw,size=200m", small], check=True)
            while phones.waiting:
                time.sleep(0.1)
            phones.stop()
        assert refused == 503
        assert phones.again
        assert losses(phones) == []
    finally:
        phones.stop()
        alone.kill()
        subprocess.run(["umount", "-l", small], check=True)


def test_a_connection_that_breaks_costs_nothing(alone: Node) -> None:
    """The phone goes away in the middle of a picture, or before it reads the answer; it comes again."""
    body = multipart(answers(photo="p.jpg"), ("p.jpg", b"x" * 200_000))
    head = (
        f"POST /key/{alone.secret}/submission HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
        "Content-Type: multipart/form-data; boundary=xxBOUNDxx\r\n\r\n"
    ).encode()
    with alone.running():
        for part in (body[:100_000], body):
            with socket.create_connection(("127.0.0.1", alone.port)) as phone:
                phone.sendall(head + part)
        time.sleep(1)
        assert alone.send(answers(photo="p.jpg"), ("p.jpg", b"x" * 200_000)) in (201, 202)
    found = alone.look()
    assert (found["submissions"], found["breaks"]) == (1, [])
    assert found["files"] == [["uuid:1", "p.jpg", "x" * 200_000]]


def test_no_secret_and_no_answer_stands_in_a_log(alone: Node) -> None:
    with alone.running():
        assert alone.send(answers(answer="A-SECRET-ANSWER")) == 201
        assert alone.send(answers(answer="A-SECRET-OTHER")) == 409
        assert alone.send(b"<A-SECRET-BROKEN") == 400
        assert alone.ask("GET", f"/key/{alone.secret}/nothing")[0] == 404
        assert alone.ask("GET", "/key/A-SECRET-WRONG/formList")[0] == 403
    log = alone.log()
    assert alone.secret not in log
    assert "A-SECRET" not in log
