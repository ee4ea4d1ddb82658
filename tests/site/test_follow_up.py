"""Follow-up: lists that a round makes, the next round's phones get, and people leave; rounds compared."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyarrow.parquet
import pyreadstat
import pytest
from django.test import Client
from django.utils.translation import override

from consented import Field, read_all
from everycount.questionnaire import Declared, declared, read_entity
from everycount.site.collection import actions, openrosa, receiving
from everycount.site.collection.models import KeyKind, Submission
from everycount.site.consent import fed
from everycount.site.consent.actions import How, erase, withdraw
from everycount.site.consent.models import Purpose
from everycount.site.exports.actions import take_out
from everycount.site.exports.wanted import Format, Wanted
from everycount.site.followup.actions import link_waiting
from everycount.site.followup.linking import LINKS, Links
from everycount.site.followup.making import Member, members
from everycount.site.followup.models import Link
from everycount.site.followup.queries import members as queries
from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import broken
from everycount.site.people.models import Role
from everycount.site.review.actions import decide
from everycount.site.review.models import Reason, State
from everycount.site.vault.models import Item
from site_world import AT, FIRST_ROUND, SECOND_ROUND, initiative, key, person, xlsform

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from everycount.site.collection.models import Version
    from everycount.site.people.models import Person

pytestmark = pytest.mark.django_db


def told(form_id: str, entity: str, *, head: str, again: str = "yes", new: bool = True, **more: str) -> bytes:
    """A household as a phone tells of it."""
    instance = more.get("instance", f"uuid:{form_id} {entity}")
    what = 'create="1"' if new else 'update="1" baseVersion="1"'
    replaced = f"<deprecatedID>{more['replaces']}</deprecatedID>" if "replaces" in more else ""
    return (
        f'<data id="{form_id}" version="1"><again>{again}</again>'
        f"<counted>{more.get('counted', 'yes')}</counted><head>{head}</head>"
        f"<people>{more.get('people', '4')}</people><meta>"
        f'<entity dataset="households" id="{entity}" {what}><label>{head}</label></entity>'
        f"<instanceID>{instance}</instanceID>{replaced}</meta></data>"
    ).encode()


class Rounds(Field):
    """Two questionnaires: the first makes a list of households, the second asks for it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        self.clock = AT

        class Later:
            """Each submission comes a minute after the one before."""

            def put(_, package: Any) -> Any:  # noqa: N805 - the round is self
                self.clock += timedelta(minutes=1)
                (outcome,) = receiving.receive([package], at=self.clock)
                return outcome

        monkeypatch.setattr(openrosa, "WRITER", Later())
        self.coordinator = person(Role.COORDINATOR, self.initiative)
        self.first, self.second = self.made("first", FIRST_ROUND), self.made("second", SECOND_ROUND)

    def made(self, form_id: str, sheets: dict[str, list[tuple[str, ...]]]) -> Version:
        data = xlsform(form_id, sheets=sheets)
        version = actions.upload(
            initiative=self.initiative, xlsform=data, name="form.xlsx", by=self.coordinator, at=AT
        )
        actions.publish(version=version, by=self.coordinator, at=AT)
        return version

    def comes(self, xml: bytes) -> Submission:
        assert self.send(xml).status_code == 201
        read_all()
        return Submission.objects.latest("received_at")

    def manifest(self, secret: str = "") -> str:
        answer = Client().get(f"/key/{secret or self.secret}/forms/{self.second.pk}/manifest")
        assert answer.status_code == 200
        return answer.content.decode()

    def fetched(self, secret: str = "") -> list[dict[str, str]]:
        """The list as a phone gets it: by the manifest, with the MD5 that stands there."""
        text = self.manifest(secret)
        assert 'type="entityList"' in text
        (address,) = re.findall(r"<downloadUrl>(?:https?://[^/]+)?([^<]+)</downloadUrl>", text)
        answer = Client().get(address)
        assert answer.status_code == 200
        digest = hashlib.md5(answer.content, usedforsecurity=False).hexdigest()
        assert f"<hash>md5:{digest}</hash>" in text
        return list(csv.DictReader(io.StringIO(answer.content.decode())))


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rounds]:
    yield Rounds(monkeypatch)
    assert list(broken()) == []


def signed(who: Person) -> Client:
    client = Client()
    client.force_login(who)
    return client


def names(rounds: Rounds) -> list[str]:
    return [row["head"] for row in rounds.fetched()]


def test_a_list_goes_to_the_phones_of_the_next_round(rounds: Rounds) -> None:
    rounds.comes(told("first", "a", head="Ngozi", people="5"))
    rounds.comes(told("first", "b", head="Rosa"))
    assert "manifestUrl" in Client().get(f"/key/{rounds.secret}/formList").content.decode()
    assert rounds.fetched() == [
        {"name": "a", "label": "Ngozi", "__version": "1", "head": "Ngozi", "people": "5"},
        {"name": "b", "label": "Rosa", "__version": "1", "head": "Rosa", "people": "4"},
    ]
    rounds.comes(told("second", "a", head="Ngozi the younger", people="6", new=False))
    (first, _) = rounds.fetched()
    assert first == {
        "name": "a",
        "label": "Ngozi the younger",
        "__version": "2",
        "head": "Ngozi the younger",
        "people": "6",
    }
    integrity = f"/key/{rounds.secret}/forms/{rounds.second.pk}/lists/households.csv/gone?id=a,zz"
    text = Client().get(integrity).content.decode()
    assert '<entity id="a"><deleted>false</deleted>' in text
    assert '<entity id="zz"><deleted>true</deleted>' in text


def test_only_who_agrees_to_be_spoken_to_again_is_in_it(rounds: Rounds) -> None:
    rounds.comes(told("first", "a", head="Ngozi"))
    rounds.comes(told("first", "b", head="Rosa", again="no"))
    assert names(rounds) == ["Ngozi"]


def test_who_takes_it_back_is_out_at_once(rounds: Rounds) -> None:
    one = rounds.comes(told("first", "a", head="Ngozi"))
    other = rounds.comes(told("first", "b", head="Rosa"))
    assert names(rounds) == ["Ngozi", "Rosa"]
    withdraw(submission=one.pk, purposes=[Purpose.CONTACT], by="respondent", at=AT, how=How.RECEIPT)
    assert names(rounds) == ["Rosa"]
    erase(submission=other.pk, by="respondent", at=AT, how=How.RECEIPT)
    assert names(rounds) == []
    assert Link.objects.filter(submission=other.pk).count() == 0


def test_a_no_in_a_later_round_holds_for_the_household(rounds: Rounds) -> None:
    rounds.comes(told("first", "a", head="Ngozi"))
    rounds.comes(told("second", "a", head="Ngozi", again="no", new=False))
    assert names(rounds) == []
    rounds.comes(told("second", "a", head="Ngozi", new=False, instance="uuid:x", replaces="uuid:second a"))
    assert names(rounds) == ["Ngozi"]


def test_what_was_rejected_makes_nobody_a_member(rounds: Rounds) -> None:
    one = rounds.comes(told("first", "a", head="Ngozi"))
    assert names(rounds) == ["Ngozi"]
    decide(
        submission=one.pk,
        state=State.REJECTED,
        edition=1,
        by=rounds.reviewer,
        at=AT,
        reason=Reason.DUPLICATE,
    )
    assert names(rounds) == []


@pytest.mark.parametrize("kind", [KeyKind.PUBLIC, KeyKind.ONCE])
def test_a_link_that_many_may_have_gets_an_empty_list(rounds: Rounds, kind: KeyKind) -> None:
    rounds.comes(told("first", "a", head="Ngozi"))
    _, secret = key(rounds.initiative, kind)
    assert rounds.fetched(secret) == []
    assert names(rounds) == ["Ngozi"]


def test_a_file_of_that_name_that_somebody_put_there_comes_first(rounds: Rounds) -> None:
    made = actions.upload(
        initiative=rounds.initiative,
        xlsform=xlsform("second", "2", SECOND_ROUND),
        name="form.xlsx",
        by=rounds.coordinator,
        at=AT,
    )
    content = b"name,label\nq,Old quay\n"
    actions.attach(
        version=made,
        name="households.csv",
        content=content,
        is_entity_list=True,
        by=rounds.coordinator,
        at=AT,
    )
    actions.publish(version=made, by=rounds.coordinator, at=AT)
    rounds.second = made
    assert [row["label"] for row in rounds.fetched()] == ["Old quay"]


def test_making_a_list_is_an_event_and_fetching_it_unchanged_opens_nothing(rounds: Rounds) -> None:
    rounds.comes(told("first", "a", head="Ngozi"))
    names(rounds)
    event = Event.objects.filter(verb="records.opened").latest("number")
    assert (event.actor, event.payload) == (rounds.key.ref, {"purpose": "contact", "records": 1})
    before = Event.objects.count()
    names(rounds)
    assert Event.objects.count() == before


def test_the_tables_hold_no_household(rounds: Rounds) -> None:
    rounds.comes(told("first", "a-household", head="Ngozi", instance="uuid:1"))
    names(rounds)
    rows = [str(value) for row in Link.objects.values() for value in row.values()]
    assert not [each for each in rows if "a-household" in each or "Ngozi" in each]
    assert Item.objects.count() == 1  # nothing but the answers themselves
    assert not [each for each in Event.objects.all() if "a-household" in f"{each.object}{each.payload}"]


def test_another_initiative_s_phone_gets_nothing(rounds: Rounds) -> None:
    rounds.comes(told("first", "a", head="Ngozi"))
    _, secret = key(initiative())
    address = f"/key/{secret}/forms/{rounds.second.pk}/lists/households.csv"
    assert Client().get(address).status_code == 404
    assert Client().get(f"{address}/gone?id=a").status_code == 404
    own = f"/key/{rounds.secret}/forms/{rounds.second.pk}/lists/nothing.csv"
    assert Client().get(own).status_code == 404


def test_rounds_are_compared_and_few_are_not_told(rounds: Rounds) -> None:
    for number in range(24):
        rounds.comes(told("first", f"h{number}", head="Invented", again="no"))
    for number in range(12, 24):
        rounds.comes(told("second", f"h{number}", head="Invented", again="no", new=False))
    for number in range(30, 35):
        rounds.comes(told("second", f"h{number}", head="Invented", again="no"))
    link_waiting(initiative=rounds.initiative.pk, at=AT)
    (found,) = queries.compared(rounds.initiative)
    assert (found.linked, found.lost, found.new) == (None, None, None)  # five are new
    for number in range(35, 40):
        rounds.comes(told("second", f"h{number}", head="Invented", again="no"))
    rounds.comes(told("second", "h40", head="Invented", counted="no"))
    link_waiting(initiative=rounds.initiative.pk, at=AT)
    (found,) = queries.compared(rounds.initiative)
    assert (found.linked, found.lost, found.new) == (12, 12, 10)
    page = signed(rounds.analyst).get(f"/initiatives/{rounds.initiative.slug}/follow-up").content.decode()
    assert '<td class="n">12</td><td class="n">12</td><td class="n">10</td>' in page
    assert "fewer than 10" in page  # nobody agreed to be in the list but one
    both = Submission.objects.filter(root__in=("uuid:first h12", "uuid:second h12"))
    ids = queries.panel_ids(list(both.values_list("pk", flat=True)))
    assert len(ids) == 2
    assert len(set(ids.values())) == 1
    apart = Submission.objects.filter(root__in=("uuid:first h12", "uuid:first h13", "uuid:second h40"))
    ids = queries.panel_ids(list(apart.values_list("pk", flat=True)))
    assert len(set(ids.values())) == len(ids) == 2  # the third does not want to be counted
    withdraw(submission=both[0].pk, purposes=[Purpose.STATISTICS], by="respondent", at=AT, how=How.RECEIPT)
    assert len(queries.panel_ids(list(both.values_list("pk", flat=True)))) == 1


def test_a_long_list_comes_a_page_at_a_time_and_only_that_is_opened(
    rounds: Rounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PER_PAGE", 2)
    for name in "abcde":
        rounds.comes(told("first", name, head=f"Invented {name}"))
    rounds.comes(told("second", "a", head="Renamed", new=False))
    address = f"/initiatives/{rounds.initiative.slug}/follow-up/households"
    coordinator = signed(rounds.coordinator)
    with override("en"):
        first, last = (coordinator.post(address, {"page": page}).content.decode() for page in ("1", "3"))
    assert "Renamed" in first
    assert "Invented b" in first
    assert "Page 1 of 3" in first
    assert "Invented c" not in first
    assert "Invented e" in last
    opened = Event.objects.filter(verb="records.opened").order_by("number")
    counts = [each.payload["records"] for each in opened]
    assert counts[-2:] == [3, 1]  # two of one household and one of another; then the last


def test_one_household_more_opens_no_other(rounds: Rounds) -> None:
    for name in "abc":
        rounds.comes(told("first", name, head=f"Invented {name}"))
    assert len(names(rounds)) == 3
    rounds.comes(told("first", "d", head="Invented d"))
    rounds.comes(told("second", "a", head="Renamed", new=False))
    assert names(rounds) == ["Renamed", "Invented b", "Invented c", "Invented d"]
    opened = Event.objects.filter(verb="records.opened").latest("number")
    assert opened.payload["records"] == 2


def test_links_are_made_in_the_background(rounds: Rounds) -> None:
    rounds.comes(told("first", "a", head="Ngozi"))
    links = Links()
    links.work(AT)
    assert Link.objects.count() == 1
    assert LINKS.work in fed.BESIDE_READING
    rounds.comes(told("first", "b", head="Rosa"))
    links.work(AT)
    assert Link.objects.count() == 1  # it rests
    links.after = 0.0
    links.work(AT)
    assert Link.objects.count() == 2


def test_what_is_damaged_keeps_no_other_from_being_linked(rounds: Rounds) -> None:
    one = rounds.comes(told("first", "a", head="Ngozi"))
    rounds.comes(told("first", "b", head="Rosa"))
    item = Item.objects.get(pk=one.editions.get().item)
    Item.objects.filter(pk=item.pk).update(content=bytes(item.content or b"")[:-1])
    assert link_waiting(initiative=rounds.initiative.pk, at=AT) == 2
    assert Link.objects.exclude(mark="").count() == 1


@pytest.mark.parametrize(
    ("file", "ending"), [(Format.SPSS, ".sav"), (Format.STATA, ".dta"), (Format.PARQUET, ".parquet")]
)
def test_labelled_files_of_two_rounds_are_joined_by_one_column(
    rounds: Rounds, file: Format, ending: str, tmp_path: Path
) -> None:
    rounds.comes(told("first", "a", head="Ngozi"))
    rounds.comes(told("first", "b", head="Rosa"))
    rounds.comes(told("second", "b", head="Rosa", new=False))
    panels = []
    for version in (rounds.first, rounds.second):
        with zipfile.ZipFile(io.BytesIO(exported(rounds, version, file, Purpose.STATISTICS))) as whole:
            (name,) = [each for each in whole.namelist() if each.endswith(ending)]
            path = tmp_path / f"{version.questionnaire.form_id}{ending}"
            path.write_bytes(whole.read(name))
        panels.append(panel_of(path))
    assert len(panels[0]) == 2
    assert len(panels[0] & panels[1]) == len(panels[1]) == 1
    assert not any(each in {"a", "b", ""} for each in panels[0])


def panel_of(path: Path) -> set[str]:
    """The column as the programs read it, with its label where they know one."""
    if path.suffix == ".parquet":
        table = pyarrow.parquet.read_table(path)
        assert b"each round" in table.schema.field("panel_id").metadata[b"label"]
        return set(table.column("panel_id").to_pylist())
    frame, meta = {".sav": pyreadstat.read_sav, ".dta": pyreadstat.read_dta}[path.suffix](path)
    assert "each round" in meta.column_names_to_labels["panel_id"]
    return set(frame["panel_id"])


def test_who_may_open_a_list(rounds: Rounds) -> None:
    rounds.comes(told("first", "a", head="Ngozi"))
    address = f"/initiatives/{rounds.initiative.slug}/follow-up/households"
    page = signed(rounds.coordinator).post(address).content.decode()
    assert "Ngozi" in page
    event = Event.objects.filter(verb="records.opened").latest("number")
    assert (event.actor, event.payload["purpose"]) == (rounds.coordinator.ref, "contact")
    for who in (rounds.reviewer, rounds.analyst):
        assert signed(who).post(address).status_code == 404
    assert signed(rounds.coordinator).post(f"{address}-none").status_code == 404
    assert signed(rounds.coordinator).get(address).status_code == 405


def test_a_form_says_what_it_makes_and_asks_for(rounds: Rounds) -> None:
    first, second = declared(bytes(rounds.first.xform)), declared(bytes(rounds.second.xform))
    assert (first.list, dict(first.properties), first.files) == (
        "households",
        {"head": "head", "people": "people"},
        (),
    )
    assert (second.list, second.files) == ("households", ("households.csv",))
    entity = read_entity(told("first", "UUID:A", head="Ngozi"), first)
    assert entity is not None
    assert (entity.id, entity.is_new, entity.label) == ("a", True, "Ngozi")
    for odd in (
        told("first", "", head="Ngozi"),
        told("first", "a" * 256, head="Ngozi"),
        told("first", "a", head="Ngozi").replace(b'create="1"', b'create=""'),
        told("first", "a", head="Ngozi").replace(b"households", b"others"),
        b"<data/>",
    ):
        assert read_entity(odd, first) is None


def test_what_brings_an_entity_up_to_date_that_nobody_made_is_left_out() -> None:
    form = Declared("households", {"head": "head"})
    told_of = [
        read_entity(told("second", "a", head="Ngozi", new=False), form),
        read_entity(told("first", "a", head="Ngozi"), form),
        read_entity(told("first", "a", head="Twice"), form),
        read_entity(told("second", "b", head="Rosa", new=False), form),
    ]
    rows = [each for each in told_of if each is not None]
    assert members(rows) == [Member("a", "Twice", 2, {"head": "Twice"})]


def exported(rounds: Rounds, version: Version, file: Format, purpose: Purpose) -> bytes:
    given = Wanted(purpose=purpose, format=file, language="en")
    by = rounds.analyst if purpose == Purpose.STATISTICS else rounds.steward
    made = take_out(questionnaire=version.questionnaire, wanted=given, by=by, at=AT)
    assert made is not None
    return b"".join(made.chunks)


def test_exports_of_two_rounds_are_joined_by_one_column(rounds: Rounds) -> None:
    rounds.comes(told("first", "a", head="Ngozi", people="5"))
    rounds.comes(told("first", "b", head="Rosa"))
    rounds.comes(told("second", "b", head="Rosa", people="6", new=False))
    rounds.comes(told("second", "c", head="Amal"))
    files = {
        version.questionnaire.form_id: json.loads(exported(rounds, version, Format.JSON, Purpose.STATISTICS))[
            "records"
        ]
        for version in (rounds.first, rounds.second)
    }
    panels = {name: {row["panel_id"]: row["people"] for row in rows} for name, rows in files.items()}
    (both,) = panels["first"].keys() & panels["second"].keys()
    assert (panels["first"][both], panels["second"][both]) == (4, 6)
    assert len(panels["first"]) == len(panels["second"]) == 2
    assert not {"a", "b", "c"} & {*panels["first"], *panels["second"]}
    with zipfile.ZipFile(io.BytesIO(exported(rounds, rounds.first, Format.CSV, Purpose.STATISTICS))) as whole:
        (name,) = [each for each in whole.namelist() if "codebook" not in each and each.endswith(".csv")]
        rows = list(csv.DictReader(io.StringIO(whole.read(name).decode("utf-8-sig"))))
    assert {row["panel_id"] for row in rows} == set(panels["first"])
