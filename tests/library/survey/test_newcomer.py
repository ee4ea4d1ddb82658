"""The first hour of somebody with a file of answers: init, check, release, and not a line written by hand."""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from everycount.cli import DONE, main

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.shared, pytest.mark.slow]

NEEDS = "xlsforms/humind-msna-2024"
IRAQ = "surveys/iraq-tal-afar-2021/cleaningtools"
BANK = "surveys/world-bank-synthetic-2023"
# What a person would type after "everycount init", files below the folder of real data.
TYPED = {
    "needs": (
        f"{NEEDS}/dummy_raw_data.xlsx --form {NEEDS}/REACH_2024_MSNA-kobo-tool_draft_v11.xlsx --area MLI"
    ),
    "malawi": "surveys/malawi-wash/washmalawi/washmalawi.csv.gz --area MWI",
    "iraq": f"{IRAQ}_clean_data.csv --form {IRAQ}_survey.csv --choices {IRAQ}_choices.csv --area IRQ",
    "bank": f"{BANK}/hld_sample_wb_2023.parquet --roster {BANK}/ind_sample_wb_2023.parquet --area ZMB",
}


def walked(shared: Path, tmp_path: Path, name: str) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The plan that was proposed and confirmed, and the cells that it led to."""
    folder, out = tmp_path / name, tmp_path / "out"
    typed = [str(shared / "data" / word) if "/" in word else word for word in TYPED[name].split()]
    assert main(["init", *typed, "--out", str(folder)]) == DONE
    assert main(["check", str(folder)]) == DONE
    assert main(["release", str(folder), "--out", str(out)]) == DONE
    assert (out / "report.html").stat().st_size > 10_000
    with (out / "cells.csv").open(encoding="utf-8", newline="") as file:
        cells = list(csv.DictReader(file))
    return tomllib.loads((folder / "survey.toml").read_text(encoding="utf-8")), cells


def shown(cells: list[dict[str, str]]) -> float:
    return Counter(cell["status"] for cell in cells)["shown"] / len(cells)


def ids(plan: dict[str, Any], kind: str) -> set[str]:
    return {each["id"] for each in plan[kind]}


def test_a_needs_assessment_of_households_and_their_members(shared: Path, tmp_path: Path) -> None:
    plan, cells = walked(shared, tmp_path, "needs")
    assert plan["consent"] == {"statistics": {"question": "consent", "in": ["yes"]}}
    assert plan["design"] == {
        "kind": "probability", "strata": ["stratum"], "clusters": ["cluster_id"], "weights": "weight",
    }  # fmt: skip
    assert plan["survey"]["languages"] == ["en", "fr"]
    assert plan["survey"]["period"] == "2024-07"
    assert {"resp_gender", "setting", "admin1", "ind_gender", "ind_age_group"} <= ids(plan, "dimension")
    assert {each["unit"] for each in plan["measure"]} == {"household", "person"}
    assert {"hh_size", "wgq_vision_lot_of_difficulty", "edu_access"} <= ids(plan, "measure")
    assert shown(cells) > 0.6


def test_a_table_of_answers_without_a_questionnaire(shared: Path, tmp_path: Path) -> None:
    plan, cells = walked(shared, tmp_path, "malawi")
    assert plan["design"] == {"kind": "convenience"}
    assert plan["survey"]["period"] == "2016/2022"
    (district,) = plan["dimension"]
    # Five districts of thousands; seven with two to eleven records are put together.
    assert sorted(len(codes) for codes in district["groups"].values()) == [1, 1, 1, 1, 1, 7]
    assert {each["unit"] for each in plan["measure"]} == {"respondent"}
    assert {cell["basis"] for cell in cells} == {"none"}
    assert not [cell for cell in cells if cell["se"]]
    assert shown(cells) > 0.5


def test_a_questionnaire_in_two_files_and_two_languages(shared: Path, tmp_path: Path) -> None:
    plan, cells = walked(shared, tmp_path, "iraq")
    assert plan["consent"]["statistics"]["question"] == "consent_remote"
    assert plan["survey"]["languages"] == ["en", "ar"]
    assert plan["survey"]["period"] == "2021-07"
    assert {"gender_hoh", "socio_eco_division"} == ids(plan, "dimension")
    assert len(plan["measure"]) == 30
    assert shown(cells) == 1


def test_households_and_people_in_two_files(shared: Path, tmp_path: Path) -> None:
    plan, cells = walked(shared, tmp_path, "bank")
    assert plan["survey"]["records"]["key"] == "hid"
    assert plan["design"] == {"kind": "probability", "clusters": ["ea"], "weights": "hhweight"}
    names = [each["id"] for each in plan["dimension"]]
    assert names == ["urbrur", "geo1", "quint_nat", "sex", "educ_attain", "marstat", "age_group"]
    (wealth,) = [each for each in plan["dimension"] if each["id"] == "quint_nat"]
    assert list(wealth["groups"]) == ["poorest", "poor", "average", "rich", "richest"]
    assert wealth["ordered"] is True
    assert {"electricity", "literacy"} <= ids(plan, "measure")
    assert shown(cells) > 0.9
