"""Looking at what came, killed in the middle: nothing is half, and the next one does it once."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from site_answers import answers
from site_node import Node

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

READ = """
from datetime import UTC, datetime
from everycount.site.running import set_up; set_up()
from everycount.site.consent.actions import read_waiting
while read_waiting(at=datetime.now(UTC)): pass
"""
# Everything is written, and nothing is committed.
KILLED = """
import os
from datetime import UTC, datetime
from everycount.site.running import set_up; set_up()
from everycount.site.fieldwork.models import Look
from everycount.site.fieldwork.watching import Watch
whole = Look.objects.bulk_create
def half(rows, **more):
    whole(list(rows), **more)
    os.kill(os.getpid(), 9)
Look.objects.bulk_create = half
Watch().work(datetime.now(UTC))
"""
WORKED = """
import json
from datetime import UTC, datetime
from everycount.site.running import set_up; set_up()
from everycount.site.fieldwork.models import Look
from everycount.site.fieldwork.watching import Watch
from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import broken
from everycount.site.vault.models import Item
Watch().work(datetime.now(UTC))
opened = Event.objects.filter(verb="records.opened").values_list("payload", flat=True)
print(json.dumps({"looks": Look.objects.count(), "kept": Look.objects.exclude(traits=None).count(),
    "items": Item.objects.count(),
    "opened": [each["records"] for each in opened], "breaks": list(broken())}))
"""


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = Node(tmp_path / "node", worker=False)
    made.data.mkdir()
    made.make()
    yield made
    made.kill()


@pytest.mark.slow
@pytest.mark.enable_socket
def test_who_is_killed_in_the_middle_has_done_nothing_and_the_next_one_does_it(node: Node) -> None:
    with node.running():
        for number in range(4):
            assert node.send(answers(f"uuid:{number}", answer=f"heron {number}")) == 201
    node.python(READ)
    for _ in range(2):
        killed = subprocess.run([sys.executable, "-c", KILLED], env=node.environment(), check=False)
        assert killed.returncode == -signal.SIGKILL
    found = json.loads(node.python(WORKED))
    assert found["opened"] == [4, 4, 4]  # each opening is told, whatever came of it
    assert found["breaks"] == []
    assert (found["looks"], found["kept"]) == (4, 4)
    assert found["items"] == 8  # four submissions, and what each is compared by
    again = json.loads(node.python(WORKED))
    assert again == found
