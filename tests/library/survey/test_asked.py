"""A plan is proposed from a questionnaire alone, and held against it."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import everycount
from everycount.microdata.asked import tables_of
from everycount.questionnaire import Questionnaire, read_xlsform
from everycount.survey.asked import About, propose_plan
from everycount.survey.trying import try_out

if TYPE_CHECKING:
    from everycount.sample import Column

FORM = Path(everycount.__file__).parent / "example" / "hotspots" / "form.xlsx"
ABOUT = About("hotspots", "IND", "2026-02", dt.date(2026, 3, 1))


@pytest.fixture(scope="module")
def form() -> Questionnaire:
    return read_xlsform(FORM.read_bytes(), FORM.name)


@pytest.fixture(scope="module")
def columns(form: Questionnaire) -> dict[str, dict[str, Column]]:
    return {table.name: {column.name: column for _, column in table.columns} for table in tables_of([form])}


def test_the_proposal_is_a_plan_that_holds(
    form: Questionnaire, columns: dict[str, dict[str, Column]]
) -> None:
    text = propose_plan(form, columns, ABOUT)
    tried = try_out(text.encode(), columns)
    assert tried.faults == ()
    assert tried.plan is not None
    assert {"sex", "community", "age_group", "member_sex"} <= {each.id for each in tried.plan.dimensions}
    assert {"slum", "member_school"} <= {each.id for each in tried.plan.measures}
    assert {measure.table for measure in tried.plan.measures} == {"main", "members"}


def test_it_names_no_file_and_no_consent(form: Questionnaire, columns: dict[str, dict[str, Column]]) -> None:
    data = tomllib.loads(propose_plan(form, columns, ABOUT))
    assert not {"consent", "quality"} & data.keys()
    assert not {"records", "questionnaire"} & data["survey"].keys()
    assert "consent" not in str(data["measure"])


def test_faults_name_their_lines(columns: dict[str, dict[str, Column]]) -> None:
    text = (
        '[survey]\nid = "x"\ntitle = "X"\nperiod = "2026"\narea = "IND"\n[design]\nkind = "probability"\n'
        'strata = ["stat"]\n[[measure]]\nid = "a"\nkind = "proportion"\nquestion = "slumm"\nin = ["yes"]\n'
    )
    tried = try_out(text.encode(), columns)
    told = {(fault.place, fault.remedy) for fault in tried.faults}
    assert ("survey.toml, line 8", 'Did you mean "state"?') in told
    assert ("survey.toml, line 12", 'Did you mean "slum"?') in told
    (fault,) = try_out(b"[survey", columns).faults
    assert fault.place.startswith("survey.toml, last line")


def test_no_file_of_the_machine_is_read(columns: dict[str, dict[str, Column]]) -> None:
    text = (
        '[survey]\nid = "x"\ntitle = "X"\nperiod = "2026"\narea = "IND"\n[design]\nkind = "probability"\n'
        '[calibrate]\nmargins = [{by = ["sex"], file = "/etc/hostname"}]\n'
        '[[measure]]\nid = "a"\nkind = "proportion"\nquestion = "slum"\nin = ["yes"]\n'
    )
    (fault,) = try_out(text.encode(), columns).faults
    assert "outside the survey folder" in fault.problem
