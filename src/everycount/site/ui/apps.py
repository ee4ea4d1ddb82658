"""The pages' common parts."""

from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Templates, styles and components; no models."""

    name = "everycount.site.ui"
    label = "ui"
