"""What the walks begin with: the example world on a node of its own, with real commits, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_fixtures import (
    an_answer_that_is_closed_leaves_the_connection,
    nothing_is_kept_from_another_test,
)
from walks.example_world import ExampleWorld, started

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "an_answer_that_is_closed_leaves_the_connection",
    "example",
    "nothing_is_kept_from_another_test",
]


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExampleWorld]:
    with started(tmp_path_factory.mktemp("example") / "node") as world:
        yield world
