"""Decisions where numbers stand: on the page of a release, of a number, of an indicator, of an initiative."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.site.decisions import words
from everycount.site.decisions.queries import assessing, deciding
from everycount.site.people.parts import Part
from everycount.site.people.policy import Verb, may

if TYPE_CHECKING:
    from collections.abc import Hashable
    from datetime import datetime

    from everycount.site.decisions.models import Decision
    from everycount.site.people.models import Person
    from everycount.site.publication.models import Release
    from everycount.site.registry.models import Initiative


def of_release(reader: Person | None, release: Release, at: datetime) -> Part | None:
    """Every decision about a release, those that hold first, and the door for officers."""
    lines = _lines(deciding.of_release(release), at)
    opens = reader is not None and assessing.is_ready(release) and may(reader, Verb.ASSESS, release, at=at)
    if not lines and not opens:
        return None
    given = {"lines": lines, "opens": opens, "release": release, "files": words.BESIDE}
    given["holds"] = any(line["holds"] for line in lines)
    return Part("decisions/on_release.html", given)


def of_measure(release: Release, measure: str, at: datetime) -> Part | None:
    """Decisions that hold about one measure."""
    rows = [each for each in deciding.holding(release, at=at) if each.assessment.measure == measure]
    return Part("decisions/on_measure.html", {"lines": _lines(rows, at)}) if rows else None


def door(reader: Person | None, initiative: Initiative, at: datetime) -> Part | None:
    """For officers: where they assess."""
    if reader is None or not may(reader, Verb.ASSESS, initiative, at=at):
        return None
    return Part("decisions/on_initiative.html")


def state(release: Release, at: datetime) -> Hashable:
    """What the parts of a release depend on."""
    return tuple(
        (
            str(each.pk),
            deciding.holds(each, at=at),
            len(each.replies.all()),
            tuple(appeal.outcome for appeal in each.appeals.all()),
        )
        for each in deciding.of_release(release)
    )


def _lines(rows: list[Decision], at: datetime) -> list[dict[str, object]]:
    lines = [
        {
            "decision": each,
            "about": each.assessment,
            "outcome": words.outcome(each),
            "use": deciding.use_of(each.assessment),
            "holds": deciding.holds(each, at=at),
            "replaced": deciding.after(each) is not None,
            "waits": any(not appeal.outcome for appeal in each.appeals.all()),
        }
        for each in rows
    ]
    return sorted(lines, key=lambda line: not line["holds"])
