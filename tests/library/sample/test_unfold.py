from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from everycount.questionnaire import read_xlsform_csv
from everycount.sample import MAIN, ColumnKind, Design, DesignKind, Sample, Source, read, rows

if TYPE_CHECKING:
    from pathlib import Path

PURPOSIVE = Design(DesignKind.PURPOSIVE, notes={"selection": "invented"})


def table(sample: Sample, *columns: str, name: str = MAIN) -> list[tuple[Any, ...]]:
    return rows(sample.tables[name].order_by("_row").select(*columns))


def sample_of(folder: Path, text: str, **options: Any) -> Sample:
    path = folder / "main.csv"
    path.write_text(text)
    return read({MAIN: Source(path)}, design=PURPOSIVE, missing=("", "n/a"), **options)


def test_repeats_side_by_side_become_a_roster(tmp_path: Path) -> None:
    head = "village,kid[1]/name,kid[1]/age,kid[2]/age,kid[2]/name,z\n"
    text = head + "A,x,7,4,y,1\nB,n/a,,n/a,n/a,2\nC,w,n/a,,,3\n"
    sample = sample_of(tmp_path, text)
    assert list(sample.columns[MAIN]) == ["village", "z", "_index"]
    assert table(sample, "_record", "name", "age", name="kid") == [
        (1, "x", "7"),
        (1, "y", "4"),
        (3, "w", None),
    ]


def test_repeats_inside_repeats(tmp_path: Path) -> None:
    heads = ["net[1]/who[1]/name", "net[1]/who[2]/name", "net[2]/who[1]/name", "net[1]/size", "net[2]/size"]
    sample = sample_of(tmp_path, ",".join(f"g/{head}" for head in heads) + "\nA,B,C,2,1\n")
    assert list(sample.tables) == [MAIN, "net", "who"]
    assert table(sample, "_record", "size", name="net") == [(1, "2"), (1, "1")]
    assert table(sample, "_parent_index", "name", name="who") == [("1", "A"), ("1", "B"), ("2", "C")]


def test_a_key_of_the_export_is_kept(tmp_path: Path) -> None:
    sample = sample_of(tmp_path, "_index,kid[1]/name\n7,x\n9,y\n")
    assert table(sample, "_record", "_parent_index", "name", name="kid") == [(1, "7", "x"), (2, "9", "y")]


def test_the_questionnaire_speaks_of_unfolded_questions(tmp_path: Path) -> None:
    form = read_xlsform_csv(
        b"type,name,label\nbegin_repeat,kid,Kid\ninteger,age,Age?\n"
        b"select_multiple t,toys,Toys?\nend_repeat,,\n",
        b"list_name,name,label\nt,ball,Ball\nt,kite,Kite\n",
    )
    text = "kid[1]/age,kid[1]/toys/ball,kid[1]/toys/kite\n7,True,True\n"
    sample = sample_of(tmp_path, text, questionnaire=form)
    assert sample.columns["kid"]["age"].kind is ColumnKind.NUMBER
    assert table(sample, "toys", name="kid") == [("ball kite",)]


@pytest.mark.shared
def test_three_levels_of_a_real_export(shared: Path) -> None:
    name = "libs__tests__utils__fixtures__nested_repeats__nested_repeats.csv"
    path = shared / "data/xlsforms/onadata" / name
    sample = read({MAIN: Source(path)}, design=PURPOSIVE, missing=("", "n/a"))
    assert table(sample, "_record", "kids_name", "kids_age", name="kids_details")[:2] == [
        (1, "Hansel", "2"),
        (1, "Gretel", "1"),
    ]
