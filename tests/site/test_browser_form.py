"""The form in a browser, as the node gives it out; what the page does is tested in tests/browser."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client

import everycount.site.collection
from everycount.site.collection.browser_words import WORDS
from everycount.site.collection.models import Submission
from everycount.site.collection.package import drawn_code, new_code
from everycount.site.consent.queries.receipts import by_code
from site_world import answers, initiative, key, published

if TYPE_CHECKING:
    from django.http import HttpResponse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("written_at_once")]
FORM = Path(everycount.site.collection.__file__).parent / "static/collection/form"
SOURCES = Path(__file__).parents[2] / "frontend/form"
STAMPED = (
    "package.json",
    "package-lock.json",
    "patches.js",
    "vite.config.js",
    "worker.config.js",
    "stamp.js",
)
MOST = (
    558 * 1024
)  # bytes, packed: what a phone fetches until the first question; the map comes when it is asked for
CODE = re.compile(r"Receipt: ([A-Z2-7-]+)\.")


def send(secret: str, xml: bytes, code: str | None = None) -> HttpResponse:
    from django.core.files.uploadedfile import SimpleUploadedFile

    parts: dict[str, object] = {
        "xml_submission_file": SimpleUploadedFile("xml_submission_file", xml, "text/xml")
    }
    if code is not None:
        parts["everycount_receipt"] = code
    return Client().post(f"/key/{secret}/submission", parts)  # type: ignore[return-value] # Django's test answer


@pytest.fixture
def secret() -> str:
    where = initiative()
    published(where)
    return key(where)[1]


def test_the_built_files_are_made_of_these_sources() -> None:
    """Else: ``npm install && npm run build`` in frontend/form."""
    digest = hashlib.sha256()
    for name in sorted([*STAMPED, *(f"src/{path.name}" for path in (SOURCES / "src").iterdir())]):
        digest.update(name.encode() + b"\0" + (SOURCES / name).read_bytes() + b"\0")
    assert (FORM / "sources.sha256").read_text().strip() == digest.hexdigest()


def test_the_lock_names_no_host() -> None:
    assert "http" not in re.sub(r'"(url|funding)": "[^"]*"', "", (SOURCES / "package-lock.json").read_text())


def test_the_first_question_costs_little() -> None:
    needed = [path for path in (FORM / "assets").iterdir() if not path.name.startswith("MapBlock")]
    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in needed) <= MOST


def test_the_page_holds_every_word_in_every_language() -> None:
    page = Client().get("/fill/").content.decode()
    said = re.search(r'<script id="words" type="application/json">(.*?)</script>', page)
    assert said is not None
    words = json.loads(said.group(1))
    assert set(words) == {"en", "fr", "es", "ar", "hi", "bn"}
    assert all(set(each) == {"itself", "direction", *WORDS} for each in words.values())
    used = {
        name
        for path in (SOURCES / "src").glob("*.js")
        for name in re.findall(r'\bsay\("(\w+)"', path.read_text())
    }
    assert used <= set(WORDS), "the page says something that the node does not give it"


def test_the_page_may_do_what_it_must_and_no_other_page_may() -> None:
    page, other = Client().get("/fill/"), Client().get("/style")
    assert "'wasm-unsafe-eval'" in page["Content-Security-Policy"]
    assert "'unsafe-eval'" not in page["Content-Security-Policy"].replace("'wasm-unsafe-eval'", "")
    assert "wasm" not in other["Content-Security-Policy"]
    assert "'unsafe-inline'" not in other["Content-Security-Policy"]
    assert "geolocation=()" in other["Permissions-Policy"]


def test_the_worker_keeps_what_the_page_is_made_of() -> None:
    script = Client().get("/fill/worker.js").content.decode()
    files = json.loads(script.partition("=")[2].partition(";\n")[0])["files"]
    page = Client().get("/fill/").content.decode()
    assert set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page)) <= set(files)
    assert all((FORM / "assets" / name.rpartition("/")[2]).exists() for name in files if "/static/" in name)


def test_built_files_are_kept_for_good_by_browsers() -> None:
    for_ever = re.compile(settings.WHITENOISE_IMMUTABLE_FILE_TEST)
    names = [f"/static/collection/form/assets/{path.name}" for path in (FORM / "assets").iterdir()]
    assert all(for_ever.match(name) for name in names)
    assert for_ever.match("/static/people/passkey.0123456789ab.js")
    assert not for_ever.match("/static/people/passkey.js")


def test_a_code_that_a_phone_drew_opens_what_it_came_with(secret: str) -> None:
    code = new_code()
    said = send(secret, answers(), code).content.decode()
    assert CODE.search(said).group(1) == code  # type: ignore[union-attr]
    assert by_code(code) == Submission.objects.get()


@pytest.mark.parametrize("code", ["", "A", "AAAAA-AAAAA", "0" * 31, "aaaaa", "A" * 4000, "\0"])
def test_what_is_no_code_is_not_taken(secret: str, code: str) -> None:
    said = send(secret, answers(), code).content.decode()
    given = CODE.search(said).group(1)  # type: ignore[union-attr]
    assert given != code
    assert by_code(given) == Submission.objects.get()


def test_nobody_takes_over_a_receipt_by_sending_its_code(secret: str) -> None:
    """Who knows a code could else be given a second set of answers under it, or see that it is used."""
    code = new_code()
    first = answers()
    send(secret, first, code)
    mine = Submission.objects.get()
    said = send(secret, answers("uuid:2"), code).content.decode()
    assert CODE.search(said).group(1) != code  # type: ignore[union-attr]
    assert by_code(code) == mine


def test_a_retry_with_its_code_is_no_new_receipt(secret: str) -> None:
    code, xml = new_code(), answers()
    assert [send(secret, xml, code).status_code for _ in range(2)] == [201, 202]
    assert by_code(code) == Submission.objects.get()


def test_a_drawn_code_is_read_as_one_is_typed() -> None:
    code = new_code()
    assert drawn_code(code) == drawn_code(code.lower().replace("-", " ")) == code
    assert drawn_code(None) == ""
