"""An invented statistical office decides about numbers of the example world, and initiatives reply.

What it says of Dhaka 2017 is true of the published files; that an office ever said it is invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from everycount.site.demo.world import SLUG, account

if TYPE_CHECKING:
    from collections.abc import Mapping

    from everycount.site.people.models import Person

OFFICE = "Statistical Office of an invented country"
_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Story:
    """One assessment: answers as (answer, reason) by criterion, what was decided, and what was replied."""

    initiative: str
    measure: str
    lens: str
    answers: Mapping[str, tuple[str, str]]
    outcome: str
    reason: str
    conditions: str
    reply: str


DHAKA = Story(
    initiative="dhaka-2017",
    measure="basic_water",
    lens="fpos",
    answers={
        "I4": ("2", "The files name nobody; places below the zone were left out."),
        "M1": ("1", "Water from an improved source within 30 minutes is not safely managed water."),
        "M2": ("2", "Frame and selection are told; strata and weights are a reading of the files."),
        "M3": ("3", "641 places were drawn; interviews were weighted to their people."),
        "M6": ("3", "What was counted stands as data, and every input is named by its digest."),
        "O2": ("2", "The interval is narrow; of missing answers and duplicates nothing is told."),
        "O4": ("1", "The survey is of 2017."),
        "O7": ("1", "Few of its characteristics have codes that others use."),
        "O9": ("3", "Nearly all that a reader has to know is told."),
    },
    outcome="U4",
    reason="It shows how slums differ from the rest of one city, with intervals that can be relied on. "
    "Whether those who answered agreed is not told in the published files, so it enters no official number. "
    "(An invented office.)",
    conditions="Cite it as a survey of Dhaka in 2017, and never as indicator 6.1.1. Look again when the "
    "words of consent and the ethics approval are here.",
    reply="We agree to the use, and will ask the producers what people were told. (An invented reply.)",
)
HOTSPOTS = Story(
    initiative=SLUG,
    measure="",
    lens="hrbad",
    answers={
        "I1": ("2", "The communities themselves asked."),
        "I3": ("3", "Every record was opened by a consent with a receipt that takes it back."),
        "I4": ("3", "Small groups are hidden, and what would give them back."),
        "P1": ("2", "The community body read every question, objected, and was answered."),
        "P3": ("3", "The community body decided about the numbers and had one withheld."),
        "P4": ("0", "A reading is promised; nothing has come back yet."),
        "M2": ("2", "It speaks of those who answered, and says so."),
        "M6": ("3", "What was counted stands as data, and inputs are named."),
        "O8": ("2", "Most groups have a number with enough people in it."),
        "O9": ("3", "Nearly all that a reader has to know is told."),
    },
    outcome="U2",
    reason="No official source counts housing in these hotspots. The numbers fill that gap in the "
    "voluntary national review, with a note. (An invented office about invented numbers.)",
    conditions="Only beside the words “those who answered in ten hotspots”; never added to national totals. "
    "The results are read aloud in each hotspot before the review is printed.",
    reply="We accept the note. The dates of the readings will stand on this page. (An invented reply.)",
)


def decide() -> None:
    """Both stories, by an officer who has no other part in them."""
    from everycount.site.people.models import Membership, Organisation, OrganisationKind

    officer, at = account("statistician"), datetime.now(UTC)
    office = Organisation.objects.create(name=OFFICE, kind=OrganisationKind.STATISTICAL_OFFICE)
    Membership.objects.create(person=officer, organisation=office, since=at)
    for story in (DHAKA, HOTSPOTS):
        _tell(story, officer)


def _tell(story: Story, officer: Person) -> None:
    from everycount.framework import Answer
    from everycount.site.decisions.actions import assessing, deciding, replying
    from everycount.site.decisions.queries.assessing import criteria
    from everycount.site.publication.models import Release
    from everycount.site.publication.queries.releases import numbers
    from everycount.site.publication.states import State

    release = Release.objects.select_related("plan__initiative").get(
        plan__initiative__slug=story.initiative, state=State.PUBLISHED
    )
    linked = next(each.id for each in numbers(release).measures if each.sdg is not None)
    wanted = assessing.Wanted(story.measure or linked, lens=story.lens)
    about = assessing.begin(release=release, wanted=wanted, by=officer, at=datetime.now(UTC))
    given = {
        each.id: assessing.Given(Answer(answer), reason)
        for each in criteria(about)
        for answer, reason in [story.answers.get(each.id, ("U", ""))]
    }
    assessing.answer(assessment=about, given=given, by=officer, at=datetime.now(UTC))
    at = datetime.now(UTC)
    judgement = deciding.Judgement(story.outcome, story.reason, (at + _YEAR).date(), story.conditions)
    decision = deciding.decide(assessment=about, judgement=judgement, by=officer, at=at)
    replying.reply(decision=decision, words=story.reply, by=account("steward"), at=datetime.now(UTC))
