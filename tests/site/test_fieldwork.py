"""Fieldwork: what came is looked at once, flags stand and hold no answer; plan and progress."""

from __future__ import annotations

import io
import json
import re
import time
import uuid
from collections import Counter
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from everycount.faults import InputError
from everycount.quality.odd import Odd
from everycount.site.consent import used
from everycount.site.consent.actions import How, erase, withdraw
from everycount.site.consent.models import Purpose, Use
from everycount.site.fieldwork import actions, plans, watching
from everycount.site.fieldwork.actions import tabling
from everycount.site.fieldwork.kinds import Kind
from everycount.site.fieldwork.models import Batch, Check, Flag, Look, Plan, Result, Target, View, Why
from everycount.site.fieldwork.places import mark_of
from everycount.site.fieldwork.queries import checks
from everycount.site.fieldwork.queries import progress as queries
from everycount.site.fieldwork.tables import Tables
from everycount.site.fieldwork.watching import Watch
from everycount.site.fieldwork.words import KINDS, tell
from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import broken
from everycount.site.people.models import Role
from everycount.site.review.actions import decide
from everycount.site.review.models import Reason, State
from everycount.site.vault.models import Item
from everycount.survey import provisional
from fieldwork_world import PLAN, Fieldwork, answers
from site_world import AT, person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.site.collection.models import Submission
    from everycount.site.people.models import Person

pytestmark = pytest.mark.django_db
ENOUGH = 24


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fieldwork]:
    yield Fieldwork(monkeypatch)
    assert list(broken()) == []


def kinds(submission: Submission) -> set[str]:
    return set(Flag.objects.filter(submission=submission, dismissed_at=None).values_list("kind", flat=True))


def plan(
    work: Fieldwork, table: str = PLAN, place: str = "hotspot", days: tuple[int, int] | None = None
) -> Plan:
    return actions.plan(
        questionnaire=work.questionnaire,
        lines=plans.read_text(table, ["Heron", "Ibis"]),
        place=place,
        begins=AT.date() + timedelta(days=days[0]) if days else None,
        ends=AT.date() + timedelta(days=days[1]) if days else None,
        by=work.coordinator,
        at=AT,
    )


def page(work: Fieldwork, path: str, who: Person | None = None) -> str:
    client = Client()
    client.force_login(who or work.coordinator)
    answer = client.get(f"/initiatives/{work.initiative.slug}/{path}")
    assert answer.status_code == 200, path
    return unescape(answer.content.decode())


def test_kinds_are_those_of_the_checks_and_each_has_words() -> None:
    assert {each.value for each in Kind} == {each.value for each in Odd}
    assert set(KINDS) == set(Kind)
    for kind in Kind:
        told = tell(Flag(kind=kind, figures={}), str)
        assert told.why
        assert told.held
        assert told.do


def test_planted_faults_are_flagged_and_the_others_are_quiet(work: Fieldwork) -> None:
    plan(work)
    good = work.many(ENOUGH)
    assert not Flag.objects.exclude(submission=None).exists()
    copy = work.came(101, **{"instance": "uuid:copy"})  # noqa: PIE804 - as phones do
    short = work.came(102, start="2026-12-01T08:00:00+00:00", end="2026-12-01T08:03:00+00:00")
    far = work.came(103, where="10.5 40 0 10", hotspot="river")
    wrong = work.came(104, age="203")
    silent = work.came(105, again="")
    lent = work.came(107, deviceid="phone-0")
    twice = work.came(108, start="2026-12-02T08:00:00+00:00", end="2026-12-02T08:30:00+00:00")
    again = work.came(110, start="2026-12-02T08:10:00+00:00", end="2026-12-02T08:50:00+00:00")
    work.look()
    assert "short" in kinds(short)
    assert "outside" in kinds(far)
    assert {"constraint", "outlier"} <= kinds(wrong)
    assert "consent" in kinds(silent)
    assert "device" in kinds(lent)
    assert "overlap" in kinds(twice) & kinds(again)
    assert not kinds(copy) - {"near"}
    assert sum(bool(kinds(each)) for each in good) <= 1
    told = Flag.objects.get(submission=far, kind="outside")
    assert told.figures == {"km": 60, "radius_km": 0.8}


def test_the_same_interview_under_another_name_is_found(work: Fieldwork) -> None:
    good = work.many(ENOUGH)
    fields = {"name": "Invented Person 5", "instance": "uuid:again"}
    work.secret = work.secrets[1]
    xml = answers(5, **fields)
    again, _ = work.stored(xml)
    work.look()
    assert "duplicate" in kinds(again) & kinds(good[5])
    assert Flag.objects.get(submission=again, kind="duplicate").other_id == good[5].pk


def test_flags_and_looks_hold_no_answer(work: Fieldwork) -> None:
    plan(work)
    work.many(ENOUGH)
    work.came(104, age="203", where="12.5 40 0 10")
    work.look()
    rows = [
        *Flag.objects.values(),
        *Look.objects.values(),
        *Event.objects.values("verb", "payload", "object"),
    ]
    told = json.dumps(rows, default=str)
    for word in ("203", "river", "Invented Person", "12.5", "phone-0", "always"):
        assert not re.search(rf"(?<![0-9a-f]){re.escape(word)}(?![0-9a-f])", told)
    sealed = b"".join(bytes(each.content or b"") for each in Item.objects.all())
    assert b"always" not in sealed
    assert b"Invented Person" not in sealed


def test_each_version_is_opened_once_and_the_ledger_says_so(work: Fieldwork) -> None:
    work.many(6)
    opened = Event.objects.filter(verb="records.opened")
    assert [(each.actor, each.payload) for each in opened] == [
        ("system", {"purpose": "review", "records": 6})
    ]
    work.look()
    work.came(6)
    work.look()
    assert [each.payload["records"] for each in opened.order_by("number")] == [6, 1]
    work.secret = work.secrets[0]
    work.send(answers(6, replaces="uuid:6", instance="uuid:6b", age="44"))
    work.look()
    assert Look.objects.get(submission__root="uuid:6").instance == "uuid:6b"
    assert [each.payload["records"] for each in opened.order_by("number")] == [6, 1, 1]


def test_whoever_starts_anew_finds_the_same_flags_without_opening_again(work: Fieldwork) -> None:
    plan(work)
    work.many(ENOUGH)
    work.came(102, start="2026-12-01T08:00:00+00:00", end="2026-12-01T08:03:00+00:00")
    work.look()
    before = sorted(Flag.objects.values_list("submission", "kind", "about", "since"))
    opened = Event.objects.filter(verb="records.opened").count()
    assert before
    work.watch = Watch()
    work.look()
    assert sorted(Flag.objects.values_list("submission", "kind", "about", "since")) == before
    assert Event.objects.filter(verb="records.opened").count() == opened


def test_a_fault_in_the_middle_leaves_nothing_half(work: Fieldwork, monkeypatch: pytest.MonkeyPatch) -> None:
    from everycount.site.fieldwork.actions import looking

    work.came(0)

    def torn(**_: object) -> list[object]:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken_disk:
        broken_disk.setattr(looking.vault, "seal", torn)
        work.look()
    assert not Look.objects.exists()
    assert work.watch.seen == -1
    work.watch = Watch()
    work.look()
    assert Look.objects.count() == 1


def test_an_edit_mends_the_flag(work: Fieldwork) -> None:
    wrong = work.came(4, age="203")
    work.look()
    assert kinds(wrong) == {"constraint"}
    work.secret = work.secrets[0]
    work.send(answers(4, replaces="uuid:4", instance="uuid:4b"))
    work.look()
    assert kinds(wrong) == set()


def test_who_takes_review_back_is_forgotten(work: Fieldwork) -> None:
    wrong = work.came(4, age="203")
    work.came(5)
    work.look()
    item = Look.objects.get(submission=wrong).traits
    withdraw(submission=wrong.pk, purposes=[Purpose.STATISTICS], by="respondent", at=AT, how=How.RECEIPT)
    told = page(work, "flags")
    # Not the digits alone: a token or a name of a script may hold them.
    assert not re.search(r"\b203\b", told)
    assert "does not allow" not in told
    work.look()
    assert not Look.objects.filter(submission=wrong).exists()
    assert not Flag.objects.exists()
    assert not Item.objects.filter(pk=item).exists()
    (held,) = work.watch.watched.values()
    assert len(held.heap) == 1


def test_erasing_takes_what_is_kept_with_it(work: Fieldwork) -> None:
    first, second = work.came(4, age="203"), work.came(5)
    work.look()
    erase(submission=first.pk, by="respondent", at=AT, how=How.RECEIPT)
    assert Item.objects.count() == 2
    assert not Flag.objects.exists()
    work.look()
    (held,) = work.watch.watched.values()
    assert held.heap.held() == [second.pk]


def test_a_flag_is_dismissed_with_a_reason_and_stays_so(work: Fieldwork) -> None:
    wrong = work.came(4, age="203")
    work.look()
    flag = Flag.objects.get()
    client = Client()
    client.force_login(work.reviewer)
    path = f"/initiatives/{work.initiative.slug}/flags/{flag.pk}/dismiss"
    assert client.post(path, {"why": "none"}).status_code == 302
    assert kinds(wrong) == {"constraint"}
    assert client.post(path, {"why": Why.ASKED.value}).status_code == 302
    assert kinds(wrong) == set()
    event = Event.objects.get(verb="flag.dismissed")
    assert event.payload == {"kind": "constraint", "reason": "asked"}
    assert str(wrong.pk) not in f"{event.object}{event.payload}"
    work.came(5)
    work.look()
    assert kinds(wrong) == set()
    assert client.post(path, {"why": "asked"}).status_code == 404
    assert "Somebody asked again" in page(work, "flags?state=dismissed", work.reviewer)


def test_the_page_of_a_submission_tells_its_flags_to_reviewers_only(work: Fieldwork) -> None:
    wrong = work.came(4, age="203")
    work.look()
    told = page(work, f"submissions/{wrong.pk}", work.reviewer)
    for words in ("An answer that the form does not allow", "How old are you?", "Return it and say which"):
        assert words in told
    assert "does not allow" not in page(work, f"submissions/{wrong.pk}", work.analyst)


def test_rules_that_are_not_understood_are_named(work: Fieldwork) -> None:
    """Nobody takes the silence of flags for a rule that was kept."""
    told = page(work, "flags")
    assert "1 rule of the form is not understood here" in told
    assert "<li><bdi>Your name</bdi></li>" in told
    assert "How old are you?" not in told


def test_flags_are_sifted(work: Fieldwork) -> None:
    plan(work)
    work.came(4, age="203")
    work.came(5, where="20 40 0 10")
    work.look()
    both = page(work, "flags")
    assert "Outside the place (1)" in both
    only = page(work, "flags?kind=outside&collector=Ibis")
    assert "How old are you?" not in only
    assert "from the middle of the place" in only


def test_progress_counts_by_place_collector_and_day(work: Fieldwork, monkeypatch: pytest.MonkeyPatch) -> None:
    plan(work, days=(-3, 6))
    came = work.many(9)
    given = {"edition": 1, "by": work.reviewer, "at": AT}
    decide(submission=came[1].pk, state=State.ACCEPTED, **given)  # type: ignore[arg-type]
    decide(submission=came[2].pk, state=State.RETURNED, reason=Reason.INCOMPLETE, **given)  # type: ignore[arg-type]
    sheet = queries.progress(work.coordinator, work.questionnaire, at=AT)
    assert (sheet.total.received, sheet.total.accepted, sheet.total.back) == (9, 1, 1)
    assert (sheet.total.target, sheet.total.due, sheet.total.counted) == (60, 18, 8)
    rows = {row.name: (row.received, row.target, row.back) for row in sheet.places}
    assert rows == {"Riverside": (6, 40, 1), "Old market": (3, 20, 0)}
    assert {row.name: row.received for row in sheet.collectors} == {"Heron": 5, "Ibis": 4}
    assert [row.received for row in sheet.days] == [9]
    assert sheet.total.rate == 8
    assert sheet.total.left == 7
    monkeypatch.setattr("everycount.site.fieldwork.views.progress.now", lambda: AT)
    told = page(work, "fieldwork/" + str(work.questionnaire.pk))
    for words in ("Riverside", "10 behind the plan", "Which hotspot?", "About 8 a day"):
        assert words in told


def test_a_place_that_the_plan_does_not_name_is_told_apart(work: Fieldwork) -> None:
    plan(work, "place,target\nriver,2\n")
    work.many(3)
    sheet = queries.progress(work.coordinator, work.questionnaire, at=AT)
    assert [(row.name, row.received, row.standing) for row in sheet.places] == [
        ("river", 2, "done"),
        ("", 1, ""),
    ]


def test_another_question_for_the_place_is_looked_at_again(work: Fieldwork) -> None:
    work.many(3)
    assert set(Look.objects.values_list("mark", flat=True)) == {""}
    plan(work)
    work.look()
    marks = set(Look.objects.values_list("mark", flat=True))
    assert marks == {mark_of(place, of=work.initiative.pk) for place in ("river", "market")}
    assert "river" not in "".join(marks)


def test_a_plan_is_uploaded_and_typed(work: Fieldwork) -> None:
    client = Client()
    client.force_login(work.coordinator)
    path = f"/initiatives/{work.initiative.slug}/fieldwork/{work.questionnaire.pk}/plan"
    book = openpyxl.Workbook()
    for row in (("Place", "Collector", "Day", "Target"), ("river", "heron", AT, 12.0), ("", "Ibis", None, 3)):
        book.active.append([each.replace(tzinfo=None) if hasattr(each, "tzinfo") else each for each in row])  # type: ignore[union-attr]
    file = io.BytesIO()
    book.save(file)
    sent = {"place": "hotspot", "file": SimpleUploadedFile("plan.xlsx", file.getvalue())}
    assert client.post(path, sent).status_code == 302
    rows = list(Target.objects.values_list("place", "collector", "day", "target"))
    assert rows == [("river", "Heron", AT.date(), 12), ("", "Ibis", None, 3)]
    assert "river,Heron,2026-11-22,12" in page(work, f"fieldwork/{work.questionnaire.pk}/plan")
    assert client.post(path, {"place": "", "table": "collector;target\nHeron;7\n"}).status_code == 302
    assert list(Target.objects.values_list("collector", "target")) == [("Heron", 7)]
    event = Event.objects.filter(verb="fieldwork.planned").latest("number")
    assert event.payload == {"targets": 7, "places": 0}


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("", "There is no line"),
        ("plaze,target\nriver,5", "Did you mean “place”"),
        ("place\nriver", "“target” is missing"),
        ("place,target\nriver,many", "“many” is no target"),
        ("collector,target\nHeroon,5", "Did you mean “Heron”"),
        ("place,target\nriver,5\nriver,6", "for the same before it"),
        ("day,target\n30/11/2026,5", "is no day"),
        ("place,target,latitude\nriver,5,95", "no latitude"),
        ("place,target,latitude\nriver,5,9", "belong together"),
    ],
)
def test_what_is_wrong_with_a_plan_is_said(table: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        plans.read_text(table, ["Heron", "Ibis"])


def test_a_plan_with_places_needs_the_question(work: Fieldwork) -> None:
    with pytest.raises(InputError, match="no question holds the place"):
        plan(work, place="")
    with pytest.raises(InputError, match="after the first one"):
        plan(work, days=(3, 1))
    assert not Plan.objects.exists()


def test_a_damaged_workbook_is_refused() -> None:
    for data in (b"PK\x03\x04 no workbook", b"\xff\xfe\x00\xd8"):
        with pytest.raises(InputError, match=r"no table that can be read"):
            plans.read_file(data, "plan.xlsx", [])


def test_who_may_not_see_it_is_told_that_nothing_is_here(work: Fieldwork) -> None:
    for role, path in ((Role.ANALYST, "fieldwork"), (Role.COLLECTOR, "flags"), (Role.STEWARD, "flags")):
        client = Client()
        client.force_login(person(role, work.initiative))
        assert client.get(f"/initiatives/{work.initiative.slug}/{path}").status_code == 404


def test_collectors_stand_beside_each_other_and_small_numbers_do_not(work: Fieldwork) -> None:
    plan(work)
    work.many(6)
    told = page(work, f"fieldwork/{work.questionnaire.pk}/collectors")
    assert "Too few to be compared: 3 interviews" in told
    for number in range(6, 44):
        work.came(number)
    work.look()
    told = page(work, f"fieldwork/{work.questionnaire.pk}/collectors")
    assert "Heron" in told
    assert "0 of 22: 0 in 100, between 0 and 15" in told
    assert "Too few" not in told


def accepted(work: Fieldwork, count: int) -> list[Submission]:
    found = work.many(count)
    for each in found:
        decide(submission=each.pk, state=State.ACCEPTED, edition=1, by=work.reviewer, at=AT)
    return found


def test_only_who_agreed_to_be_spoken_to_again_is_drawn(work: Fieldwork) -> None:
    found = accepted(work, 12)
    refused = work.came(13)
    draw = actions.draw(questionnaire=work.questionnaire, most=2, by=work.coordinator, at=AT)
    names = set(draw.checks.values_list("submission", flat=True))
    assert len(names) == 2  # the even numbers, which Heron asked, do not want it
    assert names <= {each.pk for number, each in enumerate(found) if number % 2}
    assert refused.pk not in names
    event = Event.objects.get(number=draw.event)
    assert event.payload == {"submissions": 2, "seed": draw.seed}
    actions.draw(questionnaire=work.questionnaire, most=50, by=work.coordinator, at=AT)
    assert Check.objects.count() == 6
    with pytest.raises(InputError, match="No accepted submission is left"):
        actions.draw(questionnaire=work.questionnaire, most=1, by=work.coordinator, at=AT)


def test_a_draw_is_the_same_for_the_same_seed_and_even() -> None:
    names = [(uuid.UUID(int=number), "Heron" if number % 2 else "Ibis") for number in range(60)]
    one = actions.drawn(names, 5, "seed")
    assert one == actions.drawn(names[::-1], 5, "seed")
    assert one != actions.drawn(names, 5, "another")
    assert Counter(one.values()) == {"Heron": 5, "Ibis": 5}
    met = Counter(name for turn in range(600) for name in actions.drawn(names, 3, f"turn {turn}"))
    assert len(met) == 60
    assert 30 < min(met.values()) <= max(met.values()) < 95  # 60 expected, standard deviation 7.3


def test_a_check_shows_whom_to_ask_and_keeps_what_it_showed(work: Fieldwork) -> None:
    accepted(work, 4)
    actions.draw(questionnaire=work.questionnaire, most=2, by=work.coordinator, at=AT)
    first, second = Check.objects.all()
    path = f"fieldwork/{work.questionnaire.pk}/checks"
    listed = page(work, path)
    assert "Invented Person " not in listed
    opened = page(work, f"{path}/{first.pk}")
    assert f"Invented Person {first.submission.root[5:]}" in opened
    assert "How old are you?" not in opened
    told = Event.objects.filter(verb="records.opened").latest("number")
    assert (told.payload, told.actor) == ({"purpose": "contact", "records": 1}, work.coordinator.ref)
    client = Client()
    client.force_login(work.coordinator)
    for each, result in ((first, "differs"), (second, "agrees")):
        sent = client.post(f"/initiatives/{work.initiative.slug}/{path}/{each.pk}", {"result": result})
        assert sent.status_code == 302
    listed = page(work, path)
    assert "1 / 2" in listed
    assert "9 – 91" in listed
    assert Event.objects.filter(verb="check.recorded").count() == 2


def test_who_takes_contact_back_is_not_listed_and_nobody_checks_the_own(work: Fieldwork) -> None:
    found = accepted(work, 4)
    actions.draw(questionnaire=work.questionnaire, most=2, by=work.coordinator, at=AT)
    withdraw(submission=found[1].pk, purposes=[Purpose.CONTACT], by="respondent", at=AT, how=How.RECEIPT)
    sheet = checks.sheet(work.coordinator, work.questionnaire, at=AT)
    assert [each.submission_id for each in sheet.waiting] == [found[3].pk]
    key = found[3].sent_by
    assert key is not None
    key.person = work.coordinator
    key.save()
    with pytest.raises(InputError, match="Your own phone"):
        actions.check(check=sheet.waiting[0].pk, result=Result.AGREES, by=work.coordinator, at=AT)


def test_wilsons_interval() -> None:
    """Of 1 in 10 as prop.test of R 4.3 without continuity correction prints it."""
    assert checks.wilson(1, 10) == pytest.approx((0.01787621, 0.4041500), abs=1e-6)
    assert checks.wilson(0, 0) == (0, 1)


def tables(work: Fieldwork) -> str:
    return page(work, f"fieldwork/{work.questionnaire.pk}/tables")


def test_the_smallest_cell_is_that_of_protection() -> None:
    assert tabling.FEWEST == provisional.FEWEST == provisional.POLICY.min_respondents


def test_records_enter_the_tables_by_tens_of_one_place(work: Fieldwork) -> None:
    plan(work)
    for number in range(12):
        work.came(number)
    work.look()
    assert actions.tabulate(questionnaire=work.questionnaire, at=AT) is None  # eight and four
    assert "Tables begin when ten people" in tables(work)
    for number in (13, 14):
        work.came(number)
    work.look()
    view = actions.tabulate(questionnaire=work.questionnaire, at=AT)
    assert view is not None
    assert view.records == 10
    told = tables(work)
    assert "no weights" in told
    assert "Riverside" in told
    assert "Old market" not in told
    assert {int(each) % 5 for each in re.findall(r"(\d+) / 100", told)} <= {0}
    work.came(16)
    work.look()
    assert actions.tabulate(questionnaire=work.questionnaire, at=AT) is None
    event = Event.objects.get(verb="tables.made")
    assert (event.actor, event.payload) == ("system", {"records": 10})
    use = Use.objects.get(purpose=Purpose.STATISTICS)
    assert use.event == view.event
    assert len(used.names_of(use)) == 10


def test_who_takes_consent_back_takes_a_whole_batch_out(work: Fieldwork) -> None:
    """Those who are left come again only beside ten who were never in: no two views differ by one person."""
    plan(work)
    river = [number for number in range(100) if number % 3]
    came = [work.came(number) for number in river[:12]]
    work.look()
    first = actions.tabulate(questionnaire=work.questionnaire, at=AT)
    assert first is not None
    assert first.records == 12
    withdraw(submission=came[0].pk, purposes=[Purpose.STATISTICS], by="respondent", at=AT, how=How.RECEIPT)
    assert "Somebody took consent back" in tables(work)
    second = actions.tabulate(questionnaire=work.questionnaire, at=AT)
    assert second is not None
    assert (second.records, second.cells) == (0, [])
    for number in river[12:21]:
        work.came(number)
    work.look()
    assert actions.tabulate(questionnaire=work.questionnaire, at=AT) is None
    work.came(river[21])
    work.look()
    third = actions.tabulate(questionnaire=work.questionnaire, at=AT)
    assert third is not None
    assert third.records == 21


def test_what_is_returned_or_not_for_statistics_is_not_in_the_tables(work: Fieldwork) -> None:
    plan(work)
    river = [number for number in range(30) if number % 3]
    came = [work.came(number) for number in river[:9]]
    work.came(river[9], counted="no")
    late = work.came(river[10])
    work.look()
    given = {"edition": 1, "by": work.reviewer, "at": AT}
    decide(submission=late.pk, state=State.RETURNED, reason=Reason.INCOMPLETE, **given)  # type: ignore[arg-type]
    assert len(came) == 9
    assert actions.tabulate(questionnaire=work.questionnaire, at=AT) is None
    decide(submission=late.pk, state=State.ACCEPTED, **given)  # type: ignore[arg-type]
    view = actions.tabulate(questionnaire=work.questionnaire, at=AT)
    assert view is not None
    assert view.records == 10
    shown = [each for each in view.cells if each["value"] is not None]
    assert all(each["n"] >= 10 and each["ci_low"] is None for each in shown)


def test_tables_are_for_keepers_and_are_no_file(work: Fieldwork) -> None:
    for role in (Role.REVIEWER, Role.COMMUNITY, Role.COLLECTOR):
        client = Client()
        client.force_login(person(role, work.initiative))
        path = f"/initiatives/{work.initiative.slug}/fieldwork/{work.questionnaire.pk}/tables"
        assert client.get(path).status_code == 404
    assert "download" not in tables(work)


def test_tables_that_had_to_wait_are_made_without_another_event(work: Fieldwork) -> None:
    plan(work)
    river = [number for number in range(30) if number % 3]
    for number in river[:10]:
        work.came(number)
    work.look()
    made = Tables(after=time.monotonic() + 3600)
    made.work(AT)
    assert not View.objects.exists()
    made.after = 0.0
    made.work(AT)
    assert View.objects.get().records == 10


def test_tables_are_looked_at_again_only_after_something_happened(
    work: Fieldwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(work)
    work.many(1)
    asked: list[object] = []
    monkeypatch.setattr(actions, "tabulate", lambda **given: asked.append(given["questionnaire"]))
    made = Tables()
    for _ in range(2):
        made.work(AT)
        made.after = 0.0
    assert len(asked) == 1
    work.came(2)
    made.work(AT)
    assert len(asked) == 2


def test_tables_that_fail_are_tried_again(work: Fieldwork, monkeypatch: pytest.MonkeyPatch) -> None:
    plan(work)
    work.many(1)

    def fails(**_: object) -> None:
        raise OSError("No space left")

    with monkeypatch.context() as broken_disk:
        broken_disk.setattr(actions, "tabulate", fails)
        made = Tables()
        made.work(AT)
    assert (made.seen, made.after > time.monotonic() + 200) == (-1, True)


def test_a_process_that_was_slower_does_not_enter_anybody_twice(work: Fieldwork) -> None:
    plan(work)
    river = [number for number in range(15) if number % 3]
    names = [work.came(number).pk for number in river]
    work.look()
    assert actions.tabulate(questionnaire=work.questionnaire, at=AT) is not None
    assert tabling._kept(work.questionnaire, [], [names], [], 10, AT) is None
    assert Batch.objects.count() == 1


@pytest.mark.parametrize(("took", "asked"), [(0.05, 1), (0.0, 2)])
def test_a_full_node_is_asked_less_often_what_waits(
    took: float, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What asking costs grows with what is stored, and phones must not pay for it."""
    times: list[int] = []

    def waiting(most: int) -> list[object]:
        times.append(most)
        time.sleep(took)
        return []

    monkeypatch.setattr(watching.looks, "waiting", waiting)
    watch = Watch()
    watch.work(AT)
    watch.seen = -1  # as if something had happened
    watch.work(AT)
    assert len(times) == asked
