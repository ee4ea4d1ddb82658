from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from everycount.faults import InputError
from everycount.sample import (
    MAIN,
    Design,
    DesignKind,
    PopulationWeight,
    Sample,
    Source,
    design_columns,
    read,
    rows,
)

if TYPE_CHECKING:
    from pathlib import Path

EQUAL = Design(DesignKind.PROBABILITY, notes={"probabilities": "equal", "frame": "invented"})
DATA = "h,psu,ssu,w,N,M,pop\na,1,x,2,3,2,10\na,1,y,2.5,3,2,10\na,2,x,1e1,3,5,30\nb,1,x,4,2,1,40\n"


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    return sample_of(tmp_path, DATA)


def sample_of(folder: Path, text: str) -> Sample:
    path = folder / "main.csv"
    path.write_text(text)
    return read({MAIN: Source(path)}, design=EQUAL)


def columns(sample: Sample, **changes: object) -> list[tuple[object, ...]]:
    return rows(design_columns(replace(sample, design=replace(EQUAL, **changes))))  # type: ignore[arg-type]


def faults(sample: Sample, **changes: object) -> list[str]:
    with pytest.raises(InputError) as caught:
        columns(sample, **changes)
    return [str(fault) for fault in caught.value.faults]


def test_without_strata_clusters_and_weights(sample: Sample) -> None:
    table = design_columns(sample)
    assert table.columns == ("_record", "_weight", "_stratum")
    assert rows(table) == [(1, 1.0, ""), (2, 1.0, ""), (3, 1.0, ""), (4, 1.0, "")]


def test_weights_of_a_column_are_numbers(sample: Sample) -> None:
    assert [row[1] for row in columns(sample, weights="w")] == [2.0, 2.5, 10.0, 4.0]


def test_nested_clusters_carry_the_keys_above(sample: Sample) -> None:
    found = columns(sample, strata=("h",), clusters=("psu", "ssu"))
    assert [row[2] for row in found] == ["a", "a", "a", "b"]
    assert len({row[3] for row in found}) == 3
    assert len({row[4] for row in found}) == 4


def test_clusters_that_are_not_nested_keep_their_codes(sample: Sample) -> None:
    found = columns(sample, strata=("h",), clusters=("psu", "ssu"), nested=False)
    assert [row[3:] for row in found] == [("1", "x"), ("1", "y"), ("2", "x"), ("1", "x")]


def test_keys_of_several_columns_cannot_be_mistaken(tmp_path: Path) -> None:
    sample = sample_of(tmp_path, "a,b\nx y,z\nx,y z\n")
    assert len({row[2] for row in columns(sample, strata=("a", "b"))}) == 2


def test_a_population_weight_is_population_by_records(sample: Sample) -> None:
    weights = PopulationWeight("pop", ("h", "psu"))
    assert [row[1] for row in columns(sample, weights=weights)] == [5.0, 5.0, 30.0, 40.0]


def test_population_sizes_by_stage(sample: Sample) -> None:
    found = columns(sample, strata=("h",), clusters=("psu", "ssu"), populations=("N", "M"))
    assert [row[5:] for row in found] == [(3.0, 2.0), (3.0, 2.0), (3.0, 5.0), (2.0, 1.0)]


def test_an_unknown_column_is_named_with_the_nearest(sample: Sample) -> None:
    assert faults(sample, clusters=("psv",)) == [
        'survey.toml, [design]: The column "psv" is not known. Did you mean "psu"?'
    ]


@pytest.mark.parametrize("bad", ["", "0", "-1", "many", "nan", "inf"])
def test_a_weight_that_cannot_be_is_named_with_its_row(tmp_path: Path, bad: str) -> None:
    sample = sample_of(tmp_path, f"w,x\n1,1\n{bad},1\n2,1\n{bad},1\n")
    assert faults(sample, weights="w") == [
        (
            f'main.csv, row 2, column w: The weight "{bad}" is not a number above 0. '
            f'The same is wrong in 1 more row: row 4 "{bad}". Mend the record, or leave it out of the file.'
        )
    ]


def test_missing_strata_and_clusters_are_faults(tmp_path: Path) -> None:
    sample = sample_of(tmp_path, "h,psu,x\na,1,1\n,1,1\nb,,1\n")
    assert [fault.split(".", 2)[1] for fault in faults(sample, strata=("h",), clusters=("psu",))] == [
        "csv, row 2, column h: There is no stratum, and the design needs one",
        "csv, row 3, column psu: There is no cluster, and the design needs one",
    ]


def test_many_rows_are_counted_and_not_all_listed(tmp_path: Path) -> None:
    sample = sample_of(tmp_path, "w,x\n" + "0,1\n" * 25)
    (found,) = faults(sample, weights="w")
    assert 'The same is wrong in 24 more rows: row 2 "0", row 3 "0"' in found
    assert 'row 10 "0", ....' in found
    assert "row 11" not in found


def test_a_decimal_comma_is_recognised(tmp_path: Path) -> None:
    (found,) = faults(sample_of(tmp_path, "w;x\n1,5;1\n2,5;1\n"), weights="w")
    assert found.endswith("Write numbers with a point: 1.5.")


def test_a_population_without_a_number_is_a_fault(tmp_path: Path) -> None:
    sample = sample_of(tmp_path, "psu,pop\n1,10\n2,none\n")
    (fault,) = faults(sample, weights=PopulationWeight("pop", ("psu",)))
    assert fault.startswith('main.csv, row 2, column pop: The population "none" is not a number above 0')
    (fault,) = faults(sample, populations=("pop",))
    assert 'The population size "none" is not a number above 0.' in fault


def test_a_population_that_varies_within_its_cell_is_a_fault(sample: Sample) -> None:
    (fault,) = faults(sample, weights=PopulationWeight("pop", ("h",)))
    assert 'Records with h "a" give different populations, from 10 to 30.' in fault


def test_a_population_that_varies_within_its_stratum_is_a_fault(sample: Sample) -> None:
    (fault,) = faults(sample, populations=("N",), clusters=("ssu",), strata=("psu",))
    assert 'In stratum "1" the population size is not one number but 2 to 3.' in fault


def test_a_population_smaller_than_its_units_is_a_fault(tmp_path: Path) -> None:
    sample = sample_of(tmp_path, "N,psu\n2,1\n2,2\n2,3\n")
    (fault,) = faults(sample, populations=("N",))
    assert "In the whole file the population size is 2, but 3 units were found." in fault
    assert fault == faults(sample, populations=("N",), clusters=("psu",))[0]


def test_numeric_keys_are_spelled_without_decimals(tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    path = tmp_path / "main.parquet"
    parquet.write_table(pa.table({"h": [1.0, 2.5], "psu": [7, 8]}), path)
    sample = read({MAIN: Source(path)}, design=EQUAL)
    assert [row[2:] for row in columns(sample, strata=("h",), clusters=("psu",), nested=False)] == [
        ("1", "7"),
        ("2.5", "8"),
    ]
