from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from everycount.faults import InputError
from everycount.sample import MAIN, Design, DesignKind, Sample, Source, arrays, read, rows

if TYPE_CHECKING:
    from pathlib import Path

PURPOSIVE = Design(DesignKind.PURPOSIVE, notes={"selection": "invented"})


def table(sample: Sample, *columns: str, name: str = MAIN) -> list[tuple[Any, ...]]:
    return rows(sample.tables[name].order_by("_row").select(*columns))


@pytest.fixture
def main(tmp_path: Path) -> Source:
    path = tmp_path / "main.csv"
    path.write_text("uuid,psu,zone\na,1,N\nb,2,S\nc,1,N\n")
    return Source(path)


def source(folder: Path, text: str, name: str = "other.csv", **options: Any) -> Source:
    path = folder / name
    path.write_text(text)
    return Source(path, **options)


def fault(main: Source, **others: Source) -> str:
    with pytest.raises(InputError) as caught:
        read({MAIN: main, **others}, design=PURPOSIVE)
    return str(caught.value)


class TestLookup:
    def test_adds_its_columns_to_main_in_the_order_of_the_file(self, tmp_path: Path, main: Source) -> None:
        pop = source(tmp_path, "psu,pop,kind\n2,20,x\n1,10,y\n3,30,z\n", on=("psu",))
        sample = read({MAIN: main, "pop": pop}, design=PURPOSIVE)
        assert list(sample.tables) == [MAIN]
        assert list(sample.columns[MAIN]) == ["uuid", "psu", "zone", "pop", "kind"]
        assert table(sample, "_row", "uuid", "pop") == [(1, "a", "10"), (2, "b", "20"), (3, "c", "10")]
        assert sample.findings == ()

    def test_takes_only_what_is_wanted(self, tmp_path: Path, main: Source) -> None:
        pop = source(tmp_path, "psu,pop,zone\n2,20,other\n1,10,other\n", on=("psu",), take=("pop",))
        sample = read({MAIN: main, "pop": pop}, design=PURPOSIVE)
        assert list(sample.columns[MAIN]) == ["uuid", "psu", "zone", "pop"]

    def test_a_column_that_both_have_must_say_the_same(self, tmp_path: Path, main: Source) -> None:
        same = source(tmp_path, "psu,zone,pop\n1,N,10\n2,S,20\n", on=("psu",))
        assert table(read({MAIN: main, "pop": same}, design=PURPOSIVE), "zone") == [("N",), ("S",), ("N",)]
        other = source(tmp_path, "psu,zone,pop\n1,N,10\n2,W,20\n", on=("psu",))
        message = 'other.csv, column zone: Record 2 has "S" in its own file and "W" here.'
        assert message in fault(main, pop=other)

    def test_two_rows_for_one_record_are_a_fault(self, tmp_path: Path, main: Source) -> None:
        pop = source(tmp_path, "psu,pop\n1,10\n1,11\n2,20\n", on=("psu",))
        assert 'other.csv, column psu: The value "1" stands in 2 rows.' in fault(main, pop=pop)

    def test_records_without_a_match_are_found(self, tmp_path: Path, main: Source) -> None:
        sample = read({MAIN: main, "pop": source(tmp_path, "psu,pop\n1,10\n", on=("psu",))}, design=PURPOSIVE)
        assert table(sample, "pop") == [("10",), (None,), ("10",)]
        (finding,) = sample.findings
        assert (finding.table, finding.row, finding.column, finding.value) == (MAIN, 2, "psu", "2")

    def test_unknown_columns_are_named_with_the_nearest(self, tmp_path: Path, main: Source) -> None:
        text = "psu,pop\n1,10\n"
        assert 'other.csv, on: The column "psus" is not known. Did you mean "psu"?' in fault(
            main, pop=source(tmp_path, text, on=("psus",))
        )
        assert 'other.csv, take: The column "popp"' in fault(
            main, pop=source(tmp_path, text, on=("psu",), take=("popp",))
        )
        assert 'main.csv, on, for the look-up "pop": The column "pop"' in fault(
            main, pop=source(tmp_path, text, on=("pop",))
        )

    def test_joins_on_several_columns_and_across_types(self, tmp_path: Path, main: Source) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        path = tmp_path / "pop.parquet"
        parquet.write_table(pa.table({"psu": [1.0, 2.0], "zone": ["N", "S"], "pop": [10, 20]}), path)
        sample = read({MAIN: main, "pop": Source(path, on=("psu", "zone"))}, design=PURPOSIVE)
        assert table(sample, "pop") == [(10,), (20,), (10,)]


class TestRoster:
    def test_rows_find_their_record_by_a_named_key(self, tmp_path: Path) -> None:
        main = source(tmp_path, "hh,x\nh1,1\nh2,2\n", "main.csv", key="hh")
        members = source(tmp_path, "parent,age\nh2,30\nh1,7\nh2,4\nh9,1\n", parent_key="parent")
        sample = read({MAIN: main, "members": members}, design=PURPOSIVE)
        assert table(sample, "_row", "_record", "age", name="members") == [
            (1, 2, "30"),
            (2, 1, "7"),
            (3, 2, "4"),
            (4, None, "1"),
        ]
        assert sample.key == "hh"

    def test_no_name_of_a_column_gets_in_the_way(self, tmp_path: Path, main: Source) -> None:
        members = source(tmp_path, "parent,r,k,_parent,a\nb,1,2,3,4\n", parent_key="parent")
        pop = source(tmp_path, "psu,k0,l,m\n1,5,6,7\n2,5,6,7\n", "pop.csv", on=("psu",))
        sample = read({MAIN: main, "members": members, "pop": pop}, design=PURPOSIVE)
        assert table(sample, "_record", "r", "k", "_parent", "a", name="members") == [(2, "1", "2", "3", "4")]
        assert table(sample, "k0", "l", "m")[0] == ("5", "6", "7")

    def test_tables_that_differ_only_in_case_are_refused(self, tmp_path: Path, main: Source) -> None:
        members = source(tmp_path, "parent,age\nb,30\n", parent_key="parent")
        assert 'called "Members"' in fault(main, members=members, Members=members)

    def test_without_a_key_the_exports_own_is_taken(self, tmp_path: Path, main: Source) -> None:
        members = source(tmp_path, "parent,age\nb,30\n", parent_key="parent")
        sample = read({MAIN: main, "members": members}, design=PURPOSIVE)
        assert table(sample, "_record", name="members") == [(2,)]

    def test_a_roster_in_a_roster(self, tmp_path: Path, main: Source) -> None:
        members = source(tmp_path, "uuid,id\nb,m1\na,m2\n", "m.csv", parent_key="uuid", key="id")
        visits = source(tmp_path, "id,day\nm1,Mon\nm2,Tue\n", "v.csv", parent_key="id", parent="members")
        sample = read({"visits": visits, MAIN: main, "members": members}, design=PURPOSIVE)
        assert table(sample, "_record", "day", name="visits") == [(2, "Mon"), (1, "Tue")]

    def test_faults(self, tmp_path: Path, main: Source) -> None:
        text = "parent,age\nb,30\n"
        assert 'parent_key: The column "perent"' in fault(
            main, members=source(tmp_path, text, parent_key="perent")
        )
        assert "It is not said how its rows belong" in fault(main, members=source(tmp_path, text))
        loop = source(tmp_path, text, "a.csv", parent_key="parent", parent="b")
        back = source(tmp_path, text, "b.csv", parent_key="parent", parent="a")
        assert "are each other's parents" in fault(main, a=loop, b=back)
        bare = source(tmp_path, "x,y\n1,2\n", "bare.csv")
        assert 'by which the rows of "members" find their parent' in fault(
            bare, members=source(tmp_path, text, parent_key="parent")
        )


def test_a_source_has_one_role(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not both"):
        Source(tmp_path / "x.csv", on=("a",), parent_key="b")
    with pytest.raises(InputError, match="Only a look-up"):
        Source(tmp_path / "x.csv", take=("a",))


def test_arrays_mask_what_is_absent(tmp_path: Path) -> None:
    main = source(tmp_path, "a,b\n1,x\n,y\n", "main.csv")
    sample = read({MAIN: main}, design=PURPOSIVE)
    found = arrays(sample.tables[MAIN].select("_row", "a"))
    assert found["_row"].tolist() == [1, 2]
    assert found["a"].tolist() == ["1", None]
