"""Assessments and decisions: who may, what a decision needs, what is said to it, and where it shows."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client

from decisions_world import (
    UNTIL,
    assessed,
    decided,
    dhaka_release,
    office,
    officer,
    steward_of,
)
from everycount.faults import InputError
from everycount.framework import Answer
from everycount.site.decisions.actions import assessing, deciding, replying
from everycount.site.decisions.models import Assessment, Decision, Settled
from everycount.site.decisions.queries import assessing as queries
from everycount.site.decisions.queries import deciding as told
from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import broken
from everycount.site.people.models import Role
from everycount.site.people.policy import Verb, may
from everycount.site.people.waiting import tasks
from everycount.site.publication.models import Stance, Statement
from everycount.site.publication.states import State
from site_world import AT, initiative, person

if TYPE_CHECKING:
    from everycount.site.people.models import Person

pytestmark = pytest.mark.django_db


def signed_in(who: Person) -> Client:
    client = Client()
    client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def fields_of(page: str) -> dict[str, str]:
    """What a form would send as it stands: chosen options, and texts."""
    found: dict[str, str] = {}
    for name, options in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        assert chosen is not None
        found[name] = chosen.group(1)
    for name, text in re.findall(r'<textarea name="(\w+)".*?>(.*?)</textarea>', page, re.DOTALL):
        found[name] = text.strip()
    return found


def test_an_officer_who_has_never_seen_it_assesses_dhaka_and_the_initiative_replies() -> None:  # noqa: PLR0915 - a journey
    """From the public page to the decision, the reply, and the SDMX file that shows both."""
    release = dhaka_release()
    who, steward = officer(), steward_of(release)
    client = signed_in(who)
    address = f"/releases/{release.plan.slug}/{release.number}"
    first = client.get(address).content.decode()
    (door,) = set(re.findall(r'href="(/assessments/new/[^"]+)"', first))
    begun = client.get(door).content.decode()
    assert "6.1.1: Water from an improved source within 30 minutes" in begun
    answer = client.post(door, {"measure": "basic_water", "use": "", "lens": "idtf"}, follow=True)
    whole = answer.content.decode()
    here = answer.redirect_chain[-1][0]
    # What the machine filled in is marked as such, with where it comes from and what it does not know.
    assert "Worked out by the machine" in whole
    assert "Records: 1282, clusters: 641, strata: 18." in whole
    assert "(from the design in the release)" in whole
    assert "whether those who answered agreed" in whole
    assert "Linked to indicator 6.1.1: stands in for it." in whole
    steps = list(dict.fromkeys(re.findall(rf'href="({here}/step/\w)"', whole)))
    assert [step[-1] for step in steps] == ["I", "P", "M", "O"]
    for step in steps:
        page = client.get(step).content.decode()
        sent = fields_of(page)
        if step.endswith("M"):
            assert sent["M1_answer"] == "1"  # a proxy, by the rule
            assert sent["M3_answer"] == "3"  # a probability sample, by the rule
        for name in [name for name in sent if name.endswith("_answer") and sent[name] != "U"]:
            sent[name.replace("_answer", "_reason")] = "As the machine says."
        if step.endswith("I"):
            sent |= {"I4_answer": "2", "I4_reason": "The records are public without names."}
        assert client.post(step, sent).status_code == 302
    # Nobody knows whether people agreed, so the gate of consent shuts official use; it says so.
    decide = client.get(f"{here}/decide").content.decode()
    assert "does not stand" in decide
    assert 'value="U2"' not in decide
    assert 'value="U4"' in decide
    refused = {"outcome": "U2", "reason": "All the same.", "until": UNTIL.isoformat()}
    assert client.post(f"{here}/decide", refused).status_code == 422
    # The producers show their words of consent; the officer looks again and answers anew.
    again = fields_of(client.get(f"{here}/step/I").content.decode())
    again |= {"I3_answer": "2", "I3_reason": "The words of consent are documented (invented)."}
    assert client.post(f"{here}/step/I", again).status_code == 422  # a score without evidence
    again["I3_link"] = "https://example.org/consent"
    assert client.post(f"{here}/step/I", again).status_code == 302
    given = {
        "outcome": "U2",
        "reason": "It fills a gap for slums, which the census leaves out.",
        "conditions": "Only for Dhaka, with the note that it stands in for 6.1.1.",
        "until": UNTIL.isoformat(),
    }
    done = client.post(f"{here}/decide", given, follow=True)
    decision = Decision.objects.get()
    assert done.redirect_chain[-1][0] == f"/decisions/{decision.pk}"
    # The initiative is told, finds it among what waits, and replies.
    waits = tasks(steward, release.plan.initiative, at=decision.decided_at + timedelta(hours=1))
    assert f"/decisions/{decision.pk}" in {task.address for task in waits}
    words = "We agree, and ask for the slums' own numbers to stand beside it."
    replied = signed_in(steward).post(f"/decisions/{decision.pk}/reply", {"words": words}, follow=True)
    assert replied.status_code == 200
    # Everybody sees both, on the decision's page, beside the release, the indicator and the number.
    anybody = Client()
    shown = anybody.get(f"/decisions/{decision.pk}").content.decode()
    assert who.name not in shown
    public = anybody.get(address).content.decode()
    for page in (shown, public, anybody.get("/indicators/6.1.1").content.decode()):
        assert "U2: Fill a gap, or stand in, with a note" in page
        assert "Only for Dhaka, with the note that it stands in for 6.1.1." in page
        assert "We agree, and ask for the slums&#x27; own numbers to stand beside it." in page
    # So does the SDMX file beside the release, which says of no other series anything.
    rows = _sdmx(anybody, f"{address}/decided/")
    decided_rows = [row for row in rows if row["SERIES"] == "basic_water"]
    assert decided_rows
    for row in decided_rows:
        assert row["USE_DECISION"] == "U2"
        assert row["USE_CONDITIONS"] == given["conditions"]
        assert words in row["USE_REPLY"]
        assert row["USE_DECISION_REF"].endswith(f"/decisions/{decision.pk}")
        assert row["REPORTING_TYPE"] == "C"
    assert all(str(row["USE_DECISION"]) in {"nan", "None", ""} for row in rows if row not in decided_rows)
    data = anybody.get(f"/decisions/{decision.pk}/decision.json").json()
    assert {one["criterion"]: one["answer"] for one in data["answers"]}["I3"] == "2"
    assert data["replies"][0]["words"] == words
    assert not list(broken())


def _sdmx(client: Client, folder: str) -> list[dict[str, Any]]:
    pysdmx = pytest.importorskip("pysdmx.io")
    parts = [BytesIO(client.get(f"{folder}{name}").content) for name in ("cells.sdmx.xml", "structure.xml")]
    (dataset,) = pysdmx.get_datasets(*parts, validate=False)
    rows: list[dict[str, Any]] = dataset.data.astype(object).to_dict("records")
    return rows


def test_only_officers_of_a_statistical_office_assess_and_never_their_own() -> None:
    release = dhaka_release()
    assert may(officer(), Verb.ASSESS, release, at=AT)
    assert not may(person(), Verb.ASSESS, release, at=AT)
    assert not may(None, Verb.ASSESS, release, at=AT)
    assert not may(person(Role.STATISTICIAN, release.plan.initiative), Verb.ASSESS, release, at=AT)
    for role in set(Role) - {Role.STATISTICIAN, Role.OBSERVER}:
        own = officer()
        own.roles.create(initiative=release.plan.initiative, role=role, since=AT - timedelta(days=9))
        assert not may(own, Verb.ASSESS, release, at=AT), role
        own.roles.update(until=AT - timedelta(days=2))  # whoever made it stays one of them
        assert not may(own, Verb.ASSESS, release, at=AT), role


def test_what_is_not_public_is_assessed_where_it_was_shared() -> None:
    release = dhaka_release(listed=False)
    release.state = State.AGREED
    release.save()
    stranger, shared = officer(), officer()
    shared.roles.create(initiative=release.plan.initiative, role=Role.STATISTICIAN, since=AT)
    assert not queries.assessable(stranger, at=AT).exists()
    assert list(queries.assessable(shared, at=AT)) == [release]
    made = decided(release, shared)
    assert Client().get(f"/decisions/{made.pk}").status_code == 404
    assert signed_in(stranger).get(f"/decisions/{made.pk}").status_code == 404
    assert signed_in(steward_of(release)).get(f"/decisions/{made.pk}").status_code == 200


def test_a_draft_belongs_to_its_office_and_is_in_no_public_page() -> None:
    release = dhaka_release()
    mine, other = officer(), officer(office("Another invented office"))
    draft = assessed(release, mine)
    assert signed_in(mine).get(f"/assessments/{draft.pk}").status_code == 200
    assert signed_in(officer()).get(f"/assessments/{draft.pk}").status_code == 200  # a colleague
    assert signed_in(other).get(f"/assessments/{draft.pk}").status_code == 404
    assert signed_in(steward_of(release)).get(f"/assessments/{draft.pk}").status_code == 404
    page = Client().get(f"/releases/{release.plan.slug}/{release.number}").content.decode()
    assert "What statistical offices decided" not in page
    with pytest.raises(PermissionDenied):
        assessing.drop(assessment=draft, by=other, at=AT)
    assessing.drop(assessment=draft, by=mine, at=AT)
    assert not Assessment.objects.exists()


def judgement(**more: Any) -> deciding.Judgement:
    plain = deciding.Judgement("U2", "Invented reason.", UNTIL)
    return replace(plain, **more)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"reason": "  "}, "Reason: It is empty"),
        ({"until": AT.date()}, "Last day"),
        ({"until": AT.date() + timedelta(days=3000)}, "Last day"),
        ({"endorsed": True}, "reported as the office's own"),
    ],
)
def test_a_decision_needs_its_reason_its_end_and_its_truth(changes: dict[str, Any], problem: str) -> None:
    who = officer()
    draft = assessed(dhaka_release(), who)
    with pytest.raises(InputError, match=problem):
        deciding.decide(assessment=draft, judgement=judgement(**changes), by=who, at=AT)
    assert not Decision.objects.exists()


def test_gates_and_answers_that_lack_shut_a_decision() -> None:
    who, release = officer(), dhaka_release()
    draft = assessed(release, who, I3="U")
    with pytest.raises(InputError, match="consent is documented"):
        deciding.decide(assessment=draft, judgement=judgement(), by=who, at=AT)
    deciding.decide(assessment=draft, judgement=judgement(outcome="U4"), by=who, at=AT)
    empty = assessing.begin(release=release, wanted=assessing.Wanted("basic_water"), by=who, at=AT)
    with pytest.raises(InputError, match="no answer yet: I1"):
        deciding.decide(assessment=empty, judgement=judgement(outcome="U4"), by=who, at=AT)
    nobody = {"I2": assessing.Given(Answer.STRONG, "Invented.")}
    with pytest.raises(InputError, match="no evidence"):
        assessing.answer(assessment=empty, given=nobody, by=who, at=AT)
    with pytest.raises(InputError, match="no reason"):
        assessing.answer(assessment=empty, given={"I2": assessing.Given(Answer.ABSENT)}, by=who, at=AT)
    assert not empty.scores.exists()


def test_a_use_is_an_indicator_or_stated() -> None:
    who, release = officer(), dhaka_release()
    with pytest.raises(InputError, match="no SDG indicator"):
        assessing.begin(release=release, wanted=assessing.Wanted("surface_water"), by=who, at=AT)
    wanted = assessing.Wanted("surface_water", use="  A plan for wells ")
    made = assessing.begin(release=release, wanted=wanted, by=who, at=AT)
    assert (made.use, made.indicator) == ("A plan for wells", "")


def test_a_later_decision_takes_the_place_of_the_one_before_which_stays() -> None:
    who, release = officer(), dhaka_release()
    first = decided(release, who)
    second = decided(release, who, "U3")
    assert second.supersedes == first.pk
    assert [each.pk for each in told.holding(release, at=AT)] == [second.pk]
    page = Client().get(f"/decisions/{first.pk}").content.decode()
    assert f'href="/decisions/{second.pk}"' in page
    assert "a later decision took its place" in page
    elsewhere = decided(release, officer(office("Another invented office")))
    assert elsewhere.supersedes is None


def test_a_decision_ends_and_then_stands_in_no_file() -> None:
    release = dhaka_release()
    made = decided(release, officer())
    assert told.holds(made, at=AT)
    Decision.objects.update(decided_at=AT - timedelta(days=9), until=AT.date() - timedelta(days=1))
    assert not told.holding(release, at=AT)
    address = f"/releases/{release.plan.slug}/{release.number}"
    assert Client().get(f"{address}/decided/cells.sdmx.xml").status_code == 404
    (row,) = Client().get(f"{address}/decided/decisions.json").json()["decisions"]
    assert row["holds"] is False
    assert "it ended on" in Client().get(address).content.decode()


def test_the_release_itself_is_not_changed_by_a_decision() -> None:
    release = dhaka_release()
    address = f"/releases/{release.plan.slug}/{release.number}/files/"
    before = {name: b"".join(Client().get(address + name)) for name in ("release.json", "cells.sdmx.xml")}
    decided(release, officer())
    after = {name: b"".join(Client().get(address + name)) for name in before}
    assert before == after


def test_an_endorsed_number_is_national_in_the_file_and_no_other_is() -> None:
    release, who = dhaka_release(), officer()
    decided(release, who, "U1", endorsed=True)
    rows = _sdmx(Client(), f"/releases/{release.plan.slug}/{release.number}/decided/")
    types = {row["SERIES"]: row["REPORTING_TYPE"] for row in rows}
    assert types.pop("basic_water") == "N"
    assert set(types.values()) == {"C"}


def test_dissent_of_the_community_stands_with_every_decision() -> None:
    release = dhaka_release()
    Statement.objects.create(
        release=release, stance=Stance.OBJECT, words="Invented dissent.", draft=0, said_at=AT
    )
    made = decided(release, officer())
    assert "Invented dissent." in Client().get(f"/decisions/{made.pk}").content.decode()
    said = Client().get(f"/decisions/{made.pk}/decision.json").json()["community"]["said"]
    assert {"stance": "object", "words": "Invented dissent."} in said


def test_only_the_initiative_replies_and_somebody_else_answers_an_appeal() -> None:
    release, who = dhaka_release(), officer()
    made, steward = decided(release, who), steward_of(release)
    for stranger in (who, person(), person(Role.OBSERVER, release.plan.initiative)):
        with pytest.raises(PermissionDenied):
            replying.reply(decision=made, words="Invented.", by=stranger, at=AT)
    with pytest.raises(InputError, match="empty"):
        replying.reply(decision=made, words=" ", by=steward, at=AT)
    asked = replying.appeal(decision=made, words="The frame was read wrongly.", by=steward, at=AT)
    with pytest.raises(InputError, match="waits"):
        replying.appeal(decision=made, words="Again.", by=steward, at=AT)
    given = {"appeal": asked, "outcome": Settled.AGAIN, "words": "We look again.", "at": AT}
    for wrong in (who, steward, officer(office("Another invented office"))):
        with pytest.raises(PermissionDenied):
            replying.answer_appeal(by=wrong, **given)
    colleague = officer()
    page = signed_in(colleague).get(f"/decisions/{made.pk}").content.decode()
    assert f"/decisions/{made.pk}/answer" in page
    assert f"/decisions/{made.pk}/answer" not in signed_in(who).get(f"/decisions/{made.pk}").content.decode()
    replying.answer_appeal(by=colleague, **given)
    with pytest.raises(InputError, match="answered"):
        replying.answer_appeal(by=officer(), **given)
    shown = Client().get(f"/decisions/{made.pk}").content.decode()
    assert "The frame was read wrongly." in shown
    assert "We look again." in shown


def test_keepers_are_told_by_mail(django_capture_on_commit_callbacks: Any) -> None:
    release = dhaka_release()
    steward = steward_of(release)
    with django_capture_on_commit_callbacks(execute=True):
        made = decided(release, officer())
    (letter,) = mail.outbox
    assert letter.to == [steward.email]
    assert f"/decisions/{made.pk}" in letter.body


def test_events_tell_what_happened_without_words_or_answers() -> None:
    release, who = dhaka_release(), officer()
    made = decided(release, who)
    replying.reply(decision=made, words="Invented reply.", by=steward_of(release), at=AT)
    events = Event.objects.filter(verb__startswith="assessment.").order_by("number")
    assert [each.verb for each in events] == [
        "assessment.begun",
        "assessment.answered",
        "assessment.decided",
        "assessment.replied",
    ]
    assert "Invented" not in json.dumps([each.payload for each in events])


def test_the_pages_say_it_in_other_languages() -> None:
    made = decided(dhaka_release(), officer())
    for language, words in (("hi", "टिप्पणी के साथ कमी भरने"), ("ar", "سد فجوة أو النيابة")):
        client = Client(headers={"accept-language": language})
        page = client.get(f"/decisions/{made.pk}").content.decode()
        assert words in page
        assert "Worked out by the machine" not in page


def test_another_initiatives_release_is_no_way_in() -> None:
    initiative(listed=False)
    release = dhaka_release(listed=False)
    who = officer()
    assert signed_in(who).get(f"/assessments/new/{release.plan.slug}/{release.number}").status_code == 404
    assert signed_in(person()).get("/assessments").status_code == 404
    with pytest.raises(PermissionDenied):
        assessing.begin(release=release, wanted=assessing.Wanted("basic_water"), by=who, at=AT)
