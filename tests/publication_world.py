"""An invented fieldwork whose answers become releases: an analyst, a reviewer, a community body, a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.site.people.models import Role
from everycount.site.publication import making
from everycount.site.publication.actions import computing, deciding, plans, publishing
from everycount.site.publication.models import Release, Stance
from fieldwork_world import Fieldwork
from site_world import AT, person

if TYPE_CHECKING:
    import pytest

    from everycount.site.publication.models import Plan

PLAN = """
[survey]
id = "invented-fieldwork"
title = {en = "Worries and things", fr = "Soucis et choses"}
period = "2026-11"
area = "IND"
invented = true

[design]
kind = "purposive"

[policy]
name = "public"

[[dimension]]
id = "hotspot"
question = "hotspot"

[[variable]]
id = "age_group"
cases = [
  {when = {question = "age", at_most = 39}, value = "young"},
  {when = {question = "age", at_least = 40}, value = "old"},
]

[[dimension]]
id = "age"
question = "age_group"

[[measure]]
id = "worried"
label.en = "Often worried"
kind = "proportion"
question = "worry_0"
in = ["often", "always"]
better = "lower"
sdg = {indicator = "8.3.1", relation = "proxy"}

[[measure]]
id = "thing"
label.en = "Has the thing"
kind = "proportion"
question = "thing_1"
in = ["yes"]
better = "higher"

[[table]]
measures = "*"
by = [["hotspot"], ["age"], ["hotspot", "age"]]
"""
FEEDBACK = "A meeting in each hotspot, in December."


class Publication(Fieldwork):
    """Records, a plan, and those who decide."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, records: int = 120) -> None:
        super().__init__(monkeypatch)
        self.initiative.listed = True
        self.initiative.save()
        self.members = [person(Role.COMMUNITY, self.initiative) for _ in range(2)]
        for number in range(records):
            self.came(number)
        self.plan = self.written(PLAN)

    def written(self, text: str) -> Plan:
        """A plan."""
        return plans.write(questionnaire=self.questionnaire, text=text, by=self.analyst, at=AT)

    def computed(self, plan: Plan | None = None) -> Release:
        """A draft, or what failed."""
        asked = computing.ask(plan=plan or self.plan, accepted_only=False, by=self.analyst, at=AT)
        return self.work(asked)

    def work(self, release: Release) -> Release:
        """What the background does."""
        making.work(now=lambda: AT)
        return Release.objects.get(pk=release.pk)

    def with_community(self, release: Release) -> Release:
        """Proposed and approved."""
        proposed = deciding.propose(release=release, feedback=FEEDBACK, by=self.analyst, at=AT)
        return deciding.approve(release=proposed, words="", by=self.reviewer, at=AT)

    def agreed(self, release: Release) -> Release:
        """One member agrees, which is enough."""
        here = self.with_community(release)
        deciding.state(release=here, said=deciding.Said(Stance.AGREE), by=self.members[0], at=AT)
        return deciding.settle(release=here, by=self.members[0], at=AT)

    def published(self, plan: Plan | None = None) -> Release:
        """A release from the records to the public."""
        return publishing.publish(release=self.agreed(self.computed(plan)), by=self.steward, at=AT)
