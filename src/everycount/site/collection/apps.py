"""Questionnaires, keys and submissions; never an answer."""

from __future__ import annotations

from django.apps import AppConfig


class CollectionConfig(AppConfig):
    """Questionnaires, keys and submissions; never an answer."""

    name = "everycount.site.collection"
    label = "collection"
