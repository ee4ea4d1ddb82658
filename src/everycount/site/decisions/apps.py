"""Decisions."""

from __future__ import annotations

from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    """What statistical offices decide about the use of numbers."""

    name = "everycount.site.decisions"
    label = "decisions"

    def ready(self) -> None:
        """Decisions stand beside releases, numbers and indicators, and wait for a reply."""
        from everycount.site.decisions import beside, words  # noqa: PLC0415 - models are there only now
        from everycount.site.decisions.queries.waiting import waiting as ours  # noqa: PLC0415 - the same
        from everycount.site.people import parts as people  # noqa: PLC0415 - the same
        from everycount.site.people import waiting  # noqa: PLC0415 - the same
        from everycount.site.people.queries.events import WORDS  # noqa: PLC0415 - the same
        from everycount.site.publication import parts  # noqa: PLC0415 - the same

        parts.RELEASE.append(beside.of_release)
        parts.MEASURE.append(beside.of_measure)
        parts.STATES.append(beside.state)
        people.INITIATIVE.append(beside.door)
        waiting.ASK.append(ours)
        WORDS["assessment.appeal_answered outcome"] = words.SETTLED
