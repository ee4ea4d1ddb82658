"""What waits for somebody: told where they begin, to whoever can do it, and to nobody else."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from consented import Field
from everycount.questionnaire import write_xlsform
from everycount.site.collection import actions as collection
from everycount.site.consent.actions import leave_message
from everycount.site.people.models import Role
from everycount.site.questionnaires import actions
from everycount.site.questionnaires.models import Stance
from everycount.site.review.actions import decide
from everycount.site.review.models import Reason, State
from site_world import AT, CHOICES, SURVEY, answers, person, xlsform

if TYPE_CHECKING:
    from everycount.site.collection.models import Version
    from everycount.site.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def field(monkeypatch: pytest.MonkeyPatch) -> Field:
    return Field(monkeypatch)


def told(field: Field, who: Person) -> dict[str, str]:
    """The tasks on the page of the initiative, with their addresses; each opens for whom it is told."""
    client = Client()
    client.force_login(who)
    found = {}
    for address in (f"/initiatives/{field.initiative.slug}", "/initiatives"):
        page = client.get(address).content.decode()
        links = re.findall(r'<a class="reach" href="([^"]+)"><bdi>([^<]+)</bdi>', page)
        found[address] = {unescape(words): unescape(where) for where, words in links}
    own, listed = found.values()
    assert own == listed, "where they begin and on the page it is the same"
    for where in own.values():
        assert client.get(where).status_code == 200
    return own


def in_review(field: Field, data: bytes | None = None) -> tuple[Version, Person]:
    by = person(Role.COORDINATOR, field.initiative)
    data = data or xlsform(version="2")
    version = collection.upload(initiative=field.initiative, xlsform=data, name="form.xlsx", by=by, at=AT)
    actions.open_review(version=version, by=by, at=AT)
    return version, by


def test_nothing_waits_where_nothing_came(field: Field) -> None:
    assert told(field, field.reviewer) == told(field, field.steward) == {}
    page = Client().get(f"/initiatives/{field.initiative.slug}").content
    assert b"What waits for you" not in page


def test_a_member_is_led_to_the_review_until_they_spoke(field: Field) -> None:
    member, other = (person(Role.COMMUNITY, field.initiative) for _ in range(2))
    version, coordinator = in_review(field)
    words = "Say whether the questions and categories are right: Invented form 2"
    assert list(told(field, member)) == list(told(field, other)) == [words]
    assert told(field, member)[words].endswith("/review/1"), "nothing changed, so they begin at the first"
    assert told(field, coordinator) == told(field, field.reviewer) == {}
    said = [actions.Said("q:counted", Stance.ENDORSE, "")]
    actions.speak(review=version.review, said=said, by=member, at=AT)
    assert told(field, member) == {}
    assert list(told(field, other)) == [words]
    ready = {"The community has spoken, publish it or answer: Invented form 2"}
    assert set(told(field, coordinator)) == ready
    actions.close_review(version=version, by=coordinator, at=AT)
    assert told(field, other) == told(field, coordinator) == {}


def test_a_reviewer_is_led_to_what_waits_and_a_collector_to_what_came_back(field: Field) -> None:
    collector = person(Role.COLLECTOR, field.initiative)
    field.key.person = collector
    field.key.save()
    rows = [field.stored(answers(name))[0] for name in ("uuid:1", "uuid:2")]
    assert list(told(field, field.reviewer)) == ["2 submissions to decide about"]
    assert told(field, collector) == told(field, field.analyst) == {}
    decide(
        submission=rows[0].pk,
        state=State.RETURNED,
        reason=Reason.OTHER,
        words="Once more.",
        edition=1,
        by=field.reviewer,
        at=AT,
    )
    assert list(told(field, field.reviewer)) == ["1 submission to decide about"]
    assert list(told(field, collector)) == ["1 submission came back to mend"]


def test_a_steward_is_led_to_what_nobody_read(field: Field) -> None:
    submission, _ = field.stored(answers())
    leave_message(submission=submission.pk, text="We have two taps.", by="respondent", at=AT)
    assert list(told(field, field.steward)) == ["1 message of a respondent to read"]
    assert "1 message of a respondent to read" not in told(field, field.reviewer)


def test_a_member_is_led_from_what_changed_to_its_question(field: Field) -> None:
    settings = [["form_title", "form_id", "version"], ["Invented form", "invented_form", "2"]]
    survey = [*SURVEY[:2], ("text", "answer", "Tell us more", ""), SURVEY[3]]
    choices = [*CHOICES[:2], ("yn", "no", "Not now")]
    data = write_xlsform({"survey": survey, "choices": choices, "settings": settings})
    version, coordinator = in_review(field, data)
    member = person(Role.COMMUNITY, field.initiative)
    assert [each.rsplit("/", 1)[1] for each in told(field, member).values()] == [str(version.id)]
    pages = {}
    for who in (member, coordinator):
        client = Client()
        client.force_login(who)
        address = f"/initiatives/{field.initiative.slug}/questionnaires/versions/{version.id}"
        listed = client.get(address).content.decode().split('class="changes"')[1].split("</ul>")[0]
        changes = re.findall(r"<li>(.*?)</li>", listed, re.DOTALL)
        pages[who.pk] = {
            re.sub(r"<[^>]+>", "", each).split(":")[0]: re.findall(r"/review/(\d)", each) for each in changes
        }
    assert pages[member.pk] == {"Other words": ["2"], "Category with other words": ["1"]}
    assert pages[coordinator.pk] == {"Other words": [], "Category with other words": []}
