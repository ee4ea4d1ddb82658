"""Official figures are looked for, chosen, and stand in the plan as the library reads them."""

from __future__ import annotations

import tomllib

import pytest
from django.test import Client

from everycount import catalogue
from everycount.faults import InputError
from everycount.site.people.models import Role
from everycount.site.publication import questions
from everycount.site.publication.actions import plans
from everycount.site.publication.models import Plan
from fieldwork_world import Fieldwork
from publication_world import PLAN
from site_world import AT, person

pytestmark = pytest.mark.django_db
WITH_MEAN = PLAN + '\n[[measure]]\nid = "age"\nkind = "mean"\nquestion = "age"\n'
FIGURE = "nfhs5-9:IN-BR:rural"


class Choosing(Fieldwork):
    """An analyst with a plan whose first measure stands in for SDG indicator 8.3.1."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        self.analyst = person(Role.ANALYST, self.initiative)
        self.browser = Client(headers={"accept-language": "en"})
        self.browser.force_login(self.analyst)
        self.plan = plans.write(questionnaire=self.questionnaire, text=WITH_MEAN, by=self.analyst, at=AT)

    def address(self, number: int) -> str:
        return f"/initiatives/{self.initiative.slug}/plans/{self.plan.slug}/measure/{number}/figures"

    def measure(self, number: int = 1) -> dict[str, object]:
        self.plan.refresh_from_db()
        found: dict[str, object] = tomllib.loads(self.plan.text)["measure"][number - 1]
        return found


@pytest.fixture
def choosing(monkeypatch: pytest.MonkeyPatch) -> Choosing:
    return Choosing(monkeypatch)


def test_a_figure_is_found_by_words_place_and_goal_and_written_with_source_and_licence(
    choosing: Choosing,
) -> None:
    page = choosing.browser.get(
        choosing.address(1), {"words": "sanitation", "place": "IN-BR", "sdg": "6.2.1"}
    )
    words = page.content.decode()
    assert [line.indicator.id for line in page.context["found"].lines] == ["nfhs5-9"]
    assert f'value="{FIGURE}"' in words
    assert "45.7 %" in words
    assert "It stands in for the indicator" in words
    answer = choosing.browser.post(choosing.address(1), {"figure": FIGURE, "of": choosing.plan.number})
    assert answer.status_code == 302
    wanted = catalogue.figure_named(FIGURE)
    made = choosing.measure()["benchmark"]
    assert isinstance(made, dict)
    assert made["value"] == pytest.approx(0.457)
    assert (made["source"], made["licence"]) == (wanted.source, "CC-BY-4.0")
    assert (made["area"], made["period"]) == ("IN-BR", "2019-06-17/2020-01-30")
    assert made["population"] == "people in households, rural areas"
    assert not {"same_concept", "same_population"} & set(made)  # nobody has said so yet
    tried = questions.tried(choosing.plan.text, choosing.questionnaire)
    assert not tried.faults
    assert tried.plan is not None
    read = tried.plan.measures[0].benchmark
    assert read is not None
    assert (read.licence, read.note, read.value) == ("CC-BY-4.0", wanted.note, made["value"])
    form = choosing.browser.get(answer["Location"]).context["form"]
    assert form.by_hand == []
    assert form["beside_licence"].value() == "CC-BY-4.0"


def test_without_a_question_the_measures_own_goal_is_looked_for(choosing: Choosing) -> None:
    assert choosing.browser.get(choosing.address(1)).context["found"] is None  # none stands beside 8.3.1
    text = choosing.plan.text.replace('"8.3.1"', '"7.1.1"')
    Plan.objects.update(text=text)
    found = choosing.browser.get(choosing.address(1)).context["found"]
    assert [line.indicator.id for line in found.lines] == ["nfhs5-7"]
    assert found.place == "India"


def test_a_gap_is_said_and_is_no_button(choosing: Choosing) -> None:
    page = choosing.browser.get(choosing.address(1), {"words": "pre-primary", "place": "IN-AN"})
    words = page.content.decode()
    assert "Towns: too few were asked" in words
    assert 'value="nfhs5-13:IN-AN:rural"' in words
    assert "nfhs5-13:IN-AN:urban" not in words
    assert "may rest on few" in words


@pytest.mark.parametrize(
    ("number", "figure", "said"),
    [
        (1, "nfhs5-13:IN-AN:urban", "has no number there"),
        (1, "nfhs5-47:IND:total", "another kind of number"),
        (3, "nfhs5-9:IND:total", "another kind of number"),
        (1, "nfhs5-999:IND:total", "is not known"),
        (1, "", "is not known"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_kept(
    choosing: Choosing, number: int, figure: str, said: str
) -> None:
    before = choosing.plan.text
    answer = choosing.browser.post(choosing.address(number), {"figure": figure})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    choosing.plan.refresh_from_db()
    assert choosing.plan.text == before


def test_an_average_stands_beside_what_is_no_share(choosing: Choosing) -> None:
    found = choosing.browser.get(choosing.address(3), {"words": "delivery"}).context["found"]
    assert [line.indicator.id for line in found.lines] == ["nfhs5-47"]
    assert found.other_kind > 0
    choosing.browser.post(choosing.address(3), {"figure": "nfhs5-47:IND:total"})
    made = choosing.measure(3)["benchmark"]
    assert isinstance(made, dict)
    assert made["value"] == 2916.0


def test_of_two_at_once_the_second_is_told_and_nothing_is_lost(choosing: Choosing) -> None:
    """Two people have a measure open; the first keeps, the second is told and still has their words."""
    second = Client(headers={"accept-language": "en"})
    second.force_login(person(Role.ANALYST, choosing.initiative))
    address = f"/initiatives/{choosing.initiative.slug}/plans/{choosing.plan.slug}/measure/1"
    forms = [each.get(address).context["form"] for each in (choosing.browser, second)]
    filled = [
        {field.html_name: field.value() for field in form if field.value() not in (None, False)}
        for form in forms
    ]
    first = choosing.browser.post(address, filled[0] | {"label_en": "Worried, says the first"})
    assert first.status_code == 302
    late = second.post(address, filled[1] | {"label_en": "Worried, says the second"})
    assert late.status_code == 422
    words = late.content.decode()
    assert "Somebody changed the plan while you had it open." in words
    assert "Worried, says the second" in words  # what they wrote is still in the form
    assert choosing.measure()["label"] == {"en": "Worried, says the first"}
    for name, more in (("figures", {"figure": FIGURE}), ("", {"remove": "1"})):
        there = f"{address}/{name}" if name else address
        answer = second.post(there, {"of": filled[1]["of"], **more})
        assert answer.status_code == 422
        assert "Somebody changed the plan while you had it open." in answer.content.decode()
    assert "Worried, says the first" in choosing.plan.text
    again = second.get(address).context["form"]
    newer = {field.html_name: field.value() for field in again if field.value() not in (None, False)}
    assert second.post(address, newer | {"label_en": "Agreed by both"}).status_code == 302
    assert choosing.measure()["label"] == {"en": "Agreed by both"}


def test_who_read_an_older_text_cannot_keep_over_a_newer_one(choosing: Choosing) -> None:
    """The row itself is held against what was read: between looking and keeping somebody else may keep."""
    stale = Plan.objects.get(pk=choosing.plan.pk)
    given = {"questionnaire": choosing.questionnaire, "by": choosing.analyst, "at": AT}
    plans.write(text=PLAN, plan=choosing.plan, of=1, **given)
    with pytest.raises(InputError, match="Somebody changed the plan"):
        plans.write(text=WITH_MEAN, plan=stale, of=1, **given)
    assert Plan.objects.get(pk=stale.pk).text == PLAN
