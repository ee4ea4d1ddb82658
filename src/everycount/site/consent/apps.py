"""Consents, receipts, withdrawal, and the gate to the vault."""

from __future__ import annotations

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    """Consents, receipts, withdrawal, and the gate to the vault."""

    name = "everycount.site.consent"
    label = "consent"

    def ready(self) -> None:
        """What waits here for somebody stands on the page of the initiative."""
        from everycount.site.consent.queries.waiting import waiting as ours  # noqa: PLC0415 - the same
        from everycount.site.people import waiting  # noqa: PLC0415 - models are there only now

        waiting.ASK.append(ours)
