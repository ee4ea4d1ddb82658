"""A plan keeps what earlier releases had: it is told on its page, put in by a click, and then computes."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from everycount.site.publication.models import Plan
from everycount.site.publication.queries.releases import numbers
from everycount.site.publication.states import State
from publication_world import PLAN, Publication

if TYPE_CHECKING:
    from django.http import HttpResponse

pytestmark = pytest.mark.django_db
# Another cut of age under the same names, and the second measure gone.
OTHER = (
    PLAN.replace("invented-fieldwork", "second").replace("at_most = 39", "at_most = 29")
    .replace("at_least = 40", "at_least = 30").split('[[measure]]\nid = "thing"')[0]
    + '[[table]]\nmeasures = "*"\nby = [["age"]]\n'
)  # fmt: skip


def test_what_was_released_before_is_told_kept_by_a_click_and_not_printed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = Publication(monkeypatch)
    world.published()
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(world.analyst)
    plan = world.written(OTHER)
    address = f"/initiatives/{world.initiative.slug}/plans/{plan.slug}"

    page = browser.get(address)
    told = {(each.lacking.noun, each.lacking.name, each.lacking.is_there) for each in page.context["lacking"]}
    assert told == {
        ("dimension", "age", True),
        ("dimension", "hotspot", True),
        ("measure", "thing", False),
    } - {("dimension", "hotspot", True)}
    words = page.content.decode()
    assert "Keep it as released before" in words
    assert "Has the thing" in words
    assert "Compute a draft" not in words
    trial = browser.get(f"{address}/trial").content.decode()
    assert "Keep it as released before" in trial
    assert "Compute a draft" not in trial
    assert browser.post(f"{address}/compute")["Location"] == address
    assert not plan.releases.exists()

    assert _kept(browser, address, plan).status_code == 302
    made = tomllib.loads(plan.text)
    assert [each["id"] for each in made["dimension"]] == ["hotspot", "age_2", "age"]
    assert made["table"][0] == {"measures": ["worried"], "by": [["age_2"]]}
    young = {each["id"]: each["cases"][0]["when"]["at_most"] for each in made["variable"]}
    assert young == {"age_group": 39, "age_group_2": 29}
    page = browser.get(address)
    assert page.context["lacking"] == ()
    assert page.context["faults"] == ()

    draft = world.computed(plan)
    assert draft.state == State.DRAFT, draft.faults
    shown = {(cell.measure, *(name for name, _ in cell.cell)) for cell in numbers(draft).cells.cells}
    assert shown == {("worried",), ("worried", "age_2")}

    # A plan that is proposed anew begins with it.
    given = {"questionnaire": str(world.questionnaire.pk), "area": "IND"}
    browser.post(f"/initiatives/{world.initiative.slug}/plans", given)
    fresh = Plan.objects.exclude(pk__in=[world.plan.pk, plan.pk]).get()
    page = browser.get(f"/initiatives/{world.initiative.slug}/plans/{fresh.slug}")
    assert (page.context["lacking"], page.context["faults"]) == ((), ())
    assert {"worried", "thing"} <= {each["id"] for each in tomllib.loads(fresh.text)["measure"]}


def _kept(browser: Client, address: str, plan: Plan) -> HttpResponse:
    """A stale page keeps nothing; a fresh one does."""
    browser.post(f"{address}/keep", {"of": plan.number + 7})
    plan.refresh_from_db()
    assert plan.text == OTHER
    answer: HttpResponse = browser.post(f"{address}/keep", {"of": plan.number})
    plan.refresh_from_db()
    return answer
