"""An initiative goes from one real node to another: all of it, nothing in the clear, and only once."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

import own_postgres
from everycount.site.carrying.tables import CARRIED, LEFT
from site_carried import FIELD_WORDS

TESTS = Path(__file__).resolve().parent.parent
STEWARD = "steward@example.org"


@dataclass(frozen=True)
class Node:
    data: Path
    database: str = ""

    def _run(self, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
        hidden = ("EVERYCOUNT_", "DJANGO_", "DATABASE_URL")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
        path = os.pathsep.join([str(TESTS), kept.get("PYTHONPATH", "")])
        around = kept | {"EVERYCOUNT_DATA_DIR": str(self.data), "PYTHONPATH": path}
        around |= {"DATABASE_URL": self.database} if self.database else {}
        command = [sys.executable, *words]
        return subprocess.run(
            command, env=around, input=given, capture_output=True, text=True, check=False, cwd=TESTS
        )

    def ask(self, *words: str) -> Any:
        done = self._run("site_carried.py", *words)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def do(self, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
        return self._run("-m", "everycount", *words, given=given)

    def away(self, slug: str, file: Path) -> str:
        done = self.do("carry-away", slug, str(file))
        assert done.returncode == 0, done.stderr
        (code,) = re.findall(r"told this once: ([A-Z2-7-]{31})", done.stdout)
        return str(code)

    def arrives(self, file: Path, code: str, *more: str) -> subprocess.CompletedProcess[str]:
        return self.do("carry-in", str(file), "--steward", STEWARD, *more, given=f"{code}\n")

    def kept(self) -> dict[str, bytes]:
        """Sealed files and salts that lie beside the database."""
        found = [*(self.data / "files").rglob("*.*"), *(self.data / "keys" / "rings").glob("*")]
        return {each.name: each.read_bytes() for each in found}


@dataclass(frozen=True)
class World:
    """The node of the beginning and what it has told; the archive; a node to which it was carried."""

    old: Node
    slug: str
    codes: dict[str, str]
    archive: Path
    code: str
    before: dict[str, Any]
    new: Node
    said: str


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("carried")
    old, new = Node(folder / "old"), Node(folder / "new")
    made = old.ask("make")
    before = old.ask("told")
    archive = folder / "initiative.carried"
    code = old.away(made["slug"], archive)
    new.ask("account", STEWARD)
    done = new.arrives(archive, code)
    assert done.returncode == 0, done.stderr
    return World(old, made["slug"], made["codes"], archive, code, before, new, done.stdout)


def copy(node: Node, folder: Path) -> Node:
    shutil.copytree(node.data, folder)
    return Node(folder)


def test_every_table_is_carried_or_left_with_a_reason() -> None:
    ours = {
        model._meta.label_lower for model in apps.get_models() if model.__module__.startswith("everycount.")
    }
    carried = {table.name for table in CARRIED}
    assert not carried & LEFT
    assert ours == carried | LEFT, "say in site/carrying/tables.py what becomes of it on the way"


@pytest.mark.slow
def test_everything_is_the_same_on_the_new_node(world: World) -> None:
    after = world.new.ask("told")
    assert after["opened"] == world.before["opened"]
    # Four that stayed, a picture, a remark, a message, a wish, and what three are compared by.
    assert len(after["opened"]) == 11
    for name, rows in world.before["rows"].items():
        left = ("label", "person_id", "digest_user", "digest_ha1") if name == "collection.key" else ()
        assert [cut(each, left) for each in after["rows"][name]] == [cut(each, left) for each in rows], name
    assert {name for name, rows in after["rows"].items() if not rows} == {
        "collection.mediafile",
        "collection.setaside",
        "followup.link",
        "questionnaires.reviewrule",
        "questionnaires.review",
        "questionnaires.voice",
        "consent.consenttext",
        "review.reply",
    }


def cut(row: str, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in json.loads(row).items() if name not in names}


@pytest.mark.slow
def test_receipts_open_there_and_what_was_erased_stays_so(world: World) -> None:
    assert world.new.ask("opened", json.dumps(world.codes)) == {
        "uuid:1": "heron-quartz",
        "uuid:2": "otter-basalt-2",
        "uuid:3": None,
        "uuid:4": "crane",
    }


@pytest.mark.slow
def test_phones_that_send_again_are_known(world: World, tmp_path: Path) -> None:
    """The same bytes are the same; what was erased on the old node is thanked on the new one."""
    assert copy(world.new, tmp_path / "copy").ask("resent") == ["again", "again", "thanked", "again"]


@pytest.mark.slow
def test_nothing_of_it_can_be_read_in_the_archive(world: World) -> None:
    content = world.archive.read_bytes()
    names = [
        world.slug,
        "invented_form",
        "uuid:1",
        "person:",
        "submission",
        *FIELD_WORDS,
        *world.codes.values(),
    ]
    with zipfile.ZipFile(world.archive) as archive:
        parts = {each.filename for each in archive.infolist()}
        assert {each.date_time[0] for each in archive.infolist()} == {1980}
    assert parts == {"manifest.json"} | {
        f"{each}.sealed" for each in ("index", "files-1", "files-2", "rows", "salts", "keys", "ledger")
    }
    for each in names:
        assert each.encode() not in content, each
    for key in ("vault.key", "secret.key"):
        assert (world.old.data / "keys" / key).read_bytes() not in content
    for salts in (world.old.data / "keys" / "rings").glob("*.ring"):
        assert salts.read_bytes()[:32] not in content
    assert world.archive.stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_the_ledger_came_along_and_can_be_followed(world: World) -> None:
    (digest,) = re.findall(r"the last has the digest ([0-9a-f]{64})", world.said)
    old, new = world.old.do("ledger"), world.new.do("ledger")
    assert digest in old.stdout  # the event of the leaving was the last one there
    assert (new.returncode, "The chain holds." in new.stdout) == (0, True)
    told = world.new.ask("pages", world.slug, STEWARD)
    assert "brought the whole initiative from another node" in told["events"]
    assert "On another node: " in told["events"]
    assert "Returned" in told["sheet"]  # a decision finds its event


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        'UPDATE ledger_carriedevent SET payload = \'{"state":"accepted"}\' WHERE verb = "submission.decided"',
        "UPDATE ledger_carriedevent SET before = X'' WHERE length(before) > 0",
        "DELETE FROM ledger_carriedevent WHERE verb = 'initiative.carried_away'",
    ],
)
def test_whoever_changes_what_came_along_is_found(world: World, change: str, tmp_path: Path) -> None:
    node = copy(world.new, tmp_path / "copy")
    with closing(sqlite3.connect(node.data / "everycount.sqlite3")) as database:
        with pytest.raises(sqlite3.IntegrityError, match="forgets nothing"):
            database.execute(change)
        for verb in ("update", "delete"):
            database.execute(f"DROP TRIGGER ledger_carriedevent_no_{verb}")
        assert database.execute(change).rowcount > 0
        database.commit()
    found = node.do("ledger")
    assert (found.returncode, "Initiative " in found.stdout) == (1, True)


@pytest.mark.slow
def test_twice_is_as_good_as_once(world: World, tmp_path: Path) -> None:
    node = copy(world.new, tmp_path / "copy")
    before, kept = node.ask("told"), node.kept()
    done = node.arrives(world.archive, world.code.lower())
    assert (done.returncode, "nothing of it was changed" in done.stdout) == (0, True), done.stderr
    assert (node.ask("told"), node.kept()) == (before, kept)


@pytest.mark.slow
def test_what_is_taken_back_on_the_old_node_later_follows(world: World, tmp_path: Path) -> None:
    """A second archive changes nothing but that."""
    old, new = copy(world.old, tmp_path / "old"), copy(world.new, tmp_path / "new")
    assert old.ask("withdraw", world.codes["uuid:4"], "collection")
    code = old.away(world.slug, tmp_path / "later.carried")
    done = new.arrives(tmp_path / "later.carried", code)
    assert (done.returncode, "1 submissions had been taken back" in done.stdout) == (0, True), done.stderr
    assert new.ask("opened", json.dumps({"uuid:4": world.codes["uuid:4"]})) == {"uuid:4": None}
    assert new.do("ledger").returncode == 0


@pytest.mark.slow
def test_an_initiative_goes_on_from_there_to_a_third_node(world: World, tmp_path: Path) -> None:
    second, third = copy(world.new, tmp_path / "second"), Node(tmp_path / "third")
    code = second.away(world.slug, tmp_path / "again.carried")
    third.ask("account", STEWARD)
    done = third.arrives(tmp_path / "again.carried", code, "--slug", "elsewhere")
    assert done.returncode == 0, done.stderr
    assert third.do("ledger").returncode == 0
    assert third.ask("opened", json.dumps(world.codes))["uuid:2"] == "otter-basalt-2"
    assert "Returned" in third.ask("pages", "elsewhere", STEWARD)["sheet"]


@pytest.mark.slow
@pytest.mark.skipif(own_postgres.binaries() is None, reason="no PostgreSQL is installed")
def test_from_sqlite_to_postgres_and_on_from_there(world: World, tmp_path: Path) -> None:
    with own_postgres.serving("-F") as database:
        large, small = Node(tmp_path / "large", database), Node(tmp_path / "small")
        large.ask("account", STEWARD)
        done = large.arrives(world.archive, world.code)
        assert done.returncode == 0, done.stderr
        assert large.ask("opened", json.dumps(world.codes))["uuid:1"] == "heron-quartz"
        assert large.do("ledger").returncode == 0
        code = large.away(world.slug, tmp_path / "on.carried")
    small.ask("account", STEWARD)
    done = small.arrives(tmp_path / "on.carried", code)
    assert done.returncode == 0, done.stderr
    assert small.ask("told")["opened"] == world.before["opened"]
    assert small.do("ledger").returncode == 0


def spoilt(archive: Path, target: Path, part: str, change: Any) -> Path:
    """The archive with one part changed."""
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(target, "w") as copied:
        for each in source.namelist():
            content = change(source.read(each)) if each == part else source.read(each)
            if content is not None:
                copied.writestr(each, content)
    return target


@pytest.mark.slow
def test_a_broken_archive_is_one_message_and_leaves_nothing(world: World, tmp_path: Path) -> None:
    node = Node(tmp_path / "empty")
    node.ask("account", STEWARD)
    before = node.kept()
    cut_off = tmp_path / "cut"
    cut_off.write_bytes(world.archive.read_bytes()[:-4000])

    def later(content: bytes) -> bytes:
        return json.dumps({**json.loads(content), "version": 9}).encode()

    def other_sum(content: bytes) -> bytes:
        found = json.loads(content)
        found["parts"][-2]["sha256"] = "0" * 64
        return json.dumps(found).encode()

    cases = {
        "no archive of an initiative": cut_off,
        "is not as it was written": spoilt(
            world.archive, tmp_path / "a", "rows.sealed", lambda each: each[:-1] + bytes([each[-1] ^ 1])
        ),
        "is missing": spoilt(world.archive, tmp_path / "b", "keys.sealed", lambda _: None),
        "has the format 9": spoilt(world.archive, tmp_path / "c", "manifest.json", later),
        "The archive is damaged": spoilt(world.archive, tmp_path / "d", "manifest.json", other_sum),
    }
    for words, file in cases.items():
        done = node.arrives(file, world.code)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
        assert words in done.stderr
    wrong = node.arrives(world.archive, world.codes["uuid:1"])
    assert (wrong.returncode, "The code does not open" in wrong.stderr) == (2, True)
    assert (node.ask("told"), node.kept()) == ({}, before)


@pytest.mark.slow
def test_what_cannot_stand_beside_what_is_here_is_refused_whole(world: World, tmp_path: Path) -> None:
    """The same form_id under another initiative: phones would not know which is meant."""
    node = Node(tmp_path / "taken")
    node.ask("make")
    node.ask("account", STEWARD)
    before, kept = node.ask("told"), node.kept()
    done = node.arrives(world.archive, world.code)
    assert (done.returncode, "form_id invented_form" in done.stderr) == (2, True), done.stderr
    assert (node.ask("told"), node.kept()) == (before, kept)
    nobody = node.do("carry-in", str(world.archive), "--steward", "x@example.org", given=f"{world.code}\n")
    assert (nobody.returncode, "Nobody has an account" in nobody.stderr) == (2, True)
