"""Invented releases that are public at once, for tests of what everybody sees; others compute theirs."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from everycount.release import to_bytes
from everycount.site.publication.models import Plan, Release
from everycount.site.publication.states import State
from everycount.site.questionnaires.models import Rule
from site_world import AT

if TYPE_CHECKING:
    from everycount.release import Release as Numbers
    from everycount.site.registry.models import Initiative

FEEDBACK = "A meeting in each invented place."


def counted_elsewhere(here: Initiative, slug: str = "invented-numbers") -> Plan:
    """A plan whose numbers are counted elsewhere."""
    return Plan.objects.create(
        initiative=here, slug=slug, title="Invented numbers", text="", made_at=AT, changed_at=AT
    )


def put_out(of: Plan, numbers: Numbers, number: int = 1, **more: object) -> Release:
    """A public release of these numbers; what was public before it is replaced."""
    Release.objects.filter(plan=of, state=State.PUBLISHED).update(state=State.SUPERSEDED, superseded_at=AT)
    given: dict[str, object] = {
        "state": State.PUBLISHED,
        "document": zlib.compress(to_bytes(numbers)),
        "digest": numbers.digest,
        "rule": Rule.QUORUM,
        "quorum": 1,
        "feedback": FEEDBACK,
        "asked_at": AT,
        "published_at": AT,
    }
    return Release.objects.create(plan=of, number=number, **(given | more))
