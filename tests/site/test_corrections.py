"""Corrections: what comes back to a phone, what it sends again, what it answers, and what differs then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.test import Client

from consented import Field, read_all
from everycount.faults import InputError
from everycount.questionnaire import read_instance
from everycount.site.collection import keys
from everycount.site.collection.models import KeyKind, Submission
from everycount.site.consent import gate
from everycount.site.consent.actions import How, erase, withdraw
from everycount.site.consent.models import Purpose
from everycount.site.fieldwork.models import Flag
from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import broken
from everycount.site.people.models import Role
from everycount.site.review.actions import decide, open_changes, reply
from everycount.site.review.actions.replying import MOST
from everycount.site.review.differences import differences
from everycount.site.review.models import Reason, Reply, State
from everycount.site.vault.models import Item
from site_world import AT, answers, key, person

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpResponse

    from everycount.site.people.models import Person

pytestmark = pytest.mark.django_db
SENT = "Anna is not 203 years old"


@pytest.fixture
def field(monkeypatch: pytest.MonkeyPatch) -> Iterator[Field]:
    made = Field(monkeypatch)
    yield made
    assert list(broken()) == []


@pytest.fixture
def collector(field: Field) -> Person:
    """Whose phone it is."""
    found = person(Role.COLLECTOR, field.initiative)
    field.key.person = found
    field.key.save()
    keys.KNOWN.forget()
    return found


def signed(who: Person) -> Client:
    client = Client()
    client.force_login(who)
    return client


def where(field: Field, path: str = "") -> str:
    return f"/initiatives/{field.initiative.slug}/submissions{path}"


def text(answer: Any) -> str:
    return unescape(answer.content.decode())


def back(field: Field, submission: Submission, state: State = State.RETURNED, **more: Any) -> None:
    given: dict[str, Any] = {"reason": Reason.IMPLAUSIBLE, "words": SENT, "questions": ["answer"], "at": AT}
    current = submission.editions.get(instance=submission.current).number
    made = decide(submission=submission.pk, state=state, edition=current, by=field.reviewer, **given | more)
    assert made is not None


def asked(field: Field, path: str = "", secret: str = "") -> HttpResponse:
    return Client().get(f"/key/{secret or field.secret}/returned{path}")  # type: ignore[return-value]


def on_phone(field: Field, secret: str = "") -> list[dict[str, Any]]:
    answer = asked(field, secret=secret)
    assert answer.headers["X-OpenRosa-Version"] == "1.0"
    return answer.json()["returned"]  # type: ignore[attr-defined, no-any-return]


def take_back(submission: Submission) -> object:
    return withdraw(
        submission=submission.pk, purposes=[Purpose.REVIEW], by="respondent", at=AT, how=How.RECEIPT
    )


def erased(submission: Submission) -> object:
    return erase(submission=submission.pk, by="respondent", at=AT, how=How.RECEIPT)


def test_the_whole_way_of_a_correction(field: Field) -> None:
    submission, _ = field.stored(answers(answer="203", photo="p.jpg"), ("p.jpg", b"jpeg"))
    assert on_phone(field) == []
    given = {
        "state": "returned",
        "reason": "implausible",
        "words": SENT,
        "questions": ["answer"],
        "edition": "1",
    }
    reviewer = signed(field.reviewer)
    assert reviewer.post(where(field, f"/{submission.pk}/decide"), given).status_code == 302
    (told,) = on_phone(field)
    assert told["state"] == "returned"
    assert told["reason"] == "An answer can hardly be right"
    assert (told["words"], told["questions"]) == (SENT, ["Tell us"])
    opened: dict[str, Any] = asked(field, f"/{submission.pk}").json()  # type: ignore[attr-defined]
    assert "203" in opened["xml"]
    assert opened["instance"] == "uuid:1"
    (file,) = opened["files"]
    assert file["name"] == "p.jpg"
    got = asked(field, f"/{submission.pk}/files/{file['number']}")
    assert b"".join(got.streaming_content) == b"jpeg"  # type: ignore[attr-defined]
    corrected = answers("uuid:2", replaces=opened["instance"], answer="23", photo="p.jpg")
    assert field.send(corrected).status_code == 201
    read_all()
    assert on_phone(field) == []
    assert asked(field, f"/{submission.pk}").status_code == 404
    assert Submission.objects.get().editions.count() == 2
    assert "Changed since" in text(reviewer.get(where(field, f"/{submission.pk}")))
    page = text(reviewer.get(where(field, f"/{submission.pk}/changes")))
    for words in ("<del>203</del>", "<ins>23</ins>", "An answer can hardly be right", SENT, "Invented phone"):
        assert words in page
    assert "A picture" not in page


def test_what_came_back_speaks_the_reader_s_language(field: Field) -> None:
    submission, _ = field.stored(answers())
    back(field, submission)
    (told,) = asked(field, "?language=fr").json()["returned"]  # type: ignore[attr-defined]
    assert told["reason"] != "An answer can hardly be right"


def test_each_opening_for_a_phone_is_an_event_and_a_list_is_none(field: Field) -> None:
    submission, _ = field.stored(answers())
    back(field, submission)
    before = Event.objects.filter(verb="records.opened").count()
    on_phone(field)
    assert Client().head(f"/key/{field.secret}/returned/{submission.pk}").status_code == 200
    assert Event.objects.filter(verb="records.opened").count() == before
    asked(field, f"/{submission.pk}")
    event = Event.objects.filter(verb="records.opened").latest("number")
    assert (event.actor, event.payload) == (field.key.ref, {"purpose": "review", "records": 1})
    assert str(submission.pk) not in f"{event.object}{event.payload}"


def test_another_phone_sees_nothing(field: Field) -> None:
    submission, _ = field.stored(answers())
    back(field, submission)
    _, other = key(field.initiative)
    assert on_phone(field, other) == []
    for path in (f"/{submission.pk}", f"/{submission.pk}/files/1"):
        assert asked(field, path, other).status_code == 404
    posted = Client().post(f"/key/{other}/returned/{submission.pk}/reply", {"words": "Mine"})
    assert posted.status_code == 404
    assert asked(field, "", "wrong").status_code == 403
    field.key.revoked_at = AT
    field.key.save()
    keys.KNOWN.forget()
    assert asked(field, f"/{submission.pk}").status_code == 403


def test_a_second_phone_of_the_same_person_sees_it(field: Field, collector: Person) -> None:
    submission, _ = field.stored(answers())
    back(field, submission)
    made, other = key(field.initiative)
    made.person = collector
    made.save()
    keys.KNOWN.forget()
    assert len(on_phone(field, other)) == 1


@pytest.mark.parametrize("kind", [KeyKind.PUBLIC, KeyKind.ONCE])
def test_a_link_that_many_may_have_opens_nothing(field: Field, kind: KeyKind) -> None:
    field.key, field.secret = key(field.initiative, kind)
    submission, _ = field.stored(answers())
    back(field, submission)
    assert on_phone(field) == []
    assert asked(field, f"/{submission.pk}").status_code == 404


@pytest.mark.parametrize("ended", [take_back, erased])
def test_who_takes_it_back_is_gone_from_the_phone_at_once(
    field: Field, ended: Callable[[Submission], object]
) -> None:
    submission, _ = field.stored(answers())
    back(field, submission)
    ended(submission)
    assert on_phone(field) == []
    assert asked(field, f"/{submission.pk}").status_code == 404


@pytest.mark.parametrize("state", [State.ACCEPTED, State.REJECTED, State.IN_REVIEW])
def test_only_what_is_returned_is_opened_for_a_phone(field: Field, state: State) -> None:
    submission, _ = field.stored(answers())
    back(field, submission, state)
    assert asked(field, f"/{submission.pk}").status_code == 404
    assert [each["state"] for each in on_phone(field)] == (["rejected"] if state == State.REJECTED else [])


def test_what_was_rejected_leaves_the_phone_after_a_month(field: Field) -> None:
    submission, _ = field.stored(answers())
    back(field, submission, State.REJECTED, at=AT - timedelta(days=4000))
    assert on_phone(field) == []


def test_questions_that_the_form_does_not_have_are_left_out(field: Field) -> None:
    submission, _ = field.stored(answers())
    back(field, submission, questions=["answer", "no such question"])
    assert submission.decisions.get().questions == ["answer"]
    back(field, submission, State.ACCEPTED)
    assert submission.decisions.get(is_current=True).questions == []


def test_a_mail_tells_why_and_no_answer(
    field: Field, collector: Person, django_capture_on_commit_callbacks: Any
) -> None:
    submission, _ = field.stored(answers())
    other, _ = field.stored(answers("uuid:other"))
    with django_capture_on_commit_callbacks(execute=True):
        back(field, submission)
        back(field, other)
    (sent,) = mail.outbox  # one for both
    assert sent.to == [collector.email]
    assert "An answer can hardly be right" in sent.body
    assert "/fill/" in sent.body
    assert f"/initiatives/{field.initiative.slug}/submissions/mine" in sent.body
    for private in (SENT, "heron", "Tell us"):
        assert private not in f"{sent.subject}{sent.body}"


def test_no_mail_without_an_account(field: Field, django_capture_on_commit_callbacks: Any) -> None:
    submission, _ = field.stored(answers())
    with django_capture_on_commit_callbacks(execute=True):
        back(field, submission)
    assert mail.outbox == []


def test_the_collector_answers_and_the_reviewer_sees_it(field: Field, collector: Person) -> None:
    submission, _ = field.stored(answers())
    back(field, submission, State.REJECTED, reason=Reason.DUPLICATE)
    reviewer, own = signed(field.reviewer), signed(collector)
    assert "Answered by the collector" not in text(reviewer.get(where(field)))
    page = text(own.get(where(field, "/mine")))
    address = where(field, f"/mine/{submission.pk}/reply")
    assert address in page
    assert "Tell us" in page
    assert own.get(address).status_code == 200
    assert own.post(address, {"words": " "}).status_code == 422
    assert own.post(address, {"words": "They are twins."}).status_code == 302
    assert "They are twins." in text(own.get(where(field, "/mine")))
    listed = text(reviewer.get(where(field, "?state=answered")))
    assert "Answered by the collector (1)" in listed
    assert str(submission.pk) in listed
    shown = text(reviewer.get(where(field, f"/{submission.pk}")))
    assert "They are twins." in shown
    assert "The collector answered" in shown
    assert "1 answer of a collector" in text(reviewer.get(f"/initiatives/{field.initiative.slug}"))
    back(field, submission, State.ACCEPTED)
    assert "Answered by the collector" not in text(reviewer.get(where(field)))
    assert "They are twins." in text(reviewer.get(where(field, f"/{submission.pk}")))


def test_a_phone_answers_with_its_key(field: Field) -> None:
    submission, _ = field.stored(answers())
    back(field, submission)
    address = f"/key/{field.secret}/returned/{submission.pk}/reply"
    assert Client().post(address, {"words": ""}).status_code == 400
    assert Client().post(address, {"words": "She said so twice."}).status_code == 201
    assert Client().get(address).status_code == 405
    assert on_phone(field)[0]["answered"] == 1
    held = Reply.objects.get()
    assert (held.key, held.by) == (field.key, None)
    assert "She said so twice." in text(signed(field.reviewer).get(where(field, f"/{submission.pk}")))
    event = Event.objects.get(number=held.event)
    assert (event.verb, event.actor, event.payload) == ("submission.replied", field.key.ref, {})
    assert str(submission.pk) not in event.object


def test_nobody_answers_for_another_phone(field: Field, collector: Person) -> None:
    submission, _ = field.stored(answers())
    other = person(Role.COLLECTOR, field.initiative)
    address = where(field, f"/mine/{submission.pk}/reply")
    assert signed(other).post(address, {"words": "Mine"}).status_code == 404
    assert signed(field.reviewer).get(address).status_code == 404
    assert signed(collector).get(address).status_code == 200


def test_replies_are_sealed_and_erased_with_the_submission(field: Field) -> None:
    submission, _ = field.stored(answers())
    back(field, submission)
    reply(submission=submission.pk, words="Anna told me", by=field.key, at=AT)
    assert not [each for each in Item.objects.all() if b"Anna" in bytes(each.content or b"")]
    erased(submission)
    assert not Item.objects.exists()
    assert not Reply.objects.exists()
    assert reply(submission=submission.pk, words="late", by=field.key, at=AT) is None


def test_replies_have_an_end(field: Field) -> None:
    submission, _ = field.stored(answers())
    for _ in range(MOST):
        reply(submission=submission.pk, words="Again", by=field.key, at=AT)
    with pytest.raises(InputError, match="already"):
        reply(submission=submission.pk, words="Again", by=field.key, at=AT)


def test_who_may_not_open_answers_sees_no_words_of_collectors(field: Field) -> None:
    submission, _ = field.stored(answers())
    back(field, submission)
    reply(submission=submission.pk, words="Anna told me", by=field.key, at=AT)
    shown = text(signed(field.analyst).get(where(field, f"/{submission.pk}")))
    assert "The collector answered" in shown
    assert "Anna" not in shown
    assert signed(field.analyst).get(where(field, f"/{submission.pk}/changes")).status_code == 404


def test_opening_the_versions_is_an_event_and_ends_with_the_consent(field: Field) -> None:
    submission, _ = field.stored(answers())
    field.send(answers("uuid:2", replaces="uuid:1", answer="ibis"))
    read_all()
    before = Event.objects.filter(verb="records.opened").count()
    found = open_changes(submission=submission, language="en", by=field.reviewer, at=AT)
    assert found is not None
    (version,) = found
    assert (version.number, version.why, version.words) == (2, None, "")
    assert [(each.asked, each.old, each.new) for each in version.differences] == [
        ("Tell us", "heron", "ibis")
    ]
    assert Event.objects.filter(verb="records.opened").count() == before + 1
    signed(field.reviewer).head(where(field, f"/{submission.pk}/changes"))
    assert Event.objects.filter(verb="records.opened").count() == before + 1
    take_back(submission)
    assert open_changes(submission=submission, language="en", by=field.reviewer, at=AT) is None
    assert signed(field.reviewer).get(where(field, f"/{submission.pk}/changes")).status_code == 404


def test_what_did_not_change_does_not_differ(field: Field) -> None:
    submission, _ = field.stored(answers())
    form = gate.form_of(submission)
    assert form is not None

    def told(*given: bytes) -> list[tuple[str, str, str]]:
        first, second = (read_instance(each, form) for each in given)
        return [(each.asked, each.old, each.new) for each in differences((form, first), (form, second), "en")]

    assert told(answers(), answers("uuid:2")) == []
    assert told(answers(), answers(answer="")) == [("Tell us", "heron", "")]
    assert told(answers(counted="yes"), answers(counted="no")) == [
        ("May your answers be counted?", "Yes", "No")
    ]
    # Which of two files it is says nothing, and its name may be a person's.
    assert told(answers(photo="a.jpg"), answers(photo="b.jpg")) == [("A picture", "", "")]


def test_a_flag_can_be_answered_before_anybody_decides(field: Field, collector: Person) -> None:
    submission, _ = field.stored(answers())
    figures = {"minutes": 4, "usual": 987654, "limit": 12}
    form = submission.questionnaire
    Flag.objects.create(questionnaire=form, submission=submission, kind="short", figures=figures, since=AT)
    page = text(signed(collector).get(where(field, "/mine")))
    assert "it was much shorter than others. How did it go?" in page
    assert "987654" not in page
    address = where(field, f"/mine/{submission.pk}/reply")
    assert address in page
    assert signed(collector).post(address, {"words": "She lives alone."}).status_code == 302
    assert "She lives alone." in text(signed(collector).get(where(field, "/mine")))
    listed = text(signed(field.reviewer).get(where(field, "?state=answered")))
    assert "Answered by the collector (1)" in listed
    assert "She lives alone." in text(signed(field.reviewer).get(where(field, f"/{submission.pk}")))
    Flag.objects.update(dismissed_at=AT, why="asked")
    assert "much shorter" not in text(signed(collector).get(where(field, "/mine")))


def asked_on_phone(field: Field, language: str = "en") -> list[dict[str, Any]]:
    return asked(field, f"?language={language}").json()["asked"]  # type: ignore[attr-defined, no-any-return]


def flagged(submission: Submission, kind: str, **more: Any) -> None:
    """It came just now, for phones are asked about what they sent lately."""
    Submission.objects.filter(pk=submission.pk).update(received_at=datetime.now(UTC))
    form = submission.questionnaire
    Flag.objects.create(questionnaire=form, submission=submission, kind=kind, since=AT, **more)


def test_the_phone_is_asked_about_what_it_sent_and_answers(field: Field) -> None:
    """A question, no figure; the key is enough, and the answer stands beside the submission."""
    submission, _ = field.stored(answers())
    flagged(submission, "short", figures={"minutes": 4, "usual": 987654})
    flagged(submission, "constraint", about="answer")
    (told,) = asked_on_phone(field)
    assert told["asked"] == [
        "Tell us: The form does not allow this answer. Is it right?",
        "By the phone's clock it was much shorter than others. How did it go?",
    ]
    assert "987654" not in str(told)
    assert "heron" not in str(told)
    assert asked_on_phone(field, "fr")[0]["asked"] != told["asked"]
    address = f"/key/{field.secret}/returned/{submission.pk}/reply"
    assert Client().post(address, {"words": "She lives alone."}).status_code == 201
    assert asked_on_phone(field)[0]["answered"] == 1
    assert "She lives alone." in text(signed(field.reviewer).get(where(field, f"/{submission.pk}")))
    assert Client().get(f"/key/{field.secret}/returned/{submission.pk}").status_code == 404, "nothing to mend"
    back(field, submission)
    assert asked_on_phone(field) == []  # from now on it is among what came back


def test_nobody_is_told_of_others_or_charged_with_anything(field: Field) -> None:
    """What is like another's interview, or came from another's phone, is for people to speak about."""
    mine, _ = field.stored(answers())
    twin, _ = field.stored(answers("uuid:twin"))
    other_key, secret = key(field.initiative)
    other, _ = field.stored(answers("uuid:other"))
    Submission.objects.filter(pk=other.pk).update(sent_by=other_key)
    for kind in ("near", "device"):
        flagged(mine, kind, other=other)
    flagged(mine, "duplicate", other=other)
    assert asked_on_phone(field) == []
    assert Client().post(f"/key/{field.secret}/returned/{mine.pk}/reply", {"words": "x"}).status_code == 404
    Flag.objects.filter(kind="duplicate").update(other=twin)
    assert [each["asked"] for each in asked_on_phone(field)] == [
        ["It is the same as another one that you sent. Was it sent twice?"]
    ]
    assert Client().get(f"/key/{secret}/returned").json()["asked"] == []


def test_what_is_asked_goes_with_consent_and_with_time(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    submission, _ = field.stored(answers())
    flagged(submission, "long")
    assert len(asked_on_phone(field)) == 1
    Submission.objects.update(received_at=datetime.now(UTC) - timedelta(days=31))
    assert asked_on_phone(field) == []
    Submission.objects.update(received_at=datetime.now(UTC))
    assert len(asked_on_phone(field)) == 1
    take_back(submission)
    assert asked_on_phone(field) == []
