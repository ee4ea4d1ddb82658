"""Questionnaires in the making: written, reviewed by the community, published."""

from __future__ import annotations

from django.apps import AppConfig


class QuestionnairesConfig(AppConfig):
    """Questionnaires in the making: written, reviewed by the community, published."""

    name = "everycount.site.questionnaires"
    label = "questionnaires"

    def ready(self) -> None:
        """What waits here for somebody stands on the page of the initiative."""
        from everycount.site.people import waiting  # noqa: PLC0415 - models are there only now
        from everycount.site.questionnaires.queries.waiting import waiting as ours  # noqa: PLC0415 - the same

        waiting.ASK.append(ours)
