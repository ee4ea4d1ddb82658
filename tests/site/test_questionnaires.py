"""Questionnaires through their pages: uploaded, compared, reviewed by the community, published, closed."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from everycount.faults import InputError
from everycount.questionnaire import read_xlsform, write_xlsform
from everycount.site.collection import actions as collection
from everycount.site.collection.models import KeyKind, MediaFile, State, Version
from everycount.site.collection.queries import form_of, listed
from everycount.site.ledger.models import Event
from everycount.site.people.models import Person, Role
from everycount.site.questionnaires import actions
from everycount.site.questionnaires.models import Review, ReviewRule, Rule, Stance, Voice
from site_world import AT, CHOICES, SURVEY, initiative, key, person, published, xlsform

if TYPE_CHECKING:
    from everycount.site.registry.models import Initiative

pytestmark = pytest.mark.django_db
XSS = "<script>alert(1)</script>"


def signed(who: Person | None) -> Client:
    client = Client()
    if who is not None:
        client.force_login(who)
    return client


def sheets(survey: list[Any] = SURVEY, choices: list[Any] = CHOICES, version: str = "1") -> bytes:
    settings = [["form_title", "form_id", "version"], ["Invented form", "invented_form", version]]
    return write_xlsform({"survey": survey, "choices": choices, "settings": settings})


def upload(client: Client, where: Initiative, data: bytes, name: str = "form.xlsx") -> Any:
    address = f"/initiatives/{where.slug}/questionnaires/upload"
    return client.post(address, {"file": SimpleUploadedFile(name, data)})


def draft(where: Initiative, by: Person, data: bytes | None = None) -> Version:
    return collection.upload(initiative=where, xlsform=data or xlsform(), name="form.xlsx", by=by, at=AT)


def at(version: Version, rest: str = "") -> str:
    slug = version.questionnaire.initiative.slug
    return f"/initiatives/{slug}/questionnaires/versions/{version.id}/{rest}".rstrip("/")


@pytest.fixture
def here() -> Initiative:
    return initiative(listed=True)


@pytest.fixture
def coordinator(here: Initiative) -> Person:
    return person(Role.COORDINATOR, here)


def test_a_form_is_uploaded_seen_and_saved_as_it_was(here: Initiative, coordinator: Person) -> None:
    client = signed(coordinator)
    data = xlsform()
    answer = upload(client, here, data, "../../our form.xlsx")
    assert answer.status_code == 302
    page = client.get(answer["Location"])
    assert b"Invented form" in page.content
    saved = client.get(f"{answer['Location']}/xlsform")
    assert saved.content == data
    assert 'filename="our form.xlsx"' in saved["Content-Disposition"]
    assert saved["Content-Disposition"].startswith("attachment")


def test_faults_are_listed_with_place_and_remedy(here: Initiative, coordinator: Person) -> None:
    survey = [SURVEY[0], ("select_on yn", "counted", "May we?", ""), ("text", "an answer", "Tell us", "")]
    answer = upload(signed(coordinator), here, sheets(survey))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "sheet survey, row 2" in page
    assert "sheet survey, row 3" in page
    assert "an answer" in page
    assert not Version.objects.exists()


@pytest.mark.parametrize(
    "data",
    [b"", b"\0" * 100, b"PK\x03\x04broken", b"<html>", "\u202esurvey".encode(), b"survey,type\n,=1+1"],
)
def test_hostile_bytes_are_refused_in_words(here: Initiative, coordinator: Person, data: bytes) -> None:
    answer = upload(signed(coordinator), here, data)
    assert answer.status_code == 422
    assert not Version.objects.exists()


def test_a_large_file_is_stopped_while_it_comes(here: Initiative, coordinator: Person) -> None:
    answer = upload(signed(coordinator), here, b"a" * 26_000_000)
    assert answer.status_code == 422
    assert not Version.objects.exists()
    answer = upload(signed(coordinator), here, b"a" * 11_000_000)
    assert answer.status_code == 422
    assert "at most 10" in answer.content.decode()


def test_words_of_a_form_never_run(here: Initiative, coordinator: Person) -> None:
    member = person(Role.COMMUNITY, here)
    survey = [
        (*SURVEY[0], "hint"),
        ("select_one yn", "counted", XSS, "statistics", XSS),
        ("begin_group", "g", XSS, "", ""),
        ("text", "t", "{{ settings.SECRET_KEY }}{% url 'home' %}", "", "'\"><img src=x onerror=alert(1)>"),
        ("end_group", "", "", "", ""),
    ]
    choices = [CHOICES[0], ("yn", "yes", XSS), ("yn", "no", '" onmouseover="alert(1)')]
    settings = [["form_title", "form_id", "version"], [XSS, "invented_form", '"><b>']]
    data = write_xlsform({"survey": survey, "choices": choices, "settings": settings})
    version = draft(here, coordinator, data)
    actions.open_review(version=version, by=coordinator, at=AT)
    review = Review.objects.get()
    said = [actions.Said("q:counted", Stance.OBJECT, XSS), actions.Said("c:yn/yes", Stance.COMMENT, XSS)]
    actions.speak(review=review, said=said, by=member, at=AT)
    actions.answer(voice=Voice.objects.filter(stance="object").get(), words=XSS, by=coordinator, at=AT)
    for rest in ("", "preview", "review/1", "review/2"):
        for who in (coordinator, member):
            page = signed(who).get(at(version, rest))
            text = page.content.decode()
            assert page.status_code == 200
            assert "<script" not in text
            assert "<img" not in text
            assert "&lt;script&gt;alert(1)" in text
            assert 'onmouseover="' not in text
            assert "script-src 'self'" in page["Content-Security-Policy"]
    page = signed(coordinator).get(f"/initiatives/{here.slug}/questionnaires").content.decode()
    assert "<script" not in page


def test_a_draft_of_the_same_version_gives_way(here: Initiative, coordinator: Person) -> None:
    first = draft(here, coordinator)
    second = draft(here, coordinator)
    assert list(Version.objects.values_list("id", flat=True)) == [second.id] != [first.id]
    actions.open_review(version=second, by=coordinator, at=AT)
    with pytest.raises(InputError, match="version “1” is taken"):
        draft(here, coordinator)


def test_a_changed_type_is_refused_and_the_rest_is_listed(here: Initiative, coordinator: Person) -> None:
    published(here)
    client = signed(coordinator)
    changed = [SURVEY[0], ("text", "counted", "May we?", ""), *SURVEY[2:]]
    answer = upload(client, here, sheets(changed, version="2"))
    assert answer.status_code == 422
    assert "was of the type select_one and is now text" in answer.content.decode()
    mended = [*SURVEY[:2], ("text", "more", "More?", ""), SURVEY[3]]
    choices = [*CHOICES[:2], ("yn", "later", "Later")]
    answer = upload(client, here, sheets(mended, choices, version="2"))
    page = client.get(answer["Location"]).content.decode()
    for words in ("New question:", "Question left out:", "New category:", "Category left out:", "Later"):
        assert words in page


def test_a_type_stays_refused_when_the_question_was_away_for_a_version(
    here: Initiative, coordinator: Person
) -> None:
    published(here)
    without = draft(here, coordinator, sheets([SURVEY[0], SURVEY[1]], version="2"))
    collection.publish(version=without, by=coordinator, at=AT)
    back = [SURVEY[0], SURVEY[1], ("integer", "answer", "How many?", "")]
    with pytest.raises(InputError, match="was of the type text and is now integer"):
        draft(here, coordinator, sheets(back, version="3"))


def test_nothing_is_published_before_the_community_spoke(here: Initiative, coordinator: Person) -> None:
    version, client = draft(here, coordinator), signed(coordinator)
    answer = client.post(at(version, "publish"))
    assert answer.status_code == 422
    assert "has not been asked" in answer.content.decode()
    client.post(at(version, "review/open"))
    assert client.post(at(version, "publish")).status_code == 422
    member = signed(person(Role.COMMUNITY, here))
    answer = member.post(
        at(version, "review/1"),
        {"0-stance": "endorse", "1-stance": "object", "1-words": "Yes to what?", "2-stance": ""},
    )
    assert answer["Location"] == at(version, "review/2")
    page = client.get(at(version)).content.decode()
    assert "1 objection is not answered" in page
    assert "Yes to what?" in page
    assert client.post(at(version, "publish")).status_code == 302
    version.refresh_from_db()
    assert version.state == State.PUBLISHED
    record = Client().get(at(version)).content.decode()  # a stranger reads the record of a listed initiative
    assert "Yes to what?" in record
    assert "Invented Person" not in record


def test_the_rule_of_all_waits_for_all(here: Initiative, coordinator: Person) -> None:
    steward, members = person(Role.STEWARD, here), [person(Role.COMMUNITY, here) for _ in range(2)]
    answer = signed(steward).post(
        f"/initiatives/{here.slug}/questionnaires/rule", {"rule": "all", "reason": "It is about all of us."}
    )
    assert answer.status_code == 302
    version = draft(here, coordinator)
    review = actions.open_review(version=version, by=coordinator, at=AT)
    for member in members:
        with pytest.raises(InputError, match="more people"):
            actions.publish(version=version, by=coordinator, at=AT)
        actions.speak(review=review, said=[actions.Said("q:answer", Stance.ENDORSE)], by=member, at=AT)
    actions.publish(version=version, by=coordinator, at=AT)
    review.refresh_from_db()
    assert (review.rule, review.reason, review.closed_at) == ("all", "It is about all of us.", AT)


def test_all_of_nobody_is_not_enough(here: Initiative, coordinator: Person) -> None:
    actions.set_rule(initiative=here, rule=Rule.ALL, quorum=0, reason="All.", by=coordinator, at=AT)
    version = draft(here, coordinator)
    actions.open_review(version=version, by=coordinator, at=AT)
    with pytest.raises(InputError, match="1 more people"):
        actions.publish(version=version, by=coordinator, at=AT)


def test_without_a_review_the_reason_is_printed(here: Initiative, coordinator: Person) -> None:
    steward = person(Role.STEWARD, here)
    address = f"/initiatives/{here.slug}/questionnaires/rule"
    assert signed(steward).post(address, {"rule": "none", "reason": " "}).status_code == 422
    assert signed(coordinator).post(address, {"rule": "none", "reason": "x"}).status_code == 404
    signed(steward).post(address, {"rule": "none", "reason": "The body wrote it itself."})
    version = draft(here, coordinator)
    assert signed(coordinator).post(at(version, "publish")).status_code == 302
    page = Client().get(at(version)).content.decode()
    assert "The body wrote it itself." in page
    assert "was not asked" in page


def test_a_voice_is_changed_until_the_review_closes(here: Initiative, coordinator: Person) -> None:
    member, version = person(Role.COMMUNITY, here), draft(here, coordinator)
    client = signed(member)
    actions.open_review(version=version, by=coordinator, at=AT)
    client.post(at(version, "review/1"), {"0-stance": "object", "0-words": "Too long."})
    voice = Voice.objects.get()
    signed(coordinator).post(
        f"/initiatives/{here.slug}/questionnaires/voices/{voice.id}/answer", {"words": "We cut it."}
    )
    voice.refresh_from_db()
    assert voice.answer == "We cut it."
    client.post(at(version, "review/1"), {"0-stance": "object", "0-words": "Too long."})
    assert Voice.objects.get().answer == "We cut it."  # the same words again are no new voice
    client.post(at(version, "review/1"), {"0-stance": "endorse", "0-words": ""})
    voice = Voice.objects.get()
    assert (voice.stance, voice.words, voice.answer) == ("endorse", "", "")
    signed(coordinator).post(at(version, "review/close"))
    assert client.post(at(version, "review/1"), {"0-stance": "comment", "0-words": "x"}).status_code == 404
    assert Voice.objects.get().stance == "endorse"


def test_an_objection_has_its_reason(here: Initiative, coordinator: Person) -> None:
    version = draft(here, coordinator)
    actions.open_review(version=version, by=coordinator, at=AT)
    client = signed(person(Role.COMMUNITY, here))
    answer = client.post(at(version, "review/1"), {"0-stance": "object", "0-words": "  "})
    assert answer.status_code == 422
    assert "Say in a sentence" in answer.content.decode()
    answer = client.post(at(version, "review/1"), {"0-stance": "", "0-words": "Hm."})
    assert "Choose one" in answer.content.decode()
    assert not Voice.objects.exists()


def test_a_thing_that_is_not_there_is_refused(here: Initiative, coordinator: Person) -> None:
    version = draft(here, coordinator)
    review = actions.open_review(version=version, by=coordinator, at=AT)
    with pytest.raises(InputError, match="no such question"):
        actions.speak(review=review, said=[actions.Said("q:none", Stance.ENDORSE)], by=coordinator, at=AT)


def test_events_tell_that_somebody_spoke_and_never_what(here: Initiative, coordinator: Person) -> None:
    version = draft(here, coordinator)
    review = actions.open_review(version=version, by=coordinator, at=AT)
    said = [actions.Said("q:answer", Stance.OBJECT, "heron")]
    actions.speak(review=review, said=said, by=person(Role.COMMUNITY, here), at=AT)
    actions.answer(voice=Voice.objects.get(), words="egret", by=coordinator, at=AT)
    actions.publish(version=version, by=coordinator, at=AT)
    events = list(Event.objects.filter(verb__startswith="concepts."))
    assert [event.verb for event in events] == [
        "concepts.review_opened",
        "concepts.spoken",
        "concepts.answered",
        "concepts.review_closed",
    ]
    assert events[-1].payload == {"version": "1", "people": 1, "endorsed": 0, "objected": 1}
    told = "".join(f"{event.payload}{event.object}" for event in events)
    assert "heron" not in told
    assert "egret" not in told
    assert "answer" not in told


def test_one_published_version_and_old_ones_stay_welcome(here: Initiative, coordinator: Person) -> None:
    first = published(here)
    second = draft(here, coordinator, xlsform(version="2"))
    collection.publish(version=second, by=coordinator, at=AT)
    first.refresh_from_db()
    assert first.state == State.REPLACED
    phone, _secret = key(here)
    assert [each.version for each in listed(phone)] == [second.id]
    assert form_of(phone, first.id) is not None


def test_a_closed_questionnaire_is_not_listed_and_opens_again(here: Initiative, coordinator: Person) -> None:
    version = published(here)
    phone, _secret = key(here)
    base = f"/initiatives/{here.slug}/questionnaires/{version.questionnaire_id}"
    signed(coordinator).post(f"{base}/close")
    assert listed(phone) == []
    assert b"Closed since" in Client().get(base).content
    signed(coordinator).post(f"{base}/reopen")
    assert len(listed(phone)) == 1
    verbs = Event.objects.filter(verb__in=["questionnaire.closed", "questionnaire.reopened"])
    assert verbs.count() == 2


def test_a_draft_is_tried_by_a_link_and_its_tests_are_not_counted(
    here: Initiative, coordinator: Person
) -> None:
    first, version = published(here), draft(here, coordinator, xlsform(version="2"))
    answer = signed(coordinator).post(at(version, "test-link"))
    assert answer.status_code == 201
    page = answer.content.decode()
    assert "<svg" in page
    assert "is never counted" in page
    secret = page.split("/key/")[1].split("<")[0]
    listing = Client().get(f"/key/{secret}/formList").content.decode()
    assert f"/forms/{version.id}.xml" in listing
    assert str(first.id) not in listing
    assert KeyKind.DRAFT in here.keys.values_list("kind", flat=True)


def test_files_beside_a_form_reach_the_phone(here: Initiative, coordinator: Person) -> None:
    version, client = draft(here, coordinator), signed(coordinator)
    picture = SimpleUploadedFile("well map.png", b"\x89PNG")
    assert client.post(at(version, "files"), {"file": picture}).status_code == 302
    people = SimpleUploadedFile("wells.csv", b"name,label\nw1,North\nw2,South\n")
    client.post(at(version, "files"), {"file": people, "is_entity_list": "on"})
    collection.publish(version=version, by=coordinator, at=AT)
    _key, secret = key(here)
    base = f"/key/{secret}/forms/{version.id}"
    manifest = Client().get(f"{base}/manifest").content.decode()
    assert '<mediaFile type="entityList"><filename>wells.csv</filename>' in manifest
    assert "<filename>well map.png</filename>" in manifest
    wells = MediaFile.objects.get(name="wells.csv")
    assert f"<integrityUrl>http://testserver{base}/entities/{wells.pk}</integrityUrl>" in manifest
    told = Client().get(f"{base}/entities/{wells.pk}?id=w1,gone").content.decode()
    assert '<entity id="w1"><deleted>false</deleted></entity>' in told
    assert '<entity id="gone"><deleted>true</deleted></entity>' in told
    picture_row = MediaFile.objects.get(name="well map.png")
    assert Client().get(f"{base}/entities/{picture_row.pk}?id=w1").status_code == 404
    assert client.post(at(version, f"files/{wells.pk}/remove")).status_code == 422
    assert MediaFile.objects.count() == 2  # what phones have stays


@pytest.mark.parametrize(
    ("name", "content", "entity"),
    [
        (".htaccess", b"x", False),
        ("a\u202egnp.exe", b"x", False),
        ("no-ending", b"x", False),
        ("list.csv", b"id,words\n1,2\n", True),
        ("list.csv", b"\xff\xfe\x00", True),
        ("picture.png", b"name,label\n", True),
        ("empty.csv", b"", False),
    ],
)
def test_odd_files_are_refused(
    here: Initiative, coordinator: Person, name: str, content: bytes, *, entity: bool
) -> None:
    version = draft(here, coordinator)
    with pytest.raises(InputError):
        collection.attach(
            version=version, name=name, content=content, is_entity_list=entity, by=coordinator, at=AT
        )
    if "\u202e" in name:
        return  # such signs are gone from a browser's file name before it comes here
    data = {"file": SimpleUploadedFile(name, content)} | ({"is_entity_list": "on"} if entity else {})
    assert signed(coordinator).post(at(version, "files"), data).status_code == 422


def test_a_path_in_a_file_name_is_cut(here: Initiative, coordinator: Person) -> None:
    version = draft(here, coordinator)
    body = SimpleUploadedFile("x.png", b"x")
    body.name = "../../etc/passwd.png"
    signed(coordinator).post(at(version, "files"), {"file": body})
    assert [file.name for file in MediaFile.objects.all()] == ["passwd.png"]


def test_a_form_from_the_bank_becomes_a_draft_or_a_file(here: Initiative, coordinator: Person) -> None:
    client, address = signed(coordinator), f"/initiatives/{here.slug}/questionnaires/bank"
    page = client.get(address).content.decode()
    assert "Functioning: the Washington Group Short Set" in page
    given = {
        "title": "Our village",
        "form_id": "our_village",
        "version": "1",
        "languages": "English\nKiswahili (sw)",
        "consent": "May we count you?",
        "block_functioning": ["wg-ss-seeing"],
        "block_identity": ["identity-group"],
    }
    answer = client.post(address, given)
    assert answer.status_code == 422
    assert "needs categories" in answer.content.decode()
    given["own_identity-group"] = "Herders\n=Fishers"
    saved = client.post(address, given | {"download": "1"})
    data = saved.content
    form = read_xlsform(data)
    assert form.languages == ("en", "sw")
    assert form.question("identity_group").codes == ("herders", "fishers")
    cells = openpyxl.load_workbook(io.BytesIO(data))["choices"].iter_rows()
    assert {cell.data_type for row in cells for cell in row if cell.value} == {"s"}
    answer = client.post(address, given)
    assert answer.status_code == 302
    assert Version.objects.get().questionnaire.form_id == "our_village"


def test_every_page_in_each_language(here: Initiative, coordinator: Person) -> None:
    survey = [
        ("type", "name", "label::English (en)", "label::العربية (ar)"),
        ("select_one yn", "counted", "May we count you?", "هل يمكننا عدّك؟"),
        ("text", "more", "Anything else?", ""),
    ]
    choices = [("list_name", "name", "label::English (en)", "label::العربية (ar)"), ("yn", "y", "Yes", "نعم")]
    version = draft(here, coordinator, sheets(survey, choices))
    page = signed(coordinator).get(at(version, "preview?language=ar")).content.decode()
    assert 'lang="ar" dir="rtl"' in page
    assert "هل يمكننا عدّك؟" in page
    assert "not translated" in page
    assert 'dir="ltr"' in signed(coordinator).get(at(version, "preview?language=xx")).content.decode()


def test_only_the_community_speaks(here: Initiative, coordinator: Person) -> None:
    version = draft(here, coordinator)
    actions.open_review(version=version, by=coordinator, at=AT)
    for role in Role:
        status = signed(person(role, here)).post(at(version, "review/1"), {"0-stance": "endorse"}).status_code
        assert (status == 302) == (role is Role.COMMUNITY), role
    assert Voice.objects.count() == 1


def test_a_rule_has_its_number(here: Initiative, coordinator: Person) -> None:
    with pytest.raises(InputError, match="at least 1"):
        actions.set_rule(initiative=here, rule=Rule.QUORUM, quorum=0, reason="x", by=coordinator, at=AT)
    assert not ReviewRule.objects.exists()
