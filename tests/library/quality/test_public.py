"""What of the quality of the records a release tells, and what it never does."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest

from everycount.quality.public import ENOUGH, QualityFigure, public
from everycount.quality.report import Check, Grade, Signal
from everycount.release import read
from everycount.survey import read_folder, release_folder
from everycount.survey.judged import describe, judge
from everycount.survey.river import open_records

HOTSPOTS = Path(__file__).resolve().parents[3] / "src" / "everycount" / "example" / "hotspots"

SIGNAL = Signal(
    Check.MISSING,
    "main",
    "",
    7.4321,
    "%",
    Grade.LOOK,
    "Words with 17 of 211 people.",
    "5 %",
    "somebody",
    (3, 5),
)


def about(**changes: object) -> Signal:
    return replace(SIGNAL, **changes)  # type: ignore[arg-type]


def test_figures_are_rounded_and_carry_no_words_and_no_rows() -> None:
    (told,) = public([SIGNAL], ENOUGH)
    assert told == QualityFigure(Check.MISSING, "", 7.0, "%", Grade.LOOK, "5 %", "somebody")
    assert not {"words", "rows", "table"} & {field.name for field in fields(told)}


def test_nothing_is_told_of_a_few_people() -> None:
    assert public([SIGNAL], ENOUGH - 1) == ()


@pytest.mark.parametrize(
    "signal",
    [
        about(about="one_question"),
        about(about="one_question by sex", unit=""),
        about(grade=Grade.OPEN),
        about(check=Check.STRAIGHT_LINES, about="battery by interviewer"),
        about(check=Check.INTERVIEWERS, about="Invented Interviewer"),
        about(check=Check.OUTLIERS, about="income"),
        about(check=Check.SEX_RATIO, unit=""),
        about(check=Check.AGE_STRUCTURE, unit=""),
        about(check=Check.NEAR_DUPLICATES),
    ],
)
def test_single_questions_groups_interviewers_and_counts_of_groups_stay(signal: Signal) -> None:
    assert public([signal], 10_000) == ()


def test_what_is_told_is_what_the_keeper_sees_rounded() -> None:
    folder = read_folder(HOTSPOTS)
    opened = open_records(folder)
    told = describe(folder, opened.sample, opened.plan)
    seen = {
        (each.check, each.about): each
        for each in judge(folder, opened.sample, opened.plan).signals
        if each.table == "main"
    }
    assert told
    for figure in told:
        signal = seen[figure.check, figure.about]
        assert abs(figure.figure - signal.figure) <= 0.5
        assert (figure.grade, figure.threshold, figure.source) == (
            signal.grade,
            signal.threshold,
            signal.source,
        )


def test_the_release_keeps_it_and_reads_it_back(tmp_path: Path) -> None:
    from everycount.formats import write

    made, folder = release_folder(HOTSPOTS)
    write(made, tmp_path / "out", questionnaire=folder.questionnaire)
    again = read(tmp_path / "out")
    assert again.provenance.quality == made.provenance.quality != ()
    assert again.digest == made.digest
