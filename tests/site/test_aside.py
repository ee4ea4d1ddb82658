"""What may take long happens beside the reading of consents, and never before it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from everycount.site.consent import fed
from everycount.site.consent.aside import Aside
from everycount.site.fieldwork.tables import TABLES
from site_world import AT

TESTS = str(Path(__file__).resolve().parents[1])
SLOW = """
import sys, threading, time
from datetime import UTC, datetime
from everycount.site.running import prepare
prepare(lambda said: None)
sys.path.insert(0, sys.argv[1])
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from everycount.site.collection.models import Submission
from everycount.site.consent.reactions import READER
from everycount.site.fieldwork import actions
from everycount.site.fieldwork.queries import looks
from everycount.site.collection.models import Questionnaire
from site_world import answers, initiative, key, published
begun, released = threading.Event(), threading.Event()
def slow(**given):
    begun.set()
    released.wait(60)
actions.tabulate = slow  # a table that takes a minute
where = initiative()
published(where)
looks.watched = lambda: list(Questionnaire.objects.values_list("pk", flat=True))
_, secret = key(where)
READER.start()
assert begun.wait(20)
xml = SimpleUploadedFile("s.xml", answers("uuid:1"))
assert Client().post(f"/key/{secret}/submission", {"xml_submission_file": xml}).status_code == 201
assert Submission.objects.get().awaits_consent
until = time.monotonic() + 20
while Submission.objects.get().awaits_consent and time.monotonic() < until:
    time.sleep(0.1)
print("read" if not Submission.objects.get().awaits_consent else "waits", released.is_set())
released.set()
READER.stop()
"""


@pytest.mark.slow
@pytest.mark.enable_socket
def test_a_table_that_takes_long_does_not_keep_consents_from_being_read(tmp_path: Path) -> None:
    environment = {**os.environ, "EVERYCOUNT_DATA_DIR": str(tmp_path), "DATABASE_URL": ""}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-c", SLOW, TESTS]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True, timeout=120)
    assert done.stdout.split()[-2:] == ["read", "False"]


def test_there_is_one_at_a_time_and_who_fails_keeps_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, released, done = threading.Event(), threading.Event(), []

    def fails(_at: object) -> None:
        begun.set()
        released.wait(10)
        raise OSError("No space left")

    monkeypatch.setattr(fed, "BESIDE_READING", [fails, done.append])
    aside = Aside()
    for _ in range(3):
        aside.begin()
    assert begun.wait(10)
    aside.wait(0.01)
    assert not done
    released.set()
    aside.wait()
    assert len(done) == 1
    assert done[0] > AT


def test_provisional_tables_are_made_there() -> None:
    assert TABLES.work in fed.BESIDE_READING
    assert TABLES.work not in fed.AFTER_READING
