"""Taking consent back: what is erased, what a phone is told afterwards, and what no restore brings back."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from consented import Field, open_purposes, read_all
from everycount.site.collection.models import (
    Attachment,
    Edition,
    Receipt,
    SetAside,
    Submission,
    Tombstone,
)
from everycount.site.consent import erased, fed
from everycount.site.consent.actions import (
    How,
    erase,
    erase_initiative,
    leave_message,
    reapply_erasures,
    withdraw,
)
from everycount.site.consent.models import Consent, Ended, Message, Purpose
from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import broken
from everycount.site.vault import places
from everycount.site.vault.models import DataKey, Item
from site_world import AT, answers

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
WORD = {"by": "respondent", "at": AT, "how": How.RECEIPT}


@pytest.fixture
def field(monkeypatch: pytest.MonkeyPatch) -> Iterator[Field]:
    erased.path().unlink(missing_ok=True)
    yield Field(monkeypatch)
    assert list(broken()) == []


def nothing_is_left() -> bool:
    rows = (Submission, Edition, Attachment, Receipt, SetAside, Consent, Message, Item)
    return not any(each.objects.exists() for each in rows)


def everything(field: Field) -> Submission:
    """A submission with an edit, files, what was set aside because of it, and a message."""
    submission, _ = field.stored(answers(photo="anna.jpg"), ("anna.jpg", b"jpeg"), ("stray.jpg", b"x"))
    field.send(answers("uuid:2", replaces="uuid:1", answer="ibis"))
    assert field.send(answers("uuid:2", replaces="uuid:1", answer="crane")).status_code == 409  # conflict
    assert field.send(answers("uuid:3", replaces="uuid:1")).status_code == 409  # outdated
    assert field.send(answers("uuid:5", replaces="uuid:4")).status_code == 404  # an orphan, of nobody
    assert field.send(answers("uuid:7", replaces="uuid:6")).status_code == 404
    assert (
        field.send(answers("uuid:6", replaces="uuid:3")).status_code == 404
    )  # an edit of what was set aside
    assert leave_message(submission=submission.pk, text="Call Anna", by="respondent", at=AT)
    return submission


def test_one_purpose_closes_and_the_others_stay(field: Field) -> None:
    submission, _ = field.stored(answers())
    done = withdraw(submission=submission.pk, purposes=[Purpose.REVIEW], **WORD)  # type: ignore[arg-type]
    assert done is not None
    assert not done.is_erased
    assert open_purposes(submission) == {Purpose.COLLECTION, Purpose.STATISTICS}
    assert (field.opened(Purpose.REVIEW), len(field.opened())) == ([], 1)
    event = Event.objects.get(number=done.event)
    assert (event.verb, event.object) == ("consent.withdrawn", f"initiative:{field.initiative.pk}")
    assert event.payload == {"purpose": "review", "how": "receipt"}


@pytest.mark.parametrize("purpose", [Purpose.STATISTICS, Purpose.COLLECTION])
def test_where_no_use_is_left_everything_goes(field: Field, purpose: Purpose) -> None:
    submission, _ = field.stored(answers(), ("p.jpg", b"x"))
    done = withdraw(submission=submission.pk, purposes=[purpose], **WORD)  # type: ignore[arg-type]
    assert done is not None
    assert done.is_erased
    assert nothing_is_left()


def test_everything_that_a_submission_left_is_erased_and_buried(field: Field) -> None:
    submission = everything(field)
    assert Item.objects.count() == 10
    event = erase(submission=submission.pk, by="respondent", at=AT, how=How.RECEIPT)
    assert event is not None
    assert event.payload == {"items": 9, "how": "receipt"}
    (left,) = SetAside.objects.all()
    assert left.instance == "uuid:5"  # it edits something that never came, and is not this person's
    assert [item.pk for item in Item.objects.all()] == [left.item]
    assert Tombstone.objects.count() == 5
    for number in (1, 2, 3, 6, 7):
        assert field.send(answers(f"uuid:{number}", answer="again")).status_code == 202
    assert Submission.objects.count() == 0


def test_the_event_names_neither_the_submission_nor_the_person(field: Field) -> None:
    submission = everything(field)
    event = erase(submission=submission.pk, by="respondent", at=AT, how=How.RECEIPT)
    told = list(Event.objects.filter(verb__in=["submission.erased", "vault.item_erased"]))
    assert event in told
    for each in told:
        text = f"{each.actor} {each.object} {each.payload}"
        assert str(submission.pk) not in text
        assert "uuid:" not in text
        assert "anna" not in text.casefold()


def test_a_phone_that_sends_again_is_thanked_and_nothing_is_stored(field: Field) -> None:
    submission, _ = field.stored(answers(), ("p.jpg", b"x"))
    erase(submission=submission.pk, by="respondent", at=AT, how=How.RECEIPT)
    before = Event.objects.count()
    assert field.send(answers(), ("p.jpg", b"x")).status_code == 202
    assert field.send(answers("uuid:2", replaces="uuid:1")).status_code == 202
    assert field.send(answers("uuid:3", replaces="uuid:2")).status_code == 202  # an edit of the edit
    assert field.send(answers("uuid:2", answer="else")).status_code == 202
    assert nothing_is_left()
    assert Event.objects.count() == before


def test_an_edit_that_was_on_its_way_is_erased_with_the_rest(field: Field) -> None:
    submission, _ = field.stored(answers())
    field.send(answers("uuid:2", replaces="uuid:1"))  # stored a moment before, and not read yet
    withdraw(submission=submission.pk, purposes=[Purpose.COLLECTION], **WORD)  # type: ignore[arg-type]
    assert nothing_is_left()
    assert field.send(answers("uuid:3", replaces="uuid:2")).status_code == 202
    read_all()
    assert nothing_is_left()


def test_what_was_never_read_can_be_taken_back(field: Field) -> None:
    field.send(answers())
    submission = Submission.objects.get()
    done = withdraw(submission=submission.pk, purposes=[Purpose.REVIEW], **WORD)  # type: ignore[arg-type]
    assert done is not None
    assert not done.is_erased
    assert open_purposes(submission) == {Purpose.COLLECTION, Purpose.STATISTICS}


def test_a_purpose_that_was_never_given_can_be_refused_for_good(field: Field) -> None:
    submission, _ = field.stored(answers())
    withdraw(submission=submission.pk, purposes=[Purpose.SHARING], **WORD)  # type: ignore[arg-type]
    assert Consent.objects.get(purpose=Purpose.SHARING).ended == Ended.WITHDRAWN
    assert open_purposes(submission) == {Purpose.COLLECTION, Purpose.STATISTICS, Purpose.REVIEW}


def test_twice_is_as_good_as_once(field: Field) -> None:
    submission, _ = field.stored(answers())
    assert withdraw(submission=submission.pk, purposes=[Purpose.COLLECTION], **WORD) is not None  # type: ignore[arg-type]
    assert withdraw(submission=submission.pk, purposes=[Purpose.COLLECTION], **WORD) is None  # type: ignore[arg-type]
    assert Event.objects.filter(verb="submission.erased").count() == 1


def test_nobody_else_is_touched(field: Field) -> None:
    submission, _ = field.stored(answers())
    other, code = field.stored(answers("uuid:other"))
    erase(submission=submission.pk, by="respondent", at=AT, how=How.RECEIPT)
    assert field.opened() == [answers("uuid:other")]
    assert Receipt.objects.get().submission_id == other.pk
    assert code


def test_those_who_made_something_of_it_are_told_before_it_goes(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[UUID, bool]] = []

    def revise(submission: UUID, _at: object) -> int:
        told.append((submission, Edition.objects.filter(submission=submission).exists()))
        return 1

    monkeypatch.setattr(fed, "REVISE", [revise])
    one, other = field.stored(answers())[0], field.stored(answers("uuid:2"))[0]
    withdraw(submission=one.pk, purposes=[Purpose.REVIEW], **WORD)  # type: ignore[arg-type]
    withdraw(submission=other.pk, purposes=[Purpose.STATISTICS], **WORD)  # type: ignore[arg-type]
    assert told == [(one.pk, True), (other.pk, True)]


def test_a_restore_brings_nothing_back(field: Field) -> None:
    """The rows of a backup, taken before, come back; the list beside the database erases them again."""
    submission, _ = field.stored(answers())
    other, _ = field.stored(answers("uuid:other"))
    backup = [(each, list(each.objects.all())) for each in (Submission, Edition, Item, Consent, Receipt)]
    erase(submission=submission.pk, by="respondent", at=AT, how=How.RECEIPT)
    withdraw(submission=other.pk, purposes=[Purpose.REVIEW], **WORD)  # type: ignore[arg-type]
    for model, rows in backup:
        model.objects.all().delete()
        model.objects.bulk_create(rows)  # type: ignore[attr-defined]
    Tombstone.objects.all().delete()
    assert open_purposes(other) == {Purpose.COLLECTION, Purpose.STATISTICS, Purpose.REVIEW}
    assert reapply_erasures(at=AT + timedelta(days=1)) == 2
    assert list(Submission.objects.values_list("pk", flat=True)) == [other.pk]
    assert open_purposes(other) == {Purpose.COLLECTION, Purpose.STATISTICS}
    assert Item.objects.count() == 1
    assert field.send(answers()).status_code == 202
    assert reapply_erasures(at=AT + timedelta(days=1)) == 0


def test_a_crash_between_the_list_and_the_commit_is_made_good(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    from everycount.site.consent.actions import erasing

    submission, _ = field.stored(answers())

    def crash(*_args: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(erasing, "record", crash)
        with pytest.raises(KeyboardInterrupt):
            erase(submission=submission.pk, by="respondent", at=AT, how=How.RECEIPT)
    assert Submission.objects.exists()
    assert field.opened() == []  # its salt is gone already
    assert reapply_erasures(at=AT) == 1
    assert nothing_is_left()


def test_the_list_survives_cut_lines_and_is_merged(field: Field, tmp_path: Path) -> None:
    erased.note_erased(["a" * 64], of=UUID(int=7))
    with erased.path().open("a") as file:
        file.write("erased b")
    erased.note_withdrawn("c" * 64, [Purpose.SHARING])
    found = erased.read()
    assert found.erased["a" * 64] == UUID(int=7)
    assert found.withdrawn == {"c" * 64: {Purpose.SHARING}}
    other = tmp_path / "erased.log"
    other.write_text(f"erased {'d' * 64}\nerased {'a' * 64} {UUID(int=7)}\n")
    erased.merge(other)
    assert set(erased.read().erased) >= {"a" * 64, "d" * 64}
    assert erased.path().read_text().count("a" * 64) == 1
    assert field.secret


def test_a_whole_initiative_is_erased_and_no_restore_brings_it_back(field: Field) -> None:
    """Rows, key and salts of a backup come back; what came after the erasing is kept."""
    field.stored(answers(), ("p.jpg", b"x"))
    field.send(answers("uuid:5", replaces="uuid:4"))  # waits for what has not come
    tables = (Submission, Edition, Attachment, SetAside, Item, DataKey, Consent, Receipt)
    backup = [(each, list(each.objects.all())) for each in tables]
    ring = places.ring().folder / f"{field.initiative.pk}.ring"
    salts = ring.read_bytes()
    assert erase_initiative(initiative=field.initiative.pk, by=field.steward.ref, at=AT) == 1
    assert nothing_is_left()
    assert not DataKey.objects.exists()
    assert Event.objects.filter(verb="vault.initiative_erased").count() == 1
    assert field.send(answers()).status_code == 202
    assert field.send(answers("uuid:5", replaces="uuid:4")).status_code == 202
    assert nothing_is_left()

    for model, rows in backup:
        model.objects.bulk_create(rows)
    Tombstone.objects.all().delete()
    ring.write_bytes(salts)
    assert len(field.opened()) == 1
    assert reapply_erasures(at=AT + timedelta(days=1)) == 1
    assert nothing_is_left()
    assert not ring.exists()
    assert field.send(answers()).status_code == 202
    assert reapply_erasures(at=AT + timedelta(days=1)) == 0


def test_what_comes_after_an_initiative_was_erased_is_kept(field: Field) -> None:
    erase_initiative(initiative=field.initiative.pk, by="system", at=AT - timedelta(days=1))
    back, _ = field.stored(answers())  # as a restore brings it back
    aside = field.send(answers("uuid:5", replaces="uuid:4"))
    Submission.objects.update(received_at=AT - timedelta(days=2))
    SetAside.objects.update(received_at=AT - timedelta(days=2))
    field.stored(answers("uuid:later", answer="ibis"))
    assert aside.status_code == 404
    assert reapply_erasures(at=AT) == 1
    assert not Submission.objects.filter(pk=back.pk).exists()
    assert not SetAside.objects.exists()
    assert field.opened() == [answers("uuid:later", answer="ibis")]


def test_an_initiative_on_the_list_survives_a_cut_line(field: Field) -> None:
    erased.note_initiative(field.initiative.pk, AT)
    with erased.path().open("a") as file:
        file.write("initiative not-one 2026\ninitiative")
    assert erased.read().initiatives == {field.initiative.pk: AT}


NODE = """
import sys
from uuid import UUID
from datetime import UTC, datetime
from everycount.site.running import prepare
prepare(lambda said: None)
sys.path.insert(0, TESTS)
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from everycount.site.collection.models import Submission
from everycount.site.consent.actions import withdraw
from everycount.site.consent.models import Purpose
from site_world import answers, initiative, key, published
AT = datetime.now(UTC)
if STEP == "send":
    where = initiative()
    published(where)
    _, secret = key(where)
    for number, words in enumerate((b"heron-quartz-41", b"kept-ibis-7")):
        xml = answers(f"uuid:instance-{number}-marker", answer=words.decode(), photo="maria_gonzalez.jpg")
        parts = {"xml_submission_file": SimpleUploadedFile("s.xml", xml)}
        parts["f"] = SimpleUploadedFile("maria_gonzalez.jpg", words * 50)
        assert Client().post(f"/key/{secret}/submission", parts).status_code == 201
    import os
    os.kill(os.getpid(), 9)  # nobody has read the consents yet
if STEP == "read":
    assert Submission.objects.filter(awaits_consent=True).count() == 2
    from everycount.site.consent.reactions import READER
    READER.start()
    import time
    from everycount.site.fieldwork.models import Look
    while Submission.objects.filter(awaits_consent=True).exists() or Look.objects.count() < 2:
        time.sleep(0.1)
    READER.stop()
if STEP == "back":
    from everycount.site.collection.receiving import tombstone
    gone = Submission.objects.get(root="uuid:instance-0-marker")
    from everycount.site.vault import places
    from everycount.site.vault.models import Item
    names = [gone.editions.get().item, gone.attachments.get().item, gone.look.traits]
    for item in Item.objects.filter(id__in=names):
        print(places.ring().salt(item.initiative, item.slot).hex(), bytes(item.content or b"")[:32].hex())
    print(gone.pk.hex, gone.pk)
    withdraw(submission=gone.pk, purposes=[Purpose.STATISTICS], by="respondent", at=AT, how="receipt")
    assert Submission.objects.count() == 1
    from everycount.site.consent.sweeping import SWEEPER
    assert SWEEPER.sweep()
    import pathlib
    for path in pathlib.Path(DATA).rglob("*"):  # while the node runs, its write-ahead log is there
        assert path.is_dir() or b"instance-0-marker" not in path.read_bytes(), path
        assert path.is_dir() or path.suffix != ".sqlite3" or b"instance-1-marker" in path.read_bytes()
if STEP == "left":
    print(*Submission.objects.values_list("root", flat=True))
    from everycount.site.vault.models import Item
    kept = Submission.objects.get()
    own = {kept.editions.get().item, kept.attachments.get().item, kept.look.traits}
    print(set(Item.objects.values_list("pk", flat=True)) == own)
    from everycount.site.collection.actions import give_key
    from everycount.site.collection.models import KeyKind, Questionnaire
    from everycount.site.people.models import Person
    where = Questionnaire.objects.get().initiative
    given = {"initiative": where, "kind": KeyKind.PERSON, "label": "Invented phone"}
    _, secret = give_key(**given, by=Person.objects.first(), at=AT)
    xml = answers("uuid:instance-0-marker", answer="heron-quartz-41", photo="maria_gonzalez.jpg")
    parts = {"xml_submission_file": SimpleUploadedFile("s.xml", xml)}
    print(Client().post(f"/key/{secret}/submission", parts).status_code)
"""
EVERYCOUNT = [sys.executable, "-m", "everycount"]


def command(words: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(words, env=environment, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.slow
def test_no_file_of_the_node_holds_what_was_taken_back(tmp_path: Path) -> None:
    """A node of its own with real commits, killed before consents were read; then read, then taken back."""
    data, backup = tmp_path / "node", tmp_path / "backup.tar"
    environment = {
        **os.environ,
        "EVERYCOUNT_DATA_DIR": str(data),
        "DJANGO_SETTINGS_MODULE": "everycount.site.settings",
    }
    environment["EVERYCOUNT_PUBLIC_URL"] = "https://testserver"

    def step(name: str) -> subprocess.CompletedProcess[str]:
        code = NODE.replace("TESTS", repr(str(Path(__file__).parent.parent))).replace("STEP", repr(name))
        code = code.replace("DATA", repr(str(data)))
        return subprocess.run(
            [sys.executable, "-c", code], env=environment, text=True, capture_output=True, check=False
        )

    assert step("send").returncode == -9
    read = step("read")
    assert read.returncode == 0, read.stderr
    command([*EVERYCOUNT, "backup", str(backup)], environment)
    back = step("back")
    assert back.returncode == 0, back.stderr
    lines = [line.split() for line in back.stdout.split("\n") if line]
    sealed = [bytes.fromhex(part) for line in lines[:3] for part in line]
    hidden = [
        b"heron-quartz-41",
        b"uuid:instance-0-marker",
        b"maria_gonzalez",
        *(each for each in sealed if each),
    ]
    files = [path for path in data.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".sqlite3", ".ring", ".sealed", ".log"}
    for path in files:
        held = path.read_bytes()
        for each in hidden:
            assert each not in held, (path, each)
    assert len(list((data / "files").rglob("*.sealed"))) == 1

    fresh = tmp_path / "fresh"
    fresh.mkdir(mode=0o700)
    (fresh / "keys").mkdir(mode=0o700)
    for kept in ("vault.key", "erased.log"):  # what the backup does not hold, and what it cannot know
        shutil.copy(data / "keys" / kept, fresh / "keys" / kept)
    environment["EVERYCOUNT_DATA_DIR"] = str(fresh)
    said = command([*EVERYCOUNT, "restore", str(backup)], environment)
    assert "the ledger is whole" in said.stdout
    left = step("left")
    assert left.stdout.split() == ["uuid:instance-1-marker", "True", "202"], left.stderr
