"""A node in processes of its own, with phones that send to it and write down what it acknowledged."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from site_answers import answers

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS = Path(__file__).resolve().parent
_MAKE = """
from everycount.site.running import prepare; prepare(lambda words: None)
from site_world import initiative, key, published
where = initiative(); published(where); print(key(where)[1])
"""
_LOOK = """
import json, sys
from everycount.site.running import set_up; set_up()
from everycount.site.collection.models import Attachment, Edition, Submission
from everycount.site.collection.upload import split_name
from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import broken
from everycount.site.vault.queries import open_item
rows = Edition.objects.select_related("submission")
editions = [[e.instance, e.submission.root, open_item(e.item).decode()] for e in rows]
rows = Attachment.objects.exclude(item=None)
files = [[a.submission.root, *split_name(open_item(a.item))] for a in rows]
told = Event.objects.filter(verb="submission.received").count()
json.dump({"editions": editions, "submissions": Submission.objects.count(), "told": told,
    "breaks": list(broken()), "files": [[r, n, c.decode()] for r, n, c in files]}, sys.stdout)
"""


def free_port() -> int:
    """A port that nobody has just now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@dataclass
class Node:
    """A node: its folder, its database, its port, and the key of one phone."""

    data: Path
    database: str = ""
    port: int = field(default_factory=free_port)
    secret: str = ""
    process: subprocess.Popen[bytes] | None = None
    worker: bool = True

    def environment(self) -> dict[str, str]:
        """What the operator says."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("EVERYCOUNT_", "DJANGO_"))}
        ours = {
            "EVERYCOUNT_DATA_DIR": str(self.data),
            "EVERYCOUNT_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
        }
        if self.database:
            ours["DATABASE_URL"] = self.database
        return {**kept, **ours, "PYTHONPATH": os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])}

    def python(self, code: str) -> str:
        """What a program says that runs with the node's settings."""
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def everycount(self, *words: str) -> subprocess.CompletedProcess[str]:
        """What a command of the node's keeper does and says."""
        command = [sys.executable, "-W", "ignore", "-m", "everycount", *words]
        return subprocess.run(
            command, env=self.environment(), capture_output=True, text=True, check=False, timeout=120
        )

    def make(self) -> None:
        """The database, a questionnaire and a key."""
        self.secret = self.python(_MAKE).split()[-1]

    def start(self, *, before: str = "") -> None:
        """Serves; ``before`` is shell that is run first, such as a limit."""
        command = [sys.executable, "-m", "everycount", "serve", "--port", str(self.port)]
        command += [] if self.worker else ["--no-worker"]
        shell = ["bash", "-c", f'{before}; exec "$@"', "bash", *command] if before else command
        with self.data.with_suffix(".log").open("ab") as log:
            self.process = subprocess.Popen(
                shell, env=self.environment(), stdout=log, stderr=log, start_new_session=True
            )
        end = time.monotonic() + 120
        while True:
            try:
                if self.ask("GET", "/healthz")[0] == 200:
                    return
            except OSError:
                assert self.process.poll() is None, self.log()
                assert time.monotonic() < end, self.log()
                time.sleep(0.05)

    def kill(self) -> None:
        """Ends everything of it without a warning."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    @contextmanager
    def running(self, *, before: str = "") -> Iterator[None]:
        """Serves for a block."""
        self.start(before=before)
        try:
            yield
        finally:
            self.kill()

    def log(self) -> str:
        """What the node said."""
        return self.data.with_suffix(".log").read_text()

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        """One request over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def send(self, xml: bytes, *files: tuple[str, bytes]) -> int:
        """One submission; what the node says to it."""
        body = multipart(xml, *files)
        kind = "multipart/form-data; boundary=xxBOUNDxx"
        return self.ask("POST", f"/key/{self.secret}/submission", body, Content_Type=kind)[0]

    def look(self) -> dict[str, object]:
        """Everything that is there, opened; and what the ledger says of itself."""
        found: dict[str, object] = json.loads(self.python(_LOOK))
        return found


def multipart(xml: bytes, *files: tuple[str, bytes]) -> bytes:
    """A body as phones write it."""
    parts = [("xml_submission_file", "s.xml", xml), *((name, name, content) for name, content in files)]
    made = b"".join(
        f'--xxBOUNDxx\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n\r\n'.encode()
        + content
        + b"\r\n"
        for name, file, content in parts
    )
    return made + b"--xxBOUNDxx--\r\n"


@dataclass
class Phones:
    """Phones that send without pause; what was not acknowledged is sent again, as phones do.

    Attributes:
        acknowledged: what the node said it had, by instanceID: the XML and its picture.
        refused: answers that are neither an acknowledgement nor "come again".
    """

    node: Node
    acknowledged: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)
    waiting: list[tuple[str, bytes, bytes]] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    again: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _made: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, count: int = 8) -> None:
        """Each sends over connections of its own."""
        self._stop.clear()
        self._threads = [threading.Thread(target=self._send) for _ in range(count)]
        for each in self._threads:
            each.start()

    def stop(self) -> None:
        """They finish what they are at."""
        self._stop.set()
        for each in self._threads:
            each.join()

    def _next(self) -> tuple[str, bytes, bytes]:
        with self._lock:
            if self.waiting:
                return self.waiting.pop()
            self._made += 1
            name, photo = f"uuid:{self._made}", b""
            if self._made % 4 == 0:
                photo = f"picture {self._made} ".encode() * 40_000
            return name, answers(name, photo="p.jpg" if photo else "", answer=f"heron {self._made}"), photo

    def _send(self) -> None:
        while not self._stop.is_set():
            name, xml, photo = self._next()
            try:
                status = self.node.send(xml, *([("p.jpg", photo)] if photo else []))
            except (OSError, http.client.HTTPException):
                status = 0
            with self._lock:
                if status in (201, 202):
                    self.acknowledged[name] = (xml, photo)
                    continue
                self.waiting.append((name, xml, photo))
                if status in (0, 503):
                    self.again += 1
                else:
                    self.refused.append(status)
            if status != 201:
                time.sleep(0.02)


def losses(phones: Phones) -> list[str]:
    """Everything that was acknowledged and is not there exactly once, opened, with its picture."""
    found = phones.node.look()
    held: dict[str, list[str]] = {}
    for instance, _, xml in found["editions"]:  # type: ignore[attr-defined]
        held.setdefault(instance, []).append(xml)
    files = {(root, name): content for root, name, content in found["files"]}  # type: ignore[attr-defined]
    wrong = [f"ledger: {words}" for words in found["breaks"]]  # type: ignore[attr-defined]
    wrong += [f"status {status}" for status in phones.refused]
    for name, (xml, photo) in phones.acknowledged.items():
        if held.get(name) != [xml.decode()]:
            wrong.append(f"{name} is there {len(held.get(name, []))} times")
        if photo and files.get((name, "p.jpg")) != photo.decode():
            wrong.append(f"the picture of {name} is not there")
    wrong += [f"{name} is there twice" for name, each in held.items() if len(each) > 1]
    if not found["submissions"] == found["told"] == len(held):
        wrong.append(f"{found['submissions']} submissions, {len(held)} editions, {found['told']} told")
    return wrong


def ordeal(node: Node, kills: int, seed: int = 1) -> Phones:
    """Sends without pause and kills the node at random moments; the phones, with what they wrote down."""
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    phones = Phones(node)
    for _ in range(kills):
        node.start()
        phones.start()
        time.sleep(chance.uniform(0.05, 1.0))
        node.kill()
        phones.stop()
    node.start()
    phones.start()
    time.sleep(1)
    phones.stop()
    node.kill()
    return phones


def main() -> None:
    """By hand: ``python tests/site_node.py KILLS [postgres]``; prints the counts."""
    import contextlib
    import shutil
    import tempfile

    import own_postgres

    kills, wants = int(sys.argv[1]), sys.argv[2:] == ["postgres"]
    folder = Path(tempfile.mkdtemp(prefix="everycount-kills-"))
    with own_postgres.serving() if wants else contextlib.nullcontext("") as database:
        node = Node(folder / "node", database=database)
        (folder / "node").mkdir()
        node.make()
        phones = ordeal(node, kills, seed=int(time.time()))
        wrong = losses(phones)
    name = "PostgreSQL" if wants else "SQLite"
    pictures = sum(bool(photo) for _, photo in phones.acknowledged.values())
    print(  # noqa: T201 - a command
        f"{name}: {kills} kills, {len(phones.acknowledged)} acknowledged ({pictures} with a picture), "
        f"{phones.again} sent again, {len(wrong)} wrong",
        *wrong[:10],
        sep="\n  ",
    )
    shutil.rmtree(folder)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
