"""Lists of places that somebody gives as CSV: faults by line, again is as good as once, phones get them."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.translation import override

from everycount.faults import InputError
from everycount.questionnaire import Entity
from everycount.site.collection.models import KeyKind
from everycount.site.followup import given
from everycount.site.followup.actions import give_list
from everycount.site.followup.making import Member, members
from everycount.site.followup.models import GivenList
from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import broken
from everycount.site.people.models import Role
from site_world import AT, SECOND_ROUND, initiative, key, person, published

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.site.registry.models import Initiative

pytestmark = pytest.mark.django_db
WARDS = b'name,label,ward\nq1,Old quay,7\nq2,"Market, upper",8\n'


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Whatever a test before this one spoke."""
    with override("en"):
        yield
    assert list(broken()) == []


def faults(content: bytes, name: str = "wards") -> list[str]:
    with pytest.raises(InputError) as caught:
        given.read(name, content)
    return [str(each) for each in caught.value.faults]


def test_every_fault_is_named_by_line_value_and_remedy() -> None:
    text = "name,label\na,Quay\na,Quay again\n,Nameless\nb,\nc,One,too many\n"
    assert faults(text.encode()) == [
        "Line 3: The id “a” stands in line 2, too. Remove one of the two, or give it an id of its own.",
        "Line 4: The id “” is empty or too long. Give each place an id of at most 255 signs.",
        "Line 5: The place “b” has no label. Write what people call it.",
        (
            "Line 6: It has 3 cells, and the first line has 2. "
            "Add or remove commas; put a text with a comma between quotes."
        ),
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no column “name”"),
        (b"id,label\n", "no column “name”"),
        (b"name,label,__version\n", "“__version” cannot be the name of a column"),
        (b"name,label,a b\n", "“a b” cannot be the name of a column"),
        (b"name,label,x,x\n", "“x” stands there twice"),
        (b"name,label\na,\xff\n", "Byte 13 is no UTF-8"),
        (b'name,label\na,"quay\n', "It is no CSV"),
        (b"name,label\n" + b"a,b\n" * 100, "stands in line 2, too"),
    ],
)
def test_what_is_no_list_is_refused(content: bytes, said: str) -> None:
    found = faults(content)
    assert said in found[0]
    assert len(found) <= 20


@pytest.mark.parametrize("name", ["", "7wards", "a/b", "__x", "a" * 101])
def test_a_list_has_a_name_that_forms_can_ask_for(name: str) -> None:
    assert "cannot be the name of a list" in faults(WARDS, name)[0]


def test_too_many_places_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(given, "MOST", 1)
    assert faults(WARDS) == ["File: There are 2 places. Give at most 1."]


def test_again_is_as_good_as_once_however_it_is_written() -> None:
    here = initiative()
    by = person(Role.COORDINATOR, here)
    wanted = {"initiative": here, "name": "wards", "by": by, "at": AT}
    assert give_list(**wanted, content=WARDS)
    other = '\ufeffname , label,ward\r\n q1,Old quay,7\r\n\r\nq2,"Market, upper",8\r\n'.encode()
    assert not give_list(**wanted, content=other)
    event = Event.objects.get(verb="list.given")
    assert (event.actor, event.payload) == (by.ref, {"places": 2})
    assert give_list(**wanted, content=WARDS + b"q3,Hill,9\n")
    assert GivenList.objects.get().places == 3
    with pytest.raises(InputError):
        give_list(**wanted, content=b"name,label\nq1,\n")
    assert GivenList.objects.get().places == 3


def fetched(here: Initiative, form: object, kind: KeyKind = KeyKind.PERSON) -> list[dict[str, str]]:
    _, secret = key(here, kind)
    manifest = Client().get(f"/key/{secret}/forms/{form}/manifest").content.decode()
    assert 'type="entityList"' in manifest
    (address,) = re.findall(r"<downloadUrl>(?:https?://[^/]+)?([^<]+)</downloadUrl>", manifest)
    return list(csv.DictReader(io.StringIO(Client().get(address).content.decode())))


@pytest.mark.parametrize("kind", [KeyKind.PERSON, KeyKind.PUBLIC])
def test_forms_that_ask_for_it_get_it(kind: KeyKind) -> None:
    here = initiative()
    # It asks for households.csv, and brings its entities up to date.
    version = published(here, "second", sheets=SECOND_ROUND)
    by = person(Role.COORDINATOR, here)
    give_list(initiative=here, name="households", content=WARDS, by=by, at=AT)
    rows = fetched(here, version.pk, kind)
    assert [(row["name"], row["label"], row["__version"], row["ward"]) for row in rows] == [
        ("q1", "Old quay", "1", "7"),
        ("q2", "Market, upper", "1", "8"),
    ]
    give_list(initiative=here, name="households", content=WARDS + b"q3,Hill,9\n", by=by, at=AT)
    assert len(fetched(here, version.pk, kind)) == 3


def test_submissions_bring_given_places_up_to_date() -> None:
    places = given.read("wards", WARDS).places
    told = [Entity("q1", is_new=False, label="New quay", properties={"ward": "70"})]
    assert members(told, places) == [
        Member("q1", "New quay", 2, {"ward": "70"}),
        Member("q2", "Market, upper", 1, {"ward": "8"}),
    ]


def test_the_page_takes_a_list_and_says_what_to_mend() -> None:
    here = initiative()
    client = Client()
    client.force_login(person(Role.COORDINATOR, here))
    page, where = f"/initiatives/{here.slug}/follow-up", f"/initiatives/{here.slug}/lists/give"

    def post(content: bytes, name: str = "wards") -> tuple[int, str]:
        data = {"name": name, "file": SimpleUploadedFile("w.csv", content)}
        answer = client.post(where, data, follow=True)
        return answer.status_code, answer.content.decode()

    status, said = post(b"name,label\na,Quay\na,Quay again\n")
    assert status == 422
    assert "Line 3" in said
    assert "stands in line 2, too" in said
    assert not GivenList.objects.exists()
    status, said = post(WARDS)
    assert status == 200
    assert "2 places" in said
    assert "Phones get the list from now on." in said
    assert "The list was so already." in post(WARDS)[1]
    assert "Give the list" in client.get(page).content.decode()
    client.force_login(person(Role.REVIEWER, here))
    assert "Give the list" not in client.get(page).content.decode()
    assert client.post(where, {"name": "x"}).status_code == 404
