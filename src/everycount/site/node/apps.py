"""The node itself."""

from __future__ import annotations

from django.apps import AppConfig


class NodeConfig(AppConfig):
    """What an operator sees: whether all is well, and nothing of what people answered."""

    name = "everycount.site.node"
    label = "node"
