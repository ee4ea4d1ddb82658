"""What the vault holds of an initiative, moved as it is: sealed bytes, salts, key; nothing is opened.

Only the room that carries initiatives may come here (see the import contracts).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.site.vault import places
from everycount.site.vault.keys import name_of, unwrap, wrap
from everycount.site.vault.models import DataKey, Item
from everycount.site.vault.scopes import keep_marks_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from uuid import UUID


def data_key(initiative: UUID) -> bytes | None:
    """The key of an initiative; None where nothing was ever sealed, or everything was erased.

    Raises:
        WrongKeyError: the installation key is another one.
    """
    held = DataKey.objects.filter(initiative=initiative).first()
    return unwrap(bytes(held.wrapped), places.key(), initiative) if held else None


def salts(initiative: UUID) -> bytes:
    """The ring of an initiative; slots of what was erased are empty."""
    return places.ring().copy(initiative)


def in_files(initiative: UUID) -> list[UUID]:
    """The items whose sealed bytes lie in files."""
    rows = Item.objects.filter(initiative=initiative, content=None).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def file_of(item: UUID) -> Iterator[bytes]:
    """The sealed bytes of a file.

    Raises:
        FileNotFoundError: it was erased meanwhile.
    """
    return places.files().read(item)


def size_of(item: UUID) -> int:
    """Bytes of a sealed file; raises as :func:`file_of` does."""
    return places.files().size(item)


def is_known(item: UUID) -> bool:
    """Whether an item of that name is here already."""
    return Item.objects.filter(pk=item).exists()


def put_file(item: UUID, chunks: Iterable[bytes]) -> None:
    """Sealed bytes as they came from another node, on disk when it returns."""
    file = places.files().begin(item)
    try:
        for chunk in chunks:
            file.write(chunk)
        file.finish()
    except BaseException:
        file.abort()
        raise


def take_file_away(item: UUID) -> None:
    """A file that turned out not to belong to anything."""
    places.files().remove(item)


def put_salts(initiative: UUID, slots: bytes) -> None:
    """The ring of another node, on disk when it returns."""
    places.ring().put(initiative, slots)


def take_salts_away(initiative: UUID) -> None:
    """They are overwritten."""
    places.ring().erase_all(initiative)


def put_keys(initiative: UUID, key: bytes | None, marks: bytes, *, at: datetime) -> None:
    """The keys of an initiative, wrapped by this node's own, in the caller's transaction."""
    if key is not None:
        wrapped = wrap(key, places.key(), initiative)
        named = name_of(places.key())
        DataKey.objects.create(initiative=initiative, wrapped=wrapped, wrapped_by=named, made_at=at)
    keep_marks_key(initiative, marks, at=at)
