"""The page of those who keep the node running: what is wrong and what is held, and nothing of what."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from everycount.site.ledger.queries import head
from everycount.site.node.queries import look
from everycount.site.people.models import NodeRole, Role
from everycount.site.vault.actions import seal
from site_world import AT, initiative, person

pytestmark = pytest.mark.django_db
SECRET = b"heron-quartz-41"


def shown(role: NodeRole | Role | None, path: str = "/node") -> tuple[int, str]:
    client = Client()
    client.force_login(person(role, initiative() if isinstance(role, Role) else None))
    answer = client.get(path)
    return answer.status_code, answer.content.decode()


def test_an_operator_sees_how_much_is_held_and_not_what() -> None:
    here = initiative()
    seal(initiative=here.pk, contents=[SECRET], by="system", at=AT)
    status, page = shown(NodeRole.OPERATOR)
    found, last = look(person(NodeRole.OPERATOR), at=AT), head()
    assert found is not None
    assert last is not None
    assert status == 200
    assert (found.items, found.size, found.events) == (1, len(SECRET), last[0])
    assert last[1] in page
    assert SECRET.decode() not in page
    assert here.slug not in page


def test_what_is_wrong_stands_first() -> None:
    old = settings.ENVIRONMENT.data / "keys" / "vault-0123.old.key"
    old.parent.mkdir(parents=True, exist_ok=True)
    old.touch(mode=0o644)
    old.chmod(0o644)
    try:
        _, page = shown(NodeRole.OPERATOR)
        words = " ".join(page.split())
        assert f"{old} opens backups of before" in words
        assert f"chmod go-rwx {old}" in words
        assert "All is well" not in words
    finally:
        old.unlink()


@pytest.mark.parametrize("role", [NodeRole.SECRETARIAT, Role.STEWARD, None])
def test_nobody_else_sees_it(role: NodeRole | Role | None) -> None:
    assert shown(role)[0] == 404
    assert look(person(role, initiative() if isinstance(role, Role) else None), at=AT) is None


@pytest.mark.parametrize(
    ("role", "links"),
    [
        (NodeRole.OPERATOR, {"/node", "/openings"}),
        (NodeRole.SECRETARIAT, {"/openings", "/initiatives/admit"}),
        (Role.STEWARD, set()),
    ],
)
def test_whoever_has_a_part_in_the_node_finds_it_from_the_own_page(
    role: NodeRole | Role, links: set[str]
) -> None:
    _, page = shown(role, "/account/")
    assert {
        each for each in ("/node", "/openings", "/initiatives/admit") if f'href="{each}"' in page
    } == links
