"""A real node for journeys: the server in a process of its own, with a data folder of its own."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

TESTS = Path(__file__).resolve().parent.parent
PATIENCE = 60  # seconds until a node must answer

_SERVE = "from everycount.site.running import serve; serve('127.0.0.1', {port}, print)"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass
class Node:
    """A node that serves.

    Attributes:
        url: with ``localhost``, the one name to which browsers give passkeys without TLS.
    """

    data: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @classmethod
    def started(cls, data: Path) -> Node:
        port = free_port()
        with (data / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", _SERVE.format(port=port)],
                env=environment(data, port),
                stdout=log,
                stderr=log,
            )
        node = cls(data, port, process)
        node._wait()
        return node

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=2).read()  # noqa: S310 - our own address
            except (urllib.error.URLError, OSError):
                if self.process.poll() is not None:
                    break
                time.sleep(0.2)
            else:
                return
        raise AssertionError((self.data / "log").read_text())

    def run(self, script: str) -> str:
        """What a script prints that runs with the node's settings; Django is set up."""
        whole = f"from everycount.site.running import set_up; set_up()\n{script}"
        done = subprocess.run(
            [sys.executable, "-c", whole],
            env=environment(self.data, self.port),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def world(self, module: ModuleType) -> dict[str, Any]:
        """What a module prints that makes a world in this node: JSON. It may use what tests share."""
        kept = environment(self.data, self.port)
        path = os.pathsep.join([str(TESTS), kept.get("PYTHONPATH", "")])
        done = subprocess.run(
            [sys.executable, str(module.__file__)],
            env=kept | {"PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        made: dict[str, Any] = json.loads(done.stdout)
        return made

    def code_for(self, address: str) -> str:
        """The code in the newest mail to an address."""
        mails = sorted((self.data / "mail").iterdir(), key=lambda file: file.stat().st_mtime_ns)
        for file in reversed(mails):
            text = file.read_text()
            if f"To: {address}" in text and (
                found := re.search(r"^[A-Z0-9]+-[A-Z0-9]+$", text, re.MULTILINE)
            ):
                return found.group()
        raise AssertionError(f"no code for {address}")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


def environment(data: Path, port: int) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    ours = {"EVERYCOUNT_DATA_DIR": str(data), "EVERYCOUNT_PUBLIC_URL": f"http://localhost:{port}"}
    return kept | ours
