from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from everycount.cli import DONE, main
from everycount.faults import InputError
from everycount.progress import Aim, agreed_aims, assess, assess_all, load, read_aims
from everycount.progress.course import course

if TYPE_CHECKING:
    from pathlib import Path

DOWN, UP = Aim("X", -1), Aim("X", 1)
HALVE = Aim("X", -1, 0.5, relative=True)


def to(target: float, direction: int = -1, **more: object) -> Aim:
    return Aim("X", direction, target, **more)  # type: ignore[arg-type]


def test_vector_of_m1() -> None:
    found = assess({2015: 40, 2022: 30}, to(20), "M1")
    assert found.category == "fair_progress"
    assert found.ratio == pytest.approx(0.9203, abs=5e-5)


def test_vector_of_m3() -> None:
    found = assess({2015: 14.5, 2023: 10.2}, HALVE, "M3")  # Canada, 1.2.1
    assert (found.category, found.target) == ("on_track", 7.25)
    assert found.ratio == pytest.approx(0.9525901792, abs=5e-11)


NOT = "not_assessed"
HAZARDS = {
    "nothing": ({}, to(20), "no_data", "no_data"),
    "one year": ({2015: 40.0}, to(20), NOT, NOT),
    "baseline zero": ({2015: 0.0, 2020: 5.0}, to(20, 1), NOT, NOT),
    "baseline zero, no target": ({2015: 0.0, 2020: 5.0}, UP, NOT, NOT),
    "baseline negative": ({2015: -3.0, 2020: 5.0}, to(20, 1), NOT, NOT),
    "latest negative": ({2015: 3.0, 2020: -5.0}, to(20, 1), NOT, NOT),
    "down to zero": ({2015: 3.0, 2020: 0.0}, to(0), "met_or_on_track", "achieved"),
    "target zero": ({2015: 40.0, 2020: 30.0}, to(0), "fair_progress", NOT),
    "met against the trend": ({2015: 10.0, 2020: 15.0}, to(20), "met_or_on_track", "achieved"),
    "met and lost": ({2015: 10.0, 2020: 25.0}, to(20), "stagnation_or_regression", "deterioration"),
    "baseline at the target": ({2015: 20.0, 2020: 21.0}, to(20), "stagnation_or_regression", "deterioration"),
    "near 100": ({2015: 99.8, 2020: 99.2}, to(100, 1, percent=True), "met_or_on_track", "deterioration"),
    "near 0": ({2015: 0.7, 2020: 0.9}, to(0, percent=True), "met_or_on_track", NOT),
    "near 100, no percent": (
        {2015: 99.8, 2020: 99.2},
        to(100, 1),
        "stagnation_or_regression",
        "deterioration",
    ),
    "no 2015": (
        {2013: 40.0, 2016: 39.0, 2022: 30.0},
        to(20),
        "fair_progress",
        "progress_acceleration_needed",
    ),
    "past the year": ({2015: 40.0, 2022: 30.0}, to(20, year=2020), "fair_progress", "limited_progress"),
    "steady": ({2015: 40.0, 2022: 40.0}, to(20), "stagnation_or_regression", "limited_progress"),
    "worse": ({2015: 40.0, 2022: 41.0}, to(20), "stagnation_or_regression", "deterioration"),
    "rate of growth": ({2015: 3.0, 2020: 4.0}, Aim("X", 1, kind="growth"), NOT, NOT),
    "yes": ({2015: 0.0, 2020: 1.0}, Aim("X", 1, kind="binary"), "met_or_on_track", NOT),
    "no": ({2015: 0.0, 2020: 0.0}, Aim("X", 1, kind="binary"), "stagnation_or_regression", NOT),
    "up 3 % a year": ({2015: 100.0, 2016: 103.0}, UP, "met_or_on_track", "on_track"),
    "up 1 % a year": ({2015: 100.0, 2016: 101.0}, UP, "fair_progress", "progress_acceleration_needed"),
    "up 0.4 % a year": ({2015: 100.0, 2016: 100.4}, UP, "stagnation_or_regression", "limited_progress"),
    "down 3 % a year": ({2015: 100.0, 2016: 97.0}, DOWN, "met_or_on_track", "on_track"),
    "down, and up was wanted": ({2015: 100.0, 2016: 97.0}, UP, "stagnation_or_regression", "deterioration"),
}


@pytest.mark.parametrize("hazard", HAZARDS)
def test_hazards(hazard: str) -> None:
    values, aim, first, third = HAZARDS[hazard]
    found = assess(values, aim, "M1"), assess(values, aim, "M3")
    assert [one.category for one in found] == [first, third]
    assert all(one.reason for one in found if one.category == NOT)


def test_the_baseline_is_2015_or_the_year_nearest_to_it() -> None:
    def years(*known: int) -> tuple[int, int]:
        found = course(dict.fromkeys(known, 1.0))
        assert found is not None
        return found.baseline_year, found.latest_year

    assert years(2010, 2015, 2020) == (2015, 2020)
    assert years(2014, 2016, 2020) == (2014, 2020)
    assert years(2005, 2015) == (2005, 2015)  # 2015 has none after it
    assert years(2018, 2020) == (2018, 2020)


def test_states_are_told_apart(tmp_path: Path) -> None:
    rows = (
        "SI_POV_DAY1,404,2015,40,C,BOTHSEX,15+",
        "SI_POV_DAY1,404,2022,30,C,BOTHSEX,15+",
        "SI_POV_DAY1,404,2022,20,C,MALE,15+",
        "SI_POV_DAY1,4,2015,NA,C,,",
        "SI_POV_DAY1,8,2015,0,N,,",
        "SI_POV_DAY1,12,2015,3,C,MALE,15+",
        "SI_POV_DAY1,24,2015,3,C,,",
        "SI_POV_DAY1,24,2015,4,C,BOTHSEX,",
    )
    file = tmp_path / "drawn.csv"
    file.write_text("\n".join(("series,area,year,value,nature,sex,age", *rows, "")), encoding="utf-8")
    asked = ("404", "004", "008", "012", "024", "840")
    found = assess_all(load(file), {"SI_POV_DAY1": Aim("SI_POV_DAY1", -1, 20), "ZZ": UP}, asked)
    assert [one.outcome.category for one in found] == [
        "fair_progress", "no_data", "not_applicable", NOT, NOT, "no_data",
    ]  # fmt: skip
    assert "everybody together" in found[3].outcome.reason
    assert "several values" in found[4].outcome.reason
    with pytest.raises(InputError, match='series "ZZ" is not known'):
        assess_all(load(file), {"ZZ": UP}, asked)
    with pytest.raises(InputError, match='method "M9" is not known'):
        assess({2015: 1.0, 2016: 2.0}, UP, "M9")


def test_agreed_aims_say_where_they_stand() -> None:
    assert len(agreed_aims()) == 19
    assert all(aim.source.startswith("A/RES/") for aim in agreed_aims().values())


def test_aims_that_cannot_be_understood(tmp_path: Path) -> None:
    file = tmp_path / "aims.csv"
    file.write_text("series,direction,target,kind\nA,sideways,much,mood\nA,up,,\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_aims(file)
    assert len(caught.value.faults) == 4
    assert "aims.csv, line 2" in caught.value.faults[0].place
    file.write_text("series\nA\n", encoding="utf-8")
    with pytest.raises(InputError, match='no column "direction"'):
        read_aims(file)


def test_the_command_writes_what_the_contract_names(tmp_path: Path) -> None:
    (tmp_path / "kept.csv").write_text(
        "series,area,year,value\nSI_POV_DAY1,404,2015,40\nSI_POV_DAY1,404,2022,30\n", encoding="utf-8"
    )
    (tmp_path / "aims.csv").write_text("series,direction,target\nSI_POV_DAY1,down,20\n", encoding="utf-8")
    given = ["--data", str(tmp_path / "kept.csv"), "--targets", str(tmp_path / "aims.csv"), "--quiet"]
    assert main(["sdg", "progress", "--method", "M1", *given, "--out", str(tmp_path / "out")]) == DONE
    with (tmp_path / "out" / "progress.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    names = "area series target baseline_year latest_year baseline latest ratio category method".split()  # noqa: SIM905 - reads as the contract does
    assert list(rows[0])[: len(names)] == names
    kenya = next(row for row in rows if row["area"] == "404")
    assert (kenya["target"], kenya["baseline_year"], kenya["latest"], kenya["method"]) == (
        "20.0",
        "2015",
        "30.0",
        "M1",
    )
    assert float(kenya["ratio"]) == pytest.approx(0.9203, abs=5e-5)
    assert {row["category"] for row in rows} == {"fair_progress", "no_data"}
