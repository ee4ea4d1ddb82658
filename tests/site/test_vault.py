"""The vault: what is sealed opens with its key alone, and what is erased never again."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from everycount.site.ledger.models import Event
from everycount.site.vault import places
from everycount.site.vault.actions import Prepared, Stream, drop, erase, erase_initiative, keep, rotate, seal
from everycount.site.vault.keys import WrongKeyError, unwrap, wrap
from everycount.site.vault.models import DataKey, Item
from everycount.site.vault.queries import open_item, stream_item
from everycount.site.vault.ring import ErasedError, Ring
from everycount.site.vault.sealing import CHUNK, BrokenSealError, Sealer, item_key, opened, sealed, unsealed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

AT = datetime(2026, 11, 22, tzinfo=UTC)
DOC = {"by": "system", "at": AT}
SECRET = b"<data>the answer that must never be found: heron-quartz-41</data>"


def attach(chunks: Iterable[bytes], initiative: UUID | None = None) -> UUID:
    prepared = prepare(chunks, initiative)
    keep([prepared], at=AT)
    return prepared.id


def prepare(chunks: Iterable[bytes], initiative: UUID | None = None) -> Prepared:
    stream = Stream(initiative=initiative or uuid4(), **DOC)
    for chunk in chunks:
        stream.write(chunk)
    return stream.finish()


def put(*contents: bytes, initiative: UUID | None = None) -> list[UUID]:
    return seal(initiative=initiative or uuid4(), contents=contents, **DOC)


@pytest.mark.django_db
def test_what_is_sealed_opens() -> None:
    first, second, empty = put(SECRET, b"x" * (3 * CHUNK + 5), b"")
    assert open_item(first) == SECRET
    assert open_item(second) == b"x" * (3 * CHUNK + 5)
    assert open_item(empty) == b""


@pytest.mark.django_db
def test_a_stream_is_sealed_into_a_file_and_streamed_out() -> None:
    parts = [os.urandom(100_000) for _ in range(7)]
    name = attach(iter(parts))
    assert b"".join(stream_item(name)) == b"".join(parts)
    item = Item.objects.get(id=name)
    assert (item.size, item.content) == (700_000, None)


@pytest.mark.django_db
def test_a_stream_that_breaks_off_leaves_nothing() -> None:
    initiative = uuid4()
    stream = Stream(initiative=initiative, **DOC)
    stream.write(b"x" * 200_000)
    stream.abort()
    assert not list(places.files().folder.rglob("*.new"))
    with pytest.raises(ErasedError):
        places.ring().salt(initiative, 0)


SEAL_AND_ERASE = """
from datetime import UTC, datetime
from uuid import UUID
from everycount.site.running import prepare
prepare(lambda said: None)
from django.db import transaction
from everycount.site.vault import actions, places, queries
from everycount.site.vault.models import Item
at = datetime(2026, 11, 22, tzinfo=UTC)
with transaction.atomic():
    (kept, gone) = actions.seal(initiative=UUID(int=1), contents=[SECRET, SECRET], by="system", at=at)
stream = actions.Stream(initiative=UUID(int=1), by="system", at=at)
stream.write(SECRET)
prepared = stream.finish()
actions.keep([prepared], at=at)
attached = prepared.id
assert queries.open_item(kept) == queries.open_item(gone) == queries.open_item(attached) == SECRET
print(places.ring().salt(UUID(int=1), Item.objects.get(id=gone).slot).hex())
actions.erase(items=[gone], by="system", at=at)
"""


def test_neither_answers_nor_erased_salts_lie_in_any_file(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "EVERYCOUNT_DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "everycount.site.settings",
    }
    code = SEAL_AND_ERASE.replace("SECRET", repr(SECRET))
    salt = subprocess.check_output([sys.executable, "-c", code], env=environment, text=True).strip()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".sqlite3", ".ring", ".sealed"}
    for path in files:
        held = path.read_bytes()
        assert b"heron-quartz" not in held, path
        assert bytes.fromhex(salt) not in held, path


@pytest.mark.django_db
def test_an_erased_item_cannot_be_opened_even_with_its_old_row() -> None:
    initiative = uuid4()
    name, other = put(SECRET, b"other", initiative=initiative)
    row = Item.objects.get(id=name)
    assert erase(items=[name], **DOC) == 1
    with pytest.raises(ErasedError):
        open_item(name)
    row.save(force_insert=True)  # as from an old copy of the database
    with pytest.raises(ErasedError):
        open_item(name)
    assert open_item(other) == b"other"
    assert Event.objects.filter(verb="vault.item_erased", object=f"item:{name}").count() == 1


@pytest.mark.django_db
def test_erasing_holds_when_the_transaction_does_not() -> None:
    (name,) = put(SECRET)
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012 - the block is what rolls back
        erase(items=[name], **DOC)
        raise ZeroDivisionError
    with pytest.raises(ErasedError):
        open_item(name)


@pytest.mark.django_db
def test_a_whole_initiative_is_erased() -> None:
    initiative = uuid4()
    names = put(SECRET, b"b", initiative=initiative)
    attached = attach([b"file"], initiative)
    (kept,) = put(b"kept")
    rows, key = list(Item.objects.filter(initiative=initiative)), DataKey.objects.get(initiative=initiative)
    assert erase_initiative(initiative=initiative, **DOC) == 3
    Item.objects.bulk_create(rows)
    key.save(force_insert=True)
    for name in (*names, attached):
        with pytest.raises((ErasedError, FileNotFoundError)):
            open_item(name)
    assert open_item(kept) == b"kept"


@pytest.mark.django_db
def test_erasing_twice_is_as_good_as_once() -> None:
    (name,) = put(SECRET)
    assert erase(items=[name], **DOC) == 1
    assert erase(items=[name], **DOC) == 0


@pytest.mark.django_db
def test_keys_are_rotated_and_the_old_one_opens_nothing() -> None:
    (name,) = put(SECRET)
    initiative = Item.objects.get(id=name).initiative
    new = os.urandom(32)
    assert rotate(old=places.key(), new=new, **DOC) >= 1
    with pytest.raises(WrongKeyError):
        open_item(name)
    wrapped = bytes(DataKey.objects.get(initiative=initiative).wrapped)
    assert len(unwrap(wrapped, new, initiative)) == 32


@pytest.mark.django_db
def test_rotation_with_a_wrong_key_changes_nothing() -> None:
    (name,) = put(SECRET)
    with pytest.raises(WrongKeyError):
        rotate(old=os.urandom(32), new=os.urandom(32), **DOC)
    assert open_item(name) == SECRET


@pytest.mark.django_db
@pytest.mark.parametrize("place", [0, 10, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    (name,) = put(SECRET)
    item = Item.objects.get(id=name)
    content = bytearray(bytes(item.content))
    content[place] ^= 1
    Item.objects.filter(id=name).update(content=bytes(content))
    with pytest.raises(BrokenSealError):
        open_item(name)


@pytest.mark.django_db
def test_sealed_bytes_of_one_item_do_not_open_as_another() -> None:
    initiative = uuid4()
    one, other = put(b"one", b"two", initiative=initiative)
    Item.objects.filter(id=one).update(content=Item.objects.get(id=other).content)
    with pytest.raises(BrokenSealError):
        open_item(one)


def test_the_key_of_an_item_is_what_the_library_derives() -> None:
    data_key, salt, item = os.urandom(32), os.urandom(32), uuid4()
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=item.bytes).derive(data_key)
    assert item_key(data_key, salt, item) == derived


@settings(deadline=None, max_examples=60)
@given(st.lists(st.binary(max_size=CHUNK), max_size=4), st.integers(0, 3))
def test_seal_and_open_are_inverse_however_the_stream_is_cut(parts: list[bytes], more: int) -> None:
    key, item = item_key(os.urandom(32), os.urandom(32), uuid := uuid4()), uuid
    parts = [*parts, b"y" * CHUNK * more]
    sealer = Sealer(key, item)
    closed = b"".join([*map(sealer.update, parts), sealer.finish()])
    assert b"".join(opened([closed[:7], closed[7:]], key, item)) == b"".join(parts)
    assert unsealed(closed, key, item) == b"".join(parts)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 3 * (CHUNK + 16)))
def test_a_cut_stream_is_noticed(cut: int) -> None:
    key, item = os.urandom(32), uuid4()
    closed = sealed(b"z" * 3 * CHUNK, key, item)
    with pytest.raises(BrokenSealError):
        b"".join(opened([closed[:-cut]], key, item))
    with pytest.raises(BrokenSealError):
        unsealed(closed[:-cut], key, item)


def test_a_slot_torn_by_a_crash_does_not_shift_the_next_ones(tmp_path: Path) -> None:
    ring, initiative = Ring(tmp_path), uuid4()
    ((first, salt),) = ring.add(initiative, 1)
    with (tmp_path / f"{initiative}.ring").open("ab") as file:
        file.write(b"torn")
    ((second, other),) = ring.add(initiative, 1)
    assert (first, second) == (0, 2)
    assert ring.salt(initiative, first) == salt
    assert ring.salt(initiative, second) == other


def test_wrapped_keys_are_bound_to_their_initiative() -> None:
    key, data_key, one, other = os.urandom(32), os.urandom(32), uuid4(), uuid4()
    with pytest.raises(WrongKeyError):
        unwrap(wrap(data_key, key, one), key, other)


@pytest.mark.django_db
def test_the_database_file_keeps_no_salt() -> None:
    initiative = uuid4()
    (name,) = put(SECRET, initiative=initiative)
    salt = places.ring().salt(initiative, Item.objects.get(id=name).slot)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM vault_item")
        assert all(salt not in bytes(row[0]) for row in cursor.fetchall() if row[0])


@pytest.mark.django_db
def test_a_dropped_file_leaves_nothing() -> None:
    prepared = prepare([SECRET])
    drop([prepared])
    with pytest.raises(ErasedError):
        places.ring().salt(prepared.initiative, prepared.slot)
    assert not list(places.files().folder.rglob(f"{prepared.id}*"))
