"""Consents, receipts, withdrawal, and the gate to the vault."""

from __future__ import annotations

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    """Consents, receipts, withdrawal, and the gate to the vault."""

    name = "everycount.site.consent"
    label = "consent"
