"""The files for Open SDG, read as its build reads them: CSV with pandas, metadata with PyYAML."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from everycount import catalogue
from everycount.estimate.estimates import Verdict
from everycount.estimate.plan import MeasureKind, SdgLink
from everycount.faults import InputError
from everycount.formats import open_sdg
from everycount.formats.yaml_text import dump
from everycount.protect.cells import Status, restore
from everycount.sample.design import Basis, DesignKind, Scope
from everycount.text import Text
from library.formats.reviewed import check_reviewed
from library.release.samples import MINUTES, SAFE_WATER, SEX, TENURE, hidden, shown, small_release

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.protect.cells import Cell
    from everycount.release import DimensionFacts, MeasureFacts, Release

DATA, META = "open-sdg/data/indicator_6-1-1.csv", "open-sdg/meta/6-1-1.yml"


def table(release: Release, name: str = DATA) -> Any:
    return pd.read_csv(io.BytesIO(open_sdg.files(release)[name]))


def metadata(release: Release, name: str = META) -> dict[str, Any]:
    return yaml.load(open_sdg.files(release)[name], Loader=yaml.FullLoader)  # noqa: S506 - as its build does


def with_measures(*measures: MeasureFacts, cells: tuple[Cell, ...] | None = None) -> Release:
    release = small_release()
    kept = cells or tuple(shown(one.id, (), 0.25 * (i + 1)) for i, one in enumerate(measures))
    return replace(
        release, measures=measures, cells=restore(release.cells.policy, release.cells.level, kept, ())
    )


def with_groups(dimension: DimensionFacts) -> Release:
    keys = [(), *(((dimension.id, code),) for code, _ in dimension.groups)]
    cells = tuple(shown("safe_water", key, 0.25) for key in keys)
    release = small_release()
    made = restore(release.cells.policy, release.cells.level, cells, ())
    return replace(release, measures=(SAFE_WATER,), dimensions=(dimension,), cells=made)


def groups(*labels: str) -> tuple[tuple[str, Text], ...]:
    return tuple((f"c{i}", Text.of(label, "en")) for i, label in enumerate(labels))


def linked(measure: MeasureFacts, indicator: str, relation: str = "proxy") -> MeasureFacts:
    return replace(measure, sdg=SdgLink(indicator, relation))


def test_columns_stand_as_open_sdg_wants_them() -> None:
    columns = list(table(small_release()))
    assert columns == ["Year", "Head of household", "Tenure", "Units", "COMMENT_OBS", "Value"]
    assert set(table(small_release())["Year"]) == {2024}
    assert set(table(small_release())["Units"]) == {"Percent"}


def test_only_shown_cells_of_linked_measures_stand_there() -> None:
    release = small_release()
    expected = [
        cell for cell in release.cells.cells if cell.measure == "safe_water" and cell.status is Status.SHOWN
    ]
    assert 0 < len(expected) < sum(cell.measure == "safe_water" for cell in release.cells.cells)
    found = table(release)
    assert len(found) == len(expected)
    for value, cell in zip(found["Value"], expected, strict=True):
        assert value == pytest.approx(100 * cell.value)
    assert set(open_sdg.files(release)) == {DATA, META}


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.SHOWN])
def test_a_hidden_cell_leaves_no_trace(status: Status) -> None:
    """With the cell hidden, the files are those of a release that never had it, but for the digest."""
    key = (("sex_of_head", "F"),)
    kept = (shown("safe_water", (), 0.5), shown("safe_water", (("sex_of_head", "M"),), 0.4))
    one = with_measures(SAFE_WATER, cells=(*kept, hidden("safe_water", key, status)))
    other = with_measures(SAFE_WATER, cells=kept)
    texts = [
        {name: data.decode().replace(made.digest, "") for name, data in open_sdg.files(made).items()}
        for made in (one, other)
    ]
    assert texts[0] == texts[1]
    assert "Woman" not in texts[0][DATA]


def test_an_indicator_of_which_nothing_is_shown_has_no_files() -> None:
    cells = (hidden("safe_water", (), Status.SUPPRESSED_SMALL),)
    assert open_sdg.files(with_measures(SAFE_WATER, cells=cells)) == {}
    assert open_sdg.files(with_measures(replace(SAFE_WATER, sdg=None))) == {}


def test_an_empty_breakdown_is_the_total() -> None:
    found = table(small_release())
    total = found[found["Head of household"].isna() & found["Tenure"].isna()]
    assert list(total["Value"]) == [50]


# What pandas takes for nothing, for numbers or for truth values, and what breaks a line of CSV.
READ_OTHERWISE = "None NA n/a null NaN nan #N/A <NA> 1.#IND true FALSE 12 -1.5 1e5 1,000 inf 2017 =1+1 @x ঘর"


@pytest.mark.parametrize("label", [*READ_OTHERWISE.split(), " padded ", "two\nlines", 'say "so"', "a, b"])
def test_every_label_is_read_as_a_label(label: str) -> None:
    """A reader that took "None" for nothing would show a group's value as that of everybody."""
    found = table(with_groups(replace(TENURE, groups=groups(label, "Owner"))))
    assert list(found["Tenure"].isna()) == [True, False, False]
    said = found["Tenure"][1]
    assert isinstance(said, str)
    assert " ".join(label.split()) in said
    assert said == said.strip()


def test_groups_and_columns_with_one_name_are_told_apart() -> None:
    found = table(with_groups(replace(TENURE, groups=groups("Other", "Other", "Other (c1)"))))
    assert found["Tenure"].nunique() == 3
    for label in ("Year", "units", "Value", "Observation status"):
        columns = list(table(with_groups(replace(TENURE, labels=Text.of(label, "en")))))
        assert columns[1] == f"{label} (tenure)"
    release = small_release()
    alike = replace(release, dimensions=(replace(SEX, labels=TENURE.labels), TENURE))
    assert list(table(alike))[1:3] == ["Tenure", "Tenure (tenure)"]


def test_several_measures_of_an_indicator_get_a_series_each() -> None:
    other = replace(linked(MINUTES, "6.1.1", "context"), kind=MeasureKind.MEAN)
    release = with_measures(linked(SAFE_WATER, "6.1.1"), other)
    found = table(release)
    assert list(found) == ["Year", "Series", "Units", "Value"]
    assert list(found["Series"]) == ["Safe water at home", "Minutes to fetch water"]
    assert list(found["Units"]) == ["Percent", "minutes"]
    assert list(found["Value"]) == [25, 0.5]
    meta = metadata(release)
    assert meta["citizen_data_relation"] == [
        {"series": "Safe water at home", "relation": "proxy"},
        {"series": "Minutes to fetch water", "relation": "context"},
    ]
    assert [one["series"] for one in meta["graph_titles"]] == list(found["Series"])


def test_each_indicator_has_its_own_files() -> None:
    release = with_measures(linked(SAFE_WATER, "6.2.1"), linked(MINUTES, "1.a.1", "context"))
    assert set(open_sdg.files(release)) == {
        "open-sdg/data/indicator_6-2-1.csv",
        "open-sdg/meta/6-2-1.yml",
        "open-sdg/data/indicator_1-a-1.csv",
        "open-sdg/meta/1-a-1.yml",
    }


@pytest.mark.parametrize("name", ["6.2", "99.1.1", "../../etc", "6.1.1/x"])
def test_an_indicator_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="indicator"):
        open_sdg.files(with_measures(linked(SAFE_WATER, name)))


@pytest.mark.parametrize(
    ("kind", "unit", "number", "said"),
    [
        (MeasureKind.PROPORTION, "household", "", "Percent"),
        (MeasureKind.COUNT, "household", "", "household"),
        (MeasureKind.MEAN, "household", "litres", "litres"),
        (MeasureKind.TOTAL, "household", "", "Number"),
        (MeasureKind.RATIO, "household", "", "Ratio"),
    ],
)
def test_units_say_in_what_the_value_is(kind: MeasureKind, unit: str, number: str, said: str) -> None:
    measure = replace(SAFE_WATER, kind=kind, unit=unit, number=number)
    assert list(table(with_measures(measure))["Units"]) == [said]


@given(st.floats(1e-9, 1))
@settings(max_examples=60, deadline=None)
def test_a_share_loses_no_digit_on_its_way_to_a_percentage(value: float) -> None:
    release = with_measures(SAFE_WATER, cells=(shown("safe_water", (), value),))
    text = open_sdg.files(release)[DATA].decode().splitlines()[1].rpartition(",")[2]
    assert Decimal(text) == Decimal(repr(value)) * 100
    assert "e" not in text.lower()


def test_an_uncertain_number_says_so_beside_itself() -> None:
    found = table(small_release()).set_index("Head of household")["COMMENT_OBS"]
    said = found["Woman"]
    assert "Use with caution" in said
    assert "95 % interval 41 to 61" in said
    cell = replace(shown("safe_water", (), 0.5), verdict=Verdict.SUPPRESS, ci_low=None, ci_high=None)
    (said,) = table(with_measures(SAFE_WATER, cells=(cell,)))["COMMENT_OBS"]
    assert said == "Too uncertain to rely on."
    certain = with_measures(SAFE_WATER)
    assert "COMMENT_OBS" not in table(certain)


def test_the_metadata_say_whose_numbers_these_are() -> None:
    meta = metadata(small_release())
    assert meta["indicator_number"] == "6.1.1"
    assert meta["indicator_name"] == catalogue.indicator("6.1.1").titles.say("en")
    assert meta["indicator_available"] == "Safe water at home"
    assert meta["data_non_statistical"] is False
    assert meta["published"] is True
    assert meta["reporting_status"] == "inprogress"  # a proxy does not report on the indicator
    assert meta["data_notice_class"] == "warning"
    assert meta["data_notice_heading"] == "Citizen data (invented)"
    for words in ("not official statistics", "probability design", "population", "not the same measure"):
        assert words in meta["data_notice_text"]
    assert (meta["citizen_data_relation"], meta["citizen_data_basis"]) == ("proxy", "design")
    assert meta["citizen_data_scope"] == "population"
    assert meta["citizen_data_release"] == small_release().digest
    assert "CC0-1.0" in meta["copyright"]


def test_a_survey_is_never_called_by_the_name_of_a_country_alone() -> None:
    for release in (small_release(), with_measures(SAFE_WATER)):
        assert metadata(release)["national_geographical_coverage"] == "Water in an invented town (Bangladesh)"


def test_respondents_who_were_not_drawn_by_chance_speak_for_themselves() -> None:
    release = with_measures(linked(SAFE_WATER, "6.1.1", "measures"))
    design = replace(release.design, kind=DesignKind.PURPOSIVE, basis=Basis.NONE, scope=Scope.RESPONDENTS)
    meta = metadata(replace(release, design=design))
    assert "respondents only" in meta["data_notice_text"]
    assert "no interval" in meta["data_notice_text"]
    assert (meta["citizen_data_basis"], meta["citizen_data_scope"]) == ("none", "respondents")
    assert meta["reporting_status"] == "complete"


def test_a_place_that_was_asked_in_full_needs_no_chance() -> None:
    release = small_release()
    design = replace(release.design, kind=DesignKind.CENSUS_PLACE, basis=Basis.NONE, scope=Scope.PLACE)
    meta = metadata(replace(release, design=design))
    assert "Everybody of the place was asked" in meta["data_notice_text"]
    assert "Everybody of the place was asked" in meta["citizen_data_basis_text"]


def test_words_are_those_of_the_surveys_first_language() -> None:
    release = small_release()
    release = replace(release, survey=replace(release.survey, languages=("ar", "en")))
    assert list(table(release))[1] == "رب الأسرة"
    assert metadata(release)["indicator_available"] == "مياه مأمونة"
    assert metadata(release)["indicator_name"] == catalogue.indicator("6.1.1").titles.say("ar")


TEXTS = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
    [
        "no",
        "6.1",
        "~",
        "a: b",
        "- x",
        "#",
        "{{ x }}",
        "\u2028",
        "\ufeff",
        "\x85",
        "\x7f",
        "\x00",
        "😀",
        "'\"\\",
        " ",
    ]
)


@given(
    st.dictionaries(
        st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True), st.booleans() | TEXTS | st.lists(TEXTS)
    )
)
@settings(max_examples=150, deadline=None)
def test_metadata_are_read_back_as_they_were_written(document: dict[str, Any]) -> None:
    read = yaml.load(dump(document), Loader=yaml.FullLoader)  # noqa: S506 - as Open SDG's build does
    assert (read or {}) == {_plain(name): value for name, value in document.items()}


def _plain(name: str) -> Any:
    """Names such as ``no`` would be truth values; none of ours is."""
    return yaml.safe_load(name)


def test_a_key_is_a_name() -> None:
    with pytest.raises(ValueError, match="cannot be a key"):
        dump({"a b": "x"})


def test_the_files_are_those_that_were_reviewed(root: Path) -> None:
    check_reviewed(root, open_sdg.files(small_release()), small_release())
