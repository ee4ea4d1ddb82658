"""Opening. Only the vault itself and the gate of consent may call this (see the import contracts)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from everycount.site.rows import among, bytes_of
from everycount.site.vault import places
from everycount.site.vault.keys import unwrap
from everycount.site.vault.models import DataKey, Item
from everycount.site.vault.ring import ErasedError
from everycount.site.vault.sealing import item_key, opened, unsealed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


def open_item(name: UUID) -> bytes:
    """All bytes of an item.

    Raises:
        ErasedError: there is no such item, or it was erased.
        BrokenSealError: it was changed.
        WrongKeyError: the installation key is another one.
    """
    return b"".join(stream_item(name))


def stream_item(name: UUID) -> Iterator[bytes]:
    """The bytes of an item, a chunk at a time; raises as :func:`open_item` does, perhaps late."""
    item = Item.objects.filter(id=name).first()
    held = DataKey.objects.filter(initiative=item.initiative).first() if item else None
    if item is None or held is None:
        raise ErasedError(f"There is no item {name}.")
    data_key = unwrap(bytes(held.wrapped), places.key(), item.initiative)
    salt = places.ring().salt(item.initiative, item.slot)
    source = [bytes(item.content)] if item.content is not None else places.files().read(name)
    yield from opened(source, item_key(data_key, salt, name), name)


def open_items(initiative: UUID, names: Collection[object]) -> dict[object, bytes]:
    """The bytes of many small items of one initiative, by name; what was erased is not there.

    One look at the database and one at the ring for all of them. A key of another initiative opens nothing.

    Args:
        initiative: whose.
        names: as the database holds them (:func:`everycount.site.rows.plain`).

    Raises:
        BrokenSealError: one was changed.
        WrongKeyError: the installation key is another one.
    """
    wrapped = bytes_of(DataKey, "wrapped", initiative)
    if wrapped is None:
        return {}
    data_key = unwrap(wrapped, places.key(), initiative)
    found = among(Item.objects.exclude(content=None).values_list("id", "slot", "content"), "id", names)
    salts = places.ring().salts(initiative, [slot for _, slot, _ in found])
    return {
        name: unsealed(bytes(content), item_key(data_key, salts[slot], item), item)
        for name, slot, content in found
        if slot in salts
        for item in [name if isinstance(name, UUID) else UUID(name)]
    }
