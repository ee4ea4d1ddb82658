"""Returns."""

from __future__ import annotations

from django.apps import AppConfig


class ReturnsConfig(AppConfig):
    """Meetings after a release, words beside its numbers, and recommendations with their answers."""

    name = "everycount.site.returns"
    label = "returns"

    def ready(self) -> None:
        """Releases show what came back, and their checks count it."""
        from everycount.site.people import parts  # noqa: PLC0415 - models are there only now
        from everycount.site.publication import back  # noqa: PLC0415 - the same
        from everycount.site.returns import beside  # noqa: PLC0415 - the same

        parts.INITIATIVE.append(beside.door)
        back.PARTS.append(beside.on_release)
        back.HELD.append(beside.held)
