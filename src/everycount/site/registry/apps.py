"""Initiatives and what is known of them."""

from __future__ import annotations

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Initiatives and what is known of them."""

    name = "everycount.site.registry"
    label = "registry"
