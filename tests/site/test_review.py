"""Review of submissions: states, lists and counts that agree, deciding, and what nobody may see any more."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

import site_world
from consented import Field, read_all
from everycount.faults import InputError
from everycount.site.collection.models import Attachment, Edition, SetAside, Submission
from everycount.site.consent.actions import How, erase, withdraw
from everycount.site.consent.models import Purpose
from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import broken
from everycount.site.people.actions import openings
from everycount.site.people.models import NodeRole, Role
from everycount.site.review.actions import accept_many, decide
from everycount.site.review.models import SAID, Decision, Reason, State
from everycount.site.vault.models import Item
from site_world import AT, answers, key, person, published

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

    from everycount.site.people.models import Person

pytestmark = pytest.mark.django_db
WORD: dict[str, Any] = {"by": "respondent", "at": AT, "how": How.RECEIPT}


@pytest.fixture
def field(monkeypatch: pytest.MonkeyPatch) -> Iterator[Field]:
    yield Field(monkeypatch)
    assert list(broken()) == []


def signed(who: Person) -> Client:
    client = Client()
    client.force_login(who)
    return client


def where(field: Field, path: str = "") -> str:
    return f"/initiatives/{field.initiative.slug}/submissions{path}"


def text(answer: HttpResponse) -> str:
    return unescape(answer.content.decode())


def listed(field: Field, who: Person | None = None, query: str = "") -> str:
    return text(signed(who or field.reviewer).get(where(field, query)))  # type: ignore[arg-type]


def said(field: Field, submission: Submission, state: State, **more: Any) -> Decision | None:
    given = {"edition": submission.editions.count(), "by": field.reviewer, "at": AT} | more
    return decide(submission=submission.pk, state=state, **given)


def counts(page: str) -> dict[str, int]:
    """What stands in the facets."""
    return {label.strip(): int(n) for label, n in re.findall(r">([A-Z][A-Za-z ]+) \((\d+)\)</a>", page)}


def test_a_submission_goes_through_its_states(field: Field) -> None:
    submission, _ = field.stored(answers())
    client = signed(field.reviewer)
    assert counts(listed(field))["Received"] == 1
    base = where(field, f"/{submission.pk}")
    for state, reason in [
        ("in_review", ""),
        ("returned", "implausible"),
        ("accepted", ""),
        ("rejected", "duplicate"),
    ]:
        given = {"state": state, "reason": reason, "words": "Ask for the age again.", "edition": "1"}
        assert client.post(f"{base}/decide", given).status_code == 302
        assert counts(listed(field))[str(State(state).label)] == 1
        assert counts(listed(field))["All"] == 1
    field.send(answers("uuid:2", replaces="uuid:1", answer="ibis"))
    read_all()
    assert counts(listed(field))["Changed since"] == 1
    page = text(client.get(base))  # type: ignore[arg-type]
    for words in (
        "changed after somebody decided",
        "Returned",
        "An answer can hardly be right",
        "It came twice",
        "Ask for the age again.",
        "Version 2 of the answers came",
        "ibis",
    ):
        assert words in page
    assert Decision.objects.filter(is_current=True).count() == 1
    assert Decision.objects.count() == 4


def test_the_ledger_says_what_was_decided_and_never_about_whom(field: Field) -> None:
    submission, _ = field.stored(answers())
    made = said(field, submission, State.RETURNED, reason=Reason.IMPLAUSIBLE, words="Anna is not 203")
    assert made is not None
    event = Event.objects.get(number=made.event)
    assert event.payload == {"state": "returned", "reason": "implausible", "submissions": 1}
    assert (event.actor, event.object) == (field.reviewer.ref, f"initiative:{field.initiative.pk}")
    assert str(submission.pk) not in f"{event.object}{event.payload}"


def test_words_lie_in_the_vault_and_are_erased_with_the_submission(field: Field) -> None:
    submission, _ = field.stored(answers())
    said(field, submission, State.RETURNED, reason=Reason.OTHER, words="Anna is not 203")
    said(field, submission, State.ACCEPTED, words="Anna was right")
    texts = [str(value) for row in Decision.objects.values() for value in row.values()]
    assert not [each for each in texts if "Anna" in each]
    assert not [each for each in Item.objects.all() if b"Anna" in bytes(each.content or b"")]
    assert Item.objects.count() == 3
    erase(submission=submission.pk, by="respondent", at=AT, how=How.RECEIPT)
    assert not Item.objects.exists()
    assert not Decision.objects.exists()


@pytest.mark.parametrize("state", [State.RETURNED, State.REJECTED])
def test_who_returns_or_rejects_says_why(field: Field, state: State) -> None:
    submission, _ = field.stored(answers())
    base = where(field, f"/{submission.pk}/decide")
    answer = signed(field.reviewer).post(base, {"state": state.value, "edition": "1"})
    assert answer.status_code == 422
    assert "No reason is given. Choose the one that fits best." in text(answer)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="not said"):
        said(field, submission, state, reason=Reason.OTHER)
    assert not Decision.objects.exists()


def test_the_database_keeps_the_promises(field: Field) -> None:
    submission, _ = field.stored(answers())
    row = {"submission": submission, "instance": "uuid:1", "decided_at": AT, "event": 1}
    Decision.objects.create(state="accepted", **row)
    for wrong in (
        {"state": "accepted"},
        {"state": "returned", "is_current": False},
        {"state": "edited", "is_current": False},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.create(**row, **wrong)
    assert set(SAID) < set(State)


def test_what_changed_while_somebody_looked_is_not_decided(field: Field) -> None:
    submission, _ = field.stored(answers())
    field.send(answers("uuid:2", replaces="uuid:1"))
    read_all()
    with pytest.raises(InputError, match="changed while you looked"):
        said(field, submission, State.ACCEPTED, edition=1)
    assert said(field, submission, State.ACCEPTED, edition=2)


def own_phone(field: Field, who: Person) -> None:
    field.key, field.secret = key(field.initiative)
    field.key.person = who
    field.key.save()
    from everycount.site.collection import keys

    keys.KNOWN.forget()


def test_nobody_decides_about_what_their_own_phone_sent(field: Field) -> None:
    coordinator = person(Role.COORDINATOR, field.initiative)
    own_phone(field, coordinator)
    submission, _ = field.stored(answers())
    with pytest.raises(InputError, match="own phone"):
        said(field, submission, State.ACCEPTED, by=coordinator)
    client = signed(coordinator)
    page = text(client.get(where(field, f"/{submission.pk}")))  # type: ignore[arg-type]
    assert "somebody else decides" in page
    assert (
        client.post(
            where(field, f"/{submission.pk}/decide"), {"state": "accepted", "edition": "1"}
        ).status_code
        == 404
    )
    done = accept_many(
        initiative=field.initiative, submissions=[submission.pk], seen=AT, by=coordinator, at=AT
    )
    assert (done.accepted, done.left) == (0, 1)


def test_opening_is_an_event_and_a_head_opens_nothing(field: Field) -> None:
    submission, _ = field.stored(answers())
    client = signed(field.reviewer)
    base = where(field, f"/{submission.pk}")
    client.head(base)
    client.get(where(field))
    assert not Event.objects.filter(verb="records.opened").exists()
    assert "heron" in text(client.get(base))  # type: ignore[arg-type]
    event = Event.objects.get(verb="records.opened")
    assert (event.actor, event.payload) == (field.reviewer.ref, {"purpose": "review", "records": 1})


@pytest.mark.parametrize("role", [Role.STEWARD, Role.ANALYST, Role.COMMUNITY])
def test_who_counts_sees_states_and_no_answer(field: Field, role: Role) -> None:
    submission, _ = field.stored(answers())
    said(field, submission, State.RETURNED, reason=Reason.OTHER, words="Ask again, please.")
    page = text(signed(person(role, field.initiative)).get(where(field, f"/{submission.pk}")))  # type: ignore[arg-type]
    assert "Returned" in page
    assert "heron" not in page
    assert "Ask again" not in page
    assert "Your role does not open answers." in page
    assert not Event.objects.filter(verb="records.opened").exists()


def test_pictures_open_one_by_one_and_pages_never_run(field: Field) -> None:
    files = (("p.jpg", b"jpeg" * 50_000), ("stray.svg", b"<svg onload=alert(1)>"))
    submission, _ = field.stored(answers(photo="p.jpg"), *files)
    client = signed(field.reviewer)
    base = where(field, f"/{submission.pk}")
    named, stray = Attachment.objects.order_by("-is_named")
    page = text(client.get(base))  # type: ignore[arg-type]
    assert f"{base}/files/{named.pk}" in page
    assert "1 file came that the answers do not name" in page
    before = Event.objects.filter(verb="records.opened").count()
    picture = client.get(f"{base}/files/{named.pk}")
    assert (picture["Content-Type"], b"".join(picture.streaming_content)) == ("image/jpeg", b"jpeg" * 50_000)  # type: ignore[attr-defined]
    other = client.get(f"{base}/files/{stray.pk}")
    assert other["Content-Type"] == "application/octet-stream"
    assert other["Content-Disposition"].startswith("attachment")
    assert other["X-Content-Type-Options"] == "nosniff"
    assert Event.objects.filter(verb="records.opened").count() == before + 2
    client.head(f"{base}/files/{named.pk}")
    assert Event.objects.filter(verb="records.opened").count() == before + 2
    assert client.get(f"{base}/files/{named.pk + 99}").status_code == 404


def test_a_file_that_has_not_come_is_said(field: Field) -> None:
    submission, _ = field.stored(answers(photo="late.jpg"))
    page = text(signed(field.reviewer).get(where(field, f"/{submission.pk}")))  # type: ignore[arg-type]
    assert "a file that has not come yet" in page
    assert "1 file is named and has not come" in page


def seen_by(field: Field, submission: Submission, who: Person) -> list[int]:
    """Statuses of everything that shows one submission."""
    base = where(field, f"/{submission.pk}")
    client = signed(who)
    return [
        client.get(base).status_code,
        client.post(f"{base}/decide", {"state": "accepted", "edition": "1"}).status_code,
    ]


@pytest.mark.parametrize("purpose", [Purpose.REVIEW, Purpose.COLLECTION])
def test_whoever_takes_it_back_is_gone_from_every_list_and_count(field: Field, purpose: Purpose) -> None:
    collector = person(Role.COLLECTOR, field.initiative)
    own_phone(field, collector)
    submission, _ = field.stored(answers())
    said(field, submission, State.RETURNED, reason=Reason.OTHER, words="Ask Anna again")
    field.stored(answers("uuid:other"))
    withdraw(submission=submission.pk, purposes=[purpose], **WORD)
    for who in (field.reviewer, field.steward, field.analyst):
        assert counts(listed(field, who))["All"] == 1
        assert str(submission.pk) not in listed(field, who)
        assert seen_by(field, submission, who) == [404, 404]
    own = text(signed(collector).get(where(field, "/mine")))  # type: ignore[arg-type]
    assert counts(own)["All"] == 1
    assert "Anna" not in own
    assert said(field, submission, State.ACCEPTED) is None
    done = accept_many(
        initiative=field.initiative, submissions=[submission.pk], seen=AT, by=field.reviewer, at=AT
    )
    assert done.accepted == 0


def test_who_never_agreed_was_never_there(field: Field) -> None:
    field.stored(answers(counted="no"))
    field.send(answers("uuid:2"))  # nobody has read it yet
    assert counts(listed(field))["All"] == 0


def test_a_collector_sees_states_and_reasons_of_their_own(field: Field) -> None:
    collector, other = person(Role.COLLECTOR, field.initiative), person(Role.COLLECTOR, field.initiative)
    field.stored(answers("uuid:somebody"))
    own_phone(field, collector)
    submission, _ = field.stored(answers())
    said(field, submission, State.RETURNED, reason=Reason.INCOMPLETE, words="The photo is missing.")
    field.stored(answers("uuid:newer"))
    page = text(signed(collector).get(where(field, "/mine")))  # type: ignore[arg-type]
    assert counts(page)["All"] == 2
    assert page.index("Answers are missing") < page.rindex("Received")  # what is to be mended comes first
    assert "Answers are missing" in page
    assert "The photo is missing." in page
    assert counts(text(signed(other).get(where(field, "/mine"))))["All"] == 0  # type: ignore[arg-type]
    assert counts(text(signed(collector).get(where(field, "/mine?state=accepted"))))["Returned"] == 1  # type: ignore[arg-type]
    assert signed(collector).get(where(field)).status_code == 404
    assert signed(collector).get(where(field, f"/{submission.pk}")).status_code == 404


def test_the_list_is_sifted_and_every_count_follows(field: Field) -> None:
    second = published(field.initiative, "another_form")
    field.stored(answers("uuid:1"))
    field.stored(answers("uuid:2", form_id="another_form"))
    first_phone = field.key
    own_phone(field, person(Role.COLLECTOR, field.initiative))
    field.stored(answers("uuid:3"))
    Submission.objects.filter(root="uuid:3").update(received_at=AT - timedelta(days=3))
    for query, wanted in [
        ("", 3),
        (f"?questionnaire={second.questionnaire_id}", 1),
        ("?version=1", 3),
        (f"?key={first_phone.pk}", 2),
        (f"?day={AT:%Y-%m-%d}", 2),
        (f"?day={AT - timedelta(days=3):%Y-%m-%d}&key={field.key.pk}", 1),
        (f"?day={AT - timedelta(days=3):%Y-%m-%d}&key={first_phone.pk}", 0),
        ("?day=2020-01-01&state=received", 0),
    ]:
        page = listed(field, query=query)
        assert counts(page)["All"] == counts(page)["Received"] == wanted, query
        assert page.count('name="chosen"') == wanted, query
    wrong = signed(field.reviewer).get(where(field, "?day=yesterday&key=x&state=odd"))
    assert (wrong.status_code, counts(text(wrong))["All"]) == (400, 3)  # type: ignore[arg-type]


def test_pages_of_the_list_hold_each_row_once(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    from everycount.site.review.queries import lists

    monkeypatch.setattr(lists, "PER_PAGE", 2)
    made = {str(field.stored(answers(f"uuid:{number}"))[0].pk) for number in range(5)}
    pages = [listed(field, query=f"?page={number}&state=received") for number in (1, 2, 3)]
    found = [name for page in pages for name in made if f'value="{name}"' in page]
    assert sorted(found) == sorted(made)
    assert "Page 1 of 3" in pages[0]
    assert "state=received&page=2" in pages[0]


def test_tests_of_drafts_stand_apart(field: Field) -> None:
    field.stored(answers())
    submission, _ = field.stored(answers("uuid:2"))
    Submission.objects.filter(pk=submission.pk).update(is_test=True)
    page = listed(field)
    assert (counts(page)["All"], counts(page)["Tests"]) == (1, 1)
    assert str(submission.pk) in listed(field, query="?state=tests")
    assert counts(listed(field, field.analyst))["All"] == 1


def test_what_is_held_or_set_aside_is_told_to_the_office(field: Field) -> None:
    field.stored(answers())
    field.send(answers("uuid:2", version="99"))
    field.send(answers(answer="else"))
    assert SetAside.objects.count() == 1
    page = listed(field)
    assert "1 came with a version of the questionnaire that is not known here." in page
    assert "1 was set aside" in page


def test_ticked_ones_are_accepted_with_one_event(field: Field) -> None:
    rows = [field.stored(answers(f"uuid:{number}"))[0] for number in range(4)]
    said(field, rows[0], State.REJECTED, reason=Reason.DUPLICATE)
    names = [str(each.pk) for each in rows]
    seen = timezone.now().isoformat()
    answer = signed(field.reviewer).post(
        where(field, "/accept"), {"chosen": names[:3], "seen": seen, "asked": "state=received"}
    )
    assert answer["Location"] == where(field, "?state=received")
    shown = counts(listed(field))
    assert (shown["Accepted"], shown["Rejected"], shown["Received"]) == (2, 1, 1)
    (event,) = Event.objects.filter(verb="submission.decided", payload__state="accepted")
    assert event.payload == {"state": "accepted", "submissions": 2}


def test_all_of_a_list_is_accepted_after_one_more_look(field: Field) -> None:
    rows = [field.stored(answers(f"uuid:{number}"))[0] for number in range(3)]
    Submission.objects.filter(pk=rows[0].pk).update(received_at=AT - timedelta(days=2))
    client = signed(field.reviewer)
    asked = f"day={AT:%Y-%m-%d}"
    given = {"all": "1", "asked": asked, "seen": timezone.now().isoformat()}
    sure = client.post(where(field, "/accept"), given)
    assert "2 submissions of the list wait for a decision." in text(sure)  # type: ignore[arg-type]
    assert not Decision.objects.exists()
    assert client.post(where(field, "/accept"), given | {"sure": "1"}).status_code == 302
    assert set(Decision.objects.values_list("submission", flat=True)) == {each.pk for each in rows[1:]}
    none = client.post(where(field, "/accept"), given)
    assert "None of the list waits" in text(none)  # type: ignore[arg-type]


def test_what_changed_after_the_list_was_made_is_not_accepted_unseen(field: Field) -> None:
    submission, _ = field.stored(answers())
    Edition.objects.update(received_at=AT + timedelta(minutes=5))
    done = accept_many(
        initiative=field.initiative, submissions=[submission.pk], seen=AT, by=field.reviewer, at=AT
    )
    assert (done.accepted, done.left) == (0, 1)


def test_another_initiatives_submissions_are_not_there(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Field.__new__(Field)
    other.__dict__ |= field.__dict__
    from site_world import initiative

    other.initiative = initiative()
    other.version = published(other.initiative, "their_form")
    other.key, other.secret = key(other.initiative)
    theirs, _ = other.stored(answers("uuid:theirs", form_id="their_form"))
    assert counts(listed(field))["All"] == 0
    assert signed(field.reviewer).get(where(field, f"/{theirs.pk}")).status_code == 404
    assert signed(field.reviewer).get(where(other, f"/{theirs.pk}")).status_code == 404
    done = accept_many(
        initiative=field.initiative, submissions=[theirs.pk], seen=AT, by=field.reviewer, at=AT
    )
    assert done.accepted == 0


def test_an_operator_in_an_agreed_emergency_sees_and_does_not_decide(field: Field) -> None:
    submission, _ = field.stored(answers())
    operator = person(NodeRole.OPERATOR)
    assert signed(operator).get(where(field)).status_code == 404
    now = timezone.now()
    opening = openings.ask(initiative=field.initiative, reason="Invented", hours=1, by=operator, at=now)
    openings.agree(opening=opening, by=field.steward, at=now)
    page = text(signed(operator).get(where(field, f"/{submission.pk}")))  # type: ignore[arg-type]
    assert "heron" in page
    assert "Keep it" not in page
    assert seen_by(field, submission, operator)[1] == 404


def test_hostile_words_stay_words(field: Field) -> None:
    collector = person(Role.COLLECTOR, field.initiative)
    own_phone(field, collector)
    submission, _ = field.stored(answers(answer="&lt;script&gt;alert(1)&lt;/script&gt;"))
    said(field, submission, State.RETURNED, reason=Reason.OTHER, words="<img src=x onerror=alert(2)>")
    for who, path in ((field.reviewer, f"/{submission.pk}"), (collector, "/mine")):
        page = signed(who).get(where(field, path)).content.decode()
        assert "<script>alert(1)" not in page
        assert "<img src=x" not in page


FORM = [
    (
        "type",
        "name",
        "label::English (en)",
        "label::Arabic (ar)",
        "everycount::consent",
        "everycount::identifier",
    ),
    ("select_one yn", "counted", "May your answers be counted?", "هل تُحسب إجاباتك؟", "statistics", ""),
    ("begin_group", "about", "About you", "عنك", "", ""),
    ("text", "telephone", "A telephone number", "رقم هاتف", "", "yes"),
    ("integer", "age", "Your age", "عمرك", "", ""),
    ("end_group", "", "", "", "", ""),
    ("begin_repeat", "children", "Child", "طفل", "", ""),
    ("select_one yn", "school", "Goes to school?", "هل يذهب إلى المدرسة؟", "", ""),
    ("end_repeat", "", "", "", "", ""),
]
XML = (
    b'<data id="invented_form" version="1"><counted>yes</counted><about><telephone>0770</telephone>'
    b"<age>forty</age></about><children><school>yes</school></children><children><school>no</school>"
    b"</children><meta><instanceID>uuid:1</instanceID></meta></data>"
)


def test_answers_have_their_labels_groups_and_rows_and_nobody_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(site_world, "SURVEY", FORM)
    field = Field(monkeypatch)
    submission, _ = field.stored(XML)
    client = signed(field.reviewer)
    page = text(client.get(where(field, f"/{submission.pk}")))  # type: ignore[arg-type]
    order = [
        "May your answers be counted?",
        "About you",
        "A telephone number",
        "Child 1",
        "Yes",
        "Child 2",
        "No",
    ]
    places = [page.index(words, page.index('id="answers"')) for words in order]
    assert places[:4] == sorted(places[:4])
    assert "not shown, for it names or finds the person" in page
    assert "0770" not in page
    assert "about/age" in page  # what could not be understood
    assert "forty" in page
    arabic = text(client.get(where(field, f"/{submission.pk}"), HTTP_ACCEPT_LANGUAGE="ar"))  # type: ignore[arg-type]
    assert "هل يذهب إلى المدرسة؟" in arabic


def test_pages_ask_the_database_as_often_for_many_as_for_few(
    field: Field, django_assert_max_num_queries: Any
) -> None:
    client = signed(field.reviewer)
    for number in range(3):
        field.stored(answers(f"uuid:{number}"))
    with django_assert_max_num_queries(25):
        client.get(where(field))
    for number in range(3, 12):
        field.stored(answers(f"uuid:{number}"))
    with django_assert_max_num_queries(25):
        client.get(where(field))
