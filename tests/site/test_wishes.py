"""Corrections that respondents ask for with their receipt: who reads them, and what is erased."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from consented import Field
from everycount.site.consent.actions import (
    How,
    answer_wish,
    ask_correction,
    erase,
    erase_initiative,
    withdraw,
)
from everycount.site.consent.actions.wishes import MOST
from everycount.site.consent.models import Outcome, Purpose, Wish
from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import broken
from everycount.site.people.models import Role
from everycount.site.vault.models import Item
from site_world import AT, answers, initiative, person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.site.people.models import Person

pytestmark = pytest.mark.django_db
WORDS = "We are five at home, Anna among us."


@pytest.fixture
def field(monkeypatch: pytest.MonkeyPatch) -> Iterator[Field]:
    yield Field(monkeypatch)
    assert list(broken()) == []


def text(answer: Any) -> str:
    return unescape(answer.content.decode())


def signed(who: Person) -> Client:
    client = Client()
    client.force_login(who)
    return client


def token(code: str) -> str:
    page = text(Client().post("/receipt", {"code": code}))
    return re.findall(r'name="token" value="([^"]+)"', page)[0]


def asked(code: str, **given: str) -> str:
    return text(Client().post("/receipt/correction", {"token": token(code)} | given))


def listed(field: Field, path: str = "") -> str:
    return f"/initiatives/{field.initiative.slug}/corrections{path}"


def test_the_whole_way_of_a_wish(field: Field) -> None:
    submission, code = field.stored(answers())
    assert "Ask for a correction" in text(Client().post("/receipt", {"code": code}))
    assert "What is wrong" in asked(code)
    assert "come back with your code".casefold() in asked(code, text=WORDS).casefold()
    mine = text(Client().post("/receipt", {"code": code}))
    assert WORDS in mine
    assert "Nobody has answered yet" in mine
    client = signed(field.reviewer)
    assert "1 correction that was asked for" in text(client.get(f"/initiatives/{field.initiative.slug}"))
    one = f"/initiatives/{field.initiative.slug}/submissions/{submission.pk}"
    assert "The person asked for a correction" in text(client.get(one))
    page = text(client.get(listed(field)))
    assert "Read and answer" in page
    assert WORDS not in page
    wish = Wish.objects.get()
    opened = text(client.post(listed(field, f"/{wish.pk}")))
    assert WORDS in opened
    assert one in opened
    given = {"outcome": "declined", "words": "", "answer": "1"}
    assert "Say why it was not corrected." in text(client.post(listed(field, f"/{wish.pk}"), given))
    given["words"] = "You said four when we came again."
    assert client.post(listed(field, f"/{wish.pk}"), given).status_code == 302
    mine = text(Client().post("/receipt", {"code": code}))
    assert "It was not corrected" in mine
    assert given["words"] in mine
    assert "asked for a correction" not in text(client.get(one)).partition("<h2")[0]
    assert [each.verb for each in Event.objects.filter(verb__startswith="correction.")] == [
        "correction.asked",
        "correction.read",
        "correction.read",
        "correction.answered",
    ]
    assert Event.objects.get(verb="correction.answered").payload == {"outcome": "declined"}
    told = [f"{each.object}{each.payload}" for each in Event.objects.filter(verb__startswith="correction.")]
    assert not [each for each in told if str(submission.pk) in each or str(wish.pk) in each]


def test_words_are_sealed_and_erased(field: Field) -> None:
    submission, _ = field.stored(answers())
    ask_correction(submission=submission.pk, group="", text=WORDS, by="respondent", at=AT)
    wish = Wish.objects.get()
    for words in ("Anna was right", "Anna was right after all"):
        answer_wish(wish=wish.pk, outcome=Outcome.DONE, words=words, by=field.reviewer, at=AT)
    assert Item.objects.count() == 3  # the answers, the wish, and the answer that holds
    assert not [each for each in Item.objects.all() if b"Anna" in bytes(each.content or b"")]
    assert not [each for row in Wish.objects.values() for each in row.values() if "Anna" in str(each)]
    erase(submission=submission.pk, by="respondent", at=AT, how=How.RECEIPT)
    assert not Item.objects.exists()
    assert not Wish.objects.exists()
    assert not ask_correction(submission=submission.pk, group="", text="late", by="respondent", at=AT)
    assert answer_wish(wish=wish.pk, outcome=Outcome.DONE, words="", by=field.reviewer, at=AT) is None


def test_an_initiative_that_is_erased_keeps_no_wish(field: Field) -> None:
    submission, _ = field.stored(answers())
    ask_correction(submission=submission.pk, group="", text=WORDS, by="respondent", at=AT)
    erase_initiative(initiative=field.initiative.pk, by="operator", at=AT)
    assert not Wish.objects.exists()


def test_who_does_not_want_to_be_looked_at_is_answered_without_opening(field: Field) -> None:
    submission, code = field.stored(answers())
    asked(code, text=WORDS)
    withdraw(submission=submission.pk, purposes=[Purpose.REVIEW], by="respondent", at=AT, how=How.RECEIPT)
    wish = Wish.objects.get()
    page = text(signed(field.reviewer).post(listed(field, f"/{wish.pk}")))
    assert WORDS in page
    assert "nobody opens them" in page
    assert str(submission.pk) not in page


@pytest.mark.parametrize("role", [Role.ANALYST, Role.COMMUNITY, Role.COLLECTOR, Role.OBSERVER])
def test_others_read_no_wish(field: Field, role: Role) -> None:
    _, code = field.stored(answers())
    asked(code, text=WORDS)
    client = signed(person(role, field.initiative))
    assert client.get(listed(field)).status_code == 404
    assert client.post(listed(field, f"/{Wish.objects.get().pk}")).status_code == 404


def test_another_initiative_s_reviewer_reads_no_wish(field: Field) -> None:
    _, code = field.stored(answers())
    asked(code, text=WORDS)
    wish = Wish.objects.get()
    other = initiative()
    client = signed(person(Role.REVIEWER, other))
    assert client.post(listed(field, f"/{wish.pk}")).status_code == 404
    assert client.post(f"/initiatives/{other.slug}/corrections/{wish.pk}").status_code == 404


def test_nothing_without_the_code_and_nothing_without_an_end(field: Field) -> None:
    _, code = field.stored(answers())
    assert Client().get("/receipt/correction").status_code == 302
    assert "expired" not in asked(code)
    assert Client().post("/receipt/correction", {"token": "false", "text": WORDS}).status_code == 200
    assert not Wish.objects.exists()
    for _ in range(MOST):
        asked(code, text=WORDS)
    assert "too many of yours" in asked(code, text=WORDS)
    assert Wish.objects.count() == MOST


def test_the_database_keeps_an_outcome_with_its_moment(field: Field) -> None:
    submission, code = field.stored(answers())
    asked(code, text=WORDS)
    with pytest.raises(IntegrityError), transaction.atomic():
        Wish.objects.filter(submission=submission.pk).update(outcome="done")
