"""Numbers of the example world: computed, decided by the community, public, revised after withdrawals.

The node that serves computes them, by the same actions as its pages. Beside the invented hotspots stands
Dhaka 2017, whose records are real and public and whose numbers the library computed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from everycount.site.demo import offices, phones, words
from everycount.site.demo.world import EXAMPLE, SLUG, account, assign

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from everycount.estimate.estimates import CellKey
    from everycount.site.demo.phones import Sent
    from everycount.site.people.models import Person
    from everycount.site.publication.models import Plan, Release

_PATIENCE = 300  # seconds that a release may take on a slow machine, with what is printed of the one before
# What one member of the community body does not want shown: two cells of the crossing stand beside it.
WITHHELD: tuple[str, CellKey] = ("irregular_earnings", (("sex", "F"), ("disability", "PD")))
LEAVING, PLACE = 25, "harbour"  # people of one hotspot who take back that they are counted, after a meeting
DHAKA = "dhaka-2017"


def publish_numbers(base: str, sent: Iterable[Sent], say: Callable[[str], None]) -> str:
    """Publishes what the example world has; the path of the hotspots' public page."""
    from everycount.site.publication.actions import plans
    from everycount.site.registry.models import Initiative

    text = (EXAMPLE / "survey.toml").read_text(encoding="utf-8")
    form = Initiative.objects.get(slug=SLUG).questionnaires.get()
    plan = plans.write(questionnaire=form, text=text, by=account("analyst"), at=datetime.now(UTC))
    _decide(_asked(plan), words.HOTSPOTS_FEEDBACK, withheld=True)
    say("the community body agreed to the numbers of the hotspots, with one of them withheld")
    _take_back(base, sent)
    _decide(_asked(plan), words.HOTSPOTS_FEEDBACK, withheld=False)
    say(f"{LEAVING} people of one hotspot took consent back; its numbers were made anew")
    _give_back(plan)
    say("the numbers were brought back in a meeting, and a recommendation is followed")
    publish_dhaka()
    say("the numbers of Dhaka 2017 stand beside them")
    offices.decide()
    say("an invented statistical office decided what it uses two of the numbers for")
    return f"/releases/{plan.slug}"


def _give_back(plan: Plan) -> None:
    """One meeting with what was said in it, and one recommendation on its way."""
    from everycount.site.returns import actions
    from everycount.site.returns.models import Kind
    from everycount.site.returns.states import State

    at = datetime.now(UTC)
    how: dict[str, Any] = {"plan": plan, "by": account("coordinator"), "at": at}
    met = actions.met(day=at.date(), place=words.MEETING_PLACE, people=64, said=words.MEETING_SAID, **how)
    doubt = actions.say(kind=Kind.CORRECTION, words=words.MEETING_DOUBT, meeting=met, **how)
    actions.answer(word=doubt, answer=words.MEETING_ANSWER, by=account("coordinator"), at=at)
    asked = actions.recommend(words=words.RECOMMENDED, to=words.RECOMMENDED_TO, day=at.date(), **how)
    for state, said in ((State.PROMISED, words.PROMISED), (State.DONE, words.DONE)):
        actions.step(
            recommendation=asked, state=state, words=said, day=at.date(), by=account("coordinator"), at=at
        )
    member = account("community")
    actions.step(
        recommendation=asked, state=State.UNSEEN, words=words.UNSEEN, day=at.date(), by=member, at=at
    )


def _asked(plan: Plan) -> Release:
    from everycount.site.publication.actions import computing

    asked = computing.ask(plan=plan, accepted_only=False, by=account("analyst"), at=datetime.now(UTC))
    return _computed(asked)


def _computed(release: Release) -> Release:
    """The draft, once the node has computed it."""
    from everycount.site.publication.models import Release
    from everycount.site.publication.states import BUSY, State

    until = time.monotonic() + _PATIENCE
    while (found := Release.objects.get(pk=release.pk)).state in BUSY:
        if time.monotonic() > until:
            raise TimeoutError("Nobody computes the release.")
        time.sleep(0.2)
    if found.state != State.DRAFT:
        raise RuntimeError(f"The example could not be computed: {found.faults}")
    return found


def _decide(draft: Release, feedback: str, *, withheld: bool) -> None:
    """From the draft to the public, as people do it."""
    from everycount.site.publication.actions import deciding, publishing
    from everycount.site.publication.models import Stance

    release = _before_the_body(draft, feedback)
    members = [account("community"), *_delegates()]
    if withheld:
        measure, cell = WITHHELD
        said = deciding.Said(Stance.WITHHOLD, words.WITHHELD, measure, cell)
        deciding.state(release=release, said=said, by=members[0], at=datetime.now(UTC))
        again = deciding.withhold(release=release, by=members[0], at=datetime.now(UTC))
        release = _before_the_body(_computed(again), feedback)
    dissent = words.DISSENT if withheld else ""
    for member, reason in zip(members, ("", "", "", dissent), strict=True):
        stance = Stance.OBJECT if reason else Stance.AGREE
        said = deciding.Said(stance, reason)
        deciding.state(release=release, said=said, by=member, at=datetime.now(UTC))
    agreed = deciding.settle(release=release, by=members[0], at=datetime.now(UTC))
    publishing.publish(release=agreed, by=account("steward"), at=datetime.now(UTC))


def _before_the_body(draft: Release, feedback: str) -> Release:
    from everycount.site.publication.actions import deciding

    proposed = deciding.propose(release=draft, feedback=feedback, by=account("analyst"), at=datetime.now(UTC))
    return deciding.approve(release=proposed, words="", by=account("reviewer"), at=datetime.now(UTC))


def _delegates() -> list[Person]:
    from everycount.site.people.models import Person

    return list(Person.objects.filter(email__startswith="delegate").order_by("email"))


def _take_back(base: str, sent: Iterable[Sent]) -> None:
    """People of one hotspot, each with the own receipt."""
    leaving = [each for each in sent if each.agrees and each.place == PLACE][-LEAVING:]
    for each in leaving:
        phones.take_back(base, each.receipt, "statistics")


def publish_dhaka() -> None:
    """Real records that everybody has (CC0), counted by the library and decided here."""
    from everycount.site.people.models import Role
    from everycount.site.publication.actions import bringing, deciding, publishing
    from everycount.site.questionnaires.models import ReviewRule, Rule
    from everycount.site.registry.models import Initiative

    at = datetime.now(UTC)
    here = Initiative.objects.create(
        slug=DHAKA, name=words.DHAKA, about=words.DHAKA_ABOUT, listed=True, began_at=at
    )
    for role in (Role.ANALYST, Role.REVIEWER, Role.STEWARD):
        assign(account(str(role)), here, role, at)
    ReviewRule.objects.create(initiative=here, rule=Rule.NONE, quorum=0, reason=words.DHAKA_RULE, set_at=at)
    draft = bringing.bring(
        initiative=here,
        document=_dhaka(),
        by=account("analyst"),
        at=at,
        survey_file=(files("everycount.example") / "dhaka" / "survey.toml").read_text(encoding="utf-8"),
    )
    proposed = deciding.propose(
        release=draft, feedback=words.DHAKA_FEEDBACK, by=account("analyst"), at=datetime.now(UTC)
    )
    agreed = deciding.approve(release=proposed, words="", by=account("reviewer"), at=datetime.now(UTC))
    publishing.publish(release=agreed, by=account("steward"), at=datetime.now(UTC))


def _dhaka() -> bytes:
    """The ``release.json`` of the shipped example."""
    with (
        as_file(files("everycount.example") / "dhaka") as folder,
        tempfile.TemporaryDirectory() as out,
    ):
        command = [sys.executable, "-m", "everycount", "release", str(folder), "--out", f"{out}/dhaka"]
        subprocess.run([*command, "--quiet"], check=True, capture_output=True)  # noqa: S603 - our own
        return (Path(out) / "dhaka" / "release.json").read_bytes()
