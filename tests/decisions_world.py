"""An invented statistical office that looks at releases of invented initiatives, and at Dhaka 2017."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from everycount.framework import Answer, as_plain, evidence
from everycount.site.decisions.actions import assessing, deciding
from everycount.site.decisions.models import Appeal, Assessment, Decision, Reply, Score
from everycount.site.decisions.queries import assessing as queries
from everycount.site.people.models import Membership, Organisation, OrganisationKind, Role
from library.release.samples import small_release
from public_world import counted_elsewhere, put_out
from site_world import AT, initiative, person

if TYPE_CHECKING:
    from everycount.release import Release as Numbers
    from everycount.site.people.models import Person
    from everycount.site.publication.models import Release

# Pages read the clock, and what they show has to hold on any day on which the tests run.
UNTIL = max(AT.date(), datetime.now(UTC).date()) + timedelta(days=365)


def office(name: str = "Invented Statistical Office") -> Organisation:
    found, _ = Organisation.objects.get_or_create(name=name, kind=OrganisationKind.STATISTICAL_OFFICE)
    return found


def officer(of: Organisation | None = None) -> Person:
    """Somebody of the office without a role anywhere."""
    made = person()
    Membership.objects.create(person=made, organisation=of or office(), since=AT - timedelta(days=1))
    return made


@cache
def dhaka() -> Numbers:
    """The shipped example, computed by the library."""
    from everycount.survey import make_release, read_folder

    with as_file(files("everycount.example") / "dhaka") as folder:
        return make_release(read_folder(folder))


def dhaka_release(*, listed: bool = True) -> Release:
    """Dhaka 2017, public in an initiative of the node."""
    here = initiative(listed=listed)
    return put_out(counted_elsewhere(here, f"dhaka-{here.slug}"), dhaka())


def steward_of(release: Release) -> Person:
    return person(Role.STEWARD, release.plan.initiative)


def assessed(
    release: Release, by: Person, *, measure: str = "basic_water", lens: str = "fpos", **more: str
) -> Assessment:
    """An assessment whose every criterion is answered; ``more`` are answers that are not 2."""
    wanted = assessing.Wanted("basic_water", lens=lens)
    made = assessing.begin(release=release, wanted=wanted, by=by, at=AT)
    given = {
        each.id: assessing.Given(
            Answer(more.get(each.id, "2")), "Invented reason.", "https://example.org/evidence"
        )
        for each in queries.criteria(made)
    }
    assessing.answer(assessment=made, given=given, by=by, at=AT)
    return made


def decided(release: Release, by: Person, outcome: str = "U2", **more: object) -> Decision:
    """A decision by it."""
    given = {"reason": "Invented reason of the office.", "conditions": "Only with a note.", "until": UNTIL}
    judgement = deciding.Judgement(outcome, **(given | more))  # type: ignore[arg-type]
    return deciding.decide(assessment=assessed(release, by), judgement=judgement, by=by, at=AT)


@cache
def _computed() -> list[dict[str, object]]:
    return as_plain(evidence(small_release(), "safe_water"))


def decisions_of(release: Release) -> dict[str, object]:
    """A draft of the office, a decision, and one that waits for a second look; of a small release."""
    given = {"measure": "safe_water", "indicator": "6.1.1", "lens": "whole", "model": "quality-2026"}
    given |= {"release": release, "office": office(), "office_name": office().name, "begun_at": AT}
    rows = [Assessment.objects.create(computed=_computed(), **given) for _ in range(3)]
    said = {"reason": "Invented reason.", "until": UNTIL, "event": 1, "decided_at": AT}
    made = []
    for row, outcome in zip(rows[1:], ("U4", "U5"), strict=True):
        Assessment.objects.filter(pk=row.pk).update(finished_at=AT)
        Score.objects.create(assessment=row, criterion="I1", answer="2", reason="Invented.", at=AT)
        made.append(Decision.objects.create(assessment=row, outcome=outcome, **said))
    Reply.objects.create(decision=made[0], words="Invented reply.", event=1, at=AT)
    Appeal.objects.create(decision=made[1], words="Invented appeal.", event=1, at=AT)
    return {
        "assessment": rows[0].pk,
        "block": "P",
        "decision": made[0].pk,
        "appealed": made[1].pk,
        "beside": "decisions.json",
    }
