"""The door: a small invented survey with known faults, read from files as a keeper would."""

from __future__ import annotations

import random
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from everycount.quality import Battery, Benchmark, Roles, Split, assess
from everycount.quality.report import Check, Grade, QualityReport, Signal
from everycount.quality.roles import completed
from everycount.questionnaire import read_xlsform_csv
from everycount.sample import MAIN, Design, DesignKind, Sample, Source, read

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.questionnaire import Questionnaire

FORM = b"""type,name,label,relevance,everycount::concept
start,start,,,
end,end,,,
text,who,Interviewer,,
select_one sex,sex,Sex,,sex
integer,age,Age,,age
select_one often,m1,Do you sleep badly?,,
select_one often,m2,Do you eat badly?,,
select_one often,m3,Do you worry?,,
integer,minutes,Minutes to the well,,
select_one often,rare,Only for some,${age} > 60,
integer,x1,X,,
integer,x2,X,,
integer,x3,X,,
select_one often,q1,One,,
select_one often,q2,Two,,
begin_group,late,Late,${age} > 60,
select_one often,q3,Three,,
end_group,,,,
"""
CHOICES = b"""list_name,name,label
sex,1,Male
sex,2,Female
often,a,Never
often,b,Sometimes
often,c,Often
often,d,Always
"""


@pytest.fixture(scope="module")
def form() -> Questionnaire:
    return read_xlsform_csv(FORM, CHOICES)


def people() -> list[dict[str, str]]:
    """300 people whom ten interviewers asked; interviewer i9 copies, hurries and rounds."""
    draw = random.Random(13)  # noqa: S311 - invented people are no secret
    found = []
    for place in range(300):
        code = [draw.choice("abcd") for _ in range(6)]
        row = {
            "start": f"2025-03-{1 + place // 30:02}T{8 + place % 12:02}:00:00+06:00",
            "end": f"2025-03-{1 + place // 30:02}T{8 + place % 12:02}:{draw.randint(30, 50)}:00+06:00",
            "who": f"i{place // 30}",
            "sex": draw.choice("12"),
            "age": str(draw.randint(18, 77)),
            **{f"m{each + 1}": code[each] for each in range(3)},
            "minutes": str(draw.randint(1, 60)),
            "rare": "",
            **{f"x{each}": str(draw.randint(0, 30)) for each in (1, 2, 3)},
            **{f"q{each + 1}": code[3 + each] for each in range(3)},
        }
        if place >= 270:
            row |= {f"m{each}": "c" for each in (1, 2, 3)} | {"q1": "d", "minutes": "60", "age": "30"}
            row["end"] = row["start"].replace(":00:00+", ":05:00+")
        if place in {100, 200}:
            row["minutes"] = ""
        found.append(row)
    found[299] |= {name: found[10][name] for name in found[10] if name not in {"start", "end", "who"}}
    return found


def sample(folder: Path, form: Questionnaire | None, rows: list[dict[str, str]]) -> Sample:
    text = "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows)])
    (folder / "people.csv").write_text(text, encoding="utf-8")
    design = Design(DesignKind.PURPOSIVE, notes={"selection": "invented"})
    return read({MAIN: Source(folder / "people.csv")}, design=design, missing=("",), questionnaire=form)


ROLES = Roles(
    interviewer="who",
    digits=("minutes",),
    benchmarks=(Benchmark("sex", (("man", 0.5), ("woman", 0.5)), "the census"),),
)
SPLITS = [Split("sex", "sex", (("man", ("1",)), ("woman", ("2",))))]


@pytest.fixture
def report(tmp_path: Path, form: Questionnaire) -> QualityReport:
    return assess(sample(tmp_path, form, people()), form, SPLITS, roles=ROLES)


def one(report: QualityReport, check: Check, about: str) -> Signal:
    (found,) = (signal for signal in report.signals if (signal.check, signal.about) == (check, about))
    return found


def test_everything_was_looked_at(report: QualityReport) -> None:
    assert report.left_out == ()
    absent = set(Check) - {signal.check for signal in report.signals}
    # Nothing is far from the others, and 300 people have no age structure.
    assert absent == {Check.OUTLIERS, Check.AGE_STRUCTURE}


def test_the_copy_is_found(report: QualityReport) -> None:
    assert one(report, Check.DUPLICATES, "").rows == (11, 300)


def test_the_hurry_is_found(report: QualityReport) -> None:
    short = one(report, Check.DURATION, "short")
    assert (short.grade, short.rows) == (Grade.LOOK, tuple(range(271, 301)))


def test_the_interviewer_is_found(report: QualityReport) -> None:
    assert one(report, Check.INTERVIEWERS, "who i9").rows == tuple(range(271, 301))
    by_interviewer = one(report, Check.STRAIGHT_LINES, "m1 to m3 by interviewer")
    assert "interviewer i9" in by_interviewer.words


def test_skipped_questions_are_no_missing_answers(report: QualityReport) -> None:
    overall = one(report, Check.MISSING, "")
    # who is about the interview, rare and q3 are for some: sex, age, m1-3, minutes, x1-3, q1 and q2 remain.
    assert overall.words.startswith("Of the answers to 11 questions")
    assert overall.figure == pytest.approx(100 * 2 / (11 * 300))


def test_the_form_says_which_columns_are_ages_sexes_and_times(form: Questionnaire) -> None:
    roles = completed(Roles(), form)
    assert (roles.age, roles.sex, roles.start, roles.end) == ("age", "sex", "start", "end")
    assert (roles.male, roles.female) == (("1",), ("2",))
    assert completed(Roles(age="other"), form).age == "other"


def test_the_order_of_the_rows_does_not_matter(tmp_path: Path, form: Questionnaire) -> None:
    rows = people()
    first = assess(sample(tmp_path, form, rows), form, SPLITS, roles=ROLES)
    order = list(range(300))
    random.Random(14).shuffle(order)  # noqa: S311 - as above
    folder = tmp_path / "again"
    folder.mkdir()
    second = assess(sample(folder, form, [rows[place] for place in order]), form, SPLITS, roles=ROLES)
    new_row = {old + 1: new + 1 for new, old in enumerate(order)}
    for one_way, other in zip(first.signals, second.signals, strict=True):
        assert (one_way.words, one_way.grade) == (other.words, other.grade)
        assert one_way.figure == pytest.approx(other.figure, rel=1e-12)
        assert tuple(sorted(new_row[row] for row in one_way.rows)) == other.rows


def test_without_a_questionnaire_and_roles_it_says_what_it_could_not_see(tmp_path: Path) -> None:
    report = assess(sample(tmp_path, None, people()), None, [], roles=Roles())
    assert len(report.left_out) == 5
    assert {signal.check for signal in report.signals} >= {Check.MISSING, Check.DUPLICATES}


def test_batteries_can_be_named(tmp_path: Path) -> None:
    roles = Roles(batteries=(Battery("mood", ("m1", "m2", "m3")),))
    report = assess(sample(tmp_path, None, people()), None, [], roles=roles)
    assert one(report, Check.STRAIGHT_LINES, "mood").figure > 10


def test_coverage_is_that_of_the_weights(tmp_path: Path) -> None:
    """Three women were reached for every man; each man stands for three."""
    rows = [f"{'m' if place % 4 == 0 else 'f'},{3 if place % 4 == 0 else 1}" for place in range(400)]
    (tmp_path / "people.csv").write_text("\n".join(["sex,w", *rows]), encoding="utf-8")
    roles = Roles(benchmarks=(Benchmark("sex", (("m", 0.5), ("f", 0.5)), "the census"),))
    found = []
    for weights in (None, "w"):
        design = Design(
            DesignKind.PROBABILITY, weights=weights, notes={"probabilities": "equal", "frame": "x"}
        )
        people = read({MAIN: Source(tmp_path / "people.csv")}, design=design)
        found.append(one(assess(people, None, [Split("sex", "sex")], roles=roles), Check.COVERAGE, "sex"))
    assert [signal.figure for signal in found] == pytest.approx([0.5, 0])
    assert [signal.grade for signal in found] == [Grade.SERIOUS, Grade.FINE]


def test_rows_stand_in_lines_for_the_keeper_and_nowhere_else(report: QualityReport) -> None:
    signal = one(report, Check.DUPLICATES, "")
    assert "11, 300" not in f"{signal!r} {signal.words}"
    assert "Rows of main: 11, 300." in signal.line()


def test_lines_begin_with_the_gravest_and_name_every_limit(report: QualityReport) -> None:
    lines = list(report.lines(2))
    assert lines[0].startswith("Quality of the records:")
    grades = [line.strip().partition(":")[0] for line in lines if line.startswith("    ")]
    assert "fine" not in grades
    assert grades[0] == "serious"
    checks = [line.strip() for line in lines[1:] if not line.startswith("    ")]
    assert set(checks) <= set(Check)
    assert sum("limits:" in line for line in lines) >= len(checks)
    assert any("more." in line for line in lines)


def test_an_empty_table_says_nothing(tmp_path: Path, form: Questionnaire) -> None:
    table = sample(tmp_path, form, people())
    empty = Sample({MAIN: table.tables[MAIN].limit(0)}, table.columns, table.design)
    assert assess(empty, form, SPLITS, roles=ROLES).signals == ()


def test_a_signal_without_a_number_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="number"):
        Signal(Check.MYERS, MAIN, "age", float("nan"), "", Grade.FINE, "So.", "none", "own rule")
    with pytest.raises(ValueError, match="sentences"):
        Signal(Check.MYERS, MAIN, "age", 1.0, "", Grade.FINE, "so", "none", "own rule")


def test_the_door_brings_nothing_heavy() -> None:
    code = "import sys, everycount.quality; print({'numpy', 'scipy', 'ibis'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "set()"
