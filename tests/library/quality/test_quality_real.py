"""Real surveys: the checks run, and find what their keepers and publishers say is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from everycount.quality import Roles, Split, assess
from everycount.quality.report import Check, Grade, QualityReport, Signal
from everycount.questionnaire import read_xlsform_csv
from everycount.sample import MAIN, Design, DesignKind, Source, read
from everycount.survey.inspect import inspect

if TYPE_CHECKING:
    from pathlib import Path

PURPOSIVE = Design(DesignKind.PURPOSIVE, notes={"selection": "not said"})


def of(report: QualityReport, check: Check) -> list[Signal]:
    return [signal for signal in report.signals if signal.check is check]


@pytest.mark.shared
def test_tal_afar(shared: Path) -> None:
    folder = shared / "data/surveys/iraq-tal-afar-2021"
    texts = [(folder / f"cleaningtools_{name}.csv").read_bytes() for name in ("survey", "choices")]
    questionnaire = read_xlsform_csv(*texts)
    source = Source(folder / "cleaningtools_raw_data.csv", key="X_uuid")
    sample = read({MAIN: source}, design=PURPOSIVE, missing=("", "NA"), questionnaire=questionnaire)
    roles = Roles(
        age="age_respondent_r",
        interviewer="enumerator_num",
        start="X.U.FEFF.start",
        end="end",
        no_answer=("dont_know", "prefer_not_answer"),
    )
    report = assess(sample, questionnaire, [Split("place", "neighbourhood")], roles=roles)
    (whipple,) = of(report, Check.WHIPPLE)
    assert (whipple.grade, round(whipple.figure)) == (Grade.SERIOUS, 175)
    # Sixteen interviewers with about forty interviews each: nobody was left out.
    (typical,) = (signal for signal in of(report, Check.INTERVIEWERS) if signal.about == "enumerator_num")
    assert 0.03 < typical.figure < 0.3
    (short,) = (signal for signal in of(report, Check.DURATION) if signal.about == "short")
    assert short.figure < 10
    (near,) = of(report, Check.NEAR_DUPLICATES)
    assert 0 < near.figure < 5
    assert of(report, Check.DUPLICATES)[0].figure == 0
    # The keepers' own log of cleaning changed answers to numbers that stand out: expenses among them.
    assert {"tot_expenses", "inc_employment_pension"} <= {each.about for each in of(report, Check.OUTLIERS)}


@pytest.mark.shared
def test_malawi(shared: Path) -> None:
    path = shared / "data/surveys/malawi-wash/washmalawi/washmalawi.csv.gz"
    sample = read({MAIN: Source(path)}, design=PURPOSIVE, missing=("", "NA"))
    roles = Roles(digits=("water_collection_time_mins",))
    report = assess(sample, None, [Split("district", "district")], roles=roles)
    # Nobody says 17 minutes: four in five times end on 0.
    (digits,) = of(report, Check.DIGITS)
    assert (digits.grade, round(digits.figure)) == (Grade.SERIOUS, 80)
    # 25 simple questions: many households answer alike, which is no finding.
    assert {
        signal.grade for signal in (*of(report, Check.DUPLICATES), *of(report, Check.NEAR_DUPLICATES))
    } == {Grade.OPEN}
    (far,) = of(report, Check.OUTLIERS)
    assert "3600" in far.words  # sixty hours to fetch water
    named = [signal for signal in of(report, Check.MISSING) if signal.about.endswith("by district")]
    assert named
    assert len(report.left_out) == 5


@pytest.mark.shared
def test_the_synthetic_country_of_the_world_bank(shared: Path) -> None:
    folder = shared / "data/surveys/world-bank-synthetic-2023"
    sources = {
        MAIN: Source(folder / "hld_sample_wb_2023.parquet", key="hid"),
        "persons": Source(folder / "ind_sample_wb_2023.parquet", parent_key="hid"),
    }
    design = Design(
        DesignKind.PROBABILITY,
        strata=("geo1", "urbrur"),
        clusters=("ea",),
        weights="hhweight",
        notes={"frame": "enumeration areas"},
    )
    sample = read(sources, design=design)
    roles = Roles(age="age", sex="sex", male=("Male",), female=("Female",), ignore=("geo2",))
    report = assess(sample, None, [], roles=roles)
    (ratio,) = of(report, Check.SEX_RATIO)
    assert (ratio.table, ratio.grade) == ("persons", Grade.FINE)
    assert ratio.figure == pytest.approx(100 * 1615 / 1631)
    (whipple,) = of(report, Check.WHIPPLE)
    assert (whipple.table, round(whipple.figure)) == ("persons", 121)
    # Six households stand there twice with all their spending, in different places: chance never does that.
    (duplicates,) = of(report, Check.DUPLICATES)
    assert (duplicates.grade, len(duplicates.rows)) == (Grade.LOOK, 12)


@pytest.mark.parametrize("name", ["dhaka", "hotspots"])
def test_the_examples(root: Path, name: str) -> None:
    lines = list(inspect(root / "src" / "everycount" / "example" / name))
    (summary,) = (line for line in lines if line.startswith("Quality of the records: "))
    assert "serious" not in summary
    assert any(line.startswith("  near-duplicates") for line in lines)
