"""Names that keep tables compact, and looks that bring no rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import RFC_4122

import pytest

from everycount.site.collection.models import Tombstone
from everycount.site.rows import add, any_with, bytes_of, fresh_name
from everycount.site.vault.models import DataKey

AT = datetime(2026, 11, 22, 12, 0, 0, 123000, tzinfo=UTC)


def test_a_name_is_a_uuid_of_version_7_and_begins_with_its_moment() -> None:
    made = fresh_name(AT)
    assert (made.version, made.variant) == (7, RFC_4122)
    assert made.int >> 80 == int(AT.timestamp() * 1000)


def test_names_of_one_moment_differ_and_later_ones_come_later() -> None:
    assert len({fresh_name(AT) for _ in range(1000)}) == 1000
    names = [fresh_name(AT + timedelta(milliseconds=each)).hex for each in range(50)]
    assert names == sorted(names)


@pytest.mark.parametrize("at", [datetime(1969, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)])
def test_a_clock_that_is_far_off_still_makes_names(at: datetime) -> None:
    assert (fresh_name(at).version, fresh_name(at).variant) == (7, RFC_4122)


@pytest.mark.django_db
def test_a_look_says_whether_something_is_there() -> None:
    add([Tombstone(mark="a" * 64, laid_at=AT)])
    assert any_with(Tombstone, "mark", ["b" * 64, "a" * 64])
    assert not any_with(Tombstone, "mark", ["b" * 64])
    assert not any_with(Tombstone, "mark", [])


@pytest.mark.django_db
def test_bytes_are_found_by_the_name_of_their_row() -> None:
    name = fresh_name(AT)
    DataKey.objects.create(initiative=name, wrapped=b"\0\xff", wrapped_by="x", made_at=AT)
    assert bytes_of(DataKey, "wrapped", name) == b"\0\xff"
    assert bytes_of(DataKey, "wrapped", fresh_name(AT)) is None
