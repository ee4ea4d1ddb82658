"""Every address in every role, of a listed and an unlisted initiative: who may see it, and who may act."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from everycount.site.people.actions import invitations
from everycount.site.people.models import Assignment, NodeRole, Role
from everycount.site.people.policy import RULES, Rule, Verb
from site_addresses import ANONYMOUS, ROWS, STRANGER, Row, World, addresses, path_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from site_addresses import Who

pytestmark = pytest.mark.django_db
BROKEN_CSRF = 403


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    names = [pattern.name for pattern in addresses()]
    assert None not in names
    assert len(names) == len(set(names)), "two addresses of one name"
    assert sorted(name for name in names if name) == sorted(ROWS)


def known(row: Row, who: Who, *, listed: bool) -> bool:
    return who in row.get or (listed and row.opens_when_listed)


def outcome(response: HttpResponse) -> str:
    """What an answer amounts to for the one who asked."""
    if response.status_code == 302 and response["Location"].startswith("/account/login/?next="):
        return "sign in"
    return {404: "hidden", 405: "not so"}.get(response.status_code, "something")


def expected(row: Row, who: Who, *, post: bool, listed: bool) -> str:
    if not (row.takes_post if post else row.takes_get):
        return "not so"
    if who in row.post if post else known(row, who, listed=listed):
        return "something"
    return "sign in" if who == ANONYMOUS and row.asks_to_sign_in else "hidden"


def ask(world: World, method: str, path: str, data: dict[str, str]) -> HttpResponse:
    """Asks as the one who asks, and undoes what came of it."""
    cache.clear()
    with transaction.atomic():
        client = Client()
        if world.asks is not None:
            client.force_login(world.asks)
        answer: HttpResponse = getattr(client, method)(path, data if method == "post" else {})
        transaction.set_rollback(True)
    answer.close()  # a file that nobody reads
    return answer


@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize("who", [ANONYMOUS, STRANGER, *Role, *NodeRole])
def test_every_address_in_every_role(who: Who, listed: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001 - of the matrix
    monkeypatch.setattr(invitations.codes, "fresh", lambda: "the-code")
    world = World.made(who, listed=listed)
    world.names["code"] = "the-code"
    monkeypatch.setattr(invitations.codes, "fresh", lambda: "another-code")
    wrong = [
        (pattern.name, method, answer.status_code, answer.headers.get("Location"))
        for pattern in addresses()
        for method in methods(ROWS[str(pattern.name)], who)
        for answer in [ask(world, method, path_of(pattern, world), ROWS[str(pattern.name)].data)]
        if not is_right(ROWS[str(pattern.name)], who, method, answer, listed=listed)
    ]
    assert not wrong


def methods(row: Row, who: Who) -> tuple[str, ...]:
    """All of them for a few; what does not depend on the role is not asked again in each."""
    if who in {ANONYMOUS, STRANGER, Role.STEWARD}:
        return ("get", "head", "post", "put", "delete")
    return () if row.free else ("get", "post")


def is_right(row: Row, who: Who, method: str, answer: HttpResponse, *, listed: bool) -> bool:
    if row.free:
        seen = method != "get" or who in row.get or outcome(answer) == "sign in"
        return answer.status_code < 500 and seen
    if method in {"put", "delete"}:
        return outcome(answer) != "something"
    return outcome(answer) == expected(row, who, post=method == "post", listed=listed)


def test_a_button_without_the_pages_token_does_nothing() -> None:
    """No page of another site can press our buttons."""
    world = World.made(Role.STEWARD, listed=True)
    client = Client(enforce_csrf_checks=True)
    assert world.asks
    client.force_login(world.asks)
    for pattern in addresses():
        row = ROWS[str(pattern.name)]
        if row.post and "code" not in row.where:
            answer = client.post(path_of(pattern, world), row.data)
            assert answer.status_code == BROKEN_CSRF, pattern.name
    assert Assignment.objects.filter(until=None, initiative=world.here, role=Role.OBSERVER).exists()


def test_who_is_told_that_nothing_is_here_cannot_tell_it_from_nothing() -> None:
    world = World.made(STRANGER, listed=False)
    hidden, none = (ask(world, "get", f"/initiatives/{slug}", {}) for slug in (world.here.slug, "none"))
    assert hidden.status_code == none.status_code == 404
    texts = [re.sub(rb'value="[^"]*"', b"", answer.content) for answer in (hidden, none)]
    assert texts[0] == texts[1]


def test_the_walk_sees_a_page_that_lets_in_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault is planted: the policy lets officers of a statistical office change the initiative."""
    monkeypatch.setitem(RULES, Verb.MANAGE, Rule(frozenset({Role.STATISTICIAN})))
    world = World.made(Role.STATISTICIAN, listed=False)
    answer = ask(world, "get", f"/initiatives/{world.here.slug}/change", {})
    assert outcome(answer) != expected(ROWS["change"], Role.STATISTICIAN, post=False, listed=False)
