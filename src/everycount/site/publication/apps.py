"""Publication."""

from __future__ import annotations

from django.apps import AppConfig


class PublicationConfig(AppConfig):
    """Plans, releases, the community's decision about them, and the pages that everybody reads."""

    name = "everycount.site.publication"
    label = "publication"
