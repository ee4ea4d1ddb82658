from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from everycount.catalogue import area
from everycount.cli import DONE, WRONG_INPUT, main
from everycount.faults import InputError
from everycount.progress import Rule, availability, disaggregation, groups, shipped_vintage, un_members
from everycount.progress.loading import load

if TYPE_CHECKING:
    from pathlib import Path

# Recomputed by hand in SQL when the data were taken over; PROVENANCE of the copy of October 2020.
FIGURE_II = {
    "1": 60.43, "2": 43.22, "3": 80.87, "4": 50.40, "5": 31.77, "6": 65.14,
    "7": 80.66, "8": 56.77, "9": 68.06, "10": 73.32, "11": 57.36, "12": 55.60,
    "13": 50.43, "14": 41.52, "15": 80.87, "16": 39.38, "17": 68.25,
}  # fmt: skip


def drawn(tmp_path: Path, *rows: str) -> Path:
    file = tmp_path / "drawn.csv"
    file.write_text(
        "\n".join(("indicator,series,area,year,value,nature,sex,age", *rows, "")), encoding="utf-8"
    )
    return file


def test_shares_by_goal_of_the_founding_figure() -> None:
    found = availability(shipped_vintage())
    assert len(found.indicators) == 208
    assert {goal: round(100 * share, 2) for goal, share in found.by_goal().items()} == FIGURE_II


def test_traps_of_the_database() -> None:
    found = availability(shipped_vintage()).by_indicator()
    assert found["2.1.2"][0] == 108  # placeholders N and NV are not data
    assert {found[number][0] for number in ("1.5.1", "11.5.1", "13.1.1")} == {114}  # once under each goal
    once = availability(shipped_vintage(), Rule(repeats="once"))
    numbers = [once.indicators[row] for row in once.rows_of("15")]
    assert "15.a.1" in numbers
    assert "15.b.1" not in numbers


def test_members_of_the_united_nations() -> None:
    assert len(un_members()) == len(set(un_members())) == 193
    assert all(area(code).m49 == code for code in un_members())
    assert {"004", "404", "728"} <= set(un_members())
    assert not {"158", "275", "336"} & set(un_members())  # not members


def test_groups_have_the_sizes_that_the_lists_say() -> None:
    sizes = {group.id: len(group.members) for group in groups()}
    assert (sizes["LDC"], sizes["LLDC"], sizes["SIDS"]) == (45, 32, 53)
    assert sizes["001"] >= 248


def test_a_country_counts_by_one_series_with_enough_years(tmp_path: Path) -> None:
    found = load(
        drawn(
            tmp_path,
            "1.1.1,SI_POV_DAY1,404,2015,1,C,,",
            "1.1.1,SI_POV_EMP1,404,2016,1,C,,",  # another series: no second year of the first
            "1.1.1,SI_POV_DAY1,4,2015,1,E,FEMALE,",
            "1.1.1,SI_POV_DAY1,4,2015,2,E,MALE,",  # the same year
            "1.1.1,SI_POV_DAY1,8,2014,1,C,,",
            "1.1.1,SI_POV_DAY1,8,2016,NA,C,,",
            "1.1.1,SI_POV_DAY1,12,2015,0,N,,",
            "1.1.1,SI_POV_DAY1,24,2015,1,M,,",
            "1.1.1,SI_POV_DAY1,24,2017,1,M,,",
        )
    )
    asked = ("404", "004", "008", "012", "024")

    def has(**changes: object) -> list[bool]:
        return availability(found, Rule(countries=asked, **changes)).has[0].tolist()  # type: ignore[arg-type]

    assert has() == [True, True, False, False, True]
    assert has(min_points=2) == [False, False, False, False, True]
    assert has(since=2014) == [True, True, True, False, True]
    assert has(natures=("C", "CA")) == [True, False, False, False, False]
    share = availability(found, Rule(countries=asked, base="applicable")).by_goal()["1"]
    assert share == pytest.approx(3 / 4)  # 012 is not asked about
    ages = availability(found, Rule(countries=asked)).ages()[0]
    assert ages[:3].tolist() == [1, 2, 3]
    assert np.isnan(ages[3])


def test_all_indicators_or_those_with_data(tmp_path: Path) -> None:
    found = load(drawn(tmp_path, "1.1.1,SI_POV_DAY1,404,2015,1,C,,"))
    assert availability(found, Rule(countries=("404",))).by_goal() == {"1": 1.0}
    whole = availability(found, Rule(countries=("404",), denominator="all"))
    assert len(whole.goals) == 17
    assert whole.by_goal()["1"] == pytest.approx(1 / len(whole.rows_of("1")))


def test_two_groups_make_a_split_and_a_universe_makes_none(tmp_path: Path) -> None:
    found = load(
        drawn(
            tmp_path,
            "8.5.2,SL_TLF_UEM,404,2015,1,C,FEMALE,15+",
            "8.5.2,SL_TLF_UEM,404,2015,2,C,MALE,15+",
            "8.5.2,SL_TLF_UEM,4,2015,2,C,BOTHSEX,15-24",
            "8.5.2,SL_TLF_UEM,4,2015,2,C,BOTHSEX,25+",
            "8.5.2,SL_TLF_UEM,8,2015,2,C,FEMALE,15+",
            "8.5.2,SL_TLF_UEM,8,2016,2,C,MALE,15+",  # another year
            "8.5.2,SL_TLF_UEM,12,2015,2,C,MALE,15-24",
            "8.5.2,SL_TLF_UEM,12,2015,2,C,FEMALE,25+",
        )
    )
    asked = ("404", "004", "008", "012")
    splits = disaggregation(found, Rule(countries=asked))
    assert splits.has["sex",][0].tolist() == [True, False, False, True]
    assert splits.has["age",][0].tolist() == [False, True, False, True]
    assert splits.has["sex", "age"][0].tolist() == [False, False, False, True]
    assert splits.missing("404") == {"8.5.2": ("age", "disability")}
    with pytest.raises(InputError, match='country "840" is not known'):
        splits.missing("840")


def test_the_command_writes_what_the_contract_names(tmp_path: Path) -> None:
    file = drawn(tmp_path, "1.1.1,SI_POV_DAY1,404,2015,1,C,,", "1.1.1,SI_POV_DAY1,4,2012,1,C,,")
    (tmp_path / "two.csv").write_text("m49\n4\nKEN\n", encoding="utf-8")
    out = tmp_path / "out"
    given = ["--data", str(file), "--countries", str(tmp_path / "two.csv"), "--out", str(out), "--quiet"]
    assert main(["sdg", "availability", *given]) == DONE

    def read(name: str) -> list[dict[str, str]]:
        with (out / name).open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    assert read("by_goal.csv") == [{"goal": "1", "indicators": "1", "share": "0.5"}]
    assert read("by_indicator.csv") == [{"goal": "1", "indicator": "1.1.1", "countries": "1", "share": "0.5"}]
    assert [(row["area"], row["share"]) for row in read("by_country.csv")] == [("004", "0.0"), ("404", "1.0")]
    ldc = next(row for row in read("by_group.csv") if row["group"] == "LDC")
    assert (ldc["countries"], ldc["share"]) == ("1", "0.0")
    assert read("timeliness.csv")[0]["median_age"] == "1.5"
    assert json.loads((out / "parameters.json").read_text(encoding="utf-8"))["rule"]["since"] == 2015


def test_the_commands_say_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = drawn(tmp_path, "1.1.1,SI_POV_DAY1,404,2015,1,C,,")
    assert main(["vintage", str(file), "--out", str(tmp_path / "kept"), "--quiet"]) == DONE
    for more, said in ((["--min-points", "0"], "0 distinct years"), (["--column", "area"], 'has no "="')):
        given = ["--data", str(file), "--out", str(tmp_path / "out"), "--quiet", *more]
        assert main(["sdg", "availability", *given]) == WRONG_INPUT
        assert said in capsys.readouterr().err
    (tmp_path / "odd.csv").write_text("m49\n4\n987\n", encoding="utf-8")
    given = ["--data", str(file), "--out", str(tmp_path / "out2"), "--countries", str(tmp_path / "odd.csv")]
    assert main(["sdg", "availability", *given]) == WRONG_INPUT
    assert "odd.csv, line 3" in capsys.readouterr().err
    assert not (tmp_path / "out2").exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"countries": ()}, "No country"),
        ({"countries": ("404", "404")}, "twice"),
        ({"base": "everybody"}, "not known"),
        ({"weighting": "people"}, "not known"),
        ({"denominator": "some"}, "not known"),
        ({"repeats": "never"}, "not known"),
    ],
)
def test_rules_check_themselves(changes: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        Rule(**changes)  # type: ignore[arg-type]


def test_no_room_hides_a_function_of_the_door() -> None:
    import pkgutil

    import everycount.progress as door

    rooms = {room.name for room in pkgutil.iter_modules(door.__path__)}
    assert rooms.isdisjoint(door.__all__)
