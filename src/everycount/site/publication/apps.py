"""Publication."""

from __future__ import annotations

from django.apps import AppConfig


class PublicationConfig(AppConfig):
    """Plans, releases, the community's decision about them, and the pages that everybody reads."""

    name = "everycount.site.publication"
    label = "publication"

    def ready(self) -> None:
        """What waits is told, findings stand on the first page, and a withdrawal marks what it fed."""
        from everycount.site.consent import fed  # noqa: PLC0415 - models are there only now
        from everycount.site.people import parts  # noqa: PLC0415 - the same
        from everycount.site.publication import beside, planned  # noqa: PLC0415 - the same
        from everycount.site.publication.actions.revising import revise  # noqa: PLC0415 - the same
        from everycount.site.publication.queries.revision import fed_by  # noqa: PLC0415 - the same

        parts.HOME.append(beside.findings)
        parts.INITIATIVE.append(beside.about)
        parts.INITIATIVE.append(planned.door)
        fed.FED_BY.append(fed_by)
        fed.REVISE.append(revise)
        from everycount.site.people import waiting  # noqa: PLC0415 - models are there only now
        from everycount.site.publication.queries.waiting import waiting as ours  # noqa: PLC0415 - the same

        waiting.ASK.append(ours)
