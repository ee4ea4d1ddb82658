"""A node in a process of its own, on a port of its own, with its own folder."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def free_port() -> int:
    """A port that nobody has just now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def environment(data: Path, port: int) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("EVERYCOUNT_", "DJANGO_"))
    }
    return kept | {"EVERYCOUNT_DATA_DIR": str(data), "EVERYCOUNT_PUBLIC_URL": f"http://127.0.0.1:{port}"}


def everycount(data: Path, port: int, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "everycount", *words]
    return subprocess.run(command, env=environment(data, port), capture_output=True, text=True, check=False)


@contextmanager
def running(data: Path, port: int, *words: str) -> Iterator[None]:
    command = [sys.executable, "-m", "everycount", *words, "--port", str(port)]
    log = (data.parent / f"{data.name}.log").open("w+")
    node = subprocess.Popen(
        command, env=environment(data, port), stdout=log, stderr=log, start_new_session=True
    )
    try:
        for _ in range(300):
            try:
                if ask(f"http://127.0.0.1:{port}/healthz")[0] == 200:
                    break
            except OSError:
                assert node.poll() is None, Path(log.name).read_text()
                time.sleep(0.1)
        yield
    finally:
        os.killpg(node.pid, signal.SIGKILL)
        node.wait()
        log.close()


def ask(url: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
    request = urllib.request.Request(url, body, headers)  # noqa: S310 - our own node
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - the same
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read()
