"""Accounts, organisations, membership, and who may do what."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Accounts, organisations, membership, and who may do what."""

    name = "everycount.site.people"
    label = "people"
