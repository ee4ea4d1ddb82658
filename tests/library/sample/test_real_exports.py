"""Real files: exports of Ona with their forms, and the survey data that examples and benchmarks use."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from everycount.faults import InputError
from everycount.questionnaire import Questionnaire, read_xlsform, read_xlsform_csv
from everycount.sample import (
    MAIN,
    ColumnKind,
    Design,
    DesignKind,
    PopulationWeight,
    Sample,
    Source,
    arrays,
    check,
    design_columns,
    read,
    rows,
)

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared
PURPOSIVE = Design(DesignKind.PURPOSIVE, notes={"selection": "not said"})
MISSING = ("", "n/a", "NA")
ONA = "data/xlsforms/onadata"
LOGGER = "apps__logger__tests__fixtures__"
MAIN_APP = "apps__main__tests__fixtures__"


def form(path: Path) -> Questionnaire:
    return read_xlsform(path.read_bytes(), path.name)


def table(sample: Sample, *columns: str, name: str = MAIN) -> list[tuple[Any, ...]]:
    return rows(sample.tables[name].order_by("_row").select(*columns))


@pytest.mark.parametrize("suffix", ["csv", "sav"])
def test_children_in_rosters_inside_rosters(shared: Path, suffix: str) -> None:
    stem = f"{LOGGER}csvs__" if suffix == "csv" else f"{LOGGER}spss__"

    def source(name: str, parent: str | None = None) -> Source:
        path = shared / ONA / f"{stem}{name}.{suffix}"
        return Source(path, parent_key="_parent_index", parent=parent) if parent else Source(path)

    sources = {
        MAIN: source("childrens_survey"),
        "children": source("children", MAIN),
        "cartoons": source("children_cartoons", "children"),
        "characters": source("children_cartoons_characters", "cartoons"),
    }
    questionnaire = form(shared / ONA / f"{LOGGER}childrens_survey.xlsx")
    sample = read(sources, design=PURPOSIVE, missing=MISSING, questionnaire=questionnaire)
    assert table(sample, "_record", "name", "fav_colors", "ice.creams", name="children") == [
        (1, "Mike", "red blue", "vanilla chocolate"),
        (1, "John", None, None),
        (1, "Imora", None, None),
    ]
    assert table(sample, "_record", "name", "good_or_evil", name="characters") == [
        (1, "Dee Dee", "good"),
        (1, "Dexter", "evil"),
    ]
    assert sample.columns["children"]["ice.creams"].kind is ColumnKind.CODES
    # The second record is empty, and the form has no choice "evil".
    assert [(each.table, each.row, each.column, each.value) for each in check(sample)] == [
        (MAIN, 2, "", ""),
        ("characters", 2, "good_or_evil", "evil"),
    ]


def test_options_in_columns_agree_with_the_workbook_of_the_same_records(shared: Path) -> None:
    folder = shared / ONA
    stem = f"{MAIN_APP}transportation__transportation"
    questionnaire = form(folder / f"{stem}.xlsx")
    split, whole = (
        read({MAIN: Source(folder / name)}, design=PURPOSIVE, missing=MISSING, questionnaire=questionnaire)
        for name in (f"{stem}.csv", f"{stem}_export.xlsx")
    )
    name = "available_transportation_types_to_referral_facility"
    of_split, of_whole = (dict(table(sample, "_uuid", name)) for sample in (split, whole))
    assert split.columns[MAIN][name].kind is ColumnKind.CODES
    assert of_split.keys() == of_whole.keys()
    agreed = {key: value for key, value in of_whole.items() if value != "none"}
    assert {key: value for key, value in of_split.items() if key in agreed} == agreed
    assert list(agreed.values()) == ["ambulance bicycle", "ambulance", "taxi other"]


def test_headings_that_are_labels(shared: Path) -> None:
    questionnaire = form(shared / ONA / f"{MAIN_APP}transportation__transportation.xlsx")
    path = shared / ONA / "apps__viewer__tests__fixtures__transportation_labels_only.csv"
    sample = read({MAIN: Source(path)}, design=PURPOSIVE, missing=MISSING, questionnaire=questionnaire)
    kind = sample.columns[MAIN]["available_transportation_types_to_referral_facility"].kind
    assert kind is ColumnKind.CODES


def test_every_csv_of_ona_is_read_or_refused_with_a_reason(shared: Path) -> None:
    refused = {}
    for path in sorted((shared / ONA).glob("*.csv")):
        try:
            sample = read({MAIN: Source(path)}, design=PURPOSIVE, missing=MISSING)
        except InputError as error:
            refused[path.name] = error.faults[0].problem
        else:
            assert rows(sample.tables[MAIN].count().as_table())[0][0] > 0
    assert {name.rpartition("__")[2]: problem.rpartition('"')[2] for name, problem in refused.items()} == {
        "transportation_no_group_names.csv": " stands twice, in columns 12 and 13.",
        "tutorial_w_repeats_truncate_titles.csv": " stands twice, in columns 5 and 7.",
        "non_utf8.csv": " (column 17) differ only in upper and lower case: databases take them for one.",
    }


def test_tal_afar_with_its_form(shared: Path) -> None:
    folder = shared / "data/surveys/iraq-tal-afar-2021"
    texts = [(folder / f"cleaningtools_{name}.csv").read_bytes() for name in ("survey", "choices")]
    questionnaire = read_xlsform_csv(*texts)
    source = Source(folder / "cleaningtools_raw_data.csv", key="X_uuid")
    sample = read({MAIN: source}, design=PURPOSIVE, missing=MISSING, questionnaire=questionnaire)
    kinds = Counter(column.kind for column in sample.columns[MAIN].values())
    assert (kinds[ColumnKind.CODES], kinds[ColumnKind.CODE]) == (19, 80)
    # No column of an option is left: each is part of the answer to its question.
    assert not [name for name in sample.columns[MAIN] if name.startswith("primary_livelihood.")]
    found = Counter(finding.column for finding in check(sample, questionnaire) if finding.row)
    assert found["neighbourhood"] == 100  # codes were scrambled before publication
    assert found["gender_hoh"] == 0


def test_dhaka_with_the_population_of_its_clusters(shared: Path) -> None:
    folder = shared / "data/surveys/dhaka-slums-2017"
    design = Design(
        DesignKind.PROBABILITY,
        strata=("zone", "type"),
        clusters=("psu",),
        weights=PopulationWeight("pop", ("psu",)),
        notes={"frame": "list of settlements"},
    )
    sources = {
        MAIN: Source(folder / "surveyDataBGD.csv"),
        "population": Source(folder / "popBGD.csv", on=("psu",)),
        "poverty": Source(folder / "indicatorsDataBGD.csv", on=("uniqueID",), take=("pQuintile", "ppi")),
    }
    sample = read(sources, design=design, missing=("", "NA"))
    assert sample.findings == ()
    columns = arrays(design_columns(sample))
    assert columns["_record"].tolist() == list(range(1, 1283))
    assert len(set(columns["_cluster_1"])) == 641
    assert len(set(columns["_stratum"])) == 18
    populations = dict(table(sample, "psu", "pop"))
    assert columns["_weight"].sum() == pytest.approx(sum(float(each) for each in populations.values()))
    # "zone" and "type" stand in both files and agree; main's are kept.
    assert list(sample.columns[MAIN]).count("zone") == 1
    assert table(sample, "water1").count(("Piped water into dwelling",)) == 458


def test_malawi_is_read_from_gzip(shared: Path) -> None:
    path = shared / "data/surveys/malawi-wash/washmalawi/washmalawi.csv.gz"
    sample = read({MAIN: Source(path)}, design=PURPOSIVE, missing=("", "NA"))
    main = sample.tables[MAIN]
    assert rows(main.aggregate(n=main.count(), last=main._row.max())) == [(23112, 23112)]


def test_the_synthetic_country_of_the_world_bank(shared: Path) -> None:
    folder = shared / "data/surveys/world-bank-synthetic-2023"
    design = Design(
        DesignKind.PROBABILITY,
        strata=("geo1", "urbrur"),
        clusters=("ea",),
        weights="hhweight",
        notes={"frame": "enumeration areas"},
    )
    sources = {
        MAIN: Source(folder / "hld_sample_wb_2023.parquet", key="hid"),
        "persons": Source(folder / "ind_sample_wb_2023.parquet", parent_key="hid"),
    }
    sample = read(sources, design=design)
    persons = sample.tables["persons"]
    joined = persons.join(sample.tables[MAIN].select("_record", house="hid"), "_record")
    count = rows(joined.aggregate(n=joined.count(), same=(joined.hid == joined.house).sum()))
    assert count == [(3246, 3246)]
    assert len(arrays(design_columns(sample))["_weight"]) == 825
    assert [finding for finding in check(sample) if finding.row] == []


def test_a_workbook_of_kobo_with_four_rosters(shared: Path) -> None:
    folder = shared / "data/xlsforms/humind-msna-2024"
    questionnaire = form(folder / "REACH_2024_MSNA-kobo-tool_draft_v11.xlsx")
    source = Source(folder / "dummy_raw_data.xlsx")
    sample = read({MAIN: source}, design=PURPOSIVE, missing=MISSING, questionnaire=questionnaire)
    assert list(sample.tables) == [MAIN, "roster", "edu_ind", "health_ind", "nut_ind"]
    roster = sample.tables["roster"]
    assert rows(roster.aggregate(n=roster.count(), found=roster._record.count())) == [(965, 965)]
    # The dummy data keep to the form: no unknown code, no text in a number, no orphan.
    assert [finding for finding in check(sample, questionnaire) if finding.row] == []
    uuids = roster.join(sample.tables[MAIN].select("_record", house="uuid"), "_record")
    assert rows(uuids.aggregate(same=(uuids.uuid == uuids.house).sum())) == [(965,)]
