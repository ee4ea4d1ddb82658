"""A release as rows of the database, without its records: for tests that ask who sees it, and how."""

from __future__ import annotations

import zlib
from functools import cache
from typing import TYPE_CHECKING

from browser.invented_releases import World, design, survey, water_dimensions, water_measures
from everycount.release import to_bytes
from everycount.site.publication.models import Plan, Release, Stance, Statement
from site_world import AT

if TYPE_CHECKING:
    from everycount.site.collection.models import Questionnaire
    from everycount.site.people.models import Person
    from everycount.site.publication.states import State


@cache
def document() -> tuple[bytes, str]:
    """An invented release, compressed, and its digest."""
    made = World(water_measures()[:2], water_dimensions()[:1], [("settlement",)]).release(survey(), design())
    return zlib.compress(to_bytes(made), 6), made.digest


def plan_of(questionnaire: Questionnaire) -> Plan:
    """A plan of a questionnaire."""
    here = questionnaire.initiative
    return Plan.objects.create(
        initiative=here,
        questionnaire=questionnaire,
        slug=f"water-{here.slug}",
        title="Water at home",
        text='[survey]\ntitle = "Water at home"\n',
        made_at=AT,
        changed_at=AT,
    )


def release_of(plan: Plan, number: int, state: State, **more: object) -> Release:
    """A release of a plan in some state, with its numbers."""
    content, digest = document()
    given = {"document": content, "digest": digest, "policy": "public", "records": 1200, "computed_at": AT}
    given |= {"rule": "quorum", "quorum": 1, "feedback": "An invented meeting."}
    return Release.objects.create(plan=plan, number=number, state=state, asked_at=AT, **given | more)


def word_on(release: Release, by: Person) -> Statement:
    """What somebody of the community body says of it."""
    return Statement.objects.create(
        release=release, person=by, stance=Stance.OBJECT, words="Invented", draft=release.use or 0, said_at=AT
    )
