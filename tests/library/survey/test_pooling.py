"""Sources that keep their records: what they send, what is refused, and what comes out."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import math
import shutil
from dataclasses import fields
from typing import TYPE_CHECKING

import pytest

from everycount.cli import main
from everycount.faults import InputError
from everycount.protect import OPEN, PARTNERS, PUBLIC, Sendable, Status, travelling
from everycount.release import read
from everycount.survey import release_folder
from everycount.survey.moments import from_bytes, moments_of, to_bytes
from everycount.survey.pooling import pool_files

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.protect.cells import Cell

PARTS = {"north": {"1", "2", "3"}, "middle": {"4", "5"}, "south": {"6", "7", "8", "9", "10"}}


@pytest.fixture(scope="session")
def sources(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The survey of Dhaka as if three organisations had asked, each in zones of its own."""
    whole = root / "src/everycount/example/dhaka"
    with gzip.open(whole / "households.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    made = {"whole": whole}
    for name, zones in PARTS.items():
        made[name] = tmp_path_factory.mktemp("sources") / name
        shutil.copytree(whole, made[name])
        kept = [row for row in rows if row["zone"] in zones]
        assert kept
        with gzip.open(made[name] / "households.csv.gz", "wt", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(kept)
    return made


@pytest.fixture(scope="session")
def files(sources: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What each of them sends."""
    folder = tmp_path_factory.mktemp("moments")
    for name in PARTS:
        (folder / f"{name}.json").write_bytes(to_bytes(moments_of(sources[name])))
    return {name: folder / f"{name}.json" for name in PARTS}


def differences(one: Cell, other: Cell) -> list[str]:
    def alike(a: object, b: object) -> bool:
        if isinstance(a, float) and isinstance(b, float):
            return math.isclose(a, b, rel_tol=1e-10, abs_tol=1e-10)
        return a == b

    pairs = ((field.name, getattr(one, field.name), getattr(other, field.name)) for field in fields(one))
    return [f"{one.measure} {one.cell} {name}: {a} {b}" for name, a, b in pairs if not alike(a, b)]


def test_whoever_pools_gets_the_numbers_of_all_records(
    sources: dict[str, Path], files: dict[str, Path], tmp_path: Path
) -> None:
    """In full precision: the policy of the folder is "open", since its records are public."""
    plan = tmp_path / "plan"
    plan.mkdir()
    shutil.copy(sources["whole"] / "survey.toml", plan)
    pooled, _ = pool_files(list(files.values()), plan)
    whole, _ = release_folder(sources["whole"])
    pairs = list(zip(whole.cells.cells, pooled.cells.cells, strict=True))
    together = [(a, b) for a, b in pairs if b.status is not Status.WITHHELD_BY_COMMUNITY]
    assert len(together) > 30
    assert sum(a.se is not None for a, _ in together) > 30
    assert [line for pair in together for line in differences(*pair)] == []
    assert pooled.dimensions == whole.dimensions
    assert pooled.measures == whole.measures
    assert pooled.design.sample.records == whole.design.sample.records
    assert math.isclose(pooled.design.sample.n_kish, whole.design.sample.n_kish, rel_tol=1e-12)
    assert pooled.cells.contrasts == ()
    assert "3 sources" in pooled.design.notes["pooled"]


def test_a_cell_that_one_source_holds_back_has_no_number(
    sources: dict[str, Path], files: dict[str, Path]
) -> None:
    pooled, _ = pool_files(list(files.values()), sources["whole"])
    sent = [from_bytes(file.read_bytes(), file.name).states for file in files.values()]
    held = {place for one in sent for place, state in one.items() if state is None}
    assert held
    for cell in pooled.cells.cells:
        if (cell.measure, cell.cell) in held:
            assert (cell.status, cell.value, cell.n) == (Status.WITHHELD_BY_COMMUNITY, None, None)
        else:
            assert cell.status is not Status.WITHHELD_BY_COMMUNITY


def test_nothing_small_travels(files: dict[str, Path], sources: dict[str, Path]) -> None:
    """The thresholds hold of the file itself, and of what a total leaves beside groups."""
    for file in files.values():
        moments = from_bytes(file.read_bytes(), file.name)
        rules = travelling(moments.policy)
        whole: dict[str, int] = {}
        for row in moments.rows:
            if row.sums is not None:
                assert row.sums.n >= rules.min_respondents
                assert row.sums.clusters >= rules.min_clusters >= 10
                if not row.cell:
                    whole[row.measure] = row.sums.n
        for measure, n in whole.items():
            for dimension in moments.groups:
                rows = [
                    r for r in moments.rows if r.measure == measure and [d for d, _ in r.cell] == [dimension]
                ]
                hidden = [r for r in rows if r.sums is None]
                left = n - sum(r.sums.n for r in rows if r.sums is not None)
                assert not hidden or left == 0 or len(hidden) > 1


def test_the_file_holds_no_record_and_no_cluster(files: dict[str, Path], sources: dict[str, Path]) -> None:
    text = files["north"].read_text(encoding="utf-8")
    with gzip.open(sources["north"] / "households.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            assert f'"{row["uniqueID"]}"' not in text
            assert f'"{row["psu"]}"' not in text
    document = json.loads(text)
    assert document["schema"] == "everycount-moments/1"
    assert {row["measure"] for row in document["rows"]} >= {"basic_water"}


def test_the_order_of_files_does_not_matter(sources: dict[str, Path], files: dict[str, Path]) -> None:
    forth, _ = pool_files(list(files.values()), sources["whole"])
    back, _ = pool_files(list(reversed(files.values())), sources["whole"])
    assert forth == back
    assert forth.digest == back.digest


def test_the_same_source_twice_is_refused(
    sources: dict[str, Path], files: dict[str, Path], tmp_path: Path
) -> None:
    again = shutil.copy(files["north"], tmp_path / "again.json")
    with pytest.raises(InputError) as caught:
        pool_files([files["north"], again], sources["whole"])
    assert "same records" in str(caught.value)


def test_the_same_records_under_another_name_and_policy_are_refused(
    sources: dict[str, Path], files: dict[str, Path], tmp_path: Path
) -> None:
    """Written again, with another order of columns, another title and less hidden: the sums are the same."""
    again = tmp_path / "again"
    shutil.copytree(sources["north"], again)
    with gzip.open(again / "households.csv.gz", "rt", encoding="utf-8") as file:
        table = [list(reversed(row)) for row in csv.reader(file)]
    with gzip.open(again / "households.csv.gz", "wt", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(table)
    toml = (again / "survey.toml").read_text(encoding="utf-8")
    (again / "survey.toml").write_text(
        toml.replace('title.en = "', 'title.en = "Again: ', 1), encoding="utf-8"
    )
    (tmp_path / "again.json").write_bytes(to_bytes(moments_of(again, policy="partners")))
    with pytest.raises(InputError) as caught:
        pool_files([files["north"], tmp_path / "again.json"], sources["whole"])
    assert "same records" in str(caught.value)


def test_no_digest_of_the_records_travels(files: dict[str, Path], sources: dict[str, Path]) -> None:
    """Whoever knows all records but one would try what that one may say until the digest fits."""
    records = (sources["north"] / "households.csv.gz").read_bytes()
    assert hashlib.sha256(records).hexdigest() not in files["north"].read_text(encoding="utf-8")


def test_what_a_release_hides_does_not_travel_beside_it(sources: dict[str, Path]) -> None:
    """Partners hold the public release, too; two rules hide beside different partners."""
    release, _ = release_folder(sources["north"], policy="public")
    hidden = {(one.measure, one.cell) for one in release.cells.cells if "suppressed_" in one.status}
    hidden -= {
        (one.measure, one.cell) for one in release.cells.cells if one.status is Status.SUPPRESSED_UNRELIABLE
    }
    alone = moments_of(sources["north"], policy="partners").states
    beside = moments_of(sources["north"], policy="partners", given=[release]).states
    assert any(alone.get(place) is not None for place in hidden)
    assert not any(beside.get(place) is not None for place in hidden)
    assert any(sums is not None for sums in beside.values())


def test_shared_strata_are_refused(sources: dict[str, Path], files: dict[str, Path], tmp_path: Path) -> None:
    """The same stratum asked by two organisations: other records, and the same place."""
    text = files["middle"].read_text(encoding="utf-8")
    moments = from_bytes(text.encode(), "middle.json")
    north = from_bytes(files["north"].read_bytes(), "north.json")
    import dataclasses

    other = dataclasses.replace(moments, strata=(*moments.strata[1:], north.strata[0]))
    (tmp_path / "other.json").write_bytes(to_bytes(other))
    with pytest.raises(InputError) as caught:
        pool_files([files["north"], tmp_path / "other.json"], sources["whole"])
    assert "1 stratum in common" in str(caught.value)


def test_another_plan_is_refused(sources: dict[str, Path], files: dict[str, Path], tmp_path: Path) -> None:
    plan = tmp_path / "plan"
    shutil.copytree(sources["whole"], plan)
    toml = (plan / "survey.toml").read_text(encoding="utf-8")
    (plan / "survey.toml").write_text(toml.replace("no_answer = 0", "no_answer = 1", 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        pool_files(list(files.values()), plan)
    assert len(caught.value.faults) == 3
    assert "another plan" in str(caught.value)


def test_a_changed_number_is_noticed(files: dict[str, Path]) -> None:
    data = files["north"].read_text(encoding="utf-8")
    at = data.index('"n":') + 4
    changed = f"{data[:at]}9{data[at:]}"
    with pytest.raises(InputError, match="digest"):
        from_bytes(changed.encode(), "north.json")


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"schema":"everycount-moments/1"}', b"\xff"])
def test_what_is_no_file_of_moments_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        from_bytes(data, "x.json")


def test_sums_that_may_travel_are_chosen_in_one_place() -> None:
    with pytest.raises(TypeError):
        Sendable(PUBLIC, {})


def test_rounded_counts_do_not_travel() -> None:
    from dataclasses import replace

    with pytest.raises(InputError, match="exact"):
        travelling(replace(PUBLIC, round_counts=5))


def test_no_rule_of_those_who_pool_is_weaker_than_that_for_partners() -> None:
    rules = travelling(OPEN)
    for name in ("respondents", "respondents_sensitive", "respondents_extreme", "clusters", "households"):
        assert getattr(rules, f"min_{name}") >= getattr(PARTNERS, f"min_{name}") > 0
    assert rules.protect
    assert rules.max_share <= PARTNERS.max_share


def test_from_the_shell(sources: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sent = [tmp_path / f"{name}.json" for name in ("north", "south")]
    for file in sent:
        assert main(["moments", str(sources[file.stem]), "--out", str(file)]) == 0
    assert "no record" in capsys.readouterr().out
    out = tmp_path / "out"
    whole = str(sources["whole"])
    assert main(["pool", *map(str, sent), "--plan", whole, "--out", str(out), "--policy", "public"]) == 0
    assert read(out).cells.policy.name == "public"
    assert main(["verify", str(out)]) == 0
    assert main(["pool", str(sent[0]), "--plan", whole, "--out", str(tmp_path / "x")]) == 2
    assert not (tmp_path / "x").exists()
    assert "nothing to be pooled with" in capsys.readouterr().err
