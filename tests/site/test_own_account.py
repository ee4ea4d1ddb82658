"""One's own account: where one is signed in, ending the others, and ending the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client

from everycount.faults import InputError
from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import broken
from everycount.site.people.actions import accounts, invitations, openings
from everycount.site.people.actions.persons import make_account
from everycount.site.people.browsers import named
from everycount.site.people.models import (
    Assignment,
    Invitation,
    Membership,
    NodeRole,
    Organisation,
    OrganisationKind,
    Person,
    Role,
)
from everycount.site.people.queries.sessions import signed_in
from site_world import AT, initiative, person

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
EMAIL, PASSWORD = "invented@example.org", "invented-password"
PHONE = "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"
DESK = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0"


@pytest.fixture(autouse=True)
def _the_ledger_holds() -> Iterator[None]:
    cache.clear()
    yield
    assert list(broken()) == []


@pytest.fixture
def anna() -> Person:
    return make_account(email=EMAIL, name="Invented Anna", at=AT, password=PASSWORD)


def came_in(agent: str) -> Client:
    client = Client(headers={"user-agent": agent})
    answer = client.post("/account/login/", {"login": EMAIL, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return client


@pytest.mark.parametrize(
    ("agent", "words"), [(PHONE, "Firefox, Android"), (DESK, "Edge, Windows"), ("", ""), ("curl/8", "")]
)
def test_a_browser_is_named_in_two_words(agent: str, words: str) -> None:
    assert named(agent) == words


def test_the_others_end_and_this_one_stays(anna: Person) -> None:
    phone, desk = came_in(PHONE), came_in(DESK)
    stranger = Client()
    stranger.force_login(person())
    text = phone.get("/account/sessions").content.decode()
    assert "Firefox, Android" in text
    assert "Edge, Windows" in text
    assert phone.post("/account/sessions/end", follow=True).status_code == 200
    assert phone.get("/account/").status_code == 200
    assert desk.get("/account/").status_code == 302
    assert stranger.get("/account/").status_code == 200
    assert Event.objects.filter(verb="person.sessions_ended", actor=anna.ref).get().payload == {"sessions": 1}
    assert "Edge, Windows" not in phone.get("/account/sessions").content.decode()
    phone.post("/account/sessions/end")
    assert Event.objects.filter(verb="person.sessions_ended").count() == 1


def test_no_key_of_a_session_is_on_the_page(anna: Person) -> None:
    phone, desk = came_in(PHONE), came_in(DESK)
    text = phone.get("/account/sessions").content.decode()
    for client in (phone, desk):
        assert client.cookies["sessionid"].value not in text
    assert len(signed_in(anna, phone.session.session_key, at=AT)) == 2


def test_a_session_of_an_older_password_is_not_listed(anna: Person) -> None:
    came_in(PHONE)
    anna.set_password("another-invented-one")
    anna.save()
    assert signed_in(anna, None, at=AT) == []


def test_an_account_ends_and_nothing_names_the_person(anna: Person) -> None:
    here = initiative()
    for role in (Role.STEWARD, Role.COMMUNITY):
        Assignment.objects.create(person=anna, initiative=here, role=role, since=AT)
    person(Role.STEWARD, here)
    union = Organisation.objects.create(name="Invented union", kind=OrganisationKind.CIVIL_SOCIETY)
    Membership.objects.create(person=anna, organisation=union, since=AT)
    invitations.invite(initiative=here, email=EMAIL, role=Role.OBSERVER, by=anna, at=AT)
    invitations.invite(initiative=here, email="b@example.org", role=Role.OBSERVER, by=anna, at=AT)
    client, other = came_in(PHONE), came_in(DESK)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    assert client.post("/account/end", {}).status_code == 422
    assert client.post("/account/end", {"sure": "on"}, follow=True).redirect_chain == [("/", 302)]
    for each in (client, other):
        assert each.get("/account/").status_code == 302
    assert came_in_fails()
    gone = Person.objects.get(pk=anna.pk)
    assert (gone.name, gone.is_active) == ("", False)
    assert EMAIL not in gone.email
    assert not EmailAddress.objects.filter(email=EMAIL).exists()
    assert not Invitation.objects.filter(email=EMAIL).exists()
    assert not gone.roles.filter(until=None).exists()
    assert not gone.memberships.filter(until=None).exists()
    assert not Invitation.objects.filter(closed_at=None, taken_at=None).exists()
    verbs = set(Event.objects.filter(actor=anna.ref).values_list("verb", flat=True))
    assert {"role.left", "membership.ended", "role.offer_closed", "person.left"} <= verbs


def came_in_fails() -> bool:
    return Client().post("/account/login/", {"login": EMAIL, "password": PASSWORD}).status_code == 200


def test_the_events_keep_what_was_done_and_forget_by_whom(anna: Person) -> None:
    here = initiative()
    Assignment.objects.create(person=anna, initiative=here, role=Role.COORDINATOR, since=AT)
    invitations.invite(initiative=here, email="b@example.org", role=Role.OBSERVER, by=anna, at=AT)
    accounts.end_account(person=anna, by=anna, at=AT)
    reads = Client()
    reads.force_login(person(Role.STEWARD, here))
    text = reads.get(f"/initiatives/{here.slug}/events").content.decode()
    assert "Somebody who is no longer here invited somebody to a role" in text
    assert "Invented Anna" not in text


def test_the_last_steward_cannot_leave_an_initiative_headless(anna: Person) -> None:
    alone, shared = initiative(), initiative()
    for here in (alone, shared):
        Assignment.objects.create(person=anna, initiative=here, role=Role.STEWARD, since=AT)
    person(Role.STEWARD, shared)
    with pytest.raises(InputError) as refused:
        accounts.end_account(person=anna, by=anna, at=AT)
    assert [fault.place for fault in refused.value.faults] == [alone.name]
    client = came_in(PHONE)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    answer = client.post("/account/end", {"sure": "on"})
    assert answer.status_code == 422
    assert "last steward" in answer.content.decode()
    assert Person.objects.get(pk=anna.pk).name == "Invented Anna"
    assert anna.roles.filter(until=None).count() == 2


def test_an_opening_ends_with_the_account_that_asked_for_it() -> None:
    asks, here = person(NodeRole.OPERATOR), initiative()
    held = openings.ask(initiative=here, reason="Invented", hours=2, by=asks, at=AT)
    openings.agree(opening=held, by=person(Role.STEWARD, here), at=AT)
    accounts.end_account(person=asks, by=asks, at=AT)
    held.refresh_from_db()
    assert not held.holds(at=AT)
    assert not asks.node_roles.filter(until=None).exists()


def test_ending_asks_who_it_is_once_more(anna: Person) -> None:
    client = came_in(PHONE)
    answer = client.post("/account/end", {"sure": "on"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/reauthenticate/")
    assert Person.objects.get(pk=anna.pk).is_active
