"""The receipt over HTTP: a respondent's walk, from the phone's thank-you to nothing being left."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from consented import Field, open_purposes
from everycount.site.collection.models import Attachment, Edition, Receipt, SetAside, Submission
from everycount.site.collection.package import new_code
from everycount.site.consent import fed
from everycount.site.consent.attempts import ATTEMPTS, MOST_ALL, MOST_EACH, Attempts, net
from everycount.site.consent.models import Basis, Consent, ConsentText, Message, Promise, Purpose
from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import broken
from everycount.site.vault.models import Item
from site_world import AT, answers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

pytestmark = pytest.mark.django_db


class Reader:
    """Somebody with a cheap phone: no script, no cookie."""

    def __init__(self, **more: str) -> None:
        self.token, self.more, self.page = "", more, ""

    def post(self, path: str, **given: str) -> int:
        client = Client(enforce_csrf_checks=True)
        answer: HttpResponse = client.post(path, given, **self.more)  # type: ignore[assignment, arg-type]
        assert b"<script" not in answer.content
        self.page = unescape(answer.content.decode())
        assert "no-store" in answer["Cache-Control"]
        assert "sessionid" not in answer.cookies
        found = re.search(r'name="token" value="([^"]+)"', self.page)
        self.token = found.group(1) if found else ""
        return answer.status_code

    def go(self, path: str = "", **given: str) -> int:
        return self.post(f"/receipt{path}", token=self.token, **given)


@pytest.fixture(autouse=True)
def _no_attempt_is_left() -> None:
    ATTEMPTS.forget()


@pytest.fixture
def field(monkeypatch: pytest.MonkeyPatch) -> Iterator[Field]:
    yield Field(monkeypatch)
    assert list(broken()) == []


def reader(code: str) -> Reader:
    made = Reader()
    assert made.post("/receipt", code=code) == 200
    return made


def test_the_page_says_what_is_held_in_six_lines_and_four_buttons(field: Field) -> None:
    _, code = field.stored(answers(photo="anna.jpg"), ("anna.jpg", b"x"))
    page = reader(code.lower().replace("-", " ")).page
    main = page[page.index("<main") : page.index("</main>")]
    assert len(re.findall(r"<p>", main)) == 6 + 1  # beside them: that all this is invented
    assert len(re.findall(r"<button", main)) == 4
    for said in ("Invented form", "One picture", "they are counted in tables", "look at them for mistakes"):
        assert said in main
    assert "Nothing has been published" in main
    assert "heron" not in main
    assert code not in page
    assert code.replace("-", "") not in page


def test_the_own_answers_are_shown_after_the_proof(field: Field) -> None:
    _, code = field.stored(answers(answer="<b>heron</b>".replace("<", "&lt;")))
    asks = reader(code)
    assert asks.go("/answers") == 200
    assert "May your answers be counted?" in asks.page
    assert "Yes" in asks.page
    assert "heron" in asks.page


def test_one_purpose_is_taken_back_in_two_steps(field: Field) -> None:
    submission, code = field.stored(answers())
    asks = reader(code)
    asks.go("/back")
    assert "What shall no longer be done?" in asks.page
    asks.go("/back", what="review")
    assert "Are you sure?" in asks.page
    assert "The rest stays" in asks.page
    assert Purpose.REVIEW in open_purposes(submission)  # not before it is meant
    asks.go("/back", what="review", sure="yes")
    assert "It is taken back" in asks.page
    assert open_purposes(submission) == {Purpose.COLLECTION, Purpose.STATISTICS}
    assert field.opened(Purpose.REVIEW) == []
    asks.go()
    assert "took it back, that people of the initiative look at them for mistakes" in asks.page


def test_the_last_use_says_that_everything_goes_and_then_everything_goes(field: Field) -> None:
    _, code = field.stored(answers(photo="p.jpg"), ("p.jpg", b"x"))
    asks = reader(code)
    asks.go("/message", text="Call Anna")
    asks.go("/back", what="statistics")
    assert "erased for ever" in asks.page
    asks.go("/back", what="statistics", sure="yes")
    assert "Your answers are erased" in asks.page
    (number,) = re.findall(r"entry (\d+)", asks.page)
    assert Event.objects.get(number=number).verb == "submission.erased"
    rows = (Submission, Edition, Attachment, Receipt, SetAside, Consent, Message, Item)
    assert not any(each.objects.exists() for each in rows)
    assert Reader().post("/receipt", code=code) == 404
    assert field.send(answers()).status_code == 202


def test_everything_can_go_at_once(field: Field) -> None:
    _, code = field.stored(answers())
    asks = reader(code)
    token = asks.token
    asks.go("/back", what="collection", sure="yes")
    assert "Your answers are erased" in asks.page
    again = Reader()
    again.token = token
    assert again.go("/answers") == 200
    assert "type your code once more" in again.page


def test_a_refusal_is_shown_as_one(field: Field) -> None:
    _, code = field.stored(answers(counted="no"))
    assert "Nobody opens them" in reader(code).page


def test_who_types_the_code_at_once_need_not_wait_for_the_thread(field: Field) -> None:
    answer = field.send(answers())
    (code,) = re.findall(rb"Receipt: ([A-Z2-7-]+)\.", answer.content)
    assert "they are counted in tables" in reader(code.decode()).page


def test_a_message_is_sealed_and_read_by_the_steward_alone(field: Field) -> None:
    _, code = field.stored(answers())
    asks = reader(code)
    asks.go("/message")
    asks.go("/message", text="The question about water is wrong")
    assert "with the steward" in asks.page
    (message,) = Message.objects.all()
    sealed = Item.objects.get(pk=message.item).content
    assert b"water" not in bytes(sealed or b"")


def test_what_was_promised_is_there_in_the_readers_language(field: Field) -> None:
    for language in ("en", "fr"):
        promises = {each.value: f"{each} in {language}" for each in Promise}
        ConsentText.objects.create(
            initiative=field.initiative,
            version=1,
            language=language,
            promises=promises,
            basis=Basis.WITNESSED,
            made_at=AT - timedelta(days=1),
        )
    _, code = field.stored(answers())
    row = Consent.objects.filter(purpose=Purpose.STATISTICS).get()
    assert (row.text_version, row.basis) == (1, Basis.WITNESSED)
    assert "why in en" in reader(code).page
    french = Reader(HTTP_ACCEPT_LANGUAGE="fr")
    french.post("/receipt", code=code)
    assert "why in fr" in french.page


def test_what_was_published_from_it_is_named(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fed, "FED_BY", [lambda _name: [fed.Published("Water 2026", "/releases/1", AT)]])
    page = reader(field.stored(answers())[1]).page
    assert '<a href="/releases/1"><bdi>Water 2026</bdi></a>' in page


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ("", 400, "required"),
        ("ABCDE", 400, "this one has 5"),
        ("A" * 26, 404, "Nothing is held"),
        ("<script>alert(1)</script>", 400, "this one has"),
    ],
)
def test_a_wrong_code_is_told_and_opens_nothing(typed: str, status: int, said: str) -> None:
    asks = Reader()
    assert asks.post("/receipt", code=typed) == status
    assert said in asks.page


@pytest.mark.parametrize("path", ["", "/answers", "/back", "/message"])
@pytest.mark.parametrize("token", ["", "x", "x:y:z"])
def test_a_false_token_opens_nothing(path: str, token: str) -> None:
    asks = Reader()
    assert asks.post(f"/receipt{path}", token=token, what="collection", sure="yes", text="x") == 200
    assert "type your code once more" in asks.page


def test_a_token_ends(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    from everycount.site.consent.views import receipt

    asks = reader(field.stored(answers())[1])
    monkeypatch.setattr(receipt, "MINUTES", -1)
    asks.go("/answers")
    assert "type your code once more" in asks.page


@pytest.mark.parametrize("path", ["/answers", "/back", "/message"])
def test_pages_behind_the_code_are_not_there_without_it(path: str) -> None:
    answer = Client().get(f"/receipt{path}")
    assert (answer.status_code, answer["Location"]) == (302, "/receipt")


def test_wrong_codes_are_limited_and_right_ones_do_not_count(field: Field) -> None:
    _, code = field.stored(answers())
    for _ in range(MOST_EACH + 5):
        assert Reader().post("/receipt", code=code) == 200
    for _ in range(MOST_EACH):
        assert Reader().post("/receipt", code=new_code()) == 404
    assert Reader().post("/receipt", code=code) == 429
    assert Reader(REMOTE_ADDR="192.0.2.7").post("/receipt", code=code) == 200


def test_guesses_from_everywhere_keep_nobody_from_the_own_receipt(field: Field) -> None:
    _, code = field.stored(answers())
    now = datetime.now(UTC)
    for number in range(MOST_ALL):
        ATTEMPTS.failed(f"10.{number // 65536}.{number // 256 % 256}.{number % 256}", at=now)
    assert Reader().post("/receipt", code=new_code()) == 429
    assert Reader().post("/receipt", code=code) == 200


def test_attempts_end_with_their_time() -> None:
    attempts, later = Attempts(), AT + timedelta(minutes=11)
    for number in range(MOST_ALL + 1):
        attempts.failed(f"10.{number // 65536}.{number // 256 % 256}.{number % 256}", at=AT)
    assert attempts.are_many(at=AT)
    assert not attempts.are_many(at=later)
    for _ in range(MOST_EACH):
        attempts.failed("2001:db8::1", at=later)
    assert not attempts.may("2001:db8::2", at=later)  # the same household
    assert attempts.may("2001:db8:0:1::2", at=later)
    assert net("no address") == "no address"


def test_no_wrong_code_stands_in_the_log(field: Field, caplog: pytest.LogCaptureFixture) -> None:
    _, code = field.stored(answers())
    reader(code).go("/back", what="collection", sure="yes")
    Reader().post("/receipt", code=code)
    assert code not in caplog.text
    assert "heron" not in caplog.text
