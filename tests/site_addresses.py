"""Who may come to which address: the table that the walk over all addresses is held to.

A new address without a row here fails the walk. A row says who gets something from a safe request and from a
POST; everybody else is told that nothing is here, or is asked to sign in where they have not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from decisions_world import decisions_of, office
from everycount.site.collection.actions import attach, upload
from everycount.site.collection.marks import mark
from everycount.site.collection.models import Attachment, Edition, Submission
from everycount.site.consent.actions import ask_correction, leave_message
from everycount.site.consent.models import Basis, Consent, ConsentText, Message, Promise, Purpose, Wish
from everycount.site.fieldwork.models import Check, Draw, Flag
from everycount.site.people.actions.invitations import invite
from everycount.site.people.actions.openings import ask
from everycount.site.people.models import (
    Application,
    Assignment,
    Membership,
    NodeRole,
    Organisation,
    OrganisationKind,
    Role,
)
from everycount.site.publication.actions import plans
from everycount.site.publication.models import Release
from everycount.site.publication.printing import prints
from everycount.site.publication.queries.numbers import name_of
from everycount.site.publication.queries.releases import numbers
from everycount.site.publication.states import State
from everycount.site.questionnaires import actions as reviewing
from everycount.site.questionnaires.models import Stance
from everycount.site.returns import actions as returning
from everycount.site.returns.models import Kind
from everycount.site.vault.actions import seal
from library.release.samples import small_release
from public_world import counted_elsewhere, put_out
from publication_rows import plan_of, release_of, word_on
from site_world import AT, FIRST_ROUND, answers, initiative, key, person, published, xlsform

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.site.collection.models import Version
    from everycount.site.people.models import Person
    from everycount.site.publication.models import Plan
    from everycount.site.registry.models import Initiative

Who: TypeAlias = "str | Role | NodeRole"
ANONYMOUS, STRANGER = "anonymous", "stranger"
EVERYBODY: frozenset[Who] = frozenset({ANONYMOUS, STRANGER, *Role, *NodeRole})
SIGNED_IN = EVERYBODY - {ANONYMOUS}
NOBODY: frozenset[Who] = frozenset()
INSIDE: frozenset[Who] = frozenset(Role)
DRAFTERS: frozenset[Who] = INSIDE - {Role.STATISTICIAN, Role.RIGHTS, Role.OBSERVER}
KEEPERS: frozenset[Who] = frozenset({Role.STEWARD, Role.COORDINATOR})
REVIEWERS: frozenset[Who] = frozenset({Role.COORDINATOR, Role.REVIEWER})
COUNTERS: frozenset[Who] = KEEPERS | {Role.REVIEWER, Role.ANALYST, Role.COMMUNITY}
PROGRESS: frozenset[Who] = KEEPERS | {Role.REVIEWER}
SENDERS: frozenset[Who] = frozenset({Role.COORDINATOR, Role.COLLECTOR})
WISHES: frozenset[Who] = KEEPERS | {Role.REVIEWER}
EXPORTERS: frozenset[Who] = KEEPERS | {Role.ANALYST}
ANALYST: frozenset[Who] = frozenset({Role.ANALYST})
BODY: frozenset[Who] = frozenset({Role.COMMUNITY})
# In the world of the rows they are of a statistical office, and the only ones.
OFFICERS: frozenset[Who] = frozenset({Role.STATISTICIAN})
STEWARD: frozenset[Who] = frozenset({Role.STEWARD})
SECRETARIAT: frozenset[Who] = frozenset({NodeRole.SECRETARIAT})
OPERATOR: frozenset[Who] = frozenset({NodeRole.OPERATOR})


@dataclass(frozen=True)
class Row:
    """Who may come to an address.

    Attributes:
        get, post: who gets something.
        where: names of things of the world that stand in the address.
        data: what is posted.
        opens_when_listed: a safe request is everybody's where the initiative is listed.
        asks_to_sign_in: what becomes of those who have not.
        takes_get, takes_post: else 405, whoever asks.
        free: the address answers for itself (allauth's own flow, phones' keys): it must only not break.
    """

    get: frozenset[Who] = NOBODY
    post: frozenset[Who] = NOBODY
    where: tuple[str, ...] = ()
    data: dict[str, str] = field(default_factory=dict)
    opens_when_listed: bool = False
    asks_to_sign_in: bool = True
    takes_get: bool = True
    takes_post: bool = True
    free: bool = False


def page(get: frozenset[Who], *where: str, listed: bool = False) -> Row:
    """A page to be read."""
    return Row(get, where=where, takes_post=False, opens_when_listed=listed, asks_to_sign_in=False)


def told(get: frozenset[Who], *where: str) -> Row:
    """A page for those with an account; others are asked to sign in."""
    return Row(get, where=where, takes_post=False)


def act(post: frozenset[Who], *where: str, **data: str) -> Row:
    """A button."""
    return Row(post=post, where=where, data=data, takes_get=False)


def allauth(get: frozenset[Who] = EVERYBODY, *where: str) -> Row:
    """A page of allauth, whose own tests hold it: it does not break, and asks whom it must to sign in."""
    return Row(get, where=where, free=True)


_PHONE = Row(EVERYBODY, where=("secret",), free=True)
_MEETING = {"day": "2020-01-01", "place": "Invented", "said": "Invented"}
_STEP = {"state": "promised", "day": "2020-01-01"}
_INITIATIVE = {"name": "Invented", "language": "en"}

ROWS: dict[str, Row] = {
    # the common pages
    "home": page(EVERYBODY),
    "style": page(EVERYBODY),
    "sheet": page(EVERYBODY, "version"),
    "figures_sheet": page(EVERYBODY, "version"),
    "fill": page(EVERYBODY),
    "fill_worker": page(EVERYBODY),
    "fill_manifest": page(EVERYBODY),
    "fill_icon": page(EVERYBODY),
    "health": page(EVERYBODY),
    "set_language": act(EVERYBODY, language="fr"),
    # people
    "profile": Row(SIGNED_IN, SIGNED_IN, data={"name": "Invented", "language": "en"}),
    "sessions": told(SIGNED_IN),
    "end_sessions": act(SIGNED_IN),
    "end_account": Row(SIGNED_IN, SIGNED_IN),
    "initiatives": page(EVERYBODY),
    "admit": Row(SECRETARIAT, SECRETARIAT, data=_INITIATIVE | {"slug": "new", "steward": "a@example.org"}),
    "initiative": page(INSIDE | SECRETARIAT, "slug", listed=True),
    "change": Row(STEWARD, STEWARD, ("slug",), _INITIATIVE),
    "people": Row(INSIDE, KEEPERS, ("slug",), {"email": "b@example.org", "role": "observer"}),
    "events": page(INSIDE, "slug"),
    "feed": page(INSIDE, "slug"),
    "end_role": act(KEEPERS, "assignment"),
    "invite_again": act(KEEPERS, "offered"),
    "call_back": act(KEEPERS, "offered"),
    "invitation": Row(EVERYBODY, EVERYBODY, ("code",), {"refuse": "1"}),
    "organisations": Row(EVERYBODY, SECRETARIAT, data={"name": "New", "kind": "un"}, asks_to_sign_in=False),
    "organisation": page(EVERYBODY, "organisation"),
    "ask_membership": act(SIGNED_IN, "organisation"),
    "settle_application": act(SECRETARIAT, "application", admit="1"),
    "end_membership": act(SECRETARIAT, "membership"),
    "openings": Row(SIGNED_IN, OPERATOR, data={"initiative": "none", "reason": "Invented", "hours": "1"}),
    "decide_opening": act(STEWARD | SECRETARIAT, "opening", agree="1"),
    "end_opening": act(STEWARD | SECRETARIAT, "opening"),
    "node": told(OPERATOR),
    # consent: the receipt's code is the proof, whoever holds it
    "receipt": Row(EVERYBODY, free=True),
    "receipt_answers": Row(EVERYBODY, free=True),
    "receipt_back": Row(EVERYBODY, free=True),
    "receipt_message": Row(EVERYBODY, free=True),
    "receipt_correction": Row(EVERYBODY, free=True),
    "wishes": told(WISHES, "slug"),
    "wish": act(WISHES, "slug", "wish"),
    "consent": told(STEWARD, "slug"),
    "write_text": Row(STEWARD, STEWARD, ("slug",)),
    "add_language": Row(STEWARD, STEWARD, ("slug", "number")),
    "hear_text": told(STEWARD, "slug", "number", "language"),
    "messages": told(STEWARD, "slug"),
    "message": act(STEWARD, "slug", "message"),
    "assist": told(STEWARD, "slug"),
    "assisted": Row(STEWARD, STEWARD, ("slug", "submission")),
    # accounts
    **dict.fromkeys(
        (
            "account_login",
            "account_logout",
            "account_inactive",
            "account_signup",
            "account_signup_by_passkey",
            "account_email_verification_sent",
            "account_reset_password",
            "account_confirm_password_reset_code",
            "account_complete_password_reset",
            "account_password_reset_completed",
            "account_request_login_code",
            "account_confirm_login_code",
            "mfa_authenticate",
            "mfa_login_webauthn",
            "mfa_signup_webauthn",
        ),
        allauth(),
    ),
    **dict.fromkeys(
        (
            "account_reauthenticate",
            "account_email",
            "account_change_password",
            "account_set_password",
            "mfa_index",
            "mfa_reauthenticate",
            "mfa_activate_totp",
            "mfa_deactivate_totp",
            "mfa_view_recovery_codes",
            "mfa_generate_recovery_codes",
            "mfa_download_recovery_codes",
            "mfa_list_webauthn",
            "mfa_add_webauthn",
            "mfa_reauthenticate_webauthn",
        ),
        allauth(SIGNED_IN),
    ),
    "mfa_remove_webauthn": allauth(SIGNED_IN, "number"),
    "mfa_edit_webauthn": allauth(SIGNED_IN, "number"),
    # questionnaires and their review
    "questionnaires": page(INSIDE | SECRETARIAT, "slug", listed=True),
    "upload_questionnaire": Row(KEEPERS, KEEPERS, ("slug",)),
    "question_bank": Row(KEEPERS, KEEPERS, ("slug",)),
    "review_rule": Row(STEWARD, STEWARD, ("slug",), {"rule": "none", "reason": "Invented"}),
    "questionnaire": page(INSIDE | SECRETARIAT, "slug", "questionnaire", listed=True),
    "close_questionnaire": act(KEEPERS, "slug", "questionnaire"),
    "reopen_questionnaire": act(KEEPERS, "slug", "questionnaire"),
    "version": page(DRAFTERS, "slug", "draft"),
    "preview": page(DRAFTERS, "slug", "draft"),
    "paper": page(DRAFTERS, "slug", "draft"),
    "consent_sheet": page(DRAFTERS, "slug", "draft"),
    "xlsform": page(DRAFTERS, "slug", "draft"),
    "publish": act(KEEPERS, "slug", "draft"),
    "test_link": act(KEEPERS, "slug", "draft"),
    "add_file": act(KEEPERS, "slug", "draft"),
    "version_file": page(DRAFTERS, "slug", "draft", "file"),
    "remove_file": act(KEEPERS, "slug", "draft", "file"),
    "open_review": act(KEEPERS, "slug", "draft"),
    "close_review": act(KEEPERS, "slug", "draft"),
    "review_question": Row(DRAFTERS, frozenset({Role.COMMUNITY}), ("slug", "draft", "number")),
    "answer_voice": act(KEEPERS, "slug", "voice", words="Invented"),
    # review of submissions
    "submissions": told(COUNTERS, "slug"),
    "one_submission": told(COUNTERS, "slug", "looked_at"),
    "submission_file": told(REVIEWERS, "slug", "looked_at", "attachment"),
    "decide_submission": act(REVIEWERS, "slug", "looked_at", state="accepted", edition="2"),
    "accept_submissions": act(REVIEWERS, "slug", chosen="none"),
    "type_in": Row(SENDERS, SENDERS, where=("slug", "published"), data={"sheet": "x"}),
    "own_submissions": told(SENDERS, "slug"),
    "submission_changes": told(REVIEWERS, "slug", "looked_at"),
    "reply_submission": Row(where=("slug", "looked_at")),  # nobody who asks here has sent it
    # fieldwork
    "fieldwork": told(PROGRESS, "slug"),
    "fieldwork_of": told(PROGRESS, "slug", "questionnaire"),
    "plan_fieldwork": Row(KEEPERS, KEEPERS, ("slug", "questionnaire"), {"table": "target\n5\n"}),
    "compare_collectors": told(REVIEWERS, "slug", "questionnaire"),
    "provisional": told(KEEPERS, "slug", "questionnaire"),
    "check_again": Row(KEEPERS, KEEPERS, ("slug", "questionnaire"), {"most": "1"}),
    "one_check": Row(KEEPERS, KEEPERS, ("slug", "questionnaire", "check"), {"result": "agrees"}),
    "flags": told(REVIEWERS, "slug"),
    "dismiss_flag": act(REVIEWERS, "slug", "flag", why="asked"),
    # numbers beside the SDG indicators
    "indicators": page(EVERYBODY),
    "indicator": page(EVERYBODY, "indicator"),
    # plans of releases
    "plans": Row(COUNTERS, ANALYST, ("slug",)),
    "plan": told(COUNTERS, "slug", "written_plan"),
    "plan_by_hand": Row(ANALYST, ANALYST, ("slug", "written_plan")),
    "plan_file": told(COUNTERS, "slug", "written_plan"),
    "plan_trial": told(ANALYST, "slug", "written_plan"),
    "plan_compute": act(ANALYST, "slug", "written_plan"),
    "plan_keep": act(ANALYST, "slug", "written_plan"),
    "plan_figures": Row(ANALYST, ANALYST, ("slug", "written_plan", "number"), {"figure": "nfhs5-9:IND"}),
    "plan_part": Row(ANALYST, ANALYST, ("slug", "written_plan", "plan_part")),
    "plan_new": Row(ANALYST, ANALYST, ("slug", "written_plan", "plan_list"), {"question": "counted"}),
    "plan_item": Row(ANALYST, ANALYST, ("slug", "written_plan", "plan_list", "number")),
    "bring_release": Row(ANALYST, ANALYST, ("slug",)),
    # being told of new numbers: nothing here is public, so there is nothing to follow
    "releases_feed": page(EVERYBODY),
    "plan_feed": Row(EVERYBODY, where=("written_plan",), free=True),
    "follow_plan": Row(EVERYBODY, where=("written_plan",), free=True),
    "following": Row(EVERYBODY, where=("secret",), free=True),
    # releases that are not public, and those who decide about them
    "releases_inside": told(COUNTERS, "slug"),
    "release_inside": told(COUNTERS, "slug", "plan", "draft_number"),
    "numbers_inside": told(COUNTERS, "slug", "plan", "draft_number"),
    "release_checks": told(COUNTERS, "slug", "plan", "draft_number"),
    "release_beside": told(COUNTERS, "slug", "plan", "draft_number"),
    "move_release": act(BODY, "slug", "plan", "draft_number", "move", words="Invented"),
    "speak_on_release": act(BODY, "slug", "plan", "draft_number", stance="agree"),
    "withhold_number": Row(where=("slug", "plan", "draft_number")),  # its address says which number
    "take_back_word": Row(where=("slug", "statement"), takes_get=False),  # nobody who asks here has said it
    # exports
    "exports": told(EXPORTERS, "slug"),
    "take_out": act(EXPORTERS, "slug"),
    # follow-up
    "follow_up": told(COUNTERS, "slug"),
    "follow_up_give": act(KEEPERS, "slug"),
    "follow_up_list": act(KEEPERS, "slug", "list"),
    # decisions of statistical offices about the use of numbers
    "assessments": told(OFFICERS),
    "assess": Row(OFFICERS, OFFICERS, ("release_plan", "number"), {"measure": "safe_water", "lens": "whole"}),
    "assessment": told(OFFICERS, "assessment"),
    "assessment_step": Row(
        OFFICERS,
        OFFICERS,
        ("assessment", "block"),
        {f"{name}_answer": "U" for name in ("P1", "P2", "P3", "P4")},
    ),
    "decide_use": Row(OFFICERS, OFFICERS, ("assessment",), {"outcome": "U6"}),
    "drop_assessment": act(OFFICERS, "assessment"),
    "decisions": page(EVERYBODY),
    "decision": page(INSIDE, "decision", listed=True),
    "decision_data": page(INSIDE, "decision", listed=True),
    "reply_decision": act(KEEPERS, "decision", words="Invented"),
    "appeal_decision": act(KEEPERS, "decision", words="Invented"),
    "answer_appeal": act(OFFICERS, "appealed", outcome="stands", words="Invented"),
    "beside_release": page(NOBODY, "release_plan", "number", "beside", listed=True),
    # releases: what is public; who may see more has other pages
    "releases": page(EVERYBODY),
    "releases_of": page(NOBODY, "release_plan", listed=True),
    "release": page(NOBODY, "release_plan", "number", listed=True),
    "cite": page(NOBODY, "release_plan", "number", "cite_kind", listed=True),
    "release_file": page(NOBODY, "release_plan", "number", "release_file", listed=True),
    "release_numbers": page(NOBODY, "release_plan", "number", listed=True),
    "figure": page(NOBODY, "release_plan", "number", "figure", listed=True),
    "figure_embed": page(NOBODY, "release_plan", "number", "figure", listed=True),
    "figure_table": page(NOBODY, "release_plan", "number", "figure", listed=True),
    "figure_drawing": page(NOBODY, "release_plan", "number", "figure", listed=True),
    "give_back": page(NOBODY, "release_plan", "number", listed=True),
    "give_back_sheet": page(NOBODY, "release_plan", "number", "sheet", listed=True),
    "figure_png": page(NOBODY, "release_plan", "number", "figure", listed=True),
    "number": page(NOBODY, "release_number", listed=True),
    # what came back
    "returns": page(NOBODY, "release_plan", listed=True),
    "returns_inside": told(COUNTERS, "slug"),
    "write_return": Row(KEEPERS, KEEPERS, ("release_plan", "what"), _MEETING),
    "return_step": Row(KEEPERS, KEEPERS, ("recommendation",), _STEP),
    "answer_words": Row(KEEPERS, KEEPERS, ("said_words",), {"answer": "Invented"}),
    "unsay_words": act(BODY | KEEPERS, "said_words"),
    "number_provenance": page(NOBODY, "release_number", listed=True),
    # programs
    "release_bundle": page(NOBODY, "release_plan", "number", listed=True),
    "signing_keys": page(EVERYBODY),
    "catalogue": page(EVERYBODY),
    "oai": Row(EVERYBODY, free=True),
    "sdmx_data": page(NOBODY, "sdmx_flow", listed=True),
    "sdmx_structure": page(NOBODY, "sdmx_resource", listed=True),
    # keys
    "keys": Row(KEEPERS, where=("slug",), takes_post=False),
    "give_keys": act(KEEPERS, "slug", kind="person", names="Invented"),
    "revoke_key": act(KEEPERS, "slug", "key"),
    "phone_password": act(KEEPERS, "slug", "key"),
    # phones: the key in the path is the proof, whoever holds it
    "form_list": _PHONE,
    "form_xml": Row(EVERYBODY, where=("secret", "version_id"), free=True),
    "manifest": Row(EVERYBODY, where=("secret", "version_id"), free=True),
    "media": Row(EVERYBODY, where=("secret", "version_id", "number"), free=True),
    "entities": Row(EVERYBODY, where=("secret", "version_id", "number"), free=True),
    "submission": _PHONE,
    "list": Row(EVERYBODY, where=("secret", "version_id", "list"), free=True),
    "list_gone": Row(EVERYBODY, where=("secret", "version_id", "list"), free=True),
    "digest_list": Row(EVERYBODY, where=("version_id", "list"), free=True),
    "digest_list_gone": Row(EVERYBODY, where=("version_id", "list"), free=True),
    "returned": _PHONE,
    "returned_one": Row(EVERYBODY, where=("secret", "looked_at"), free=True),
    "returned_file": Row(EVERYBODY, where=("secret", "looked_at", "number"), free=True),
    "returned_reply": Row(EVERYBODY, where=("secret", "looked_at"), free=True),
    # the same for phones that prove themselves by a password: everybody is asked for it
    **dict.fromkeys(
        ("digest_form_list", "digest_submission", "root_form_list", "root_submission"),
        Row(EVERYBODY, free=True),
    ),
    **dict.fromkeys(("digest_form_xml", "digest_manifest"), Row(EVERYBODY, where=("version_id",), free=True)),
    **dict.fromkeys(
        ("digest_media", "digest_entities"), Row(EVERYBODY, where=("version_id", "number"), free=True)
    ),
}


def addresses() -> Iterator[URLPattern]:
    """Every address of the site."""
    yield from _patterns(get_resolver().url_patterns)


def _patterns(found: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for each in found:
        if isinstance(each, URLResolver):
            yield from _patterns(each.url_patterns)
        else:
            yield each


def consents(here: Initiative, version: Version) -> dict[str, object]:
    """A submission, a message and a text of an initiative."""
    submission = Submission.objects.create(
        questionnaire=version.questionnaire, root="uuid:1", current="uuid:1", version="1", received_at=AT
    )
    leave_message(submission=submission.pk, text="Invented", by="respondent", at=AT)
    promises = {each.value: "Invented" for each in Promise}
    ConsentText.objects.create(
        initiative=here, version=1, language="en", promises=promises, basis=Basis.SPOKEN, made_at=AT
    )
    (message,) = Message.objects.filter(initiative=here)
    ask_correction(submission=submission.pk, group="", text="Invented", by="respondent", at=AT)
    (wish,) = Wish.objects.filter(initiative=here)
    return {"submission": submission.pk, "message": message.pk, "wish": wish.pk, "language": "en"}


def _questionnaires(here: Initiative, published_version: Version) -> dict[str, object]:
    """A version in review, with a file and a voice, after one that is published; and a key."""
    by = person(Role.COORDINATOR, here)
    draft = upload(initiative=here, xlsform=xlsform(version="2"), name="form.xlsx", by=by, at=AT)
    file = attach(version=draft, name="map.png", content=b"x", is_entity_list=False, by=by, at=AT)
    review = reviewing.open_review(version=draft, by=by, at=AT)
    said = reviewing.Said("q:answer", Stance.OBJECT, "Invented")
    reviewing.speak(review=review, said=[said], by=person(Role.COMMUNITY, here), at=AT)
    return {
        "questionnaire": published_version.questionnaire_id,
        "draft": draft.id,
        "published": published_version.id,
        "file": file.pk,
        "voice": review.voices.get().pk,
        "key": key(here)[0].pk,
    }


def looked_at(here: Initiative, version: Version) -> dict[str, object]:
    """A submission with a picture, corrected once, whose person agreed that it is looked at."""
    contents = [
        answers("uuid:was", answer="203", photo="p.jpg"),
        answers("uuid:look", replaces="uuid:was", photo="p.jpg"),
        b"\0\5p.jpgjpeg",
    ]
    was, text, picture = seal(initiative=here.pk, contents=contents, by="system", at=AT)
    submission = Submission.objects.create(
        questionnaire=version.questionnaire,
        root="uuid:was",
        current="uuid:look",
        version="1",
        received_at=AT,
        awaits_consent=False,
    )
    for number, (instance, item) in enumerate((("uuid:was", was), ("uuid:look", text)), 1):
        Edition.objects.create(
            submission=submission, number=number, instance=instance, digest="a", item=item, received_at=AT
        )
    named = mark("file name", "p.jpg", of=submission.questionnaire.initiative_id)
    attached = Attachment.objects.create(
        submission=submission, name_hash=named, digest="b", item=picture, received_at=AT
    )
    for purpose in (Purpose.COLLECTION, Purpose.REVIEW, Purpose.STATISTICS, Purpose.CONTACT):
        Consent.objects.create(
            submission=submission.pk, initiative=here.pk, purpose=purpose, basis=Basis.SPOKEN, since=AT
        )
    draw = Draw.objects.create(
        questionnaire=version.questionnaire, seed="invented", most=1, drawn_at=AT, event=1
    )
    check = Check.objects.create(draw=draw, submission=submission, collector="Invented phone")
    figures = {"minutes": 4, "usual": 31, "limit": 12}
    flag = Flag.objects.create(
        questionnaire=version.questionnaire, submission=submission, kind="short", figures=figures, since=AT
    )
    return {"looked_at": submission.pk, "attachment": attached.pk, "flag": flag.pk, "check": check.pk}


_PLAN = """
[survey]
id = "invented"
title = "Invented"
period = "2026"
area = "IND"
[design]
kind = "purposive"
[[measure]]
id = "counted"
kind = "proportion"
question = "counted"
in = ["yes"]
"""


def _planned(here: Initiative, version: Version) -> dict[str, object]:
    """A plan of a release."""
    by = person(Role.ANALYST, here)
    plan = plans.write(questionnaire=version.questionnaire, text=_PLAN, by=by, at=AT)
    return {"written_plan": plan.slug, "plan_part": "policy", "plan_list": "measure", "indicator": "6.1.1"}


def _public(here: Initiative) -> dict[str, object]:
    """A public release and one of its numbers."""
    release = put_out(counted_elsewhere(here), small_release())
    prints(release)  # once for all tests: what is printed follows from the numbers
    cell = numbers(release).cells.cells[0]
    return {
        "release_plan": release.plan.slug,
        "release_number": name_of(release, cell),
        "release_file": "cells.csv",
        "cite_kind": "bib",
        "figure": "distance",
        "sheet": "brief.en.pdf",
        "sdmx_resource": "dataflow",
        "sdmx_flow": "DF_" + numbers(release).survey.id,
        **_given_back(release.plan, here),
    }


def _given_back(plan: Plan, here: Initiative) -> dict[str, object]:
    """Words that somebody spoke, and a recommendation that waits for an answer."""
    by = person(Role.COORDINATOR, here)
    said = returning.say(plan=plan, kind=Kind.DISSENT, words="Invented", by=by, at=AT)
    asked = returning.recommend(plan=plan, words="Invented", to="Office", day=AT.date(), by=by, at=AT)
    return {"what": "meeting", "said_words": said.pk, "recommendation": asked.pk}


def _releases(here: Initiative, version: Version) -> dict[str, object]:
    """A public release, and the next one with the community body."""
    plan = plan_of(version.questionnaire)
    before = release_of(plan, 1, State.PUBLISHED, published_at=AT)
    draft = release_of(plan, 2, State.COMMUNITY, given=[before.digest])
    said = word_on(draft, person(Role.COMMUNITY, here))
    return {"plan": plan.slug, "draft_number": 2, "move": "refuse", "statement": said.pk}


def _follow_up(here: Initiative) -> str:
    """The list that a questionnaire makes."""
    published(here, "invented_households", sheets=FIRST_ROUND)
    return "households"


@dataclass
class World:
    """An invented initiative with things to be asked for, and the one who asks."""

    here: Initiative
    asks: Person | None
    names: dict[str, object]

    @classmethod
    def made(cls, who: Who, *, listed: bool) -> World:
        """With everything of others: nothing in it belongs to the one who asks."""
        here = initiative(listed=listed)
        version = published(here)
        steward = person(Role.STEWARD, here)
        observer = person(Role.OBSERVER, here)
        offered = invite(initiative=here, email="c@example.org", role=Role.OBSERVER, by=steward, at=AT)
        opening = ask(initiative=here, reason="Invented", hours=1, by=person(NodeRole.OPERATOR), at=AT)
        union = Organisation.objects.create(name="Invented union", kind=OrganisationKind.CIVIL_SOCIETY)
        names: dict[str, object] = {
            "slug": here.slug,
            "version": "any",
            "number": 1,
            "secret": key(here)[1],
            "version_id": version.id,
            "assignment": Assignment.objects.get(person=observer).pk,
            "offered": offered.pk,
            "opening": opening.pk,
            "organisation": union.pk,
            "application": Application.objects.create(person=observer, organisation=union, asked_at=AT).pk,
            **consents(here, version),
            **looked_at(here, version),
            "list": _follow_up(here),
            **_releases(here, version),
            **_questionnaires(here, version),
            **_planned(here, version),
            **_public(here),
            **decisions_of(Release.objects.get(plan__slug="invented-numbers")),
            "membership": Membership.objects.create(person=steward, organisation=union, since=AT).pk,
        }
        asks = None if who == ANONYMOUS else person(None if who == STRANGER else who, here)  # type: ignore[arg-type]
        if asks is not None and who in OFFICERS:
            Membership.objects.create(person=asks, organisation=office(), since=AT)
        return cls(here, asks, names)


def path_of(pattern: URLPattern, world: World) -> str:
    """Where an address stands in a world."""
    name = str(pattern.name)
    return reverse(name, args=[world.names[each] for each in ROWS[name].where])
