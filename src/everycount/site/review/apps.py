"""Review of submissions."""

from __future__ import annotations

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """What was decided about submissions, and the pages on which it is."""

    name = "everycount.site.review"
    label = "review"

    def ready(self) -> None:
        """What is written about a submission lies in the vault, and is erased with it; what waits is told."""
        from everycount.site.consent import fed  # noqa: PLC0415 - models are there only now
        from everycount.site.people import waiting  # noqa: PLC0415 - the same
        from everycount.site.people.queries.events import WORDS  # noqa: PLC0415 - the same
        from everycount.site.review.models import Reason, State  # noqa: PLC0415 - the same
        from everycount.site.review.queries.remarks import items_of  # noqa: PLC0415 - the same
        from everycount.site.review.queries.waiting import waiting as ours  # noqa: PLC0415 - the same

        WORDS["submission.decided state"] = {each.value: str(each.label) for each in State}
        WORDS["submission.decided reason"] = {each.value: str(each.label) for each in Reason}
        fed.KEPT_WITH.append(items_of)
        waiting.ASK.append(ours)
