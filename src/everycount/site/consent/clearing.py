"""Clearing away what nobody needs any more: sessions that have ended, and pieces of files that never came."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.sessions.models import Session

from everycount.site.vault import places

if TYPE_CHECKING:
    from datetime import datetime

UNFINISHED = timedelta(days=2)  # no request lasts as long, whatever the clock did meanwhile


def clear(*, at: datetime) -> int:
    """Removes them; how many pieces of files there were. Again is as good as once.

    What a killed process left of a file that was being sealed nobody can open, but it takes room.
    """
    Session.objects.filter(expire_date__lt=at).delete()
    old = (at - UNFINISHED).timestamp()
    return places.files().clear(older=old)
