"""A node that really serves: the example world, a backup under load, and what comes back."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from everycount.site.demo.numbers import LEAVING
from real_node import ask, environment, everycount, free_port, running
from site_world import answers, xlsform

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]


@pytest.fixture
def port() -> int:
    return free_port()


def send(base: str, xml: bytes) -> int:
    part = b'--x\r\nContent-Disposition: form-data; name="xml_submission_file"; filename="s.xml"\r\n\r\n'
    body = part + xml + b"\r\n--x--\r\n"
    return ask(f"{base}/submission", body, **{"Content-Type": "multipart/form-data; boundary=x"})[0]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example world after its first start, stopped the hard way."""
    data = tmp_path_factory.mktemp("node") / "world"
    port = free_port()
    form = data.parent / "form.xlsx"
    form.write_bytes(xlsform())
    words = ("demo", "--data-dir", str(data), "--no-browser", "--publish", str(form))
    with running(data, port, *words):
        until = time.monotonic() + 300
        while not (data / "demo.json").exists():
            assert time.monotonic() < until
            time.sleep(0.2)
    return data


def count(data: Path, port: int, model: str) -> int:
    code = (
        "from everycount.site.running import set_up; set_up()\n"
        f"from everycount.site.collection.models import {model}; print({model}.objects.count())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(data, port), capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def can_come_in(data: Path, port: int, email: str, password: str) -> bool:
    code = (
        "from everycount.site.running import set_up; set_up()\n"
        "from allauth.account.models import EmailAddress; from django.contrib.auth import authenticate\n"
        f"proven = EmailAddress.objects.filter(email={email!r}, verified=True).exists()\n"
        f"print(proven and authenticate(None, email={email!r}, password={password!r}) is not None)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(data, port), capture_output=True, text=True, check=True
    )
    return done.stdout.strip() == "True"


def test_the_example_world_is_there_with_its_people(world: Path, port: int) -> None:
    told: dict[str, Any] = json.loads((world / "demo.json").read_text())
    assert {"url", "openrosa_url", "household_openrosa_url", "accounts", "receipt"} <= set(told)
    assert {"steward", "coordinator", "collector", "community", "operator", "secretariat"} <= set(
        told["accounts"]
    )
    assert re.fullmatch(r"[A-Z2-7-]{31}", told["receipt"])
    assert (world / "demo.json").stat().st_mode & 0o077 == 0
    assert all(can_come_in(world, port, **account) for account in told["accounts"].values())
    assert told["withdrawn"] > 5
    # Of those who no longer want to be counted, some had allowed nothing else, so nothing is left of them.
    left = count(world, port, "Submission")
    assert 1000 - told["withdrawn"] - LEAVING < left < 1000 - told["withdrawn"]
    assert count(world, port, "Edition") > left  # some were mended
    assert told["public_release_url"] == f"{told['url']}releases/ten-hotspots-housing-and-earnings"


def test_the_example_world_lives(world: Path, port: int) -> None:
    """Each state of the review, withdrawals through the receipt, promises, voices, a version in review."""
    code = """
from collections import Counter
from everycount.site.running import set_up; set_up()
from everycount.site.collection.models import Submission, Version
from everycount.site.consent.models import Consent, ConsentText, Message
from everycount.site.ledger.models import Event
from everycount.site.questionnaires.models import Voice
from everycount.site.review.models import State
from everycount.site.review.queries.states import stated
states = Counter(stated(Submission.objects.all()).values_list("state", flat=True))
assert set(states) == set(State.values), states
assert states["accepted"] > 500
erased = Event.objects.filter(verb="submission.erased")
assert set(erased.values_list("payload__how", flat=True)) == {"receipt", "in_person"}
assert Consent.objects.filter(purpose="sharing", ended="withdrawn").exists()
assert set(Consent.objects.values_list("text_version", flat=True)) - {0} == {1}
assert sorted(ConsentText.objects.values_list("version", "language")) == [(1, "en"), (1, "hi")]
forms = Version.objects.filter(questionnaire__form_id="hotspots_example")
assert set(forms.values_list("state", flat=True)) == {"published", "review"}
assert Voice.objects.values("person").distinct().count() == 3
assert Voice.objects.filter(stance="object").exclude(answer="").exists()
assert Message.objects.count() == 1
print("lives")
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(world, port),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "lives", done.stderr


def test_a_world_that_was_begun_and_not_finished_says_so(world: Path, port: int) -> None:
    note = world / "demo.json"
    kept = note.read_text()
    note.unlink()
    try:
        done = everycount(world, port, "demo", "--data-dir", str(world), "--no-browser", "--port", str(port))
    finally:
        note.write_text(kept)
        note.chmod(0o600)
    assert (done.returncode, "begun and not finished" in done.stderr) == (2, True)


def test_a_killed_node_serves_again_and_its_ledger_holds(world: Path, port: int) -> None:
    base = json.loads((world / "demo.json").read_text())["household_openrosa_url"]
    base = re.sub(r":\d+", f":{port}", base)
    with running(world, port, "serve"):
        assert send(base, answers("uuid:after")) == 201
        assert send(base, answers("uuid:after")) == 202
    found = everycount(world, port, "ledger")
    assert (found.returncode, "The chain holds." in found.stdout) == (0, True)
    assert everycount(world, port, "check").returncode in (
        0,
        1,
    )  # 1 where the disk of the machine is nearly full


def test_a_backup_under_load_comes_back_whole(world: Path, port: int, tmp_path: Path) -> None:
    base = re.sub(
        r":\d+", f":{port}", json.loads((world / "demo.json").read_text())["household_openrosa_url"]
    )
    file, fresh = tmp_path / "node.backup", tmp_path / "fresh"
    with running(world, port, "serve"):
        before = [send(base, answers(f"uuid:b{number}")) for number in range(5)]
        saving = subprocess.Popen(
            [sys.executable, "-m", "everycount", "backup", str(file)], env=environment(world, port)
        )
        while saving.poll() is None:
            send(base, answers(f"uuid:{time.monotonic_ns()}"))
        assert (before, saving.returncode) == ([201] * 5, 0)
    for name in ("vault.key", "secret.key"):
        assert (world / "keys" / name).read_bytes() not in file.read_bytes()
    (fresh / "keys").mkdir(parents=True, mode=0o700)
    fresh.chmod(0o700)
    (fresh / "keys" / "vault.key").write_bytes((world / "keys" / "vault.key").read_bytes())
    (fresh / "keys" / "vault.key").chmod(0o600)
    done = everycount(fresh, port, "restore", str(file))
    assert "Restored" in done.stdout or "MB are free" in done.stdout, done.stdout + done.stderr
    with running(fresh, port, "serve"):
        assert [send(base, answers(f"uuid:b{number}")) for number in range(5)] == [202] * 5
    again = everycount(fresh, port, "restore", str(file))
    assert (again.returncode, "never mixed" in again.stderr) == (2, True)


def test_a_backup_never_writes_over_a_file(world: Path, port: int, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    done = everycount(world, port, "backup", str(tmp_path / "mine"))
    assert (done.returncode, (tmp_path / "mine").read_text()) == (2, "mine")


def test_what_is_no_backup_is_refused(port: int, tmp_path: Path) -> None:
    (tmp_path / "odd").write_text("odd")
    done = everycount(tmp_path / "data", port, "restore", str(tmp_path / "odd"))
    assert (done.returncode, "This is no backup" in done.stderr) == (2, True)


def test_a_wrong_variable_is_one_message(port: int, tmp_path: Path) -> None:
    wrong = environment(tmp_path, port) | {"DATABASE_URL": "mysql://x", "EVERYCOUNT_VAULT_KEY": "short"}
    done = subprocess.run(
        [sys.executable, "-m", "everycount", "serve"], env=wrong, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert [line.split(":")[0] for line in done.stderr.strip().splitlines()] == [
        "DATABASE_URL",
        "EVERYCOUNT_VAULT_KEY",
    ]
