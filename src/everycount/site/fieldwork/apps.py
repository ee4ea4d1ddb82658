"""Fieldwork."""

from __future__ import annotations

from django.apps import AppConfig


class FieldworkConfig(AppConfig):
    """The plan of a fieldwork, how far it is, and what is odd about what came."""

    name = "everycount.site.fieldwork"
    label = "fieldwork"

    def ready(self) -> None:
        """What is kept of a submission goes with it; who reads consents looks at them; flags stand beside."""
        from everycount.site.consent import fed  # noqa: PLC0415 - models are there only now
        from everycount.site.fieldwork.models import Result, Why  # noqa: PLC0415 - the same
        from everycount.site.fieldwork.queries.flags import beside as ours  # noqa: PLC0415 - the same
        from everycount.site.fieldwork.queries.looks import items_of  # noqa: PLC0415 - the same
        from everycount.site.fieldwork.queries.senders import for_senders  # noqa: PLC0415 - the same
        from everycount.site.fieldwork.tables import TABLES  # noqa: PLC0415 - the same
        from everycount.site.fieldwork.watching import WATCH  # noqa: PLC0415 - the same
        from everycount.site.people.queries.events import WORDS  # noqa: PLC0415 - the same
        from everycount.site.review import beside  # noqa: PLC0415 - the same

        WORDS["check.recorded result"] = {each.value: str(each.label) for each in Result}
        WORDS["flag.dismissed reason"] = {each.value: str(each.label) for each in Why}
        fed.KEPT_WITH.append(items_of)
        fed.AFTER_READING.append(WATCH.work)
        fed.BESIDE_READING.append(TABLES.work)
        beside.ASK.append(ours)
        beside.TOLD.append(for_senders)
