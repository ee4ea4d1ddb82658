"""`everycount role`, and the generated page that says what roles may."""

from __future__ import annotations

import pytest

from everycount.cli import people
from everycount.cli.program import main
from everycount.site import running
from everycount.site.ledger.models import Event
from everycount.site.people.models import NodeRole
from everycount.site.people.policy import Verb, may_on_node
from site_world import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _django_is_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "set_up", lambda: None)


def test_the_command_knows_the_roles() -> None:
    assert set(people.ROLES) == set(NodeRole.values)


def test_a_role_is_given_once_and_ended(capsys: pytest.CaptureFixture[str]) -> None:
    somebody = person()
    for _ in range(2):
        assert main(["role", somebody.email.upper(), "secretariat"]) == 0
    assert "has the role secretariat" in capsys.readouterr().out
    assert may_on_node(somebody, Verb.ADMIT, at=somebody.node_roles.get().since)
    assert main(["role", somebody.email, "secretariat", "--end"]) == 0
    assert not somebody.node_roles.filter(until=None).exists()
    verbs = [*Event.objects.order_by("number").values_list("verb", "object")]
    assert verbs == [("person.node_role_given", somebody.ref), ("person.node_role_ended", somebody.ref)]


def test_nobody_is_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["role", "nobody@example.org", "operator"]) == 2
    assert 'Nobody has an account with "nobody@example.org"' in capsys.readouterr().err
