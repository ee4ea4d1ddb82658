"""The pages on which a release is looked at, agreed to and published: each role sees its own next step."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.test import Client

from everycount.site.ledger.queries import broken
from everycount.site.publication import making
from everycount.site.publication.models import Release, Statement
from everycount.site.publication.queries.releases import numbers
from everycount.site.publication.states import State
from publication_world import FEEDBACK, Publication
from site_world import AT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

    from everycount.site.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publication]:
    monkeypatch.setattr("everycount.site.publication.views.deciding.now", lambda: AT)
    monkeypatch.setattr("everycount.site.publication.views.numbers.now", lambda: AT)
    yield Publication(monkeypatch)
    assert list(broken()) == []


def client(who: Person) -> Client:
    made = Client()
    made.force_login(who)
    return made


def read(answer: HttpResponse, status: int = 200) -> str:
    assert answer.status_code == status, answer.status_code
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode())))


def test_a_release_goes_from_a_plan_to_the_public_by_its_pages(
    work: Publication, django_capture_on_commit_callbacks: object
) -> None:
    """Every step by the button that the page shows to whoever is next, with a mail to the one after."""
    work.members[1].name = "Invented Dissenter"
    work.members[1].save()
    here = f"/initiatives/{work.initiative.slug}/releases"
    one = f"{here}/{work.plan.slug}/1"
    analyst, reviewer, member, other, steward = (
        client(who) for who in (work.analyst, work.reviewer, *work.members, work.steward)
    )
    assert "Nothing was computed yet." in read(analyst.get(here))
    assert "Bring a release" in read(analyst.get(here))
    assert "Bring a release" not in read(reviewer.get(here))
    assert (
        analyst.post(f"/initiatives/{work.initiative.slug}/plans/{work.plan.slug}/compute").headers[
            "Location"
        ]
        == one
    )
    waits = analyst.get(one)
    assert waits.headers["Refresh"] == "3"
    assert "Refresh" not in analyst.get(f"{one}?still=1").headers
    making.work(now=lambda: AT)
    assert "Propose it" in read(analyst.get(one))
    assert "It does not say." in read(analyst.get(f"{one}/checks"))
    assert "This field is required" in read(analyst.post(f"{one}/do/propose", {"feedback": " "}), 422)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert analyst.post(f"{one}/do/propose", {"feedback": FEEDBACK}).status_code == 302
    assert [each.to for each in mail.outbox] == [[work.reviewer.email]]
    assert one in mail.outbox[0].body
    assert not re.search(r"\d %|\d in 10", mail.outbox[0].body)
    assert "Approve it" in read(reviewer.get(one))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        reviewer.post(f"{one}/do/approve", {"words": "Looked at twice."})
    assert {each.to[0] for each in mail.outbox[1:]} == {each.email for each in work.members}
    page = read(member.get(one))
    assert "0 of 1 agree" in page
    assert "Keep my word" in page
    assert "Say in a sentence why" in read(other.post(f"{one}/speak", {"stance": "object"}), 422)
    other.post(f"{one}/speak", {"stance": "object", "words": "Too early for us."})
    member.post(f"{one}/speak", {"stance": "agree"})
    page = read(member.get(one))
    assert "1 of 1 agree" in page
    assert "1 person does not agree" in page
    assert "Too early for us." in page
    assert "Invented Dissenter" not in page
    member.post(f"{one}/do/agree")
    assert "Publish it" in read(steward.get(one))
    steward.post(f"{one}/do/publish", {"day": ""})
    assert Release.objects.get().state == State.PUBLISHED
    assert "Too early for us." in read(member.get(one)), "dissent is kept"
    assert "Public" in read(steward.get(here))


def test_a_member_has_a_number_taken_out(work: Publication) -> None:
    release = work.with_community(work.computed())
    one = f"/initiatives/{work.initiative.slug}/releases/{work.plan.slug}/1"
    member, analyst = client(work.members[0]), client(work.analyst)
    listed = member.get(f"{one}/numbers?measure=worried&by=hotspot").content.decode()
    links = re.findall(r'href="([^"]*not-this\?[^"]*)"', listed)
    assert len(links) == 4, "the measure, the table, and two hotspots"
    where = unescape(links[2])
    assert "not-this" not in analyst.get(f"{one}/numbers").content.decode()
    assert analyst.get(where).status_code == 404
    asked = read(member.get(where))
    assert "Often worried · " in asked
    assert "1 number" in asked
    assert "This field is required" in read(member.post(where, {"words": ""}), 422)
    assert member.post(where, {"words": "They would be found."}).status_code == 302
    page = member.get(one).content.decode()
    assert "They would be found." in page
    assert "Compute it again without what shall not be shown" in page
    (back,) = re.findall(r'action="([^"]*take-back)"', page)
    member.post(back)
    assert not Statement.objects.exists()
    member.post(where, {"words": "They would be found."})
    member.post(f"{one}/do/withhold")
    work.work(release)
    shown = read(member.get(f"{one}/numbers?measure=worried&by=hotspot"))
    assert "withheld by the community" in shown
    assert "hidden" in shown, "and another one, by which it could be worked out"
    made = numbers(Release.objects.get())
    worried = {cell.cell: cell for cell in made.cells.cells if cell.measure == "worried"}
    for by in (("hotspot",), ("hotspot", "age")):
        row = [one for key, one in worried.items() if tuple(name for name, _code in key) == by]
        left = [one for one in row if one.status != "shown"]
        assert len(left) != 1, "what is taken from everybody would give it back"
    assert all(one.value is None for one in worried.values() if one.status == "withheld_by_community")


def test_all_numbers_can_be_browsed(work: Publication) -> None:
    work.computed()
    one = f"/initiatives/{work.initiative.slug}/releases/{work.plan.slug}/1/numbers"
    analyst = client(work.analyst)
    assert "18 numbers" in read(analyst.get(one))
    assert "2 numbers" in read(analyst.get(f"{one}?by=-"))
    assert "4 numbers" in read(analyst.get(f"{one}?by=hotspot"))
    assert "6 numbers" in read(analyst.get(f"{one}?find=RIVER"))
    assert "9 numbers" in read(analyst.get(f"{one}?find=often worried"))
    assert "0 numbers" in read(analyst.get(f"{one}?find=nobody"))
    assert read(analyst.get(f"{one}?page=999")) == read(analyst.get(f"{one}?page=x"))


def test_what_was_computed_elsewhere_is_not_computed_here(work: Publication) -> None:
    release = work.with_community(work.computed())
    type(work.plan).objects.update(questionnaire=None)
    member, analyst = client(work.members[0]), client(work.analyst)
    one = f"/initiatives/{work.initiative.slug}/releases/{work.plan.slug}/{release.number}"
    member.post(f"{one}/not-this?measure=worried&by=hotspot", {"words": "They would be found."})
    page = read(member.get(one))
    assert "Whoever brought it has to bring it again" in page
    assert "Compute it again" not in page
    assert "Compute it again" not in read(analyst.get(one))
    assert "holds no record of it" in read(analyst.get(f"{one}/checks"))
