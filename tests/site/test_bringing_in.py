"""Records of KoboToolbox and ODK Central, brought in: twice is once. All small ones invented."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from everycount.cli import DIFFERENT, DONE, WRONG_INPUT, main
from everycount.questionnaire import read_instance, read_xlsform
from everycount.questionnaire.asset import from_kobo
from everycount.questionnaire.writing import write_xlsform
from everycount.site import running
from everycount.site.collection import actions, queries, receiving
from everycount.site.collection.models import (
    Attachment,
    Edition,
    Questionnaire,
    SetAside,
    State,
    Submission,
    Version,
)
from everycount.site.collection.package import Package
from everycount.site.consent.actions import read_waiting
from everycount.site.consent.actions.erasing import erase
from everycount.site.consent.models import Basis, Consent, ConsentText
from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import broken
from everycount.site.people.models import Role
from everycount.site.vault import places
from everycount.site.vault.queries import open_item
from site_world import AT, initiative, person

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.site.registry.models import Initiative

pytestmark = pytest.mark.django_db

SURVEY = [
    ["type", "name", "label", "everycount::consent"],
    ["select_one yn", "counted", "May your answers be counted?", "statistics"],
    ["begin_group", "home", "Home", ""],
    ["text", "word", "A word", ""],
    ["select_multiple things", "owns", "What do you own?", ""],
    ["geopoint", "spot", "Where?", ""],
    ["end_group", "", "", ""],
    ["image", "photo", "A picture", ""],
    ["begin_repeat", "members", "Members", ""],
    ["integer", "age", "Age", ""],
    ["begin_repeat", "jobs", "Jobs", ""],
    ["text", "work", "Work", ""],
    ["end_repeat", "", "", ""],
    ["end_repeat", "", "", ""],
]
CHOICES = [
    ["list_name", "name", "label"],
    ["yn", "yes", "Yes"],
    ["yn", "no", "No"],
    ["things", "radio", "Radio"],
    ["things", "bike", "Bicycle"],
]
ONE, TWO = "11111111-aaaa-4bbb-8ccc-000000000001", "11111111-aaaa-4bbb-8ccc-000000000002"
PICTURE = b"an invented picture"


def form(version: str = "1") -> bytes:
    settings = [["form_title", "form_id", "version"], ["Invented", "brought", version]]
    return write_xlsform({"survey": SURVEY, "choices": CHOICES, "settings": settings})


def kobo(word: str = "heron", **more: Any) -> list[dict[str, Any]]:
    """Two records as API v2 of KoboToolbox has them."""
    one = {
        "_id": 1,
        "formhub/uuid": "ffff",
        "__version__": "vInvented",
        "counted": "yes",
        "home/word": word,
        "home/owns": "radio bike",
        "home/spot": "10.5 20.25 0 0",
        "photo": "p.jpg",
        "members": [
            {"members/age": "41", "members/jobs": [{"members/jobs/work": "weaving"}]},
            {"members/age": "7"},
            {
                "members/age": "38",
                "members/jobs": [{"members/jobs/work": "selling"}, {"members/jobs/work": "ox"}],
            },
        ],
        "meta/instanceID": f"uuid:{ONE}",
        "_uuid": ONE,
        "_attachments": [{"filename": "x/p.jpg", "mimetype": "image/jpeg"}],
        "_validation_status": {},
    }
    two = {"_id": 2, "counted": "no", "home/word": "owl", "meta/instanceID": f"uuid:{TWO}", "_uuid": TWO}
    return [one | more, two]


def central(word: str = "heron") -> dict[str, list[list[str]]]:
    """The same as files of ODK Central."""
    main_table = [
        ["SubmissionDate", "counted", "home-word", "home-owns", "home-spot-Latitude", "home-spot-Longitude",
         "home-spot-Altitude", "home-spot-Accuracy", "photo", "meta-instanceID", "KEY", "SubmitterID",
         "Status", "ReviewState", "FormVersion"],
        ["2026-03-01T10:00:00Z", "yes", word, "radio bike", "10.50", "20.25", "0.0", "0", "p.jpg",
         f"uuid:{ONE}", f"uuid:{ONE}", "5", "", "", "1"],
        ["2026-03-01T11:00:00Z", "no", "owl", "", "", "", "", "", "", f"uuid:{TWO}", f"uuid:{TWO}", "5", "",
         "", "1"],
    ]  # fmt: skip
    members = [["age", "PARENT_KEY", "KEY"]]
    members += [
        [age, f"uuid:{ONE}", f"uuid:{ONE}/members[{n}]"] for n, age in enumerate(("41", "7", "38"), 1)
    ]
    jobs = [["work", "PARENT_KEY", "KEY"]]
    for row, (member, work) in enumerate([(1, "weaving"), (3, "selling"), (3, "ox")], start=1):
        above = f"uuid:{ONE}/members[{member}]"
        jobs.append([work, above, f"{above}/jobs[{row}]"])
    return {"brought": main_table, "brought-members": members, "brought-jobs": jobs}


def odata() -> list[dict[str, Any]]:
    """The same as OData of ODK Central, with everything expanded."""
    system = {
        "submissionDate": "2026-03-01T10:00:00Z",
        "submitterId": "5",
        "formVersion": "1",
        "status": None,
    }
    members = [
        {"age": 41, "__id": "a", "jobs": [{"work": "weaving", "__id": "b"}]},
        {"age": 7, "__id": "c", "jobs": []},
        {"age": 38, "__id": "d", "jobs": [{"work": "selling", "__id": "e"}, {"work": "ox", "__id": "f"}]},
    ]
    spot = {"type": "Point", "coordinates": [20.25, 10.5, 0], "properties": {"accuracy": 0}}
    one = {
        "__id": f"uuid:{ONE}",
        "__system": system,
        "meta": {"instanceID": f"uuid:{ONE}"},
        "counted": "yes",
        "home": {"word": "heron", "owns": "radio bike", "spot": spot},
        "photo": "p.jpg",
        "members": members,
    }
    two = {
        "__id": f"uuid:{TWO}",
        "__system": system,
        "meta": {"instanceID": f"uuid:{TWO}"},
        "counted": "no",
        "home": {"word": "owl", "owns": None, "spot": None},
        "photo": None,
        "members": [],
    }
    return [one, two]


def as_csv(rows: list[list[str]]) -> str:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue()


def zipped(path: Path, word: str = "heron", picture: bytes | None = PICTURE) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, rows in central(word).items():
            archive.writestr(f"{name}.csv", as_csv(rows))
        if picture is not None:
            archive.writestr("media/p.jpg", picture)
    return path


def saved(path: Path, records: list[dict[str, Any]], key: str = "results", **more: Any) -> Path:
    path.write_text(json.dumps({key: records, **more}), encoding="utf-8")
    return path


@pytest.fixture
def where() -> Initiative:
    return initiative()


@pytest.fixture
def shell(
    tmp_path: Path,
    where: Initiative,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Any:
    """The command as an operator types it: exit code and what it says."""
    monkeypatch.setattr(running, "set_up", lambda: None)  # Django is set up, for tests
    (tmp_path / "form.xlsx").write_bytes(form())

    def bring(*words: Any, asked: str = "form.xlsx") -> tuple[int, str]:
        code = main(["bring", where.slug, *map(str, words), "--form", str(tmp_path / asked)])
        said = capsys.readouterr()
        return code, said.out + said.err

    return bring


def contents() -> list[tuple[Any, ...]]:
    """What the versions of all submissions hold, in their order."""
    asked = read_xlsform(form())
    found = []
    for edition in Edition.objects.order_by("instance", "number"):
        record = read_instance(open_item(edition.item), asked)
        assert not record.findings
        members = [row.answers["members/age"] for row in record.rosters["members"]]
        jobs = [(row.answers["members/jobs/work"], row.parent) for row in record.rosters["jobs"]]
        answers = record.answers
        found.append(
            (edition.instance, answers["counted"], answers["home/word"], answers["home/owns"], members, jobs)
        )
    return found


WHOLE = [
    (
        f"uuid:{ONE}", "yes", "heron", ("radio", "bike"), [41, 7, 38],
        [("weaving", 0), ("selling", 2), ("ox", 2)],
    ),
    (f"uuid:{TWO}", "no", "owl", None, [], []),
]  # fmt: skip


def written(shape: str, folder: Path) -> Path:
    if shape == "Central ZIP":
        return zipped(folder / "central.zip")
    if shape == "Central OData":
        return saved(folder / "odata.json", odata(), "value")
    if shape == "Kobo JSON":
        return saved(folder / "kobo.json", kobo())
    exported = folder / "export.xlsx"
    tables = central()
    head = ["counted", "home/word", "home/owns", "home/spot", "photo", "_id", "_uuid", "_status", "_index"]
    rows = [
        ["yes", "heron", "radio bike", "10.5 20.25 0 0", "p.jpg", "1", ONE, "submitted_via_web", "1"],
        ["no", "owl", "", "", "", "2", TWO, "submitted_via_web", "2"],
    ]
    link = ["_index", "_parent_table_name", "_parent_index"]
    members = [[row[0], str(n), "main", "1"] for n, row in enumerate(tables["brought-members"][1:], 1)]
    jobs = [
        [work, str(n), "members", of]
        for n, (work, of) in enumerate(zip(["weaving", "selling", "ox"], "133", strict=True), 1)
    ]
    exported.write_bytes(
        write_xlsform(
            {"main": [head, *rows], "members": [["members/age", *link], *members],
             "jobs": [["members/jobs/work", *link], *jobs]}
        )
    )  # fmt: skip
    return exported


SHAPES = ["Central ZIP", "Central OData", "Kobo JSON", "Kobo workbook"]


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_is_once_from_every_shape(shape: str, shell: Any, where: Initiative, tmp_path: Path) -> None:
    path = written(shape, tmp_path)
    code, said = shell(path)
    assert (code, Submission.objects.count()) == (DONE, 2), said
    assert "2 new" in said
    assert contents() == WHOLE
    code, said = shell(path)
    assert (code, Submission.objects.count(), Edition.objects.count()) == (DONE, 2, 2), said
    assert "2 here already" in said
    assert "new version" not in said
    assert not SetAside.objects.exists()
    told = Event.objects.filter(verb="submissions.brought_in").order_by("number")
    assert [(each.actor, each.initiative) for each in told] == [("operator", where.id)] * 2
    assert [(each.payload["submissions"], each.payload["known"]) for each in told] == [(2, 0), (0, 2)]
    assert not list(broken())


def test_every_shape_is_the_same_to_the_node(shell: Any, tmp_path: Path) -> None:
    """Who changes from one kind of export to another one does not get everything once more."""
    for shape in SHAPES:
        code, said = shell(written(shape, tmp_path))
        assert code == DONE, said
    assert Edition.objects.count() == 2, contents()


def test_nothing_is_published_and_all_wait_until_somebody_does(
    shell: Any, where: Initiative, tmp_path: Path
) -> None:
    shell(written("Kobo JSON", tmp_path))
    version = Version.objects.get()
    assert (version.state, version.made_by) == (State.DRAFT, None)
    read_waiting(at=AT)
    assert Submission.objects.filter(is_held=True, awaits_consent=True).count() == 2
    ConsentText.objects.create(
        initiative=where, version=1, language="en", promises={}, basis=Basis.WRITTEN, made_at=AT
    )
    actions.publish(version=version, by=person(Role.COORDINATOR, where), at=AT)
    queries.forget()  # as after the commit
    while read_waiting(at=AT):
        pass
    allowed = Consent.objects.filter(purpose="statistics", until=None)
    one = Submission.objects.get(root=f"uuid:{ONE}")
    # The other one said no; and nobody heard there what is written here.
    assert [(each.submission, each.text_version) for each in allowed] == [(one.pk, 0)]
    assert Attachment.objects.filter(is_named=True, submission__root=f"uuid:{ONE}").count() == 1


def test_a_change_there_is_a_version_here(shell: Any, tmp_path: Path) -> None:
    path = tmp_path / "kobo.json"
    shell(saved(path, kobo()))
    for turn in range(2):
        code, said = shell(saved(path, kobo("stork")))
        assert code == DONE
        assert ("1 changed" in said, "1 here already" in said) == (turn == 0, turn == 0)
    assert [each[2] for each in contents()] == ["heron", "stork", "owl"]
    shell(saved(path, kobo()))  # and back again
    shell(saved(path, kobo()))
    one = Submission.objects.get(root=f"uuid:{ONE}")
    assert [each.number for each in one.editions.order_by("number")] == [1, 2, 3]
    assert one.current == one.editions.get(number=3).instance


def test_a_change_under_a_new_name_finds_what_it_replaces(shell: Any, tmp_path: Path) -> None:
    """An edit at KoboToolbox gives the submission another ``_uuid`` and keeps the one before."""
    path = tmp_path / "kobo.json"
    shell(saved(path, kobo()))
    before = f"uuid:{ONE}"
    for number, word in enumerate(("stork", "crane")):
        after = f"uuid:22222222-aaaa-4bbb-8ccc-00000000000{number}"
        changed = {"meta/instanceID": after, "_uuid": after[5:], "meta/deprecatedID": before}
        for _ in range(2):
            shell(saved(path, kobo(word, **changed)))
        before = after
    one = Submission.objects.get(root=f"uuid:{ONE}")
    assert [Submission.objects.count(), one.editions.count(), one.current] == [2, 3, before]


def test_what_was_taken_back_stays_out(shell: Any, tmp_path: Path) -> None:
    path = saved(tmp_path / "kobo.json", kobo())
    shell(path)
    erase(submission=Submission.objects.get(root=f"uuid:{ONE}").pk, by="respondent", at=AT, how="code")
    after = {"meta/instanceID": "uuid:after", "_uuid": "after", "meta/deprecatedID": f"uuid:{ONE}"}
    for records in (kobo(), kobo("stork"), kobo("stork", **after), kobo("crane", **after)):
        _, said = shell(saved(path, records), "--dry-run")
        assert "1 taken back here" in said
        code, said = shell(saved(path, records))
        assert code == DONE
        assert "1 taken back here" in said
    assert [each.root for each in Submission.objects.all()] == [f"uuid:{TWO}"]


def test_a_change_here_is_not_overwritten(shell: Any, tmp_path: Path) -> None:
    path = tmp_path / "kobo.json"
    shell(saved(path, kobo()))
    one = Submission.objects.get(root=f"uuid:{ONE}")
    xml = open_item(one.editions.get().item).replace(b"heron", b"corrected here")
    edit = Package(
        one.questionnaire_id, one.questionnaire.initiative_id, None, "uuid:mine", one.current, "1",
        is_held=True, is_test=False, xml=xml, digest="d",
    )  # fmt: skip
    receiving.receive([edit], at=AT)
    Edition.objects.filter(instance="uuid:mine").update(sent_by=key_of(one))
    _, said = shell(path)
    assert "2 here already" in said
    for words in (("--dry-run",), (), ()):
        _, said = shell(saved(path, kobo("stork")), *words)
        assert "1 changed there and here" in said
    one.refresh_from_db()
    assert (one.current, SetAside.objects.count()) == ("uuid:mine", 1)


def key_of(one: Submission) -> Any:
    from site_world import key

    return key(one.questionnaire.initiative)[0]


def test_what_a_phone_sent_here_itself_is_left(shell: Any, tmp_path: Path) -> None:
    path = saved(tmp_path / "kobo.json", kobo())
    shell(path)
    Edition.objects.filter(instance=f"uuid:{ONE}").update(sent_by=key_of(Submission.objects.first()))  # type: ignore[arg-type]
    _, said = shell(saved(path, kobo("stork")))
    assert "1 here already from a phone" in said
    assert Edition.objects.count() == 2


def test_files_are_sealed_once_and_come_later(shell: Any, tmp_path: Path) -> None:
    path = written("Kobo JSON", tmp_path)
    _, said = shell(path)
    assert "1 files are named by answers and not there" in said
    media = tmp_path / "media.zip"
    with zipfile.ZipFile(media, "w") as archive:
        archive.writestr(f"me/attachments/ffff/{TWO}/p.jpg", b"of somebody else")
        archive.writestr(f"me/attachments/ffff/{ONE}/p.jpg", PICTURE)
    for turn in range(2):
        _, said = shell(path, "--media", media)
        assert ("1 files stored" in said) == (turn == 0)
        assert "not there" not in said
    held = Attachment.objects.get()
    assert held.item is not None
    assert open_item(held.item).endswith(b"p.jpg" + PICTURE)
    on_disk = [each for each in places.files().folder.rglob("*") if each.is_file()]
    assert on_disk
    assert not any(PICTURE in each.read_bytes() for each in on_disk)


def test_a_trial_stores_nothing(shell: Any, tmp_path: Path) -> None:
    code, said = shell(zipped(tmp_path / "central.zip"), "--dry-run")
    assert code == DONE
    assert "2 new" in said
    assert "1 files stored" in said
    assert not Questionnaire.objects.exists()
    assert not Submission.objects.exists()
    assert not Event.objects.exists()


def test_each_difference_is_told(shell: Any, tmp_path: Path) -> None:
    records = kobo(**{"home/owns": "radio plough", "extra": "SECRET", "members": [{"members/age": "old"}]})
    records.append(records[1] | {"_id": 3})
    records.append({"counted": "yes", "_id": 4})
    records.append({"_uuid": "x", "meta/instanceID": "uuid:x", "counted": "yes", "home/word": "a\u0000b"})
    code, said = shell(saved(tmp_path / "kobo.json", records, next="https://example.org/?page=2"))
    assert code == DIFFERENT
    for words in (
        "5 records read",
        "2 new",
        "3 refused",
        "record 3: The instanceID",
        "record 4: The record has no instanceID",
        "record 5: A text holds signs",
        "one page of several",
        "1 columns without a question, left out: extra",
        'home/owns: The code "plough" is not in the list "things". (1 times)',
        "members/age: It is no whole number. (1 times)",
        "1 records name the version 'vInvented' of the form",
    ):
        assert words in said, (words, said)
    assert "SECRET" not in said
    assert "heron" not in said


def test_what_cannot_be_read_changes_nothing(shell: Any, tmp_path: Path) -> None:
    nameless = tmp_path / "nameless.csv"
    nameless.write_text("counted,home-word\nyes,heron\n", encoding="utf-8")
    code, said = shell(nameless)
    assert code == WRONG_INPUT
    assert "No column tells the records apart" in said
    code, said = shell(written("Kobo JSON", tmp_path), "--key", "_uid")
    assert (code, "_uuid" in said) == (WRONG_INPUT, True)
    assert not Questionnaire.objects.exists()


def test_whose_questionnaire_it_is(shell: Any, tmp_path: Path) -> None:
    other = initiative()
    by = person(Role.COORDINATOR, other)
    actions.upload(initiative=other, xlsform=form(), name="form.xlsx", by=by, at=AT)
    code, said = shell(written("Kobo JSON", tmp_path))
    assert (code, "taken" in said) == (WRONG_INPUT, True)


def test_a_closed_questionnaire_takes_nothing(shell: Any, where: Initiative, tmp_path: Path) -> None:
    path = written("Kobo JSON", tmp_path)
    shell(path)
    actions.close(questionnaire=Questionnaire.objects.get(), by=person(Role.COORDINATOR, where), at=AT)
    code, said = shell(path)
    assert (code, "is closed" in said) == (WRONG_INPUT, True)


def test_an_xform_names_a_version_that_is_here(shell: Any, tmp_path: Path) -> None:
    path = written("Kobo JSON", tmp_path)
    shell(path, "--dry-run")
    from everycount.questionnaire import write_xform

    (tmp_path / "form.xml").write_bytes(write_xform(read_xlsform(form())))
    code, said = shell(path, asked="form.xml")
    assert (code, 'The form "brought" is not here in version "1"' in said) == (WRONG_INPUT, True)
    shell(path)
    code, said = shell(path, asked="form.xml")
    assert (code, "2 here already" in said) == (DONE, True)


def test_a_new_version_of_the_form_doubles_nothing(shell: Any, tmp_path: Path) -> None:
    path = written("Kobo JSON", tmp_path)
    shell(path)
    (tmp_path / "later.xlsx").write_bytes(form("2"))
    code, said = shell(path, asked="later.xlsx")
    assert (code, "2 here already" in said) == (DONE, True), said
    assert Edition.objects.count() == 2


def test_who_is_interrupted_begins_again(shell: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from everycount.site.collection.actions import bringing, storing

    monkeypatch.setattr(bringing, "AT_ONCE", 1)
    real, calls = storing.receive, []

    def tired(*words: Any, **more: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*words, **more)

    monkeypatch.setattr(storing, "receive", tired)
    path = written("Kobo JSON", tmp_path)
    code, said = shell(path)
    assert (code, Submission.objects.count()) == (130, 1)
    assert "begin again" in said
    _, said = shell(path)
    assert "1 new" in said
    assert "1 here already" in said
    assert contents() == WHOLE


ASSET = {
    "uid": "aInvented",
    "name": "Invented form",
    "deployed_version_id": "vInvented",
    "content": {
        "translations": ["English (en)", "French (fr)"],
        "survey": [
            {"type": "select_one", "select_from_list_name": "yn", "name": "counted", "required": True,
             "label": ["Count?", "Compter ?"], "$kuid": "k1"},
            {"type": "begin_group", "$autoname": "home", "label": ["Home", "Maison"]},
            {"type": "text", "$autoname": "word", "label": ["A word", "Un mot"]},
            {"type": "end_group"},
        ],
        "choices": [
            {"list_name": "yn", "name": "yes", "label": ["Yes", "Oui"]},
            {"list_name": "yn", "$autovalue": "no", "label": ["No", None]},
        ],
        "settings": {"default_language": "English (en)"},
    },
}  # fmt: skip


def test_the_asset_of_kobo_is_a_form(shell: Any, tmp_path: Path) -> None:
    asked = read_xlsform(from_kobo(json.dumps(ASSET).encode(), "asset.json"))
    assert (asked.id, asked.version, asked.languages) == ("aInvented", "vInvented", ("en", "fr"))
    assert [(each.full_path, each.required) for each in asked.questions] == [
        (("counted",), True),
        (("home", "word"), False),
    ]
    assert [each.codes for each in asked.choice_lists] == [("yes", "no")]
    (tmp_path / "asset.json").write_text(json.dumps(ASSET), encoding="utf-8")
    records = [{"counted": "yes", "home/word": "heron", "_uuid": ONE, "__version__": "vInvented"}]
    code, said = shell(saved(tmp_path / "kobo.json", records), asked="asset.json")
    assert (code, Version.objects.get().version) == (DONE, "vInvented"), said
    assert "name the version" not in said


@pytest.mark.shared
@pytest.mark.slow
def test_a_workbook_of_kobo_with_four_rosters(
    shell: Any, shared: Path, tmp_path: Path, where: Initiative
) -> None:
    """241 invented households of a real questionnaire with 965 members, in rosters inside rosters."""
    folder = shared / "data/xlsforms/humind-msna-2024"
    asked = folder / "REACH_2024_MSNA-kobo-tool_draft_v11.xlsx"
    (tmp_path / "msna.xlsx").write_bytes(asked.read_bytes())
    for number in ("241 new", "241 here already"):
        code, said = shell(folder / "dummy_raw_data.xlsx", "--missing", "NA", asked="msna.xlsx")
        assert (code, number in said) == (DONE, True), said
    assert Submission.objects.filter(questionnaire__initiative=where).count() == 241
    form_here = queries.form(Version.objects.get().id)
    records = [read_instance(open_item(each.item), form_here) for each in Edition.objects.all()]
    assert sum(len(each.rosters["roster"]) for each in records) == 965
    assert not any(each.findings for each in records)


@pytest.mark.shared
@pytest.mark.slow
def test_tal_afar(shell: Any, shared: Path, tmp_path: Path) -> None:
    """632 households of KoboToolbox, options in columns, with the codes that were scrambled afterwards."""
    folder = shared / "data/surveys/iraq-tal-afar-2021"
    sheets = {}
    for sheet in ("survey", "choices"):
        text = (folder / f"cleaningtools_{sheet}.csv").read_text(encoding="utf-8")
        sheets[sheet] = list(csv.reader(io.StringIO(text)))
    sheets["settings"] = [["form_title", "form_id", "version"], ["Tal Afar", "tal_afar", "1"]]
    (tmp_path / "tal.xlsx").write_bytes(write_xlsform(sheets))
    words = (folder / "cleaningtools_raw_data.csv", "--key", "X_uuid", "--missing", "NA")
    for number in ("632 new", "632 here already"):
        code, said = shell(*words, asked="tal.xlsx")
        assert (code, number in said) == (DONE, True), said
    assert Edition.objects.count() == 632
    assert 'is not in the list "neighbourhoods"' in said


def test_the_example_of_central(shell: Any, root: Path, tmp_path: Path) -> None:
    """The thousand invented records that the house ships, with 3,507 members."""
    folder = root / "src/everycount/example/hotspots"
    (tmp_path / "hotspots.xlsx").write_bytes((folder / "form.xlsx").read_bytes())
    for number in ("1000 new", "1000 here already"):
        code, said = shell(folder / "submissions.zip", asked="hotspots.xlsx")
        assert (code, number in said) == (DONE, True), said
    assert Edition.objects.count() == 1000
