"""Coverage-guided search for bytes that break what phones ask, or the reader of XML.

By hand and long: ``python tests/site_fuzz.py CORPUS -max_total_time=3600`` (it needs atheris). CI runs a
minute of it. The corpus stays out of the tree; what was found is a test in ``tests/site/test_hostile.py``.
"""

from __future__ import annotations

import io
import logging
import os
import shutil
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from lxml import etree

from site_answers import answers
from site_node import multipart

TESTS = Path(__file__).resolve().parent
KIND = "multipart/form-data; boundary=xxBOUNDxx"
SAID = {200, 201, 202, 204, 304, 400, 401, 403, 404, 405, 409, 413}
METHODS = ("GET", "POST", "HEAD", "PUT", "OPTIONS")
LOOKED_AT = 1000  # after so many inputs the files on disk are held against the database
SEEDS = (
    b"\0" + multipart(answers(photo="p.jpg"), ("p.jpg", b"x" * 50)),
    b"\1" + answers("uuid:2", replaces="uuid:1"),
    b"\1" + answers("uuid:3", version="9"),
    b'\1<data id="invented_form" encrypted="yes" xmlns="http://opendatakit.org/submissions"/>',
    b"\2" + KIND.encode() + b"\nDigest username=x\n\nchunked\n" + multipart(answers()),
    b"\2application/x-www-form-urlencoded; charset=utf-8\n\n\n\nxml_submission_file=%3Cdata/%3E",
    b"\3\0/key/KEY/formList\nformID=invented_form",
    b"\3\0/key/KEY/forms/00000000-0000-4000-8000-000000000000/manifest\n",
    b"\3\2/phone/submission\n",
    b"\4uuid:4\n1\n\nheron\np.jpg\np.jpg",
    b"\5" + answers(),
    b"\5" + answers(answer="<a xmlns:b='c'><b:d/></a>"),
)


class Errors(logging.Handler):
    """Whatever the node logs as an error is one, even if the phone was answered."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps it."""
        self.seen.append(logging.Formatter().format(record))


class Target:
    """A node in this process, with one form and one key; :meth:`one` takes an input."""

    def __init__(self) -> None:
        from everycount.questionnaire import read_xlsform
        from everycount.site.running import prepare

        prepare(lambda _words: None)
        from everycount.site.wsgi import application
        from site_world import initiative, key, published

        where = initiative()
        version = published(where)
        self.secret = key(where)[1]
        self.application: Any = application
        self.form = read_xlsform(bytes(version.xlsform))
        self.errors = Errors()
        logging.getLogger().addHandler(self.errors)
        logging.getLogger("django.request").setLevel(logging.ERROR)  # refusals are what is looked for
        threading.excepthook = lambda args: self.errors.seen.append(repr(args))
        self.runs = 0
        self.ways = (self.body, self.xml, self.headers, self.address, self.texts, self.read)

    def one(self, data: bytes) -> None:
        """The first byte says which way the rest goes."""
        if not data:
            return
        self.ways[data[0] % len(self.ways)](data[1:])
        self.runs += 1
        if self.runs % LOOKED_AT == 0:
            self.look()
        assert not self.errors.seen, self.errors.seen

    def body(self, data: bytes) -> None:
        """Any body."""
        self.ask("POST", b"/key/KEY/submission", data)

    def xml(self, data: bytes) -> None:
        """A body in order, with any XML."""
        self.ask("POST", b"/key/KEY/submission", multipart(data))

    def headers(self, data: bytes) -> None:
        """Any content type, authorization, condition, way of sending and body."""
        kind, proof, tag, way, body = (data.split(b"\n", 4) + [b""] * 4)[:5]
        said = {"HTTP_AUTHORIZATION": proof, "HTTP_IF_NONE_MATCH": tag, "HTTP_TRANSFER_ENCODING": way}
        plain = {name: value.decode("latin-1") for name, value in said.items()}
        for path in (b"/key/KEY/submission", b"/phone/submission"):
            self.ask("POST", path, body, kind.decode("latin-1"), **plain)
        self.ask("GET", b"/key/KEY/formList", b"", kind.decode("latin-1"), **plain)

    def address(self, data: bytes) -> None:
        """Any method and address that is a phone's."""
        path, _, query = data[1:].partition(b"\n")
        if path.startswith((b"/key/", b"/phone/")):
            method = METHODS[data[0] % len(METHODS)]
            self.ask(method, path, multipart(answers()), QUERY_STRING=query.decode("latin-1"))

    def texts(self, data: bytes) -> None:
        """Any texts where a form has texts."""
        given = [each.decode("utf-8", "replace") for each in data.split(b"\n", 5)]
        instance, version, replaces, answer, photo, name = (given + [""] * 5)[:6]
        xml = answers(instance, version=version, replaces=replaces, answer=answer, photo=photo)
        self.ask("POST", b"/key/KEY/submission", multipart(xml, (name, b"x")))

    def read(self, data: bytes) -> None:
        """The reader of XML alone."""
        from everycount.faults import InputError
        from everycount.questionnaire import Received, read_instance

        for each in (data, b'<data id="invented_form">' + data + b"</data>"):
            with suppress(InputError):
                Received.read(each).media(self.form)
                read_instance(each, self.form)

    def ask(self, method: str, path: bytes, body: bytes, kind: str = KIND, **more: str) -> None:
        """One request as the server hands it over; the answer must be one that a phone reads."""
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path.replace(b"KEY", self.secret.encode()).decode("latin-1"),
            "QUERY_STRING": "",
            "CONTENT_TYPE": kind,
            "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "HTTP_HOST": "127.0.0.1:8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "SCRIPT_NAME": "",
            "REMOTE_ADDR": "192.0.2.1",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "http",
            **more,
        }
        said: list[str] = []
        answer = self.application(environ, lambda status, _headers: said.append(status))
        content = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        assert int(said[0].split()[0]) in SAID, (said, content)
        if content:
            etree.fromstring(content)

    def look(self) -> None:
        """What lies sealed on disk is known, and nothing lies there half."""
        from everycount.site.collection.models import Attachment
        from everycount.site.vault import places

        lying = sorted(each.stem for each in places.files().folder.rglob("*") if each.is_file())
        known = Attachment.objects.exclude(item=None).values_list("item", flat=True)
        assert lying == sorted(map(str, known)), "files on disk and in the database differ"


def main() -> None:
    """By hand; the options are those of libFuzzer."""
    import atheris

    memory = Path("/dev/shm")  # noqa: S108 - a disk in memory, for the speed; the folder is our own
    data = Path(tempfile.mkdtemp(prefix="everycount-fuzz-", dir=memory if memory.is_dir() else None))
    os.environ |= {"EVERYCOUNT_DATA_DIR": str(data), "EVERYCOUNT_PUBLIC_URL": "http://127.0.0.1:8000"}
    corpus = Path(next((each for each in sys.argv[1:] if not each.startswith("-")), data / "corpus"))
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS):
        (corpus / f"seed-{number}").write_bytes(seed)
    with atheris.instrument_imports(include=["everycount.questionnaire", "everycount.site", "django.http"]):
        target = Target()
    atheris.Setup([sys.argv[0], str(corpus), *(e for e in sys.argv[1:] if e.startswith("-"))], target.one)
    try:
        atheris.Fuzz()
    finally:
        shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    main()
