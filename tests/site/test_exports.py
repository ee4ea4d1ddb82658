"""Taking records out: who and what for, what goes along and what stays, and that it is written down."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest
from django.test import Client
from django.utils.translation import override

from everycount.formats.cells_csv import unguarded
from everycount.microdata.chosen import Held
from everycount.site.consent import used
from everycount.site.consent.actions import How, withdraw
from everycount.site.consent.models import Consent, Ended, Purpose, Use
from everycount.site.exports import archive, queries
from everycount.site.exports.actions import take_out
from everycount.site.exports.wanted import Format, Wanted
from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import broken
from everycount.site.people.models import NodeRole, Role
from everycount.site.review.actions import accept_many, decide
from everycount.site.review.models import Reason, State
from everycount.site.vault.models import Item
from everycount.site.vault.sealing import BrokenSealError
from exported import SURVEY, Households, household, unpacked
from site_world import AT, initiative, person

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
EVERY_FORMAT = (Format.CSV, Format.XLSX, Format.JSON, Format.GEOJSON, Format.PARQUET)


@pytest.fixture
def there() -> Iterator[Households]:
    with override("en"):  # what files say is in the reader's language, whoever read before
        yield Households()
    assert list(broken()) == []


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_records_and_rosters_come_as_files_that_join(there: Households) -> None:
    there.store(household("uuid:1"), household("uuid:2", ages=("70",)))
    files = unpacked(there.file())
    assert sorted(files) == ["README.txt", "codebook.csv", "illness.csv", "main.csv", "member.csv"]
    main, members, illnesses = (rows(files[f"{name}.csv"]) for name in ("main", "member", "illness"))
    assert [row["balance"] for row in main] == ["-5", "-5"]
    assert {row["water"] for row in main} == {"'=well"}
    assert [(row["assets_radio"], row["assets_bike"]) for row in main] == [("0", "1")] * 2
    assert [row["born"] for row in main] == ["1990-05"] * 2
    by_person = {row["person"]: [m["m_age"] for m in members if m["person"] == row["person"]] for row in main}
    assert sorted(by_person.values()) == [["34", "5"], ["70"]]
    assert sorted(row["number"] for row in members) == ["1", "1", "2"]
    assert sorted((row["number"], row["parent_number"]) for row in illnesses) == [
        ("1", "1"),
        ("1", "1"),
        ("2", "2"),
    ]
    assert [row["person"] for row in main] == sorted(row["person"] for row in main)


@pytest.mark.parametrize("file", EVERY_FORMAT)
def test_nobody_is_named_where_answers_are(there: Households, file: Format) -> None:
    there.store(*(household(f"uuid:{number}", wish="Secret wish") for number in range(12)))
    made = there.file(file, table="" if file != Format.PARQUET else "main")
    if file in {Format.CSV, Format.XLSX}:
        made = "".join(unpacked(made).values()).encode()
    for secret in (b"Secret", b"1555", b"12.34567", b"77.12345", b"secret.jpg", b"uuid:", b"05-17"):
        assert secret not in made, secret
    assert b"wish" not in made or b"wish: people write" in made


def test_words_and_days_go_along_where_the_purpose_may_need_them(there: Households) -> None:
    there.store(household("uuid:1", wish="A well"))
    (row,) = rows(unpacked(there.file(also=(Held.TEXT, Held.DAY)))["main.csv"])
    assert (row["wish"], row["born"]) == ("A well", "1990-05-17")
    assert "full_name" not in row


def test_names_go_to_those_who_may_contact_people_and_nothing_goes_with_them(there: Households) -> None:
    there.store(household("uuid:1"), household("uuid:2", called="no"))
    (person_,) = rows(unpacked(there.file(purpose=Purpose.CONTACT))["contacts.csv"])
    assert {name: value for name, value in person_.items() if name != "person"} == {
        "full_name": "Secret uuid:1",
        "phone_number": "+15551",
    }
    counted = {row["person"] for row in rows(unpacked(there.file())["main.csv"])}
    assert person_["person"] not in counted


@pytest.mark.parametrize("who", [*Role, *NodeRole, "stranger", "elsewhere"])
@pytest.mark.parametrize("purpose", [Purpose.STATISTICS, Purpose.SHARING, Purpose.ARCHIVE, Purpose.CONTACT])
def test_only_the_right_role_takes_out(there: Households, who: object, purpose: Purpose) -> None:
    there.store(household("uuid:1"))
    if who == "elsewhere":
        asks = person(Role.STEWARD, initiative())
    else:
        asks = person() if who == "stranger" else person(who, there.initiative)  # type: ignore[arg-type]
    may = {
        Purpose.STATISTICS: {Role.ANALYST},
        Purpose.SHARING: {Role.STEWARD},
        Purpose.ARCHIVE: {Role.STEWARD},
        Purpose.CONTACT: {Role.STEWARD, Role.COORDINATOR},
    }[purpose]
    wanted = Wanted(purpose, Format.CSV, "en", reason="They are invented.")
    taken = take_out(questionnaire=there.questionnaire, wanted=wanted, by=asks, at=AT)
    assert (taken is not None) == (who in may)
    if taken:
        assert b"".join(taken.chunks)
    assert Event.objects.filter(verb="records.taken_out").exists() == (who in may)


def test_each_export_is_in_the_ledger_and_no_answer_is(there: Households) -> None:
    there.store(household("uuid:1"), household("uuid:2"))
    readme = unpacked(there.file())["README.txt"]
    taken = Event.objects.get(verb="records.taken_out")
    opened = Event.objects.get(verb="records.opened")
    assert taken.payload == {"purpose": "statistics", "format": "csv", "records": 2, "opened": opened.number}
    assert (taken.actor, taken.object) == (there.analyst.ref, f"questionnaire:{there.questionnaire.pk}")
    assert f"Entry {opened.number} of the ledger" in readme
    assert len(used.names_of(Use.objects.get(event=opened.number))) == 2


def test_the_ledger_is_written_before_the_first_answer(there: Households) -> None:
    there.store(household("uuid:1"))
    chunks = there.chunks(Format.JSON)
    assert next(chunks).startswith(b'{"codebook":')
    assert not Event.objects.filter(verb="records.taken_out").exists()
    assert b'"about":' in next(chunks)
    assert Event.objects.filter(verb="records.taken_out").exists()
    assert b"-5" in next(chunks)


@pytest.mark.parametrize("file", [Format.CSV, Format.XLSX, Format.JSON, Format.GEOJSON, Format.PARQUET])
@pytest.mark.parametrize("table", ["", "main"])
def test_what_breaks_off_is_never_taken_for_whole(
    there: Households, file: Format, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server ends it as if nothing had happened."""
    monkeypatch.setattr("everycount.site.consent.gate.MANY", 1)
    there.store(household("uuid:1"), household("uuid:2"))
    chunks, came = there.chunks(file, table=table), b""
    came += next(chunks) if file != Format.PARQUET else b""
    Item.objects.filter(slot=Item.objects.order_by("slot").values("slot")[:1]).update(content=b"broken")
    with pytest.raises(BrokenSealError):  # noqa: PT012 - what came before it breaks is looked at
        for chunk in chunks:
            came += chunk
    if file in {Format.CSV, Format.XLSX} or (file == Format.PARQUET and not table):
        with pytest.raises(zipfile.BadZipFile):
            unpacked(came)
    elif file == Format.PARQUET:
        assert came == b""
    else:
        with pytest.raises(json.JSONDecodeError):
            json.loads(came)


@pytest.mark.parametrize("purpose", [Purpose.STATISTICS, Purpose.SHARING, Purpose.CONTACT])
def test_a_withdrawal_marks_the_export_as_under_revision(there: Households, purpose: Purpose) -> None:
    (submission,) = there.store(household("uuid:1"))
    there.file(purpose=purpose)
    assert Use.objects.count() == 1
    withdraw(submission=submission.pk, purposes=[purpose], by="respondent", at=AT, how=How.RECEIPT)
    assert Use.objects.get().under_revision_since == AT


def people(there: Households, **more: object) -> int:
    return len(rows(unpacked(there.file(**more))["main.csv"]))  # type: ignore[arg-type]


def test_who_did_not_agree_or_took_it_back_is_absent(there: Households) -> None:
    made = there.store(
        household("uuid:1"),
        household("uuid:2"),
        household("uuid:3", counted="no"),
        household("uuid:4", given="no"),
    )
    assert people(there) == 3
    assert people(there, purpose=Purpose.SHARING) == 3
    withdraw(submission=made[0].pk, purposes=[Purpose.STATISTICS], by="respondent", at=AT, how=How.RECEIPT)
    assert people(there) == 2
    made[1].awaits_consent = True
    made[1].save()
    assert people(there) == 1
    made[3].is_test = True
    made[3].save()
    assert people(there) == 0


def test_whoever_takes_it_back_while_the_file_is_made_is_left_out(
    there: Households, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("everycount.site.consent.gate.MANY", 1)
    there.store(*(household(f"uuid:{number}") for number in range(3)))
    chunks = there.chunks(Format.JSON)
    came = [next(chunks) for _ in range(3)]
    assert came[2].count(b'"person"') == 1
    Consent.objects.update(until=AT, ended=Ended.WITHDRAWN)
    assert b"person" not in b"".join(chunks)


def test_what_was_erased_meanwhile_is_left_out(there: Households) -> None:
    there.store(household("uuid:1"), household("uuid:2"))
    Item.objects.filter(pk__in=list(Item.objects.values_list("pk", flat=True))[:1]).delete()
    assert people(there) == 1


def test_what_reviewers_rejected_is_absent_and_only_accepted_can_be_asked_for(there: Households) -> None:
    reviewer = person(Role.REVIEWER, there.initiative)
    first, second, _third = there.store(*(household(f"uuid:{number}") for number in range(3)))
    more = {"edition": 1, "by": reviewer, "at": AT}
    decide(submission=first.pk, state=State.REJECTED, reason=Reason.DUPLICATE, **more)  # type: ignore[arg-type]
    accept_many(initiative=there.initiative, submissions=[second.pk], seen=AT, by=reviewer, at=AT)
    assert people(there) == 2
    assert people(there, accepted_only=True) == 1


def test_the_corrected_version_counts_and_keeps_its_pseudonym(there: Households) -> None:
    there.store(household("uuid:1", balance="1"))
    (before,) = rows(unpacked(there.file())["main.csv"])
    there.store(household("uuid:2", balance="2", replaces="uuid:1"), replaces="uuid:1")
    (after,) = rows(unpacked(there.file())["main.csv"])
    assert (before["balance"], after["balance"]) == ("1", "2")
    assert before["person"] == after["person"]


def test_pseudonyms_differ_by_purpose_and_stay_within_one(there: Households) -> None:
    there.store(household("uuid:1"))

    def name(purpose: Purpose) -> str:
        return rows(unpacked(there.file(purpose=purpose))["main.csv"])[0]["person"]

    assert name(Purpose.STATISTICS) == name(Purpose.STATISTICS) != name(Purpose.SHARING)


FORMULAS = [
    "=1+1",
    "+SUM(A1)",
    "-2+3",
    "@x",
    "\tx",
    "\r=x",
    "'=1",
    '=HYPERLINK("http://x")',
    "a,b",
    'say "so"',
    "a\nb",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_spreadsheet_runs_an_answer(there: Households, text: str) -> None:
    there.store(household("uuid:1", wish=text.replace("\r", "&#13;")).replace(b"&amp;#13;", b"&#13;"))
    (row,) = rows(unpacked(there.file(also=(Held.TEXT,)))["main.csv"])
    assert not row["wish"].startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguarded(row["wish"]) == text
    book = openpyxl.load_workbook(io.BytesIO(there.file(Format.XLSX, also=(Held.TEXT,))))
    head, values = list(book["main"].iter_rows())
    cell = values[[each.value for each in head].index("wish")]
    assert cell.data_type in {"s", "inlineStr"}
    assert not str(cell.value).startswith(("=", "+", "-", "@", "\t"))
    balance = values[[each.value for each in head].index("balance")]
    assert (balance.data_type, balance.value) == ("n", -5)


def test_a_workbook_has_a_sheet_for_each_table(there: Households) -> None:
    there.store(household("uuid:1"))
    book = openpyxl.load_workbook(io.BytesIO(there.file(Format.XLSX)))
    assert book.sheetnames == ["main", "member", "illness", "codebook", "README"]
    assert [cell.value for cell in book["member"][1]] == ["person", "number", "m_age"]
    assert [[cell.value for cell in row][1:] for row in book["member"].iter_rows(min_row=2)] == [
        [1, 34],
        [2, 5],
    ]


def test_json_holds_rosters_inside(there: Households) -> None:
    there.store(household("uuid:1", ages=("34", "x")), household("uuid:2", ages=()))
    told = json.loads(there.file(Format.JSON))
    found = sorted(told["records"], key=lambda each: len(each["member"]))
    assert found[0]["member"] == []
    assert found[1]["member"] == [
        {"m_age": 34, "illness": [{"i_kind": "tap"}]},
        {"m_age": None, "illness": [{"i_kind": "tap"}]},
    ]
    assert (found[1]["balance"], found[1]["assets_bike"]) == (-5, 1)
    assert "Purpose" in told["about"]
    (alone,) = {row["m_age"] for row in json.loads(there.file(Format.JSON, table="member"))["records"]} - {
        None
    }
    assert alone == 34


def test_a_map_shows_squares_that_many_share(there: Households) -> None:
    many = [household(f"uuid:a{number}", home=f"12.3{number:02} 77.1 0 0") for number in range(10)]
    few = [household(f"uuid:b{number}", home=f"40.{number} 8.{number} 0 0") for number in range(10)]
    there.store(*many, *few, household("uuid:c", home="-60.5 10.5 0 0"), household("uuid:d", home=""))
    told = json.loads(there.file(Format.GEOJSON))
    places = [each["geometry"] and tuple(each["geometry"]["coordinates"]) for each in told["features"]]
    assert sorted(places, key=str) == sorted([(77.15, 12.35)] * 10 + [(8.5, 40.5)] * 10 + [None] * 2, key=str)
    assert all(each["properties"]["person"] for each in told["features"])


def test_what_earlier_versions_asked_stands_beside_what_is_asked_now(there: Households) -> None:
    there.store(household("uuid:1"))
    later = [row for row in SURVEY if row[1] != "balance"]
    later.insert(13, ("integer", "rooms", "Rooms", "Pièces", ""))
    there.publish("2", later)
    new = (
        household("uuid:2", version="2")
        .replace(b"<balance>-5</balance>", b"")
        .replace(b"<wish></wish>", b"<rooms>3</rooms><wish></wish>")
    )
    there.store(new, version="2")
    found = rows(unpacked(there.file())["main.csv"])
    assert sorted((row["balance"], row["rooms"]) for row in found) == [("", "3"), ("-5", "")]


def test_the_codebook_speaks_the_chosen_language_and_opens_nothing(there: Households) -> None:
    there.store(household("uuid:1"))
    book = rows(there.file(Format.CODEBOOK, language="fr").decode())
    assert {"Eau de", "Robinet"} <= {row["label"] for row in book} | {row["code_label"] for row in book}
    assert ("'=well", "Puits") in {(row["code"], row["code_label"]) for row in book}
    assert not Event.objects.filter(verb__in=["records.opened", "records.taken_out"]).exists()


def test_one_table_comes_alone(there: Households) -> None:
    there.store(household("uuid:1"))
    files = unpacked(there.file(table="member"))
    assert sorted(files) == ["README.txt", "codebook.csv", "member.csv"]
    assert [row["m_age"] for row in rows(files["member.csv"])] == ["34", "5"]


def test_rosters_with_the_names_of_other_things_stand_beside_them() -> None:
    names = {"member": "codebook", "illness": "main"}
    survey = [(row[0], names.get(row[1], row[1]), *row[2:]) for row in SURVEY]
    survey.insert(8, ("text", "main", "Odd", "Odd", ""))
    there = Households(survey)
    xml = household("uuid:1", ages=("34",))
    for old, new in ((b"member>", b"codebook>"), (b"illness>", b"main>")):
        xml = xml.replace(old, new)
    there.store(xml)
    files = unpacked(there.file())
    assert sorted(files) == ["README.txt", "codebook.csv", "codebook_2.csv", "codebook_main.csv", "main.csv"]
    assert [row["m_age"] for row in rows(files["codebook_2.csv"])] == ["34"]
    (record,) = json.loads(there.file(Format.JSON, also=(Held.TEXT,)))["records"]
    assert record["main"] is None
    assert record["codebook_2"] == [{"m_age": 34, "codebook_main": [{"i_kind": "tap"}]}]


def test_rosters_wait_sealed(there: Households) -> None:
    spool = archive.Spool()
    spool.add(b"the answer " * 20_000)
    spool._file.flush()
    spool._file.seek(0)
    assert b"answer" not in spool._file.read()
    spool._file.seek(0, 2)
    assert b"".join(spool.chunks()) == b"the answer " * 20_000


def test_few_people_are_not_counted_out(there: Households) -> None:
    there.store(*(household(f"uuid:{number}", counted="no") for number in range(9)), household("uuid:x"))
    told = queries.counted(there.questionnaire, Purpose.STATISTICS)
    assert (told.goes, told.not_agreed, told.rejected, told.waiting) == (1, None, None, None)
    there.store(household("uuid:y", counted="no"))
    assert queries.counted(there.questionnaire, Purpose.STATISTICS).not_agreed == 10


def page(who: object) -> Client:
    client = Client()
    client.force_login(who)  # type: ignore[arg-type]
    return client


def test_the_page_leads_to_the_file(there: Households) -> None:
    there.store(household("uuid:1"))
    client, where = page(there.analyst), f"/initiatives/{there.initiative.slug}/exports"
    text = client.get(where).content.decode()
    assert "1 record, in its corrected version." in text
    assert 'value="geojson"' in text
    assert "fewer than 10, perhaps none" in text
    assert "full_name</code></bdi>: names or finds a person" in text
    data = {
        "questionnaire": str(there.questionnaire.pk),
        "purpose": "statistics",
        "format": "csv",
        "language": "fr",
    }
    answer = client.post(f"{where}/take", data)
    assert answer["Content-Disposition"].startswith('attachment; filename="households-statistics-2')
    files = unpacked(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    assert "Robinet" in files["codebook.csv"]


def test_no_map_is_offered_where_no_place_was_asked_for() -> None:
    there = Households([row for row in SURVEY if row[0] != "geopoint"])
    text = page(there.analyst).get(f"/initiatives/{there.initiative.slug}/exports").content.decode()
    assert 'value="csv"' in text
    assert 'value="geojson"' not in text


def test_a_steward_chooses_what_for_and_nothing_else_is_taken(there: Households) -> None:
    client, where = page(there.steward), f"/initiatives/{there.initiative.slug}/exports"
    assert "To keep them for later generations" in client.get(where).content.decode()
    data = {"questionnaire": str(there.questionnaire.pk), "purpose": "statistics", "format": "csv"}
    assert client.post(f"{where}/take", data).status_code == 302
    wrong = client.post(f"{where}/take", data | {"purpose": "contact", "format": "geojson"})
    assert wrong.status_code == 422
    assert not Event.objects.filter(verb="records.taken_out").exists()


@pytest.mark.parametrize("purpose", [Purpose.SHARING, Purpose.CONTACT])
def test_words_of_people_go_to_nobody_outside(there: Households, purpose: Purpose) -> None:
    data = {
        "questionnaire": str(there.questionnaire.pk),
        "purpose": purpose.value,
        "format": "csv",
        "also": "text",
        "reason": "They are invented.",
    }
    there.store(household("uuid:1", wish="Secret wish"))
    answer = page(there.steward).post(f"/initiatives/{there.initiative.slug}/exports/take", data)
    made = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert "Secret wish" not in "".join(unpacked(made).values())
