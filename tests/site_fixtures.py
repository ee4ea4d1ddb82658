"""What every test of the site begins with, wherever it stands."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from everycount.site.collection import intake, keys, openrosa, queries, receiving
from site_world import AT


@pytest.fixture(autouse=True)
def nothing_is_kept_from_another_test() -> None:
    keys.KNOWN.forget()
    queries.forget()


@pytest.fixture(autouse=True)
def an_answer_that_is_closed_leaves_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever closes a streamed file ends a request, and Django then drops a connection that is in a
    transaction: here the test's own, which on PostgreSQL does not come back."""
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)


@pytest.fixture
def written_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The writer's thread would not see what the test's transaction holds; its work is done here instead."""

    class Here:
        def put(self, package: Any) -> Any:
            (outcome,) = receiving.receive([package], at=AT)
            intake.drop(outcome.unused)
            return outcome

    for room in (openrosa, intake):
        monkeypatch.setattr(room, "WRITER", Here())
