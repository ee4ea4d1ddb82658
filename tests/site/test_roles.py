"""Invitations, roles, organisations, and openings in an emergency: over HTTP, with what the ledger tells."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from everycount.faults import InputError
from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import broken
from everycount.site.people.actions import openings, organisations
from everycount.site.people.actions.invitations import LASTS
from everycount.site.people.models import (
    Application,
    Assignment,
    Invitation,
    Membership,
    NodeRole,
    Opening,
    Organisation,
    Person,
    Role,
)
from everycount.site.people.policy import Verb, may
from everycount.site.registry.models import Initiative
from site_world import AT, initiative, person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoCaptureOnCommitCallbacks

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_ledger_holds() -> Iterator[None]:
    yield
    assert list(broken()) == []


def browser(who: Person) -> Client:
    client = Client()
    client.force_login(who)
    return client


def told() -> list[tuple[str, str]]:
    return list(Event.objects.order_by("number").values_list("verb", "actor"))


def link() -> str:
    found = re.search(r"/invitation/\S+", str(mail.outbox[-1].body))
    assert found
    return found.group()


class Office:
    """A steward who invites."""

    def __init__(self, capture: DjangoCaptureOnCommitCallbacks) -> None:
        self.here, self.capture = initiative(), capture
        self.steward = person(Role.STEWARD, self.here)

    def post(self, who: Person, address: str, **data: str) -> int:
        with self.capture(execute=True):
            return browser(who).post(address, data).status_code

    def invites(self, email: str, role: Role = Role.ANALYST) -> Invitation:
        self.post(self.steward, f"/initiatives/{self.here.slug}/people", email=email, role=role)
        return Invitation.objects.get(email=email)


@pytest.fixture
def office(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Office:
    return Office(django_capture_on_commit_callbacks)


def test_an_invitation_is_mailed_taken_once_and_told(office: Office) -> None:
    guest = person()
    held = office.invites(guest.email)
    address = link()
    code = address.rsplit("/", 1)[1]
    assert held.code_hash != code
    assert code not in str([*Event.objects.values()])
    assert guest.email not in str([*Event.objects.values()])
    shown = Client().get(address)
    assert "Invented Person invites you" in shown.content.decode()
    assert office.post(guest, address, accept="1") == 302
    assert Assignment.objects.get(person=guest).role == Role.ANALYST
    assert office.post(guest, address, accept="1") == 404
    assert told() == [("role.offered", office.steward.ref), ("role.taken", guest.ref)]


def test_an_invitation_is_for_its_address_only(office: Office) -> None:
    guest, thief = person(), person()
    office.invites(guest.email)
    office.post(thief, link(), accept="1")
    assert not thief.roles.exists()
    assert office.post(guest, link(), accept="1") == 302
    assert guest.roles.exists()


def test_an_invitation_can_be_refused_without_an_account(office: Office) -> None:
    office.invites("guest@example.org")
    Client().post(link(), {"refuse": "1"})
    assert Client().get(link()).status_code == 404
    assert told()[-1] == ("role.refused", "guest")


def test_sending_again_ends_the_link_before(office: Office) -> None:
    held = office.invites("guest@example.org")
    before = link()
    office.post(office.steward, f"/invitations/{held.pk}/again")
    assert link() != before
    assert Client().get(before).status_code == 404
    assert Client().get(link()).status_code == 200
    assert len(mail.outbox) == 2


def test_an_invitation_called_back_or_too_old_opens_nothing(office: Office) -> None:
    held = office.invites("guest@example.org")
    office.post(office.steward, f"/invitations/{held.pk}/call-back")
    assert Client().get(link()).status_code == 404
    other = office.invites("other@example.org")
    Invitation.objects.filter(pk=other.pk).update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert Client().get(link()).status_code == 404
    assert timedelta(days=1) < LASTS < timedelta(days=31)


def test_an_address_is_invited_to_a_role_once(office: Office) -> None:
    for _ in range(2):
        office.invites("guest@example.org")
    assert len(mail.outbox) == 1


def test_a_coordinator_makes_no_steward(office: Office) -> None:
    coordinator = person(Role.COORDINATOR, office.here)
    address = f"/initiatives/{office.here.slug}/people"
    office.post(coordinator, address, email="a@example.org", role=Role.STEWARD)
    office.post(coordinator, address, email="b@example.org", role=Role.COORDINATOR)
    assert not Invitation.objects.exists()
    office.post(coordinator, address, email="c@example.org", role=Role.COLLECTOR)
    assert Invitation.objects.get().role == Role.COLLECTOR
    steward = Assignment.objects.get(person=office.steward)
    assert office.post(coordinator, f"/roles/{steward.pk}/end") == 404


def test_the_last_steward_stays_until_there_is_another(office: Office) -> None:
    own = Assignment.objects.get(person=office.steward)
    office.post(office.steward, f"/roles/{own.pk}/end")
    assert Assignment.objects.get(pk=own.pk).until is None
    person(Role.STEWARD, office.here)
    office.post(office.steward, f"/roles/{own.pk}/end")
    assert Assignment.objects.get(pk=own.pk).until is not None
    assert told()[-1] == ("role.left", office.steward.ref)


def test_a_role_ended_shuts_the_initiative_at_once(office: Office) -> None:
    analyst = person(Role.ANALYST, office.here)
    client, address = browser(analyst), f"/initiatives/{office.here.slug}"
    assert client.get(address).status_code == 200
    office.post(office.steward, f"/roles/{analyst.roles.get().pk}/end")
    assert client.get(address).status_code == 404
    assert client.get(f"{address}/events").status_code == 404


def test_a_feed_reader_reads_until_the_role_ends(office: Office) -> None:
    analyst = person(Role.ANALYST, office.here)
    office.invites("guest@example.org")
    page = browser(analyst).get(f"/initiatives/{office.here.slug}/events").content.decode()
    found = re.search(r'href="(/[^"]+events\.atom\?token=[^"]+)"', page)
    assert found
    feed = Client().get(found.group(1))
    assert feed["Content-Type"].startswith("application/atom+xml")
    assert "Invented Person invited somebody to a role (role: Analyst)." in feed.content.decode()
    assert "guest@example.org" not in feed.content.decode() + page
    office.post(office.steward, f"/roles/{analyst.roles.get().pk}/end")
    assert Client().get(found.group(1)).status_code == 404
    assert Client().get(found.group(1) + "x").status_code == 404


def test_the_secretariat_admits_an_initiative_with_its_steward(office: Office) -> None:
    secretariat, guest = person(NodeRole.SECRETARIAT), person()
    given = {"name": "Water", "slug": "water", "language": "fr", "listed": "on", "steward": guest.email}
    assert office.post(secretariat, "/initiatives/admit", **given) == 302
    made = Initiative.objects.get(slug="water")
    assert made.listed
    assert mail.outbox[-1].to == [guest.email]
    office.post(guest, link(), accept="1")
    assert may(guest, Verb.MANAGE, made, at=datetime.now(UTC))
    assert b"is taken" in browser(secretariat).post("/initiatives/admit", given).content


def test_who_is_counted_among_an_organisations_people(office: Office) -> None:
    secretariat, member, stranger = person(NodeRole.SECRETARIAT), person(), person()
    office.post(secretariat, "/organisations", name="Invented union", kind="civil_society", country="bgd")
    union = Organisation.objects.get(country="BGD")
    address = f"/organisations/{union.pk}"
    for _ in range(2):
        office.post(member, f"{address}/ask")
    asked = Application.objects.get()
    assert office.post(member, f"/applications/{asked.pk}", admit="1") == 404
    office.post(secretariat, f"/applications/{asked.pk}", admit="1")
    assert Membership.objects.get(until=None).person == member
    assert b"Its people" in browser(member).get(address).content
    assert b"Its people" not in browser(stranger).get(address).content
    office.post(member, f"/memberships/{Membership.objects.get().pk}/end")
    assert not Membership.objects.filter(until=None).exists()


def test_the_secretariat_does_not_settle_its_own_question() -> None:
    secretariat = person(NodeRole.SECRETARIAT)
    union = Organisation.objects.create(name="Invented union", kind="un")
    organisations.ask(organisation=union, by=secretariat, at=AT)
    asked = Application.objects.get()
    assert browser(secretariat).post(f"/applications/{asked.pk}", {"admit": "1"}).status_code == 404


def opened(here: Initiative, operator: Person, by: Person) -> Opening:
    asked = openings.ask(initiative=here, reason="An invented emergency", hours=2, by=operator, at=AT)
    openings.agree(opening=asked, by=by, at=AT)
    return asked


def test_an_opening_needs_two_people_and_ends(office: Office) -> None:
    operator = person(NodeRole.OPERATOR)
    asked = openings.ask(initiative=office.here, reason="An emergency", hours=2, by=operator, at=AT)
    assert not may(operator, Verb.OPEN_ANSWERS, office.here, at=AT)
    with pytest.raises(InputError, match="cannot agree"):
        openings.agree(opening=asked, by=operator, at=AT)
    openings.agree(opening=asked, by=office.steward, at=AT)
    elsewhere = initiative()
    for hours, allowed in ((0, True), (1.99, True), (2, False)):
        at = AT + timedelta(hours=hours)
        assert may(operator, Verb.OPEN_ANSWERS, office.here, at=at) == allowed
        assert not may(operator, Verb.OPEN_ANSWERS, elsewhere, at=at)
        assert not may(operator, Verb.ANALYSE, office.here, at=at)
        assert not may(operator, Verb.MANAGE, office.here, at=at)
    assert told() == [("opening.asked", operator.ref), ("opening.agreed", office.steward.ref)]
    with pytest.raises(InputError, match="decided before"):
        openings.refuse(opening=asked, by=office.steward, at=AT)


def test_an_opening_can_be_refused_or_ended_early(office: Office) -> None:
    operator = person(NodeRole.OPERATOR)
    asked = openings.ask(initiative=office.here, reason="An emergency", hours=2, by=operator, at=AT)
    openings.refuse(opening=asked, by=office.steward, at=AT)
    assert not may(operator, Verb.OPEN_ANSWERS, office.here, at=AT)
    held = opened(office.here, operator, office.steward)
    openings.end(opening=held, by=office.steward, at=AT + timedelta(minutes=1))
    assert not may(operator, Verb.OPEN_ANSWERS, office.here, at=AT + timedelta(minutes=1))


def test_one_person_with_both_roles_is_still_one_person(office: Office) -> None:
    both = person(NodeRole.OPERATOR)
    Assignment.objects.create(person=both, initiative=office.here, role=Role.STEWARD, since=AT)
    asked = openings.ask(initiative=office.here, reason="An emergency", hours=2, by=both, at=AT)
    assert office.post(both, f"/openings/{asked.pk}", agree="1") == 404
    with pytest.raises(IntegrityError), transaction.atomic():
        Opening.objects.filter(pk=asked.pk).update(decided_by=both, decided_at=AT)


def test_an_opening_is_asked_for_and_decided_on_pages(office: Office) -> None:
    operator = person(NodeRole.OPERATOR)
    given = {"initiative": office.here.slug, "reason": "An invented emergency", "hours": "1"}
    assert office.post(operator, "/openings", **given) == 302
    asked = Opening.objects.get()
    assert b"An invented emergency" in browser(office.steward).get("/openings").content
    observer = person(Role.OBSERVER, office.here)
    assert b"An invented emergency" in browser(observer).get(f"/initiatives/{office.here.slug}").content
    assert b"An invented emergency" not in browser(observer).get("/openings").content
    assert office.post(office.steward, f"/openings/{asked.pk}", agree="1") == 302
    assert may(operator, Verb.OPEN_ANSWERS, office.here, at=datetime.now(UTC))
    assert office.post(operator, f"/openings/{asked.pk}/end") == 302
    assert not may(operator, Verb.OPEN_ANSWERS, office.here, at=datetime.now(UTC))


def test_what_an_initiative_says_of_itself_cannot_run(office: Office) -> None:
    attack = '<script>alert(1)</script><img src=x onerror="alert(1)">'
    given = {"name": attack[:200], "about": attack, "language": "en"}
    office.post(office.steward, f"/initiatives/{office.here.slug}/change", **given)
    for address in (
        "/initiatives",
        f"/initiatives/{office.here.slug}",
        f"/initiatives/{office.here.slug}/events",
    ):
        text = browser(office.steward).get(address).content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text
    assert told()[-1] == ("initiative.changed", office.steward.ref)


def test_events_come_a_page_at_a_time(office: Office) -> None:
    for number in range(35):
        office.invites(f"guest{number}@example.org")
    client, address = browser(office.steward), f"/initiatives/{office.here.slug}/events"
    pages = [client.get(f"{address}?page={number}").content.decode() for number in (1, 2)]
    assert [page.count("<time") for page in pages] == [1, 1], "the same words in a row are one line"
    assert [re.findall(r"(\d+) times since", page) for page in pages] == [["30"], ["5"]]
    assert Event.objects.order_by("-number").first().digest in pages[0]  # type: ignore[union-attr]
    assert client.get(f"{address}?page=nonsense").status_code == 200


def test_the_first_page_says_what_this_is_and_where_to_go() -> None:
    """Whoever may not see an initiative does not read of it there either."""
    here = initiative()

    Initiative.objects.filter(pk=here.pk).update(listed=False, name="Invented hidden", about="Invented words")
    page = Client().get("/").content.decode()
    assert "Invented hidden" not in page
    for address in ("/initiatives", "/receipt", "/account/login/"):
        assert f'href="{address}"' in page
    client = Client()
    client.force_login(person(Role.OBSERVER, here))
    assert "Invented hidden" in client.get("/").content.decode()
    Initiative.objects.filter(pk=here.pk).update(listed=True)
    page = Client().get("/").content.decode()
    assert f'href="/initiatives/{here.slug}"' in page
    assert "Invented words" in page
    assert "example world" not in page
