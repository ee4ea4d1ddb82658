"""Follow-up: the same households and places in later rounds."""

from __future__ import annotations

from django.apps import AppConfig


class FollowUpConfig(AppConfig):
    """Lists that forms of a later round get, and how many were found again."""

    name = "everycount.site.followup"
    label = "followup"

    def ready(self) -> None:
        """Phones get lists with their forms."""
        from everycount.site.collection import beside  # noqa: PLC0415 - models are there only now
        from everycount.site.consent import fed  # noqa: PLC0415 - the same
        from everycount.site.followup import making  # noqa: PLC0415 - the same
        from everycount.site.followup.linking import LINKS  # noqa: PLC0415 - the same

        fed.BESIDE_READING.insert(0, LINKS.work)  # before what takes longer
        beside.MADE.append(beside.Lists(making.names_of, making.content_of))
