"""Taking records out."""

from __future__ import annotations

from django.apps import AppConfig


class ExportsConfig(AppConfig):
    """Files of records for those who may have them, always through the gate; it keeps nothing itself."""

    name = "everycount.site.exports"
    label = "exports"
