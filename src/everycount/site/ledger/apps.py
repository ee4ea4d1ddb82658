"""What happened, once, by whom."""

from __future__ import annotations

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """One table, to which rows are only ever added."""

    name = "everycount.site.ledger"
    label = "ledger"
