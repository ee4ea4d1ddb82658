"""What every test of the site begins with."""

from __future__ import annotations

from typing import Any

import pytest

from everycount.site.collection import intake, keys, openrosa, queries, receiving
from site_world import AT


@pytest.fixture(autouse=True)
def _nothing_is_kept_from_another_test() -> None:
    keys.KNOWN.forget()
    queries.forget()


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
