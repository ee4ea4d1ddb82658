"""Pictures and sounds leave under pseudonyms, for whom may, and without where they were taken."""

from __future__ import annotations

import csv
import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.translation import override

from consented import read_all
from everycount.faults import InputError
from everycount.site.collection import intake, openrosa, receiving
from everycount.site.collection.actions import give_key
from everycount.site.collection.models import KeyKind
from everycount.site.consent import used
from everycount.site.consent.actions import How, withdraw
from everycount.site.consent.models import Purpose, Use
from everycount.site.exports.actions import take_out
from everycount.site.exports.bared import picture_of, sound_ending
from everycount.site.exports.wanted import Format, Wanted
from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import broken
from everycount.site.people.models import Role
from exported import SURVEY, Households, household
from site_world import AT, person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.site.collection.package import Package

pytestmark = pytest.mark.django_db


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def exif(side: int) -> bytes:
    """An EXIF segment (TIFF, little-endian) with the side that is up and a place."""
    entries = struct.pack("<HHIHH", 0x0112, 3, 1, side, 0) + struct.pack("<HHII", 0x8825, 4, 1, 38)
    tiff = b"II*\0" + struct.pack("<IH", 8, 2) + entries + bytes(4) + b"GPS 12.34567 77.12345"
    return segment(0xE1, b"Exif\0\0" + tiff)


SCAN = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"
DRAWN = segment(0xDB, bytes(65)) + segment(0xC0, bytes(15)) + segment(0xC4, bytes(20)) + SCAN
JFIF = segment(0xE0, b"JFIF\0" + bytes(9))
PHOTO = (
    b"\xff\xd8"
    + JFIF
    + exif(6)
    + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0 GPS in XMP")
    + segment(0xE2, b"MPF\0 more pictures")
    + segment(0xFE, b"taken by Heron")
    + DRAWN
    + b"\xff\xd9"
    + b"\xff\xd8 a preview with GPS of its own"
)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


PNG = b"\x89PNG\r\n\x1a\n"
HEAD, DATA, END = chunk(b"IHDR", bytes(13)), chunk(b"IDAT", b"xyz"), chunk(b"IEND", b"")


def test_of_a_photograph_only_what_draws_it_stays_and_which_side_is_up() -> None:
    made = picture_of(PHOTO)
    assert made is not None
    ending, bare = made
    assert ending == ".jpg"
    assert b"GPS" not in bare
    assert b"Heron" not in bare
    assert b"MPF" not in bare
    assert bare.startswith(b"\xff\xd8" + JFIF + b"\xff\xe1")
    assert bare.endswith(DRAWN + b"\xff\xd9")
    assert struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) in bare
    assert picture_of(bare) == (ending, bare)  # again is as good as once


def test_what_lies_straight_needs_no_word_about_it_and_profiles_stay() -> None:
    profile, adobe = segment(0xE2, b"ICC_PROFILE\0\x01\x01colours"), segment(0xEE, b"Adobe" + bytes(7))
    given = b"\xff\xd8" + exif(1) + profile + adobe + DRAWN + SCAN + b"\xff\xd9"
    assert picture_of(given) == (".jpg", b"\xff\xd8" + profile + adobe + DRAWN + SCAN + b"\xff\xd9")


@pytest.mark.parametrize(
    "damaged",
    [
        PHOTO[: len(PHOTO) // 2],
        b"\xff\xd8",
        b"\xff\xd8\xff\xe1\x00\x01",
        b"\xff\xd8" + JFIF + b"words",
        b"\xff\xd8\xff\xd8\xff\xd9",
        PNG + HEAD,
        PNG + HEAD + chunk(b"UNKN", b"") + END,
        PNG + HEAD + DATA + END[:-3],
        b"GIF89a",
        b"\0\0\0\x18ftypheic",
        b"",
    ],
)
def test_what_cannot_be_understood_is_no_picture(damaged: bytes) -> None:
    assert picture_of(damaged) is None


def test_of_a_png_the_chunks_stay_that_draw_it() -> None:
    place = chunk(b"eXIf", b"GPS") + chunk(b"tEXt", b"Comment\0Heron")
    assert picture_of(PNG + HEAD + place + DATA + place + END + b"more") == (".png", PNG + HEAD + DATA + END)


@pytest.mark.parametrize(
    ("name", "head", "ending"),
    [
        ("a.MP3", b"ID3 ...", ".mp3"),
        ("a.amr", b"#!AMR\n", ".amr"),
        ("a.mp3", b"\xff\xd8\xff", ""),
        ("a.m4a", b"\0\0\0\x18ftypM4A ", ""),
        ("a.jpg", b"ID3", ""),
    ],
)
def test_sounds_are_known_by_name_and_beginning(name: str, head: bytes, ending: str) -> None:
    assert sound_ending(name, head) == ending


class Photographed(Households):
    """Households whose phones send pictures."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, said: str = "") -> None:
        class Here:
            """The writer's thread would not see what the test's transaction holds."""

            def put(self, package: Package) -> object:
                (outcome,) = receiving.receive([package], at=AT)
                intake.drop(outcome.unused)
                return outcome

        monkeypatch.setattr(openrosa, "WRITER", Here())
        survey = [(*row, said if row[0] == "image" else "") for row in SURVEY]
        survey[0] = (*SURVEY[0], "everycount::identifier")
        voice = ("audio", "m_voice", "Say it", "Dites-le", "", said)
        place = next(number for number, row in enumerate(SURVEY) if row[1] == "m_age") + 1
        super().__init__([*survey[:place], voice, *survey[place:]])
        given = {"initiative": self.initiative, "kind": KeyKind.PERSON, "label": "Invented phone"}
        self.secret = give_key(**given, by=self.coordinator, at=AT)[1]  # type: ignore[arg-type]

    def send(self, name: str, files: dict[str, bytes], **given: str) -> None:
        xml = household(name, ages=("34",), **given)  # type: ignore[arg-type]
        xml = xml.replace(b"</m_age>", b"</m_age><m_voice>mother.mp3</m_voice>")
        parts = {each: SimpleUploadedFile(each, content) for each, content in files.items()}
        parts["xml_submission_file"] = SimpleUploadedFile("s.xml", xml)
        assert Client().post(f"/key/{self.secret}/submission", parts).status_code in {201, 202}
        read_all()


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Whatever a test before this one spoke."""
    with override("en"):
        yield


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Photographed]:
    yield Photographed(monkeypatch)
    assert list(broken()) == []


def taken(there: Photographed, **more: object) -> tuple[dict[str, bytes], list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(there.file(Format.FILES, **more))) as opened:  # type: ignore[arg-type]
        assert opened.testzip() is None
        files = {name: opened.read(name) for name in opened.namelist()}
    return files, list(csv.DictReader(io.StringIO(files["files.csv"].decode())))


def test_files_leave_under_pseudonyms_and_say_what_they_belong_to(there: Photographed) -> None:
    there.send("uuid:1", {"secret.jpg": PHOTO, "mother.mp3": b"ID3 invented words"})
    there.send("uuid:2", {"secret.jpg": PHOTO}, counted="no")
    files, listed = taken(there)
    person_ = listed[0]["person"]
    assert sorted(files) == ["README.txt", "files.csv", f"files/{person_}-1.jpg", f"files/{person_}-2.mp3"]
    assert [(row["table"], row["number"], row["question"], row["file"]) for row in listed] == [
        ("", "1", "photo", f"{person_}-1.jpg"),
        ("member", "1", "m_voice", f"{person_}-2.mp3"),
    ]
    everything = b"".join(files.values())
    for hidden in (b"GPS", b"secret.jpg", b"mother", b"Heron", b"uuid:"):
        assert hidden not in everything, hidden
    assert person_ not in there.file(Format.JSON).decode()  # a face joins to no answers
    event = Event.objects.filter(verb="records.taken_out", payload__format="files").get()
    assert event.payload["records"] == 1
    assert f"Entry {event.payload['opened']} of the ledger" in files["README.txt"].decode()
    assert len(used.names_of(Use.objects.get(event=event.payload["opened"]))) == 1


def test_where_no_file_shows_a_person_they_join_to_the_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    wells = Photographed(monkeypatch, said="no")
    wells.send("uuid:1", {"secret.jpg": PHOTO})
    files, listed = taken(wells)
    assert f'"person":"{listed[0]["person"]}"' in wells.file(Format.JSON).decode()
    assert "the same as in the tables" in files["README.txt"].decode()


def test_what_a_questionnaire_calls_an_identifier_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    papers = Photographed(monkeypatch, said="yes")
    papers.send("uuid:1", {"secret.jpg": PHOTO, "mother.mp3": b"ID3 invented words"})
    files, listed = taken(papers)
    assert sorted(files) == ["README.txt", "files.csv"]
    assert listed == []


def test_the_order_of_files_tells_no_record(there: Photographed) -> None:
    for number in range(8):
        there.send(f"uuid:{number}", {"secret.jpg": PHOTO[:-1] + bytes([number])}, balance=str(number))
    _, listed = taken(there)
    shown = [row["person"] for row in listed if row["table"] == ""]
    assert shown == sorted(shown)
    assert len(set(shown)) == 8


def test_what_stays_is_said_with_its_reason(there: Photographed) -> None:
    there.send("uuid:1", {"secret.jpg": b"\0\0\0\x18ftypheic GPS"})
    files, listed = taken(there)
    assert sorted(files) == ["README.txt", "files.csv"]
    assert "of another kind" in listed[0]["why_not"]
    assert "has not come" in listed[1]["why_not"]


def test_who_takes_it_back_while_the_archive_is_made_is_left_out(there: Photographed) -> None:
    there.send("uuid:1", {"secret.jpg": PHOTO})
    chunks = there.chunks(Format.FILES)
    first = next(chunks)  # the README is out, and the record is known
    submission = there.questionnaire.submissions.get()
    withdraw(submission=submission.pk, purposes=[Purpose.STATISTICS], by="respondent", at=AT, how=How.RECEIPT)
    with zipfile.ZipFile(io.BytesIO(first + b"".join(chunks))) as opened:
        assert opened.namelist() == ["README.txt", "files.csv"]
    assert Use.objects.get().under_revision_since == AT


@pytest.mark.parametrize("purpose", [Purpose.SHARING, Purpose.CONTACT])
def test_faces_go_to_nobody_outside(there: Photographed, purpose: Purpose) -> None:
    wanted = Wanted(purpose, Format.FILES, "en", reason="They are invented.")
    with pytest.raises(InputError):
        take_out(questionnaire=there.questionnaire, wanted=wanted, by=there.steward, at=AT)
    assert not Event.objects.filter(verb="records.opened").exists()


def test_only_who_may_open_answers_for_it_takes_files(there: Photographed) -> None:
    wanted = Wanted(Purpose.STATISTICS, Format.FILES, "en")
    for role in set(Role) - {Role.ANALYST}:
        asks = person(role, there.initiative)
        assert take_out(questionnaire=there.questionnaire, wanted=wanted, by=asks, at=AT) is None


def test_the_page_offers_them_where_the_questionnaire_asks_for_some(there: Photographed) -> None:
    def offered(which: Households) -> bool:
        client = Client()
        client.force_login(which.analyst)
        form = f"questionnaire={which.questionnaire.pk}&purpose=statistics"
        page = client.get(f"/initiatives/{which.initiative.slug}/exports?{form}").content.decode()
        assert 'value="csv"' in page
        return 'value="files"' in page

    assert offered(there)
    there.questionnaire.delete()
    assert not offered(Households([row for row in SURVEY if row[0] != "image"]))
