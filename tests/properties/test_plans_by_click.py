"""A plan that is opened by click and kept as it stands is the same plan, whatever stands in it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from django import forms
from hypothesis import given, settings
from hypothesis import strategies as st

import everycount
from everycount.microdata.asked import tables_of
from everycount.questionnaire import read_xlsform
from everycount.site.publication.clicking import dimension, measure, table, whole
from everycount.site.publication.clicking.here import Here
from everycount.site.publication.clicking.plan import with_part, without

EXAMPLE = Path(everycount.__file__).parent / "example" / "hotspots"
COLUMNS = {
    each.name: {column.name: column for _, column in each.columns}
    for each in tables_of([read_xlsform((EXAMPLE / "form.xlsx").read_bytes(), "form.xlsx")])
}
FORMS: dict[str, Any] = {
    "survey": whole.SurveyForm,
    "design": whole.DesignForm,
    "policy": whole.PolicyForm,
    "measure": measure.MeasureForm,
    "dimension": dimension.DimensionForm,
    "table": table.TableForm,
}
WORDS = st.text("abc é\n", max_size=6)
ANYTHING = st.one_of(
    WORDS,
    st.integers(-3, 99),
    st.booleans(),
    st.lists(WORDS, max_size=2),
    st.dictionaries(st.sampled_from(["en", "hi", "x"]), WORDS, max_size=2),
)
CODES = st.lists(
    st.sampled_from(["burnt_brick", "mud", "bamboo", "gold"]), min_size=1, max_size=3, unique=True
)
MEASURES = st.fixed_dictionaries(
    {
        "id": st.just("m"),
        "kind": st.sampled_from(["proportion", "mean", "count", "gini"]),
        "question": st.just("wall"),
    },
    optional={
        "in": CODES,
        "label": ANYTHING,
        "among": st.one_of(
            ANYTHING,
            st.fixed_dictionaries({"question": st.sampled_from(["wall", "sex"]), "in": CODES}),
            st.fixed_dictionaries({"question": st.just("sex"), "in": st.just(["female"])}),
        ),
        "unit": st.sampled_from(["household", "goat"]),
        "better": st.sampled_from(["higher", "lower", ""]),
        "sdg": st.one_of(
            st.just("6.2.1"),
            st.fixed_dictionaries({"indicator": st.just("1.1.1"), "relation": st.just("proxy")}),
            ANYTHING,
        ),
        "benchmark": st.one_of(
            ANYTHING,
            st.fixed_dictionaries(
                {"value": st.floats(0, 1), "source": WORDS},
                optional={"label": ANYTHING, "period": WORDS, "more": ANYTHING},
            ),
        ),
        "more": ANYTHING,
    },
)
DIMENSIONS = st.fixed_dictionaries(
    {"id": st.just("d"), "question": st.just("wall")},
    optional={
        "groups": st.dictionaries(st.sampled_from(["lasting", "weak"]), CODES, max_size=2),
        "drop": CODES,
        "labels": st.dictionaries(st.sampled_from(["lasting", "weak", "mud"]), ANYTHING, max_size=2),
        "label": ANYTHING,
        "sensitive": ANYTHING,
        "reference": st.sampled_from(["weak", "mud", "gold"]),
        "catalogue": ANYTHING,
    },
)


def sent_back(form: Any) -> dict[str, Any]:
    """What a browser sends of a form that nobody changed."""
    given: dict[str, Any] = {}
    for name, field in form.fields.items():
        value = field.initial
        if value is None or value is False:
            continue
        given[name] = (
            value
            if isinstance(field, forms.MultipleChoiceField)
            else "on"
            if value is True
            else str(value).replace("\n", "\r\n")
        )
    return given


def kept(kind: str, part: dict[str, Any], here: Here) -> dict[str, Any]:
    """The part after it was opened and kept; the part itself where the form asks for something first."""
    made = FORMS[kind]
    form = made(part, here, sent_back(made(part, here)))
    if not form.is_valid():
        return part
    written: dict[str, Any] = form.written()
    return written


@pytest.mark.parametrize("name", ["hotspots", "dhaka"])
def test_the_examples_are_the_same_after_every_form(name: str) -> None:
    text = (EXAMPLE.parent / name / "survey.toml").read_text(encoding="utf-8")
    here = Here.of(COLUMNS, text, "hi")
    for key in ("survey", "design", "policy"):
        form = FORMS[key](here.table(key), here, sent_back(FORMS[key](here.table(key), here)))
        assert form.is_valid(), form.errors
        assert form.written() == here.table(key)
    for key in ("measure", "dimension", "table"):
        for at, part in enumerate(here.items(key)):
            form = FORMS[key](part, here, sent_back(FORMS[key](part, here)))
            assert name == "dhaka" or form.is_valid(), form.errors  # the questions are those of the hotspots
            assert kept(key, part, here) == part
            assert tomllib.loads(with_part(text, key, at, part)) == here.data


@settings(max_examples=120, deadline=None)
@given(MEASURES)
def test_a_measure_is_the_same(part: dict[str, Any]) -> None:
    text = (EXAMPLE / "survey.toml").read_text(encoding="utf-8")
    assert kept("measure", part, Here.of(COLUMNS, text, "en")) == part


@settings(max_examples=120, deadline=None)
@given(DIMENSIONS)
def test_a_dimension_is_the_same(part: dict[str, Any]) -> None:
    text = (EXAMPLE / "survey.toml").read_text(encoding="utf-8")
    assert kept("dimension", part, Here.of(COLUMNS, text, "en")) == part


@settings(max_examples=60, deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "measures": ANYTHING,
            "by": st.lists(st.one_of(WORDS, st.lists(WORDS, max_size=2)), max_size=3),
        },
    )
)
def test_a_table_is_the_same(part: dict[str, Any]) -> None:
    text = (EXAMPLE / "survey.toml").read_text(encoding="utf-8")
    assert kept("table", part, Here.of(COLUMNS, text, "en")) == part


def test_what_is_taken_out_leaves_nothing_behind() -> None:
    text = (EXAMPLE / "survey.toml").read_text(encoding="utf-8")
    here = Here.of(COLUMNS, text, "en")
    for key, names in (("measure", "measures"), ("dimension", "by")):
        for at, part in enumerate(here.items(key)):
            made = tomllib.loads(without(text, here, key, at))
            assert part["id"] not in [each["id"] for each in made[key]]
            assert part["id"] not in [
                name
                for each in made["table"]
                for by in each[names]
                for name in (by if isinstance(by, list) else [by])
            ]
