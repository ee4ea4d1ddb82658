"""Another installation key for what phones prove themselves with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from everycount.site.collection.models import Key
from everycount.site.vault import actions as vault
from everycount.site.vault.keys import unwrap, wrap

if TYPE_CHECKING:
    from datetime import datetime


@transaction.atomic
def rotate(*, old: bytes, new: bytes, by: str, at: datetime) -> int:
    """Wraps everything that the installation key wraps with a new one, all or nothing. How many keys.

    Raises:
        WrongKeyError: ``old`` does not open one of them; nothing is changed.
    """
    phones = list(Key.objects.select_for_update().exclude(digest_ha1=None))
    for phone in phones:
        phone.digest_ha1 = wrap(unwrap(bytes(phone.digest_ha1 or b""), old, phone.id), new, phone.id)
    Key.objects.bulk_update(phones, ["digest_ha1"], batch_size=500)
    return vault.rotate(old=old, new=new, by=by, at=at) + len(phones)
