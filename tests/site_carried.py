"""A node's part in the tests of carrying: makes a small invented world, or tells what is held of it.

Run in a process of its own, with the node's ``EVERYCOUNT_DATA_DIR``: ``python tests/site_carried.py make``.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
from typing import Any

FIELD_WORDS = ("heron-quartz", "otter-basalt", "Meadow Lark", "well-by-the-kiln", "Invented Person")
ANSWERED = {"uuid:1": "heron-quartz", "uuid:2": "otter-basalt", "uuid:3": "kite", "uuid:4": "crane"}
PICTURE, PICTURE_NAME = b"well-by-the-kiln" * 20_000, "Meadow Lark.jpg"


def sent(
    key: Any, form: Any, instance: str, answer: str, *, picture: bool = False, replaces: str = ""
) -> str:
    """What a phone sends, by the way of phones; the receipt code."""
    from everycount.questionnaire import Received
    from everycount.site.collection import intake, openrosa
    from everycount.site.collection.upload import Catch, seal_file
    from site_world import AT, answers

    xml = answers(instance, answer=answer, photo=PICTURE_NAME if picture else "", replaces=replaces)
    catch = Catch(xml=xml)
    if picture:
        catch.files.append(
            seal_file(PICTURE_NAME, io.BytesIO(PICTURE), initiative=form.initiative_id, by=key.ref, at=AT)
        )
    package = openrosa._package(key, form, Received.read(xml), catch, xml)
    return intake.WRITER.put(package).receipt


def make() -> dict[str, Any]:
    """An initiative with all that can happen to one, beside another one whose events stand between."""
    from everycount.site.collection.models import Submission
    from everycount.site.consent import gate
    from everycount.site.consent.actions import read_waiting
    from everycount.site.consent.actions.messages import leave_message
    from everycount.site.consent.actions.wishes import ask_correction
    from everycount.site.consent.actions.withdrawal import How, withdraw
    from everycount.site.consent.models import Purpose
    from everycount.site.followup.models import GivenList
    from everycount.site.people.models import Role
    from everycount.site.review.actions.deciding import decide
    from everycount.site.review.models import Reason, State
    from site_world import AT, initiative, key, person, published

    here, other = initiative(listed=True), initiative()
    form = published(here).questionnaire
    published(other, "another_form")
    phone, _ = key(here)
    codes = {}
    for number, (instance, answer) in enumerate(ANSWERED.items()):
        codes[instance] = sent(phone, form, instance, answer, picture=number == 0)
        key(other)  # somebody else's event in between
    sent(phone, form, "uuid:2b", "otter-basalt-2", replaces="uuid:2")
    while read_waiting(at=AT):
        pass
    by_root = {each.root: each for each in Submission.objects.filter(questionnaire=form)}
    reviewer, analyst = person(Role.REVIEWER, here), person(Role.ANALYST, here)
    decide(
        submission=by_root["uuid:2"].pk,
        state=State.RETURNED,
        edition=2,
        by=reviewer,
        at=AT,
        reason=Reason.IMPLAUSIBLE,
        words="Is it well-by-the-kiln?",
    )
    list(gate.open_records(Submission.objects.all(), Purpose.STATISTICS, by=analyst, at=AT))
    assert leave_message(submission=by_root["uuid:1"].pk, text="Meadow Lark", by="respondent", at=AT)
    wished = by_root["uuid:1"].pk
    assert ask_correction(submission=wished, group="", text="Meadow Pipit", by="respondent", at=AT)
    how = {"by": "respondent", "at": AT, "how": How.RECEIPT}
    withdraw(submission=by_root["uuid:3"].pk, purposes=[Purpose.COLLECTION], **how)
    _looked_at(form, person(Role.COORDINATOR, here))
    _released(form, analyst)
    GivenList.objects.create(
        initiative=here, name="places", content="name,label\nkiln,Kiln\n", places=1, digest="0", given_at=AT
    )
    return {"slug": here.slug, "codes": codes}


def _looked_at(form: Any, by: Any) -> None:
    """A plan, what the background keeps of everything, and a flag that somebody dismissed."""
    from everycount.site.fieldwork import actions, plans
    from everycount.site.fieldwork.models import Batch, Check, Draw, Entered, Flag, Look, View, Why
    from everycount.site.fieldwork.watching import Watch
    from site_world import AT

    lines = plans.read_text("place,target\nheron,3", [])
    actions.plan(questionnaire=form, lines=lines, place="answer", begins=None, ends=None, by=by, at=AT)
    Watch().work(AT)
    look = Look.objects.order_by("submission__root").first()
    assert look is not None
    flag = Flag.objects.create(questionnaire=form, submission=look.submission, kind="short", since=AT)
    done = actions.dismiss(flag=flag.pk, why=Why.ASKED, by=by, at=AT)
    assert done is not None
    draw = Draw.objects.create(
        questionnaire=form, seed="invented", most=1, drawn_at=AT, event=done.event or 0
    )
    batch = Batch.objects.create(questionnaire=form, size=1)
    Entered.objects.create(submission=look.submission, batch=batch)
    View.objects.create(questionnaire=form, records=1, event=done.event, made_at=AT)
    Check.objects.create(draw=draw, submission=look.submission, collector="Invented phone")


def _released(form: Any, by: Any) -> None:
    """A plan, a release of it that failed, and what was said of it."""
    from everycount.site.consent.models import Use
    from everycount.site.publication.actions import computing, plans
    from everycount.site.publication.models import Release, Statement
    from site_world import AT

    plan = plans.write(questionnaire=form, text='[survey]\ntitle = "Invented"\n', by=by, at=AT)
    release = computing.ask(plan=plan, accepted_only=False, by=by, at=AT)
    computing.begin(release=release, at=AT)
    computing.fail(release=release, faults=[{"place": "here", "problem": "none", "remedy": "none"}], at=AT)
    use = Use.objects.latest("event").event
    Release.objects.filter(pk=release.pk).update(use=use)
    _given_back(plan, form)
    Statement.objects.create(release=release, person=by, stance="agree", draft=use, said_at=AT)
    _decided(release, by)


def _decided(release: Any, by: Any) -> None:
    """An assessment, a decision, a reply and an appeal; of an office that stays on the node."""
    from everycount.site.decisions.models import Appeal, Assessment, Decision, Reply, Score
    from site_world import AT

    about = Assessment.objects.create(
        release=release,
        measure="invented",
        use="An invented use",
        lens="whole",
        model="quality-2026",
        officer=by,
        office_name="Invented Statistical Office",
        begun_at=AT,
    )
    Score.objects.create(assessment=about, criterion="I1", answer="2", reason="Invented", by=by, at=AT)
    entry = {"event": release.moves.latest("event").event, "at": AT}
    given = {"outcome": "U5", "reason": "Invented", "until": AT.date(), "decided_at": AT}
    decision = Decision.objects.create(assessment=about, event=entry["event"], **given)
    Reply.objects.create(decision=decision, person=by, words="Invented", **entry)
    Appeal.objects.create(decision=decision, person=by, words="Invented", **entry)


def _given_back(plan: Any, form: Any) -> None:
    """A meeting, words and a recommendation."""
    from everycount.site.people.models import Role
    from everycount.site.returns import actions
    from everycount.site.returns.models import Kind
    from site_world import AT, person

    how = {"plan": plan, "by": person(Role.COORDINATOR, form.initiative), "at": AT}
    held = actions.met(day=AT.date(), place="The well", people=30, said="Invented", **how)
    actions.say(kind=Kind.DISSENT, words="Invented", meeting=held, **how)
    actions.recommend(words="Invented", to="The invented office", day=AT.date(), **how)


def told() -> dict[str, Any]:
    """Everything of the carried initiative, as far as it has to be the same on both nodes."""
    from everycount.site.carrying.tables import CARRIED
    from everycount.site.carrying.values import written
    from everycount.site.collection.models import Questionnaire
    from everycount.site.vault.models import Item
    from everycount.site.vault.queries import open_item

    form = Questionnaire.objects.filter(form_id="invented_form").first()
    if form is None:
        return {}
    here = form.initiative_id
    counted = (
        "id",
        "event",
        "use_id",
        "use",
        "draft",
        "release_id",
        "review_id",
        "plan_id",
        "draw_id",
        "batch_id",
        "secret_hash",
        "revoked_at",
    )
    rows = {
        table.name: sorted(
            json.dumps({name: value for name, value in written(row, {}).items() if name not in counted})
            for row in table.model._default_manager.filter(table.of(here))
        )
        for table in CARRIED
    }
    items = Item.objects.filter(initiative=here).order_by("pk").values_list("pk", flat=True)
    opened = {str(item): hashlib.sha256(open_item(item)).hexdigest() for item in items}
    return {"rows": rows, "opened": opened}


def account(email: str) -> str:
    """Somebody who can be a steward."""
    from everycount.site.people.actions.persons import make_account
    from site_world import AT

    return make_account(email=email, name="Steward of the new node", at=AT).email


def taken_back(code: str, *purposes: str) -> bool:
    """What a person does who has a receipt."""
    from everycount.site.consent.actions.withdrawal import How, withdraw
    from everycount.site.consent.models import Purpose
    from everycount.site.consent.queries.receipts import by_code
    from site_world import AT

    found = by_code(code)
    assert found is not None
    wanted = [Purpose(each) for each in purposes]
    return withdraw(submission=found.pk, purposes=wanted, by="respondent", at=AT, how=How.RECEIPT) is not None


def opened_by(written: str) -> dict[str, str | None]:
    """What receipts open: the answers of a person, by the first instance."""
    from everycount.site.consent import gate
    from everycount.site.consent.queries.receipts import by_code

    found = {}
    for instance, code in json.loads(written).items():
        submission = by_code(code)
        own = gate.open_own(submission) if submission else None
        found[instance] = str(own[1].answers["answer"]) if own else None
    return found


def resent() -> list[str]:
    """What becomes of what was sent on the other node, when it comes once more with a new key."""
    from everycount.questionnaire import Received
    from everycount.site.collection import intake, openrosa
    from everycount.site.collection.models import Questionnaire
    from everycount.site.collection.upload import Catch
    from site_world import answers, key

    form = Questionnaire.objects.get(form_id="invented_form")
    phone, _ = key(form.initiative)
    fates = []
    for instance, answer in ANSWERED.items():
        photo = PICTURE_NAME if instance == "uuid:1" else ""
        xml = answers(instance, answer=answer, photo=photo)
        package = openrosa._package(phone, form, Received.read(xml), Catch(xml=xml), xml)
        fates.append(str(intake.WRITER.put(package).fate))
    return fates


def pages(slug: str, email: str) -> dict[str, str]:
    """What the steward reads: the events, a reviewed submission."""
    from django.test import Client
    from django.urls import reverse

    from everycount.site.people.models import Assignment, Person, Role
    from everycount.site.registry.models import Initiative
    from everycount.site.review.models import Decision
    from site_world import AT

    who = Person.objects.get(email=email)
    here = Initiative.objects.get(slug=slug)
    Assignment.objects.get_or_create(person=who, initiative=here, role=Role.REVIEWER, defaults={"since": AT})
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
    decision = Decision.objects.select_related("submission").get()
    events = client.get(reverse("events", args=[slug]))
    sheet = client.get(reverse("one_submission", args=[slug, decision.submission_id]))
    return {"events": events.content.decode(), "sheet": sheet.content.decode()}


def run(words: list[str]) -> Any:
    from everycount.site.running import prepare

    prepare(lambda _: None)
    asked = {
        "make": make,
        "told": told,
        "opened": opened_by,
        "resent": resent,
        "pages": pages,
        "account": account,
        "withdraw": taken_back,
    }
    return asked[words[0]](*words[1:])


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(sys.argv[1:])) + "\n")
