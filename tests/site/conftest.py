"""What every test of the site begins with."""

from __future__ import annotations

from site_fixtures import (
    an_answer_that_is_closed_leaves_the_connection,
    nothing_is_kept_from_another_test,
    written_at_once,
)

__all__ = [
    "an_answer_that_is_closed_leaves_the_connection",
    "nothing_is_kept_from_another_test",
    "written_at_once",
]
