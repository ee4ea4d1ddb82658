"""Sealed bytes."""

from __future__ import annotations

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Answers and attachments, which only their keys can open."""

    name = "everycount.site.vault"
    label = "vault"
