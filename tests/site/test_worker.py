"""The background: one works at a time, and what one was killed in the middle of, the next one does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.contrib.sessions.models import Session

from everycount.site.consent.clearing import clear
from everycount.site.consent.turns import Turn
from everycount.site.vault import places
from site_answers import answers
from site_node import Node
from site_world import AT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KILLED = """
import os
from datetime import UTC, datetime
from everycount.site.running import set_up; set_up()
from everycount.site.consent.actions import reading
whole = reading.record
def half(*entries, at):
    whole(*entries, at=at)
    os.kill(os.getpid(), 9)  # everything is written, and nothing is committed
reading.record = half
reading.read_waiting(at=datetime.now(UTC))
"""
LOOK = """
import json, sys
from everycount.site.running import set_up; set_up()
from everycount.site.collection.models import Submission
from everycount.site.consent.models import Consent
from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import broken
read = Event.objects.filter(verb="consent.read").values_list("payload", flat=True)
print(json.dumps({"waiting": Submission.objects.filter(awaits_consent=True).count(),
    "rows": Consent.objects.filter(purpose="statistics", until=None).count(),
    "told": sum(each["submissions"] for each in read), "breaks": list(broken())}))
"""
WITHDRAW = """
from datetime import UTC, datetime
from everycount.site.running import set_up; set_up()
from everycount.site.collection.models import Submission
from everycount.site.consent.actions import erase
found = Submission.objects.get(root="uuid:marker-heron-41")
erase(submission=found.pk, by="system", at=datetime.now(UTC), how="again")
"""


def test_one_has_the_turn_until_it_leaves() -> None:
    first, second = Turn(), Turn()
    assert first.take()
    assert first.take()
    assert not second.take()
    first.leave()
    assert second.take()
    second.leave()


@pytest.mark.django_db
def test_clearing_takes_what_ended_and_leaves_the_rest(tmp_path: Path) -> None:
    for name, days in (("ended", -1), ("running", 1)):
        Session.objects.create(session_key=name, session_data="", expire_date=AT + timedelta(days=days))
    folder = places.files().folder / "ff"
    folder.mkdir(parents=True, exist_ok=True)
    old, young, whole = (folder / name for name in ("old.new", "young.new", "old.sealed"))
    for path, days in ((old, 3), (young, 1), (whole, 300)):
        path.write_bytes(b"x")
        moment = (AT - timedelta(days=days)).timestamp()
        os.utime(path, (moment, moment))
    assert clear(at=AT) == 1
    assert clear(at=AT) == 0
    assert (old.exists(), young.exists(), whole.exists()) == (False, True, True)
    assert list(Session.objects.values_list("session_key", flat=True)) == ["running"]
    young.unlink()
    whole.unlink()


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    """A node that leaves the background to workers."""
    made = Node(tmp_path / "node", worker=False)
    made.data.mkdir()
    made.make()
    yield made
    made.kill()


@pytest.fixture
def work(node: Node) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts a worker; all of them end with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "everycount", "worker"]
        with node.data.with_suffix(".log").open("ab") as log:
            started.append(subprocess.Popen(command, env=node.environment(), stdout=log, stderr=log))
        return started[-1]

    yield start
    for each in started:
        each.kill()
        each.wait()


def look(node: Node) -> dict[str, object]:
    import json

    found: dict[str, object] = json.loads(node.python(LOOK))
    return found


def until(holds: Callable[[], bool], node: Node) -> None:
    end = time.monotonic() + 90
    while not holds():
        assert time.monotonic() < end, node.log()
        time.sleep(0.2)


@pytest.mark.slow
@pytest.mark.enable_socket
def test_what_a_killed_worker_began_another_one_does_once(
    node: Node, work: Callable[[], subprocess.Popen[bytes]]
) -> None:
    count = 40
    with node.running():
        first, second = work(), work()
        for number in range(count // 2):
            assert node.send(answers(f"uuid:{number}")) == 201
        first.send_signal(signal.SIGKILL)  # wherever it is just now
        first.wait()
        for number in range(count // 2, count):
            assert node.send(answers(f"uuid:{number}")) == 201
        until(lambda: look(node)["waiting"] == 0, node)
        assert second.poll() is None
        second.terminate()
        assert second.wait(30) == 0
    assert look(node) == {"waiting": 0, "rows": count, "told": count, "breaks": []}


@pytest.mark.slow
@pytest.mark.enable_socket
def test_a_worker_killed_before_its_commit_has_done_nothing(
    node: Node, work: Callable[[], subprocess.Popen[bytes]]
) -> None:
    with node.running():
        for number in range(5):
            assert node.send(answers(f"uuid:{number}")) == 201
    killed = subprocess.run([sys.executable, "-c", KILLED], env=node.environment(), check=False)
    assert killed.returncode == -signal.SIGKILL
    assert look(node) == {"waiting": 5, "rows": 0, "told": 0, "breaks": []}
    work()
    until(lambda: look(node)["waiting"] == 0, node)
    assert look(node) == {"waiting": 0, "rows": 5, "told": 5, "breaks": []}


@pytest.mark.slow
@pytest.mark.enable_socket
def test_another_process_sweeps_what_one_erased(
    node: Node, work: Callable[[], subprocess.Popen[bytes]]
) -> None:
    """Who erased is gone before anything was swept; the next worker finds it in the ledger."""
    marker = b"uuid:marker-heron-41"

    def stands() -> bool:
        return any(marker in path.read_bytes() for path in node.data.glob("everycount.sqlite3*"))

    with node.running():
        assert node.send(answers(marker.decode())) == 201
        assert node.send(answers("uuid:stays")) == 201
        assert stands()
        node.python(WITHDRAW)
        work()
        until(lambda: not stands(), node)
        assert node.send(answers(marker.decode())) == 202
    assert look(node) == {"waiting": 0, "rows": 1, "told": 1, "breaks": []}
