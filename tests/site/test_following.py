"""Being told of new numbers: one address, asked before anything is sent, forgotten when it says so."""

from __future__ import annotations

import re
from datetime import timedelta
from smtplib import SMTPException
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.test import Client

from everycount.site.consent.models import Use
from everycount.site.publication import letters
from everycount.site.publication.actions import following
from everycount.site.publication.models import Follower, Plan, Release
from site_world import AT, initiative

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.site.publication.queries.following import News

pytestmark = pytest.mark.django_db
EVENTS = iter(range(1, 10_000))


def public(plan: Plan | None = None, at: datetime = AT) -> Release:
    """A public release, without what is in it."""
    here = plan.initiative if plan else initiative(listed=True)
    if plan is None:
        given = {"initiative": here, "slug": f"plan-{here.slug}", "title": "Invented numbers"}
        plan = Plan.objects.create(**given, text="", made_at=AT, changed_at=AT)
    plan.releases.filter(state="published").update(state="superseded", superseded_at=at)
    use = Use.objects.create(event=next(EVENTS), initiative=here.pk, purpose="statistics", made_at=at)
    return Release.objects.create(
        plan=plan,
        number=plan.releases.count() + 1,
        state="published",
        document=b"{}",
        digest=f"sha256:{use.event}",
        use=use.event,
        asked_at=at,
        published_at=at,
    )


def followed(plan: Plan) -> Follower:
    """Somebody who asked and answered."""
    following.ask(plan=plan, email="Reader@example.org ", language="fr", at=AT)
    found = Follower.objects.get(email="reader@example.org")
    assert following.confirm(secret=found.secret, at=AT)
    mail.outbox.clear()
    return Follower.objects.get()


def test_nothing_is_sent_before_the_address_answers() -> None:
    plan = public().plan
    following.ask(plan=plan, email="reader@example.org", language="ar", at=AT)
    (question,) = mail.outbox
    assert question.to == ["reader@example.org"]
    assert Follower.objects.get().secret in question.body
    assert "هل" in question.subject
    following.ask(plan=plan, email="reader@example.org", language="ar", at=AT + timedelta(hours=1))
    public(plan, AT + timedelta(days=1))
    assert following.tell(at=AT + timedelta(days=1)) == 0
    assert len(mail.outbox) == 1
    following.tell(at=AT + timedelta(days=8))
    assert not Follower.objects.exists()


def test_whoever_answered_hears_of_each_thing_once() -> None:
    plan = public().plan
    follower = followed(plan)
    later = AT + timedelta(days=1)
    assert following.tell(at=later) == 0
    revised = public(plan, later)
    assert following.tell(at=later) == 1
    assert following.tell(at=later) == 0
    (told,) = mail.outbox
    assert f"/releases/{plan.slug}/2" in told.body
    assert follower.secret in told.body
    assert "refaits" in told.body
    doubted = later + timedelta(hours=1)
    Use.objects.filter(event=revised.use).update(under_revision_since=doubted)
    assert following.tell(at=doubted) == 1
    assert "retiré son accord" in mail.outbox[-1].body
    following.leave(secret=follower.secret)
    public(plan, doubted + timedelta(days=1))
    assert following.tell(at=doubted + timedelta(days=1)) == 0


def test_a_mail_that_cannot_be_sent_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = public().plan
    followed(plan)
    later = AT + timedelta(days=1)
    public(plan, later)

    def broken(_follower: Follower, _news: News) -> None:
        raise SMTPException

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(letters, "happened", broken)
        assert following.tell(at=later) == 0
    assert following.tell(at=later) == 1


def test_nobody_fills_strangers_boxes_through_us() -> None:
    plan = public().plan
    for number in range(following.MOST_AN_HOUR + 20):
        following.ask(plan=plan, email=f"reader{number}@example.org", language="en", at=AT)
    assert len(mail.outbox) == following.MOST_AN_HOUR
    assert Follower.objects.count() == following.MOST_AN_HOUR


def test_the_pages_ask_and_do_nothing_by_being_opened() -> None:
    plan, client = public().plan, Client()
    page = f"/releases/{plan.slug}/follow"
    assert client.get(page).status_code == 200
    assert client.post(page, {"email": "no address"}).status_code == 422
    assert client.post(page, {"email": "reader@example.org"}).status_code == 302
    (link,) = re.findall(r"/following/\S+", str(mail.outbox[0].body))
    assert client.get(link).status_code == 200
    assert Follower.objects.get().confirmed_at is None
    client.post(link, {"answer": "yes"})
    assert Follower.objects.get().confirmed_at is not None
    client.post(link, {"answer": "leave"})
    assert not Follower.objects.exists()
    assert client.get(link).status_code == 404
    assert client.get("/releases/unknown/follow").status_code == 404


def test_feeds_name_what_is_public_and_nothing_else() -> None:
    release, hidden = public(), public()
    hidden.plan.initiative.listed = False
    hidden.plan.initiative.save()
    for address in ("/releases.atom", f"/releases/{release.plan.slug}.atom"):
        told = Client().get(address).content.decode()
        assert f"/releases/{release.plan.slug}/1" in told
        assert hidden.plan.slug not in told
    assert Client().get(f"/releases/{hidden.plan.slug}.atom").status_code == 404
