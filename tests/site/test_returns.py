"""What came back to the people: written down by those who may, read by everybody, taken away when asked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from lxml import html

from everycount.faults import InputError
from everycount.formats.messages import messages
from everycount.formats.report.view import View
from everycount.site.ledger.models import Event
from everycount.site.people.models import Role
from everycount.site.publication.queries.checks import Grade, checks, facts
from everycount.site.publication.queries.releases import numbers
from everycount.site.returns import actions
from everycount.site.returns.models import Kind, Word
from everycount.site.returns.states import BY_COMMUNITY, NEXT, State
from library.release.samples import small_release
from public_world import counted_elsewhere, put_out
from site_world import AT, initiative, person

if TYPE_CHECKING:
    from everycount.site.people.models import Person
    from everycount.site.publication.models import Plan
    from everycount.site.registry.models import Initiative

pytestmark = pytest.mark.django_db
TODAY = AT.date()


@pytest.fixture
def here() -> Initiative:
    return initiative(listed=True)


@pytest.fixture
def plan(here: Initiative) -> Plan:
    return put_out(counted_elsewhere(here), small_release()).plan


def keeper(here: Initiative) -> Person:
    return person(Role.COORDINATOR, here)


def as_(who: Person) -> Client:
    client = Client()
    client.force_login(who)
    return client


def seen(plan: Plan) -> str:
    """What everybody reads of it, on its own page and beside the numbers."""
    pages = (f"/releases/{plan.slug}/returns", f"/releases/{plan.slug}/1")
    return "\n".join(Client().get(path).content.decode() for path in pages)


def test_a_coordinator_writes_down_a_meeting_and_everybody_reads_it(here: Initiative, plan: Plan) -> None:
    client = as_(keeper(here))
    where = f"/returns/of/{plan.slug}/meeting"
    said = {"day": "2026-01-02", "place": "The well", "people": "42", "said": "We want a second tap."}
    wrong = client.post(where, said | {"day": "never"})
    assert wrong.status_code == 422
    assert html.fromstring(wrong.content).xpath("//*[@aria-invalid='true']")
    assert client.post(where, said).headers["Location"] == f"/initiatives/{here.slug}/returns"
    page = seen(plan)
    assert "We want a second tap." in page
    assert "People who came: 42." in page
    event = Event.objects.get(verb="returns.met")
    assert event.payload == {"people": 42}
    assert "The well" not in str(event.payload)


def test_of_a_small_meeting_only_that_it_was_small_is_told(here: Initiative, plan: Plan) -> None:
    actions.met(plan=plan, day=TODAY, place="The well", people=3, said="-", by=keeper(here), at=AT)
    page = Client().get(f"/releases/{plan.slug}/returns").content.decode()
    assert "Fewer than 10 people came." in page
    assert "People who came" not in page


def test_words_stand_beside_the_numbers_only_with_consent(here: Initiative, plan: Plan) -> None:
    client = as_(keeper(here))
    where = f"/returns/of/{plan.slug}/words"
    said = {"kind": "correction", "words": "There are two wells, not one."}
    assert client.post(where, said).status_code == 422
    assert not Word.objects.exists()
    assert client.post(where, said | {"agreed": "on"}).status_code == 302
    beside = Client().get(f"/releases/{plan.slug}/1").content.decode()
    assert "There are two wells, not one." in beside
    word = Word.objects.get()
    client.post(f"/returns/words/{word.pk}", {"answer": "We count again in May."})
    assert "We count again in May." in seen(plan)


def test_words_that_are_taken_back_are_gone_everywhere(here: Initiative, plan: Plan) -> None:
    by = keeper(here)
    word = actions.say(plan=plan, kind=Kind.DISSENT, words="heron-quartz", by=by, at=AT)
    actions.answer(word=word, answer="otter-basalt", by=by, at=AT)
    assert "heron-quartz" in seen(plan)
    member = as_(person(Role.COMMUNITY, here))
    assert member.post(f"/returns/words/{word.pk}/take-back").status_code == 302
    inside = member.get(f"/initiatives/{here.slug}/returns").content.decode()
    for page in (seen(plan), inside):
        assert "heron-quartz" not in page
        assert "otter-basalt" not in page
    word.refresh_from_db()
    assert (word.words, word.answer) == ("", "")
    with pytest.raises(InputError):
        actions.answer(word=word, answer="again", by=by, at=AT)


def test_a_recommendation_is_followed_until_the_community_sees_the_change(
    here: Initiative, plan: Plan
) -> None:
    by, member = keeper(here), person(Role.COMMUNITY, here)
    asked = actions.recommend(plan=plan, words="A second tap", to="Water office", day=TODAY, by=by, at=AT)
    for state in (State.SILENT, State.PROMISED, State.DONE):
        told = {"state": state, "day": "2026-01-03", "words": f"then {state}"}
        assert as_(by).post(f"/returns/recommendations/{asked.pk}", told).status_code == 302
    assert as_(by).get(f"/returns/recommendations/{asked.pk}").status_code == 404
    told = {"state": "unseen", "day": "2026-01-04", "words": "It is dry."}
    assert as_(member).post(f"/returns/recommendations/{asked.pk}", told).status_code == 302
    page = Client().get(f"/releases/{plan.slug}/returns").content.decode()
    assert "the community does not see the change" in page
    order = [page.index(words) for words in ("then silent", "then promised", "then done", "It is dry.")]
    assert order == sorted(order)
    assert Event.objects.filter(verb="returns.step").count() == 4


def test_no_step_is_left_out_and_only_the_community_sees(here: Initiative, plan: Plan) -> None:
    """Every pair of states against the table, for both who may and who may not."""
    by, member = keeper(here), person(Role.COMMUNITY, here)
    asked = actions.recommend(plan=plan, words="A tap", to="Office", day=TODAY, by=by, at=AT)
    for now in State:
        for then in State:
            type(asked).objects.filter(pk=asked.pk).update(state=now)
            right, other = (member, by) if then in BY_COMMUNITY else (by, member)
            given = {"recommendation": asked, "state": then, "words": "", "day": TODAY, "at": AT}
            with pytest.raises(PermissionDenied):
                actions.step(by=other, **given)
            if then in NEXT[now]:
                assert actions.step(by=right, **given).state == then
            else:
                with pytest.raises(InputError):
                    actions.step(by=right, **given)


def test_every_state_is_reached_and_none_is_the_end() -> None:
    reached, front = {State.ASKED}, {State.ASKED}
    while front:
        front = {then for now in front for then in NEXT[now]} - reached
        reached |= front
    assert reached == set(State)
    assert all(NEXT[state] for state in State)


def test_what_has_not_happened_is_not_written_down(here: Initiative, plan: Plan) -> None:
    with pytest.raises(InputError, match="not come yet"):
        actions.met(
            plan=plan, day=TODAY + timedelta(3), place="-", people=None, said="-", by=keeper(here), at=AT
        )


def test_before_a_release_is_public_there_is_no_page() -> None:
    closed = counted_elsewhere(initiative(listed=True), "not-yet")
    assert Client().get("/releases/not-yet/returns").status_code == 404
    unlisted = put_out(counted_elsewhere(initiative(listed=False), "unlisted"), small_release())
    assert Client().get(f"/releases/{unlisted.plan.slug}/returns").status_code == 404
    assert not closed.meetings.exists()


def test_an_unchanged_page_is_not_sent_again(here: Initiative, plan: Plan) -> None:
    where = f"/releases/{plan.slug}/returns"
    first = Client().get(where)
    again = {"If-None-Match": first.headers["ETag"]}
    assert Client().get(where, headers=again).status_code == 304
    actions.say(plan=plan, kind=Kind.VOICE, words="A word", by=keeper(here), at=AT)
    assert Client().get(where, headers=again).status_code == 200
    release = Client().get(f"/releases/{plan.slug}/1")
    assert release.status_code == 200


def test_the_next_release_is_asked_what_came_back_of_the_last(here: Initiative, plan: Plan) -> None:
    newest = put_out(plan, small_release(), 2, published_at=AT + timedelta(30))
    view = View(numbers(newest), messages("en"))
    title = "What comes back to the people who answered?"

    def graded() -> tuple[Grade, tuple[str, ...]]:
        made = checks(facts(newest, at=AT + timedelta(30)), view)
        one = next(each for each in made if each.title == title)
        return one.grade, one.about

    assert graded()[0] == Grade.LOOK
    before = TODAY - timedelta(1)
    actions.met(plan=plan, day=before, place="-", people=20, said="-", by=keeper(here), at=AT)
    assert graded()[0] == Grade.LOOK
    actions.met(
        plan=plan,
        day=date(2026, 12, 31),
        place="-",
        people=20,
        said="-",
        by=keeper(here),
        at=AT + timedelta(90),
    )
    grade, about = graded()
    assert grade == Grade.GOOD
    assert "1 meeting" in about[0]
