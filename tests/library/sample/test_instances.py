"""Records of an export as instances: numbers, names, and rows that have lost their outer row. Invented."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from everycount.questionnaire import read_instance, read_xlsform
from everycount.questionnaire.filling import write_filled
from everycount.sample import MAIN, Design, DesignKind, Source, read
from everycount.sample.instances import Export
from library.sample import exported

if TYPE_CHECKING:
    from pathlib import Path

PURPOSIVE = Design(DesignKind.PURPOSIVE, notes={"selection": "invented"})
FORM = read_xlsform(exported.form())


def export(path: Path, key: str | None = None) -> Export:
    sample = read({MAIN: Source(path)}, design=PURPOSIVE, questionnaire=FORM, spills=False)
    return Export(sample, FORM, key)


def test_a_long_export_is_written_and_read_back(tmp_path: Path) -> None:
    tables = {
        "form": exported.SURVEYCTO_MAIN,
        "form-members": exported.SURVEYCTO_MEMBERS,
        "form-jobs": exported.SURVEYCTO_JOBS,
    }
    found = export(exported.packed(tables, tmp_path / "records.zip"))
    records = [record for batch in found.batches(1) for record in batch]
    assert [each.name for each in records] == list(exported.KEYS)
    one, two = (read_instance(write_filled(FORM, each.name, each.filled), FORM) for each in records)
    assert one.answers["household/owns"] == ("radio", "1")
    assert [row.answers["members/age"] for row in one.rosters["members"]] == [30, 4]
    hours = [(row.answers["members/jobs/hours"], row.parent) for row in one.rosters["jobs"]]
    assert hours == [(8, 0), (4, 0)]
    assert [row.answers["members/jobs/hours"] for row in two.rosters["jobs"]] == [6]
    assert not one.findings + two.findings
    assert not found.absent_questions() + found.strange_tables() + [*found.orphans()]


def test_a_row_without_its_outer_row_is_left_out_and_known(tmp_path: Path) -> None:
    jobs = [
        [str(cell).replace("members[1]", "members[9]") for cell in row] for row in exported.SURVEYCTO_JOBS
    ]
    tables = {
        "form": exported.SURVEYCTO_MAIN,
        "form-members": exported.SURVEYCTO_MEMBERS,
        "form-jobs": jobs,
    }
    found = export(exported.packed(tables, tmp_path / "records.zip"))
    assert found.orphans() == {"jobs": 3}


def test_numbers_are_the_same_from_every_export(tmp_path: Path) -> None:
    path = tmp_path / "records.json"
    texts = ["500", "500.0", 500, "500.00"]
    path.write_text(
        json.dumps([{"_uuid": str(n), "household": {"rent": text}} for n, text in enumerate(texts)])
    )
    (batch,) = export(path).batches(10)
    assert [each.filled.answers for each in batch] == [{"household/rent": "500"}] * 4


def test_the_name_that_lasts_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "records.json"
    uuid = "11111111-aaaa-4bbb-8ccc-000000000001"
    meta = {"instanceID": "uuid:now", "rootUuid": f"uuid:{uuid}", "deprecatedID": "uuid:before"}
    path.write_text(json.dumps([{"_uuid": "now", "meta": meta}, {"_uuid": uuid, "meta": {"rootUuid": uuid}}]))
    (batch,) = export(path).batches(10)
    assert [(each.name, each.before) for each in batch] == [
        (f"uuid:{uuid}", "uuid:before"),
        (f"uuid:{uuid}", ""),
    ]
    (batch,) = export(path, "_uuid").batches(10)
    assert [each.name for each in batch] == ["now", f"uuid:{uuid}"]


def test_what_the_form_does_not_ask_is_named(tmp_path: Path) -> None:
    path = tmp_path / "records.json"
    record = {
        "_uuid": "1",
        "water": "yes",
        "plough": "2",
        "empty": None,
        "_notes": [],
        "guests": [{"age": 3}],
    }
    path.write_text(json.dumps([record]))
    found = export(path)
    assert (found.strange_columns(), found.strange_tables()) == (["plough"], ["guests"])
    assert "members/age" in found.absent_questions()
