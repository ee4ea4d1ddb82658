"""Plans by click and by hand: proposed, changed part by part, held against the questions, tried."""

from __future__ import annotations

import tomllib
import zlib
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from everycount.protect import Status
from everycount.release import to_bytes
from everycount.site.people.models import Role
from everycount.site.publication.models import Plan, Release
from everycount.site.publication.states import State
from fieldwork_world import Fieldwork
from library.release.samples import small_release
from publication_world import PLAN
from site_world import AT, person

if TYPE_CHECKING:
    from django.http import HttpResponse

pytestmark = pytest.mark.django_db


class Desk(Fieldwork):
    """An analyst at a desk, with the pages of plans."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        self.analyst = person(Role.ANALYST, self.initiative)
        self.browser = Client(headers={"accept-language": "en"})
        self.browser.force_login(self.analyst)

    def at(self, name: str, *more: object) -> str:
        return reverse(name, args=[self.initiative.slug, *more])

    def begin(self, **more: object) -> Plan:
        given = {"questionnaire": str(self.questionnaire.pk), "area": "IND", **more}
        assert self.browser.post(self.at("plans"), given).status_code == 302
        plan = Plan.objects.get()
        if "file" not in more:
            self.browser.post(self.at("plan_new", plan.slug, "dimension"), {"question": "hotspot"})
            plan.refresh_from_db()
        return plan

    def sent(self, name: str, /, *more: object, **changed: object) -> HttpResponse:
        """A page as a browser sends it back, with some fields changed."""
        address = self.at(name, *more)
        form = self.browser.get(address).context["form"]
        given = {field.html_name: field.value() for field in form}
        given = {key: value for key, value in given.items() if value not in (None, False)} | changed
        return self.browser.post(address, {key: value for key, value in given.items() if value is not None})


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(monkeypatch)


def data(plan: Plan) -> dict[str, list[dict[str, object]]]:
    plan.refresh_from_db()
    return tomllib.loads(plan.text)


def test_a_plan_is_proposed_and_changed_by_click(desk: Desk) -> None:
    plan = desk.begin()
    page = desk.browser.get(desk.at("plan", plan.slug))
    assert page.context["faults"] == ()
    names = {each["id"] for each in data(plan)["measure"]}
    assert "name" not in str(names)
    at = [each["id"] for each in data(plan)["measure"]].index("thing_0") + 1
    answer = desk.sent(
        "plan_item",
        plan.slug,
        "measure",
        at,
        better="higher",
        indicator="6.2.1",
        label_en="The thing",
        left_out=[],
    )
    assert answer.status_code == 302, answer.context["faults"]
    changed = data(plan)["measure"][at - 1]
    assert changed["better"] == "higher"
    assert changed["sdg"] == {"indicator": "6.2.1", "relation": "proxy"}
    assert plan.number == 3
    desk.sent("plan_part", plan.slug, "design", kind="purposive", selection="Two hotspots.")
    desk.sent("plan_part", plan.slug, "policy", name="partners", decided_by="The community body")
    desk.sent("plan_part", plan.slug, "survey", title_en="Worries", languages="en, fr")
    made = data(plan)
    assert made["design"] == {"kind": "purposive", "notes": {"selection": "Two hotspots."}}
    assert made["policy"] == {"name": "partners", "decided_by": "The community body"}
    assert (made["survey"]["languages"], plan.title) == (["en", "fr"], "Worries")  # type: ignore[call-overload]


def test_measures_groups_and_tables_come_and_go(desk: Desk) -> None:
    plan = desk.begin()
    before = data(plan)
    answer = desk.browser.post(
        desk.at("plan_new", plan.slug, "dimension"), {"question": "age", "starts": "0, 30, 50"}
    )
    assert answer.status_code == 302
    made = data(plan)
    assert len(made["variable"]) == len(before.get("variable", [])) + 1
    new = made["dimension"][-1]["id"]
    assert all([new] in each["by"] for each in made["table"]), "what is in no table is counted nowhere"  # type: ignore[operator]
    desk.browser.post(desk.at("plan_new", plan.slug, "measure"), {"question": "thing_0"})
    twice = data(plan)["measure"][-1]["id"]
    assert [twice in each["measures"] for each in data(plan)["table"]].count(True) == 1  # type: ignore[operator]
    desk.browser.post(desk.at("plan_new", plan.slug, "dimension"), {"question": "worry_0"})
    at = len(data(plan)["dimension"])
    answer = desk.sent(
        "plan_item",
        plan.slug,
        "dimension",
        at,
        group_0="rarely",
        group_1="rarely",
        group_2="often",
        group_3="",
        sensitive="on",
    )
    assert answer.status_code == 302, (answer.context["faults"], answer.context["form"].errors)
    grouped = data(plan)["dimension"][-1]
    assert grouped["groups"] == {"rarely": ["never", "seldom"], "often": ["often"]}
    assert (grouped["drop"], grouped["sensitive"]) == (["always"], True)
    answer = desk.sent("plan_item", plan.slug, "table", 1, crossed=[str(new), "hotspot"])
    assert answer.status_code == 302
    assert [new, "hotspot"] in data(plan)["table"][0]["by"]  # type: ignore[operator]
    desk.sent("plan_item", plan.slug, "table", 1, by=["hotspot"], pairs="on", crossed=[])
    gone = [each["id"] for each in data(plan)["dimension"]].index("hotspot") + 1
    desk.browser.post(desk.at("plan_item", plan.slug, "dimension", gone), {"remove": "1"})
    assert "hotspot" not in str(data(plan)["table"][0]["by"])
    assert desk.browser.get(desk.at("plan", plan.slug)).context["faults"] == ()


def test_faults_of_a_text_are_told_by_line_and_nothing_is_kept(desk: Desk) -> None:
    plan = desk.begin()
    broken = plan.text.replace('question = "hotspot"', 'question = "hotspt"', 1)
    address = desk.at("plan_by_hand", plan.slug)
    answer = desk.browser.post(address, {"text": broken, "of": plan.number})
    line = broken.splitlines().index('question = "hotspt"') + 1
    assert answer.status_code == 422
    assert f"line {line}" in answer.content.decode()
    assert "Did you mean &quot;hotspot&quot;?" in answer.content.decode()
    assert data(plan) == tomllib.loads(plan.text)
    answer = desk.browser.post(address, {"text": PLAN.replace("\n", "\r\n"), "of": plan.number})
    assert answer.status_code == 302
    assert data(plan) == tomllib.loads(PLAN)
    answer = desk.browser.post(address, {"text": PLAN, "of": 1})
    assert answer.status_code == 422
    assert "Somebody changed the plan" in answer.content.decode()
    kept = desk.browser.get(desk.at("plan_file", plan.slug))
    assert kept.content.decode() == plan.text
    assert "attachment" in kept["Content-Disposition"]


def test_a_plan_is_brought_as_a_file_or_refused_with_its_faults(desk: Desk) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    given = {"questionnaire": str(desk.questionnaire.pk)}
    wrong = SimpleUploadedFile("survey.toml", PLAN.replace("worry_0", "wory_0").encode())
    answer = desk.browser.post(desk.at("plans"), given | {"file": wrong})
    assert (answer.status_code, Plan.objects.count()) == (422, 0)
    assert "survey.toml, line" in answer.content.decode()
    plan = desk.begin(area="", file=SimpleUploadedFile("survey.toml", PLAN.encode()))
    assert plan.text == PLAN


def test_what_cannot_be_clicked_stays_as_it_is(desk: Desk) -> None:
    by_hand = (
        PLAN.replace(
            'question = "worry_0"\nin = ["often", "always"]',
            'any = [{question = "worry_0", in = ["often"]}, {question = "age", at_least = 60}]\n'
            'among = {not = {question = "thing_0", in = ["no"]}}  # as it was agreed',
        )
        + '\n[quality]\nage = "age"\n'
    )
    plan = desk.begin()
    desk.browser.post(desk.at("plan_by_hand", plan.slug), {"text": by_hand, "of": plan.number})
    page = desk.browser.get(desk.at("plan_item", plan.slug, "measure", 1))
    assert page.context["form"].by_hand == ["kind", "among"]
    answer = desk.sent("plan_item", plan.slug, "measure", 1, unit="person")
    assert answer.status_code == 302
    wanted = tomllib.loads(by_hand)
    wanted["measure"][0]["unit"] = "person"
    assert data(plan) == wanted


def test_a_trial_says_what_is_foreseen_and_opens_no_record(desk: Desk) -> None:
    plan = desk.begin()
    desk.sent("plan_item", plan.slug, "table", 1, by=["hotspot"])
    page = desk.browser.get(desk.at("plan_trial", plan.slug), {"n": 100, "deff": 1})
    foreseen = page.context["foreseen"]
    assert not foreseen.has_intervals
    by = {row.by: row for row in foreseen.rows}
    assert by["Which hotspot?"].people == (50, 50)
    desk.sent("plan_part", plan.slug, "design", kind="probability", equal="on")
    row = next(
        row
        for row in desk.browser.get(desk.at("plan_trial", plan.slug), {"n": 200, "deff": 1})
        .context["foreseen"]
        .rows
        if row.by == "Which hotspot?"
    )
    assert row.apart_percent == 50  # a hundred in each group tell 30 from 50
    assert row.percent[0] < 30 < row.percent[1]
    few = desk.browser.get(desk.at("plan_trial", plan.slug), {"n": 12, "deff": 1}).context["foreseen"].rows
    assert {row.by: row.hidden for row in few}["Which hotspot?"] == 2


def test_what_a_draft_shows_stands_beside_what_was_foreseen(desk: Desk) -> None:
    plan = desk.begin()
    made = small_release()
    document = zlib.compress(to_bytes(made))
    Release.objects.create(
        plan=plan, number=1, state=State.DRAFT, text=plan.text, document=document, digest=made.digest,
        asked_at=AT, computed_at=AT,
    )  # fmt: skip
    computed = desk.browser.get(desk.at("plan_trial", plan.slug)).context["computed"]
    hidden = [each for each in made.cells.cells if each.value is None and each.status != Status.NO_ANSWERS]
    assert sum(row.cells for row in computed.rows) == len(made.cells.cells)
    assert sum(row.hidden for row in computed.rows) == len(hidden) > 0
    assert next(row for row in computed.rows if not row.by).points == 20  # each is 10 points to either side
    assert computed.is_of_this
    desk.sent("plan_part", plan.slug, "policy", name="partners")
    assert not desk.browser.get(desk.at("plan_trial", plan.slug)).context["computed"].is_of_this


def test_a_draft_is_asked_for_once_and_only_of_a_plan_without_faults(desk: Desk) -> None:
    plan = desk.begin()
    answer = desk.browser.post(desk.at("plan_compute", plan.slug), {"accepted_only": "on"})
    asked = plan.releases.get()
    assert asked.accepted_only
    assert answer["Location"] == desk.at("release_inside", plan.slug, 1)
    assert desk.browser.post(desk.at("plan_compute", plan.slug))["Location"] == desk.at("plan", plan.slug)
    asked.delete()
    Plan.objects.update(text=plan.text.replace('"hotspot"', '"hotspt"'))
    desk.browser.post(desk.at("plan_compute", plan.slug))
    assert not plan.releases.exists()


def test_those_who_only_read_change_nothing(desk: Desk) -> None:
    plan = desk.begin()
    reader = Client(headers={"accept-language": "en"})
    reader.force_login(person(Role.COMMUNITY, desk.initiative))
    page = reader.get(desk.at("plan", plan.slug))
    assert page.status_code == 200
    assert "Write it by hand" not in page.content.decode()
    for name, more in (
        ("plan_by_hand", ()),
        ("plan_part", ("policy",)),
        ("plan_trial", ()),
        ("plan_new", ("measure",)),
    ):
        assert reader.get(desk.at(name, plan.slug, *more)).status_code == 404
    assert reader.post(desk.at("plan_compute", plan.slug)).status_code == 404
    assert not plan.releases.exists()
