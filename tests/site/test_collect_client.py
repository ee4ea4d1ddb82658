"""What ODK Collect does, as its code has it, against a node in a process of its own."""

from __future__ import annotations

import hashlib
import re
import socket
from typing import TYPE_CHECKING

import pytest

from site_answers import answers
from site_node import Node, multipart

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]
_SECOND_VERSION = """
from everycount.site.running import set_up; set_up()
from everycount.site.registry.models import Initiative; from site_world import published
published(Initiative.objects.get(), version="2")
"""
_REVOKE = """
from everycount.site.running import set_up; set_up()
from everycount.site.collection.actions import revoke_key; from everycount.site.collection.models import Key
from everycount.site.people.models import Person; from site_world import AT
revoke_key(key=Key.objects.get(), by=Person.objects.first(), at=AT)
"""


class Collect:
    """The phone: what it has downloaded, and what it has not been thanked for."""

    def __init__(self, node: Node) -> None:
        self.node, self.forms = node, {}
        self.base = f"/key/{node.secret}"

    def refresh(self) -> list[str]:
        """Lists, and downloads what is new or changed; the ids of what was downloaded."""
        status, body = self.node.ask("GET", f"{self.base}/formList?deviceID=d", X_OpenRosa_Version="1.0")
        assert status == 200
        fresh = []
        for xform in re.findall(r"<xform>(.*?)</xform>", body.decode()):
            listed = dict(re.findall(r"<(\w+)>([^<]*)</", xform))
            if self.forms.get(listed["formID"]) == listed["hash"]:
                continue
            path = listed["downloadUrl"].removeprefix(f"http://127.0.0.1:{self.node.port}")
            status, form = self.node.ask("GET", path)
            assert status == 200
            assert f"md5:{hashlib.md5(form, usedforsecurity=False).hexdigest()}" == listed["hash"]
            self.forms[listed["formID"]] = listed["hash"]
            fresh.append(listed["version"])
        return fresh

    def send(self, xml: bytes, *files: tuple[str, bytes], more_comes: bool = False) -> int:
        """HEAD, then POST, as it does before every submission."""
        assert self.node.ask("HEAD", f"{self.base}/submission?deviceID=d")[0] == 204
        body = multipart(xml, *files)
        if more_comes:
            mark = b'--xxBOUNDxx\r\nContent-Disposition: form-data; name="*isIncomplete*"\r\n\r\nyes\r\n'
            body = mark + body
        kind = "multipart/form-data; boundary=xxBOUNDxx"
        return self.node.ask("POST", f"{self.base}/submission?deviceID=d", body, Content_Type=kind)[0]


def test_a_phone_from_its_first_list_to_its_last_day(tmp_path: Path) -> None:
    node = Node(tmp_path / "node")
    node.data.mkdir()
    node.make()
    phone = Collect(node)
    xml, photos = answers(photo="p.jpg"), [("p.jpg", b"x" * 400_000), ("q.jpg", b"y" * 400_000)]
    with node.running():
        assert phone.refresh() == ["1"]
        assert phone.refresh() == []
        node.python(_SECOND_VERSION)
        while not (found := phone.refresh()):
            pass  # another process of the node asks anew within two seconds
        assert found == ["2"]
        assert phone.send(xml, photos[0], more_comes=True) == 201
        assert phone.send(xml, photos[1]) == 201
        assert phone.send(xml, *photos) == 202
        body = multipart(answers("uuid:2"))
        head = f"POST {phone.base}/submission HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
        with socket.create_connection(("127.0.0.1", node.port)) as broken:
            broken.sendall(
                (
                    head.replace("Host: x", "Host: 127.0.0.1")
                    + "Content-Type: multipart/form-data; boundary=xxBOUNDxx\r\n\r\n"
                ).encode()
                + body
            )
            node.kill()  # before the phone has read an answer
    with node.running():
        assert phone.send(answers("uuid:2")) in (201, 202)
        assert phone.send(answers("uuid:3", replaces="uuid:2", answer="ibis")) == 201
        assert phone.send(answers("uuid:4", replaces="uuid:2", answer="stork")) == 409
        node.python(_REVOKE)
        while phone.node.ask("GET", f"{phone.base}/formList")[0] == 200:
            pass  # the same two seconds
        kind = "multipart/form-data; boundary=xxBOUNDxx"
        assert (
            node.ask("POST", f"{phone.base}/submission", multipart(answers("uuid:5")), Content_Type=kind)[0]
            == 403
        )
    held = node.look()
    names = sorted(name for name, *_ in held["editions"])  # type: ignore[attr-defined]
    assert (names, held["submissions"], held["breaks"]) == (["uuid:1", "uuid:2", "uuid:3"], 2, [])
    assert sorted(name for _, name, _ in held["files"]) == ["p.jpg", "q.jpg"]  # type: ignore[attr-defined]
