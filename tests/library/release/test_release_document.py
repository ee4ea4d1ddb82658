from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from everycount.faults import InputError
from everycount.release import as_json, digest, release_from_json, to_bytes
from library.release.samples import remade, small_release

if TYPE_CHECKING:
    from everycount.protect.cells import Cell
    from everycount.release import Release


def document() -> dict:
    return json.loads(to_bytes(small_release()))


def test_a_release_reads_back_as_it_was() -> None:
    assert release_from_json(document()) == small_release()


def test_as_json_and_the_bytes_say_the_same() -> None:
    assert document() == json.loads(json.dumps(as_json(small_release())))


def test_the_bytes_have_sorted_keys_and_a_line_for_each_cell() -> None:
    release = small_release()
    text = to_bytes(release).decode()
    assert list(json.loads(text)) == sorted(json.loads(text))
    assert sum(line.startswith('{"basis"') for line in text.splitlines()) == len(release.cells.cells)
    assert "الماء" in text
    assert text.endswith("}\n")


def test_every_script_and_the_order_of_languages_survive() -> None:
    assert release_from_json(document()).survey.title.languages == ("en", "ar")


def test_dates_of_a_survey_file_become_iso_texts() -> None:
    release = small_release()
    dated = replace(release, provenance=replace(release.provenance, plan={"since": dt.date(2024, 3, 1)}))
    assert as_json(dated)["provenance"]["plan"] == {"since": "2024-03-01"}


def test_a_plan_that_json_cannot_say_is_a_fault_of_the_program() -> None:
    release = small_release()
    odd = replace(release, provenance=replace(release.provenance, plan={"x": object()}))
    with pytest.raises(TypeError, match="object cannot be written"):
        digest(odd)


def spoiled(path: str, value: object) -> dict:
    made = document()
    *way, last = path.split(".")
    part = made
    for step in way:
        part = part[int(step) if step.isdigit() else step]
    if value is ...:
        del part[last]
    else:
        part[int(last) if last.isdigit() else last] = value
    return made


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("schema", "everycount-release/9", 'The schema is "everycount-release/9"'),
        ("survey.id", 7, 'release.json, survey.id: "7" stands where a text belongs'),
        ("survey.title", "Water", 'release.json, survey.title: "Water" stands where a list belongs'),
        ("measures.0.kind", "guess", 'measures[0].kind: "guess" is not one of proportion'),
        ("cells.cells.3.n", 1.5, 'cells.cells[3].n: "1.5" stands where a whole number belongs'),
        ("cells.cells.3.value", "0.5", "cells.cells[3].value"),
        ("cells.cells.3.cell", [["sex_of_head"]], "stands where 2 values belong"),
        ("cells.policy.protect", 1, "stands where true or false belongs"),
        ("cells.cells.3.note", ..., '"note" is missing'),
        ("survey.shoe_size", 9, '"shoe_size" is not known'),
        ("dimensions", {}, "stands where a list belongs"),
        ("design", [], "stands where an object belongs"),
        ("cells.cells.3.measure", "unheard_of", "does not know"),
        ("cells.cells.3.value", 0.123, "not the one that its digest was made from"),
        ("cells.cells.3.value", 10**400, "stands where a number belongs"),
        ("survey.licence", "\ud800", "not the one that its digest was made from"),
        ("exact", ..., "not the one that its digest was made from"),
    ],
)
def test_a_document_that_is_not_a_release_is_refused_with_its_place(
    path: str, value: object, said: str
) -> None:
    with pytest.raises(InputError) as caught:
        release_from_json(spoiled(path, value))
    assert said in str(caught.value)


def nudged(factor: float) -> Release:
    """The same release as another processor may compute it: the last bits differ."""
    release = small_release()

    def nudge(cell: Cell) -> Cell:
        names = ("value", "se", "ci_low", "ci_high", "n_effective", "deff", "cv")
        found = {name: getattr(cell, name) for name in names}
        return replace(cell, **{name: x if x is None else x * factor for name, x in found.items()})

    return replace(release, cells=remade(release.cells, cells=tuple(map(nudge, release.cells.cells))))


@pytest.mark.parametrize("factor", [1 + 2**-52, 1 - 2**-52, 1 + 1e-14])
def test_the_last_bits_do_not_change_the_digest(factor: float) -> None:
    assert nudged(factor) != small_release()
    assert digest(nudged(factor)) == digest(small_release())


def test_the_digest_changes_with_the_numbers() -> None:
    assert digest(nudged(1.0001)) != digest(small_release())


@pytest.mark.parametrize("value", [77 / 256, 0.3000005, 1 / 2048, 123456.5])
def test_a_number_between_two_roundings_is_rounded_alike_with_noise(value: float) -> None:
    def at(value: float) -> str:
        release = small_release()
        cell = replace(release.cells.cells[0], value=value)
        return digest(replace(release, cells=remade(release.cells, cells=(cell,), contrasts=())))

    assert at(value) == at(value * (1 + 3e-15)) == at(value * (1 - 3e-15))


def test_noise_where_a_difference_is_nothing_does_not_change_the_digest() -> None:
    def at(difference: float) -> str:
        release = small_release()
        contrast = replace(release.cells.contrasts[0], difference=difference)
        return digest(replace(release, cells=remade(release.cells, contrasts=(contrast,))))

    assert at(0.0) == at(-0.0) == at(5.5e-17) != at(0.001)


@pytest.mark.parametrize("part", ["survey", "measures", "dimensions", "design", "provenance", "breakdowns"])
def test_the_digest_reads_every_part(part: str) -> None:
    release = small_release()
    other = {
        "survey": replace(release.survey, licence="CC-BY-4.0"),
        "measures": (replace(release.measures[0], unit="person"), release.measures[1]),
        "dimensions": (replace(release.dimensions[0], ordered=True), release.dimensions[1]),
        "design": replace(release.design, clustered=False),
        "provenance": replace(release.provenance, supersedes="sha256:0"),
        "breakdowns": ((),),
    }
    assert digest(replace(release, **{part: other[part]})) != digest(release)
