"""What every test of the site begins with."""

from __future__ import annotations

import pytest

from everycount.site.collection import keys, queries


@pytest.fixture(autouse=True)
def _nothing_is_kept_from_another_test() -> None:
    keys.KNOWN.forget()
    queries.forget()
