"""What must always hold of a release and its files."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from everycount import catalogue
from everycount.estimate.estimates import Against, CellKey, Verdict
from everycount.faults import InputError
from everycount.formats import cells_csv, sdmx
from everycount.formats.sdmx_names import code_id, crossed_id
from everycount.protect.cells import Cell, SafeContrast, Status, restore
from everycount.protect.policy import OPEN, PARTNERS, PUBLIC
from everycount.release import Release, compare, digest, release_from_json, to_bytes
from everycount.release.fingerprint import COMPACT
from everycount.sample.design import Basis, Scope
from everycount.text import Text
from library.release.samples import SAFE_WATER, SEX, small_release

ID = re.compile(r"[A-Za-z0-9_@$\-]+")  # IDType of SDMXCommon.xsd

# Surrogates are no characters: no file in UTF-8 can hold them, and no reader of ours lets them in.
words = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
codes = words.filter(bool)
numbers = st.floats(allow_nan=False, allow_infinity=False)
maybe = st.none() | numbers
counts = st.none() | st.integers(0, 10**9)
texts = st.lists(
    st.tuples(st.sampled_from(["en", "ar", "bn", "und"]), codes), max_size=3, unique_by=lambda v: v[0]
)


@st.composite
def cells(draw: st.DrawFn, measure: str, key: CellKey) -> Cell:
    low, high = draw(st.just((None, None)) | st.tuples(numbers, numbers))
    return Cell(
        measure,
        key,
        draw(maybe),
        draw(maybe),
        low,
        high,
        draw(counts),
        draw(words),
        draw(counts),
        draw(maybe),
        draw(maybe),
        draw(maybe),
        draw(st.sampled_from(Basis)),
        draw(st.sampled_from(Scope)),
        draw(st.sampled_from(Status)),
        draw(st.none() | st.sampled_from(Verdict)),
        draw(counts),
        draw(words),
    )


@st.composite
def releases(draw: st.DrawFn) -> Release:
    group_codes = draw(st.lists(codes, min_size=1, max_size=4, unique=True))
    groups = tuple((code, Text(tuple(draw(texts)))) for code in group_codes)
    measures = tuple(
        replace(SAFE_WATER, id=name, labels=Text(tuple(draw(texts))))
        for name in draw(st.lists(codes, min_size=1, max_size=3, unique=True))
    )
    dimension = replace(SEX, id=draw(codes.filter(lambda name: name not in cells_csv.EXTRA)), groups=groups)
    keys: list[CellKey] = [(), *(((dimension.id, code),) for code in group_codes)]
    made = tuple(draw(cells(measure.id, key)) for measure in measures for key in keys)
    contrast = SafeContrast(
        measures[0].id, keys[1], draw(st.sampled_from(Against)), (), *(draw(numbers) for _ in range(6))
    )
    protected = restore(draw(st.sampled_from([PUBLIC, PARTNERS, OPEN])), 0.95, made, (contrast,))
    return replace(
        small_release(),
        measures=measures,
        dimensions=(dimension,),
        breakdowns=((), (dimension.id,)),
        cells=protected,
    )


@given(releases())
@settings(max_examples=60, deadline=None)
def test_a_release_reads_back_as_it_was_with_the_same_bytes(release: Release) -> None:
    data = to_bytes(release)
    again = release_from_json(json.loads(data))
    assert again == release
    assert to_bytes(again) == data
    assert digest(again) == digest(release)


@given(releases())
@settings(max_examples=40, deadline=None)
def test_a_release_does_not_differ_from_itself(release: Release) -> None:
    assert not compare(release, release)


@given(releases(), releases())
@settings(max_examples=40, deadline=None)
def test_a_comparison_is_empty_only_where_the_digest_is_the_same(one: Release, other: Release) -> None:
    if not compare(one, other):
        assert digest(one) == digest(other)


@given(releases())
@settings(max_examples=60, deadline=None)
def test_cells_csv_reads_back_to_the_same_cells(release: Release) -> None:
    (dimension,) = release.dimensions
    data = cells_csv.files(release)["cells.csv"]
    for row, cell in zip(cells_csv.read_back(data), release.cells.cells, strict=True):
        assert row["measure"] == cell.measure
        assert row[dimension.id] == dict(cell.cell).get(dimension.id, "")
        assert row["note"] == cell.note
        for name in ("value", "se", "ci_low", "ci_high", "n_effective", "cv", "deff"):
            assert (float(row[name]) if row[name] else None) == getattr(cell, name)


@given(st.lists(codes, min_size=1, max_size=5))
@settings(max_examples=200, deadline=None)
def test_no_text_of_a_file_starts_a_formula(texts: list[str]) -> None:
    out = io.StringIO()
    csv.writer(out).writerow(map(cells_csv.guarded, texts))
    (row,) = csv.reader(io.StringIO(out.getvalue(), newline=""))
    for shown, text in zip(row, texts, strict=True):
        assert shown[0] not in "=@\t\r"
        assert shown[0] not in "+-" or shown.lstrip("+-").replace(".", "", 1).isdigit()
        assert cells_csv.unguarded(shown) == text


@given(
    st.lists(st.tuples(codes, codes), min_size=1, max_size=3), st.lists(st.tuples(codes, codes), max_size=3)
)
@settings(max_examples=300, deadline=None)
def test_two_breakdowns_have_the_same_sdmx_code_only_if_they_are_the_same(
    one: list[tuple[str, str]], other: list[tuple[str, str]]
) -> None:
    assert (crossed_id(tuple(one)) == crossed_id(tuple(other))) == (one == other)


@given(codes, codes)
@settings(max_examples=300, deadline=None)
def test_two_names_have_the_same_sdmx_code_only_if_they_are_the_same(one: str, other: str) -> None:
    assert (code_id(one) == code_id(other)) == (one == other)


@given(releases())
@settings(max_examples=40, deadline=None)
def test_sdmx_holds_every_cell_once_under_codes_that_its_structure_knows(release: Release) -> None:
    release = replace(release, dimensions=(replace(release.dimensions[0], sdmx=None),))
    made = sdmx.files(release)
    known = {
        code.get("id") for code in etree.fromstring(made["structure.xml"]).iter("{*}Code") if code.get("id")
    }
    keys = set()
    for row, cell in zip(
        etree.fromstring(made["cells.sdmx.xml"]).iter("Obs"), release.cells.cells, strict=True
    ):
        key = tuple(row.get(part.id) for part in catalogue.dimensions())
        assert known.issuperset(key[:-1])
        assert all(ID.fullmatch(code) for code in key[:-1])
        assert float(row.get("OBS_VALUE", "nan")) == cell.value or cell.value is None
        keys.add(key)
    assert len(keys) == len(release.cells.cells)
    assert len(cells_csv.read_back(made["cells.sdmx.csv"])) == len(keys)


DOCUMENT = to_bytes(small_release())
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)


@given(st.data(), json_values)
@settings(max_examples=150, deadline=None)
def test_a_document_that_was_changed_anywhere_is_refused_with_words(
    data: st.DataObject, other: object
) -> None:
    document = part = json.loads(DOCUMENT)
    while True:
        step = data.draw(st.sampled_from(sorted(part) if isinstance(part, dict) else range(len(part))))
        inner = part[step]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
            break
        part = inner
    part[step] = other
    named = document is part and step in ("digest", "files")  # what verify looks at, not the reader
    if named or COMPACT.encode(document) == COMPACT.encode(json.loads(DOCUMENT)):
        assert release_from_json(document) == small_release()
        return
    with pytest.raises(InputError):
        release_from_json(document)
