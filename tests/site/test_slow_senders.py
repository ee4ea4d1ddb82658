"""Senders that give a byte now and then hold back nobody else."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from everycount.site.patience import BRIEF, LONG, SMALL, Bodies, Limits, _address, unhurried
from site_answers import answers
from site_node import Node, multipart

if TYPE_CHECKING:
    from pathlib import Path


def ask(application: Any, body: bytes = b"", **more: str) -> tuple[str, bytes]:
    environ = {
        "REMOTE_ADDR": "10.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        **more,
    }
    said: list[str] = []
    found = b"".join(application(environ, lambda status, _: said.append(status)))
    return said[0], found


def echo(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return [environ["wsgi.input"].read()]


@pytest.mark.parametrize("size", [0, 1, SMALL, SMALL + 1])
def test_a_body_arrives_as_it_was_sent(size: int) -> None:
    assert ask(unhurried(echo, behind_proxy=False), b"x" * size) == ("200 OK", b"x" * size)


def test_a_body_that_breaks_off_arrives_as_far_as_it_came() -> None:
    assert ask(unhurried(echo, behind_proxy=False), b"abc", CONTENT_LENGTH="10") == ("200 OK", b"abc")


@pytest.mark.parametrize("more", [{"CONTENT_LENGTH": "-1"}, {"HTTP_TRANSFER_ENCODING": "chunked"}])
def test_a_body_of_no_length_is_taken_piece_by_piece(more: dict[str, str]) -> None:
    assert ask(unhurried(echo, behind_proxy=False), b"abc", **more) == ("200 OK", b"abc")


@pytest.mark.parametrize(("limits", "size"), [(BRIEF, 10), (LONG, SMALL + 1)])
def test_one_address_takes_no_more_than_its_share(limits: Limits, size: int) -> None:
    """Each body begins another one before it has been read, as many as it is let."""
    refused: list[str] = []

    class Slow:
        def __init__(self, left: int) -> None:
            self.left = left

        def read(self, _: int = -1) -> bytes:
            if self.left:
                self.left, left = 0, self.left
                environ = {"CONTENT_LENGTH": str(size), "wsgi.input": Slow(left - 1)}
                refused.append(ask(application, **environ)[0])  # type: ignore[arg-type]
            return b""

    application = unhurried(echo, behind_proxy=False)
    environ = {"CONTENT_LENGTH": str(size), "wsgi.input": Slow(limits.each)}
    ask(application, **environ)  # type: ignore[arg-type]
    assert refused.count("503 Service Unavailable") == 1
    assert refused.count("200 OK") == limits.each - 1


def test_shares_are_counted_by_address_and_given_back() -> None:
    bodies = Bodies(Limits(all=3, each=2))
    with ExitStack() as kept:
        rooms = [kept.enter_context(bodies.one_more(address)) for address in "aaabc"]
    assert rooms == [True, True, False, True, False]
    with bodies.one_more("a") as first, bodies.one_more("c") as other:
        assert first
        assert other


def test_behind_a_proxy_the_address_is_what_it_wrote_down() -> None:
    """What a sender wrote itself stands further to the left, and is not believed."""
    environ: Any = {"HTTP_X_FORWARDED_FOR": "1.1.1.1, 2.2.2.2", "REMOTE_ADDR": "127.0.0.1"}
    assert _address(environ, behind_proxy=True) == "2.2.2.2"
    assert _address(environ, behind_proxy=False) == "127.0.0.1"


@pytest.mark.slow
@pytest.mark.enable_socket
def test_slow_senders_block_nobody(tmp_path: Path) -> None:
    node = Node(tmp_path / "node")
    node.data.mkdir()
    node.make()
    small, large = multipart(answers()), multipart(answers(photo="p.jpg"), ("p.jpg", b"x" * 200_000))
    held = []
    with node.running():
        for body in [small] * (BRIEF.each + 20) + [large] * (LONG.each + 20):
            slow = socket.create_connection(("127.0.0.1", node.port), source_address=("127.0.0.2", 0))
            slow.sendall(
                f"POST /key/{node.secret}/submission HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                f"Content-Type: multipart/form-data; boundary=xxBOUNDxx\r\n"
                f"Content-Length: {len(body)}\r\n\r\n".encode()
                + body[:100]
            )
            held.append(slow)
        assert node.ask("GET", "/healthz")[0] == 200
        assert node.send(answers("uuid:quick")) == 201
        assert node.send(answers("uuid:quick", photo="p.jpg"), ("p.jpg", b"x" * 200_000)) in {201, 409}
        held[0].sendall(small[100:])  # one of the slow ones makes up its mind
        assert b" 201 " in held[0].recv(100)
        refused = [slow for slow in held if b" 503 " in answered(slow)]
        assert len(refused) == 40
    for slow in held:
        slow.close()


def answered(slow: socket.socket) -> bytes:
    """What the node has said by now."""
    slow.settimeout(0.2)
    try:
        return slow.recv(20)
    except TimeoutError:
        return b""
