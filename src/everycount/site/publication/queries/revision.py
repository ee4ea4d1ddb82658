"""When a public release is made anew.

Never for one person alone: who compares the release before with the one after would know what one person
said. So a revision waits until as many records changed as the smallest cell that may be shown has people, or
until its day; and what few changed between the two, protection hides, for it is given every release before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from everycount.site.consent import gate
from everycount.site.consent.fed import Published
from everycount.site.consent.models import Purpose, Use
from everycount.site.consent.used import names_of, uses_with
from everycount.site.exports import queries as exports
from everycount.site.people.policy import Verb, visible
from everycount.site.publication.models import Plan, Release
from everycount.site.publication.states import PUBLIC, State

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from everycount.site.people.models import Person

FEWEST = 10  # respondents of the smallest cell, as everycount.protect.PUBLIC has it; a test compares


@dataclass(frozen=True, slots=True)
class Due:
    """Whether a plan's public release can be made anew.

    Attributes:
        release: the one that is public.
        since: since when a record of it is taken back; None while all stand.
        enough: as many records changed as a revision needs. How many is said to nobody: from one day to the
            next it would tell of one person.
        from_day: from this moment on it can be made anew whatever changed.
    """

    release: Release
    since: datetime | None
    enough: bool
    from_day: datetime
    at: datetime

    @property
    def is_due(self) -> bool:
        """It can be made anew now."""
        return self.enough or self.at >= self.from_day


def due(plan: Plan, *, at: datetime) -> Due | None:
    """When the public release of a plan can be made anew; None where none is public, or none is made here."""
    release = plan.releases.filter(state=State.PUBLISHED).first()
    if release is None or release.published_at is None or plan.questionnaire is None or release.use is None:
        return None
    use = Use.objects.get(event=release.use)
    was = names_of(use)
    rows = exports.taken(plan.questionnaire, accepted_only=release.accepted_only)
    now = set(gate.agreed(rows, Purpose.STATISTICS).values_list("pk", flat=True))
    # What was erased is in neither, so the number is that of the opening.
    changed = release.records - len(was & now) + len(now - was)
    from_day = release.published_at + timedelta(days=plan.days)
    return Due(release, use.under_revision_since, changed >= FEWEST, from_day, at)


def waiting(reader: Person, *, at: datetime) -> list[Due]:
    """What the reader could make anew, where something was taken back."""
    rows = visible(Plan.objects.filter(releases__state=State.PUBLISHED), Verb.PLAN_RELEASES, reader, at=at)
    found = [due(each, at=at) for each in rows.distinct().select_related("questionnaire")]
    return [each for each in found if each is not None and each.since is not None and each.is_due]


def fed_by(submission: UUID) -> list[Published]:
    """The releases that a submission went into, for the person who holds its receipt."""
    rows = Release.objects.filter(use__in=uses_with(submission), state__in=PUBLIC)
    return [
        Published(each.plan.title, f"/releases/{each.plan.slug}/{each.number}", each.published_at)
        for each in rows.select_related("plan")
        if each.published_at is not None
    ]
