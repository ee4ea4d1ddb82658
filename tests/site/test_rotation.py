"""The installation key is changed: everything goes on as before under the new one, whatever interrupts it."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from site_answers import answers
from site_node import Node

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.enable_socket, pytest.mark.slow]
SET_UP = "from everycount.site.running import set_up; set_up()\n"
GIVE = """
import json
from datetime import UTC, datetime
from everycount.site.collection import actions
from everycount.site.collection.models import Key
from everycount.site.people.models import Person
from site_world import person
key = Key.objects.get()
print(json.dumps([str(key.id), *actions.give_password(key=key, by=person(), at=datetime.now(UTC))]))
"""
ERASE = """
from datetime import UTC, datetime
from everycount.site.collection.models import Submission
from everycount.site.consent.actions import erase
found = Submission.objects.get(root="uuid:taken-back")
erase(submission=found.pk, by="system", at=datetime.now(UTC), how="code")
"""
HELD = """
import hashlib
from everycount.site.collection import keys
from everycount.site.collection.models import Key, Submission
from everycount.site.consent.queries.receipts import by_code
from everycount.site.ledger.queries import broken
ha1 = hashlib.md5("{user}:everycount:{password}".encode()).hexdigest()
is_known = keys.ha1_of(Key.objects.get()) == ha1
print(by_code("{code}") is not None, is_known, *broken(), Submission.objects.count())
"""
WRAPPED = """
from everycount.site.vault.models import DataKey
print(*(bytes(each.wrapped).hex() for each in DataKey.objects.all()))
"""
HALFWAY = """
import os
from datetime import UTC, datetime
from everycount.site.running import set_up
environment = set_up(alone=True)
from everycount.site import rotation
def killed(*given):
    print("killed", flush=True)
    os._exit(0)
setattr(rotation, "{step}", killed)
rotation.rotate_keys(environment, at=datetime.now(UTC))
"""


@dataclass(frozen=True)
class World:
    """A node with something of each kind that hangs on the key: a receipt's code, a phone's password."""

    node: Node
    code: str
    user: str
    password: str

    def held(self) -> list[str]:
        """Whether the receipt opens, whether the password is known, breaks of the ledger, submissions."""
        told = HELD.format(user=self.user, password=self.password, code=self.code)
        return self.node.python(SET_UP + told).split()

    @property
    def key(self) -> Path:
        """The file of the installation key."""
        return self.node.data / "keys" / "vault.key"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> World:
    node = Node(tmp_path_factory.mktemp("node") / "data")
    node.make()
    with node.running():
        code = code_of(node, "uuid:kept")
        node.send(answers("uuid:taken-back"))
    _, user, password = json.loads(node.python(SET_UP + ERASE + GIVE))
    return World(node, code, user, password)


@pytest.fixture
def world(first: World, tmp_path: Path) -> World:
    shutil.copytree(first.node.data, tmp_path / "data")
    return replace(first, node=Node(tmp_path / "data", secret=first.node.secret))


def code_of(node: Node, instance: str) -> str:
    """The receipt that a phone is shown."""
    body = answers(instance)
    part = b'--x\r\nContent-Disposition: form-data; name="xml_submission_file"; filename="s.xml"\r\n\r\n'
    path, kind = f"/key/{node.secret}/submission", "multipart/form-data; boundary=x"
    status, told = node.ask("POST", path, part + body + b"\r\n--x--\r\n", Content_Type=kind)
    found = re.search(rb"[0-9A-Z]{5}(?:-[0-9A-Z]+){4,}", told)
    assert (status, found is not None) == (201, True), told
    return found.group().decode() if found else ""


def assert_all_goes_on(world: World) -> None:
    with world.node.running():
        assert world.node.send(answers("uuid:taken-back")) == 202, "what was erased must not come again"
        assert world.node.send(answers("uuid:kept")) == 202, "what is there must not come twice"
        assert world.node.send(answers("uuid:new")) == 201
    assert world.held() == ["True", "True", "2"]


def test_everything_goes_on_under_the_new_key(world: World) -> None:
    old, wrapped = world.key.read_text(), world.node.python(SET_UP + WRAPPED).split()
    done = world.node.everycount("rotate-keys")
    assert done.returncode == 0, done.stderr
    assert world.key.read_text() != old
    (aside,) = world.key.parent.glob("*.old.key")
    assert (aside.read_text(), str(aside) in done.stdout) == (old, True)
    assert str(aside) in world.node.everycount("check").stdout, "that it lies beside the node is worth a word"
    held = b"".join(path.read_bytes() for path in world.node.data.glob("everycount.sqlite3*"))
    assert wrapped
    assert not [each for each in wrapped if bytes.fromhex(each) in held], "the old key must open nothing here"
    assert world.node.everycount("rotate-keys").returncode == 0, "and once more"
    assert_all_goes_on(world)


@pytest.mark.parametrize("step", ["_empty_log", "_put"])
def test_a_rotation_that_was_killed_is_ended_by_the_next(world: World, step: str) -> None:
    assert world.node.python(HALFWAY.format(step=step)).strip() == "killed"
    refused = world.node.everycount("serve", "--port", str(world.node.port))
    assert (refused.returncode, "rotate-keys was interrupted" in refused.stderr) == (2, True), refused.stderr
    done = world.node.everycount("rotate-keys")
    assert done.returncode == 0, done.stderr
    assert_all_goes_on(world)


def test_a_running_node_keeps_its_key(world: World) -> None:
    with world.node.running():
        refused = world.node.everycount("rotate-keys")
        assert (refused.returncode, "The node runs" in refused.stderr) == (2, True)
        assert not list(world.key.parent.glob("*.new"))


def test_keys_of_the_environment_need_a_new_one_of_the_environment(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = world.key.read_text(), base64.b64encode(os.urandom(32)).decode()
    world.key.unlink()
    names = {"EVERYCOUNT_VAULT_KEY": old}
    before = Node.environment
    monkeypatch.setattr(Node, "environment", lambda node: {**before(node), **names})
    for wrong in ("short", old):
        names["EVERYCOUNT_NEW_VAULT_KEY"] = wrong
        refused = world.node.everycount("rotate-keys")
        assert (refused.returncode, "EVERYCOUNT_NEW_VAULT_KEY" in refused.stderr) == (2, True)
    names["EVERYCOUNT_NEW_VAULT_KEY"] = new
    done = world.node.everycount("rotate-keys")
    assert (done.returncode, "EVERYCOUNT_VAULT_KEY" in done.stdout) == (0, True), done.stderr
    assert not list(world.key.parent.glob("vault*")), "who keeps keys elsewhere finds none here"
    refused = world.node.everycount("serve", "--port", str(world.node.port))
    assert (refused.returncode, "sealed under the key" in refused.stderr) == (2, True)
    names["EVERYCOUNT_VAULT_KEY"] = new
    assert world.held() == ["True", "True", "1"]


def test_a_wrong_key_changes_nothing(world: World) -> None:
    right = world.key.read_text()
    world.key.write_text(base64.b64encode(os.urandom(32)).decode())
    refused = world.node.everycount("rotate-keys")
    assert (refused.returncode, "Nothing was changed" in refused.stderr) == (2, True), refused.stderr
    world.key.write_text(right)
    assert world.held() == ["True", "True", "1"]
