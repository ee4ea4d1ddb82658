"""Whatever a plan has otherwise: by a click it keeps what was released, and its own under other names."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import everycount
from everycount.microdata.asked import tables_of
from everycount.questionnaire import read_xlsform
from everycount.site.publication.clicking.before import Before, part_of, with_before
from everycount.survey.earlier import Had, lacking
from everycount.survey.editing import to_toml

EXAMPLE = Path(everycount.__file__).parent / "example" / "hotspots"
TEXT = (EXAMPLE / "survey.toml").read_text(encoding="utf-8")
THEN = tomllib.loads(TEXT)
COLUMNS = {
    each.name: {column.name: column for _, column in each.columns}
    for each in tables_of([read_xlsform((EXAMPLE / "form.xlsx").read_bytes(), "form.xlsx")])
}
QUESTIONS = {name for table in COLUMNS.values() for name in table}
HAD = Had(
    "then",
    THEN,
    frozenset(str(each["id"]) for each in THEN["measure"]),
    frozenset(str(each["id"]) for each in THEN["dimension"]),
)
OTHERWISE = {
    "nss52-kutcha-semi-pucca-slum": "nhdr2001-kutcha-semi-pucca-slum",
    "nhdr2001-kutcha-semi-pucca-slum": "nss52-kutcha-semi-pucca-slum",
    "wg-ss-identifier": "wg-ss-disability2",
}
LISTS = ("measure", "dimension", "variable")
CHANGES = st.fixed_dictionaries(
    {key: st.lists(st.sampled_from(["same", "other", "gone"]), min_size=40, max_size=40) for key in LISTS}
)


def changed(kinds: dict[str, list[str]]) -> dict[str, Any]:
    """The plan of then with some of its parts otherwise, or gone."""
    data = copy.deepcopy(THEN)
    for key in LISTS:
        parts = []
        for then, kind in zip(data.get(key, []), kinds[key], strict=False):
            part = then
            if kind == "other" and key == "measure":
                part["kind"] = "count" if part["kind"] == "proportion" else "median"
            elif kind == "other" and key == "dimension":
                part = {name: part[name] for name in ("id", "question")} | {"groups": {"some": ["a"]}}
            elif kind == "other" and "derivation" in part:
                part["derivation"] = OTHERWISE[part["derivation"]]
            elif kind == "other":
                part["recode"] = {"a": "b"}
            if kind != "gone" or key == "variable":  # a variable that something is made of cannot go
                parts.append(part)
        data[key] = parts
    data["measure"] = data["measure"] or [copy.deepcopy(THEN["measure"][0])]
    ids = {key: {each["id"] for each in data[key]} for key in LISTS}
    data["table"] = [
        {"measures": sorted(ids["measure"]), "by": [[each] for each in sorted(ids["dimension"])]}
    ]
    return data


@settings(max_examples=30, deadline=None)
@given(CHANGES)
def test_nothing_is_lacking_and_nothing_of_ones_own_is_lost(kinds: dict[str, list[str]]) -> None:
    own = changed(kinds)
    wanted = lacking(own, HAD, COLUMNS)
    assert wanted is not None
    text = with_before(to_toml(own), [Before(each, THEN) for each in wanted], QUESTIONS)
    made = tomllib.loads(text)
    assert lacking(made, HAD, COLUMNS) == ()
    # The tables print as much as before, and each thing that they name is there once.
    before, after = own["table"][0], made["table"][0]
    assert (len(after["measures"]), len(after["by"])) == (len(before["measures"]), len(before["by"]))
    for key, names in (("measure", after["measures"]), ("dimension", [by[0] for by in after["by"]])):
        assert all(part_of(made, key, name) is not None for name in names)
        assert len({each["id"] for each in made[key]}) == len(made[key])
    renamed = Had("own", own, frozenset(before["measures"]), frozenset(by[0] for by in before["by"]))
    again = {(each.noun, each.name) for each in lacking(made, renamed, COLUMNS) or ()}
    assert again <= {(each.noun, each.name) for each in wanted if each.is_there}
