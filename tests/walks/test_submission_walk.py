"""The walks of the architecture, over HTTP, on a node of its own with real commits.

The first: a submission from the phone to what reviewers and analysts may open. The third: a withdrawal, to
everything that must not know the person any more, up to the mark "under revision".
"""

from __future__ import annotations

import json
import re
import shutil
import time
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from site_answers import answers
from site_node import Node, multipart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]
FORM, NAME = "application/x-www-form-urlencoded", "maria_gonzalez.jpg"
SECRETS = ("heron-quartz-41", "uuid:instance-marker", NAME, "words-about-her", "call-her-back")
ROLES = ("steward", "coordinator", "reviewer", "analyst", "collector", "community")
_MAKE = """
import json
from everycount.site.running import prepare; prepare(lambda words: None)
from everycount.site.people.models import Role
from site_world import initiative, key, person, published
where = initiative(); published(where)
made, secret = key(where)
people = {role: person(Role(role), where) for role in ROLES}
made.person = people["collector"]; made.save()
print(json.dumps({"slug": where.slug, "secret": secret}))
"""
_COME_IN = """
import json
from importlib import import_module
from everycount.site.running import set_up; set_up()
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from everycount.site.people.models import Assignment
sessions = {}
for role in ROLES:
    who = Assignment.objects.filter(role=role).order_by("pk").last().person
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(who.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = who.get_session_auth_hash()
    session.save()
    sessions[role] = session.session_key
print(json.dumps(sessions))
"""
_COUNT_IN_TABLES = """
from datetime import UTC, datetime
from everycount.site.running import set_up; set_up()
from everycount.site.collection.models import Submission
from everycount.site.consent import gate
from everycount.site.consent.models import Purpose
from everycount.site.people.models import Assignment
analyst = Assignment.objects.get(role="analyst").person
opened = gate.open_records(Submission.objects.all(), Purpose.STATISTICS, by=analyst, at=datetime.now(UTC))
print(*sorted(each.record().answers["answer"] for each in opened))
"""
_MARKS = """
from everycount.site.running import set_up; set_up()
from everycount.site.collection.models import Submission
from everycount.site.review.models import Decision
from everycount.site.consent.models import Message
from everycount.site.vault import places
from everycount.site.vault.models import Item
gone = Submission.objects.get(root="uuid:instance-marker")
items = [*gone.editions.values_list("item", flat=True), *gone.attachments.values_list("item", flat=True),
    *Decision.objects.filter(submission=gone).exclude(words=None).values_list("words", flat=True),
    *Message.objects.values_list("item", flat=True)]
for item in Item.objects.filter(id__in=items):
    sealed = bytes(item.content) if item.content else next(places.files().read(item.id))
    print(places.ring().salt(item.initiative, item.slot).hex(), sealed[:48].hex())
"""


@dataclass
class Walk:
    """A node, and those who walk on it.

    Attributes:
        node: the server.
        slug: of the initiative.
        sessions: the cookie of each role.
        receipts: codes by what was answered.
    """

    node: Node
    slug: str
    sessions: dict[str, str]
    receipts: dict[str, str] = field(default_factory=dict)

    def send(self, xml: bytes, *files: tuple[str, bytes]) -> tuple[int, str]:
        """As a phone."""
        kind = "multipart/form-data; boundary=xxBOUNDxx"
        where = f"/key/{self.node.secret}/submission"
        status, body = self.node.ask("POST", where, multipart(xml, *files), Content_Type=kind)
        return status, body.decode()

    def see(self, role: str, path: str) -> tuple[int, str]:
        """As somebody with a role, below the initiative."""
        cookie = f"sessionid={self.sessions[role]}"
        status, body = self.node.ask("GET", f"/initiatives/{self.slug}{path}", Cookie=cookie)
        return status, unescape(body.decode(errors="replace"))

    def press(self, role: str, path: str, **fields: str) -> int:
        """A button on a page of that role."""
        token = "a" * 32
        cookie = f"sessionid={self.sessions[role]}; csrftoken={token}"
        body = urlencode({"csrfmiddlewaretoken": token} | fields).encode()
        headers = {"Cookie": cookie, "Content_Type": FORM, "Origin": f"http://127.0.0.1:{self.node.port}"}
        return self.node.ask("POST", f"/initiatives/{self.slug}{path}", body, **headers)[0]

    def receipt(self, path: str, **fields: str) -> tuple[int, str]:
        """As a respondent: no account, no cookie."""
        status, body = self.node.ask("POST", path, urlencode(fields).encode(), Content_Type=FORM)
        return status, unescape(body.decode())

    def counts(self, role: str, path: str = "/submissions") -> dict[str, int]:
        """What the facets of a list say."""
        page = self.see(role, path)[1]
        return {label: int(n) for label, n in re.findall(r">([A-Z][A-Za-z ]+) \((\d+)\)</a>", page)}

    def one(self, role: str = "reviewer") -> list[str]:
        """Addresses of the submissions on the list."""
        return re.findall(
            r'href="/initiatives/[^/]+(/submissions/[0-9a-f-]{36})"', self.see(role, "/submissions")[1]
        )


def until(holds: Callable[[], object]) -> None:
    """What threads do in the background is waited for."""
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.2)


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    data = tmp_path_factory.mktemp("walk") / "node"
    data.mkdir(mode=0o700)
    node = Node(data)
    made = told(node, _MAKE)
    node.secret = made["secret"]
    with node.running():
        yield Walk(node, made["slug"], told(node, _COME_IN))


def told(node: Node, code: str) -> dict[str, str]:
    """What a program says that knows the roles and runs with the node's settings."""
    said: dict[str, str] = json.loads(node.python(f"ROLES = {ROLES}\n{code}").splitlines()[-1])
    return said


def test_a_submission_walks_from_the_phone_to_those_who_may_open_it(walk: Walk) -> None:
    status, forms = walk.node.ask("GET", f"/key/{walk.node.secret}/formList")
    (where,) = re.findall(r"<downloadUrl>http://[^/]+(/key/[^<]+)</downloadUrl>", forms.decode())
    assert (status, b"<formID>invented_form</formID>" in forms) == (200, True)
    assert walk.node.ask("GET", where)[0] == 200
    xml = answers("uuid:instance-marker", answer=SECRETS[0], photo=NAME)
    status, said = walk.send(xml, (NAME, SECRETS[0].encode() * 4000))
    (walk.receipts["gone"],) = re.findall(r"Receipt: ([A-Z2-7-]+)\.", said)
    assert status == 201
    assert walk.send(xml, (NAME, SECRETS[0].encode() * 4000))[0] == 202
    assert walk.send(answers("uuid:instance-marker", answer="else"))[0] == 409
    for name, counted in [("ibis", "yes"), ("crane", "no"), ("egret", "")]:
        status, said = walk.send(answers(f"uuid:{name}", answer=name, counted=counted))
        (walk.receipts[name],) = re.findall(r"Receipt: ([A-Z2-7-]+)\.", said)
    until(lambda: walk.counts("reviewer")["All"] == 2)  # silence and no are no
    for role in ("steward", "coordinator", "analyst", "community"):
        assert walk.counts(role)["All"] == 2
    found = {path: walk.see("reviewer", path)[1] for path in walk.one()}
    (mine,) = [path for path, page in found.items() if SECRETS[0] in page]
    assert "answer" in found[mine]
    assert SECRETS[0] not in walk.see("steward", mine)[1]
    assert walk.see("collector", mine)[0] == 404
    (picture,) = re.findall(rf'href="/initiatives/{walk.slug}({mine}/files/\d+)"', found[mine])
    assert walk.see("reviewer", picture)[1] == SECRETS[0] * 4000
    assert walk.see("analyst", picture)[0] == 404
    given = {"state": "returned", "reason": "other", "words": SECRETS[3], "edition": "1"}
    assert walk.press("reviewer", f"{mine}/decide", **given) == 302
    assert walk.counts("collector", "/submissions/mine")["Returned"] == 1
    assert SECRETS[3] in walk.see("collector", "/submissions/mine")[1]
    assert walk.node.python(_COUNT_IN_TABLES).split() == sorted([SECRETS[0], "ibis"])
    feed = walk.see("steward", "/events")[1]
    assert feed.count("opened records") >= 3
    assert "decided about submissions" in feed
    assert not [each for each in SECRETS if each in feed]


def token_of(walk: Walk) -> str:
    page = walk.receipt("/receipt", code=walk.receipts["gone"])[1]
    return re.findall(r'name="token" value="([^"]+)"', page)[0]


def everything_seen(walk: Walk) -> str:
    """Every page, list and feed of every role, and what phones read."""
    paths = [
        "",
        "/submissions",
        "/submissions/mine",
        "/submissions?state=returned",
        "/events",
        "/events.atom",
        "/consent",
        "/consent/messages",
        "/consent/assist?day=",
        "/questionnaires",
        "/keys",
        "/people",
    ]
    pages = [walk.see(role, path)[1] for role in walk.sessions for path in paths]
    pages += [walk.see(role, path)[1] for role in walk.sessions for path in walk.one(role)]
    pages.append(walk.node.ask("GET", f"/key/{walk.node.secret}/formList")[1].decode())
    return "\n".join(pages)


def test_a_withdrawal_walks_to_everything_that_must_not_know_the_person(walk: Walk, tmp_path: Path) -> None:
    if "gone" not in walk.receipts:
        test_a_submission_walks_from_the_phone_to_those_who_may_open_it(walk)
    walk.receipt("/receipt/message", token=token_of(walk), text=SECRETS[4])
    (mine,) = [path for path in walk.one() if SECRETS[0] in walk.see("reviewer", path)[1]]
    name = mine.rpartition("/")[2]
    marks = [bytes.fromhex(word) for word in walk.node.python(_MARKS).split()]
    assert len(marks) == 2 * 4  # answers, picture, words, message
    held = b"".join(path.read_bytes() for path in walk.node.data.rglob("*") if path.is_file())
    assert all(mark in held for mark in marks)  # else the scan below would find nothing, whatever was left
    backup = tmp_path / "before.backup"
    command(walk.node, "backup", str(backup))

    status, page = walk.receipt("/receipt/back", token=token_of(walk), what="collection")
    assert (status, "Yes, erase my answers" in page) == (200, True)
    status, page = walk.receipt("/receipt/back", token=token_of(walk), what="collection", sure="yes")
    assert "Your answers are erased" in page

    assert walk.receipt("/receipt", code=walk.receipts["gone"])[0] == 404
    for role in ("steward", "coordinator", "reviewer", "analyst", "community"):
        assert walk.counts(role)["All"] == 1
        assert walk.see(role, mine)[0] == 404
    assert walk.counts("collector", "/submissions/mine")["All"] == 1
    seen = everything_seen(walk)
    assert not [each for each in (*SECRETS, name, walk.receipts["gone"]) if each in seen]
    assert "under revision since" in walk.see("steward", "/consent")[1]
    assert "as under revision" in walk.see("analyst", "/events")[1]
    assert walk.node.python(_COUNT_IN_TABLES).split() == ["ibis"]
    sent = [walk.send(answers("uuid:instance-marker", answer=SECRETS[0], photo=NAME), (NAME, b"x"))[0]]
    sent += [walk.send(answers("uuid:edit", replaces="uuid:instance-marker", answer=SECRETS[0]))[0]]
    assert sent == [202, 202]
    assert walk.counts("reviewer")["All"] == 1

    hidden = [*marks, *(each.encode() for each in SECRETS)]
    until(lambda: not left(walk.node.data, hidden))  # the write-ahead log is emptied by a thread
    assert {path.suffix for path in walk.node.data.rglob("*")} >= {
        ".sqlite3",
        ".sqlite3-wal",
        ".ring",
        ".log",
    }
    assert not any(each in walk.node.log() for each in SECRETS)
    comes_back(walk, backup, tmp_path, name, hidden)


def left(data: Path, hidden: list[bytes]) -> list[tuple[str, bytes]]:
    """What is found in any file of the node while it runs."""
    found = []
    for path in data.rglob("*"):
        held = path.read_bytes() if path.is_file() else b""
        found += [(str(path), each) for each in hidden if each in held]
    return found


def command(node: Node, *words: str) -> None:
    done = node.everycount(*words)
    assert done.returncode in (0, 1), done.stderr  # 1 where the disk of the machine is nearly full


def comes_back(walk: Walk, backup: Path, folder: Path, name: str, hidden: list[bytes]) -> None:
    """A backup from before the withdrawal, put into an empty node with the list of the lost one."""
    fresh = Node(folder / "fresh", secret=walk.node.secret)
    (fresh.data / "keys").mkdir(parents=True, mode=0o700)
    for kept in ("vault.key", "secret.key", "erased.log"):
        shutil.copy(walk.node.data / "keys" / kept, fresh.data / "keys" / kept)
    command(fresh, "restore", str(backup))
    with fresh.running():
        again = Walk(fresh, walk.slug, told(fresh, _COME_IN), walk.receipts)  # no backup holds a session
        assert again.counts("reviewer")["All"] == 1
        assert again.see("reviewer", f"/submissions/{name}")[0] == 404
        assert again.receipt("/receipt", code=walk.receipts["gone"])[0] == 404
        seen = everything_seen(again)
        assert not [each for each in (*SECRETS, name) if each in seen]
        assert again.send(answers("uuid:instance-marker", answer=SECRETS[0]))[0] == 202
        assert again.node.python(_COUNT_IN_TABLES).split() == ["ibis"]
        until(lambda: not left(fresh.data, hidden))
