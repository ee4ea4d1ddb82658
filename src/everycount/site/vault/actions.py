"""Seal and erase. Only collection and consent may call this (see the import contracts)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db import transaction

from everycount.site.ledger.actions import Entry, record
from everycount.site.rows import add, bytes_of, fresh_name
from everycount.site.vault import places
from everycount.site.vault.keys import marks_key_of, name_of, unwrap, wrap
from everycount.site.vault.models import DataKey, Item
from everycount.site.vault.scopes import NODE
from everycount.site.vault.sealing import KEY, Sealer, item_key, sealed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


def seal(*, initiative: UUID, contents: Sequence[bytes], by: str, at: datetime) -> list[UUID]:
    """Seals small contents (submissions) into the database; the names under which they are kept.

    Part of the caller's transaction: nothing stays when it is rolled back but unused slots of the ring.
    """
    if not contents:
        return []
    data_key = _data_key(initiative, by=by, at=at)
    slots = places.ring().add(initiative, len(contents))
    items = [
        _item(
            initiative,
            slot,
            len(content),
            at,
            content=sealed(content, item_key(data_key, salt, name), name),
            name=name,
        )
        for content, (slot, salt) in zip(contents, slots, strict=True)
        for name in [fresh_name(at)]
    ]
    add(items)
    return [item.id for item in items]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A stream that lies sealed on disk and is not known to the database yet."""

    id: UUID
    initiative: UUID
    slot: int
    size: int


class Stream:
    """A stream (an attachment) that is sealed into a file as it comes; no more than a chunk is held.

    After :meth:`finish` it is on disk. Then either :func:`keep` it, in the transaction of the submission that
    it belongs to, or :func:`drop` it; what a crash leaves between the two nobody can open.
    """

    def __init__(self, *, initiative: UUID, by: str, at: datetime) -> None:
        data_key = _data_key(initiative, by=by, at=at)
        ((self._slot, salt),) = places.ring().add(initiative, 1)
        self._initiative, self._name = initiative, uuid4()
        self._sealer = Sealer(item_key(data_key, salt, self._name), self._name)
        self._file = places.files().begin(self._name)

    def write(self, data: bytes) -> None:
        """Takes bytes."""
        self._file.write(self._sealer.update(data))

    def finish(self) -> Prepared:
        """On disk when this returns."""
        self._file.write(self._sealer.finish())
        self._file.finish()
        return Prepared(self._name, self._initiative, self._slot, self._sealer.size)

    def abort(self) -> None:
        """Nothing stays that could be opened."""
        self._file.abort()
        places.ring().erase(self._initiative, [self._slot])


def keep(prepared: Sequence[Prepared], *, at: datetime) -> None:
    """Makes prepared files known, in the caller's transaction."""
    add(_item(each.initiative, each.slot, each.size, at, content=None, name=each.id) for each in prepared)


def drop(prepared: Sequence[Prepared]) -> None:
    """Throws prepared files away that turned out not to be needed."""
    for each in prepared:
        places.ring().erase(each.initiative, [each.slot])
        places.files().remove(each.id)


def erase(*, items: Sequence[UUID], by: str, at: datetime) -> int:
    """Erases items for ever: their slots are overwritten first, then rows and files go. How many there were.

    The slots are overwritten at once, whatever becomes of the transaction: when in doubt, erased.
    """
    found = list(Item.objects.filter(id__in=items).values_list("id", "initiative", "slot"))
    for initiative in {each for _, each, _ in found}:
        places.ring().erase(initiative, [slot for _, owner, slot in found if owner == initiative])
    with transaction.atomic():
        Item.objects.filter(id__in=items).delete()
        record(
            *(Entry("vault.item_erased", by, f"item:{item}", initiative) for item, initiative, _ in found),
            at=at,
        )
    for item, _, _ in found:
        places.files().remove(item)
    return len(found)


def erase_initiative(*, initiative: UUID, by: str, at: datetime) -> int:
    """Erases every item of an initiative and its key. How many items there were."""
    places.ring().erase_all(initiative)
    with transaction.atomic():
        names = list(Item.objects.filter(initiative=initiative).values_list("id", flat=True))
        Item.objects.filter(initiative=initiative).delete()
        DataKey.objects.filter(initiative=initiative).delete()
        payload = {"items": len(names)}
        record(Entry("vault.initiative_erased", by, f"initiative:{initiative}", initiative, payload), at=at)
    for name in names:
        places.files().remove(name)
    return len(names)


@transaction.atomic
def rotate(*, old: bytes, new: bytes, by: str, at: datetime) -> int:
    """Wraps every data key, and the key for marks, with a new installation key. How many there were.

    Raises:
        WrongKeyError: ``old`` does not open one of them; nothing is changed.
    """
    if not DataKey.objects.filter(initiative=NODE).exists():  # from now on it is not to be made from a key
        kept = wrap(marks_key_of(old), old, NODE)
        DataKey.objects.create(initiative=NODE, wrapped=kept, wrapped_by=name_of(old), made_at=at)
    held = list(DataKey.objects.select_for_update())
    for row in held:
        data_key = unwrap(bytes(row.wrapped), old, row.initiative)
        row.wrapped, row.wrapped_by = wrap(data_key, new, row.initiative), name_of(new)
    DataKey.objects.bulk_update(held, ["wrapped", "wrapped_by"])
    record(Entry("vault.keys_rotated", by, "vault", payload={"keys": len(held)}), at=at)
    return len(held)


def _data_key(initiative: UUID, *, by: str, at: datetime) -> bytes:
    """The key of an initiative, made when it is first needed."""
    wrapped = bytes_of(DataKey, "wrapped", initiative)  # asked for each batch
    if wrapped is None:
        wrapped = bytes(_made(initiative, by=by, at=at).wrapped)
    return unwrap(wrapped, places.key(), initiative)


@transaction.atomic
def _made(initiative: UUID, *, by: str, at: datetime) -> DataKey:
    fresh = wrap(secrets.token_bytes(KEY), places.key(), initiative)
    row, made = DataKey.objects.get_or_create(
        initiative=initiative,
        defaults={"wrapped": fresh, "wrapped_by": name_of(places.key()), "made_at": at},
    )
    if made:
        record(Entry("vault.key_made", by, f"initiative:{initiative}", initiative), at=at)
    return row


def _item(initiative: UUID, slot: int, size: int, at: datetime, *, content: bytes | None, name: UUID) -> Item:
    return Item(id=name, initiative=initiative, slot=slot, size=size, content=content, sealed_at=at)
