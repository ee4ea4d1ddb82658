"""The SDMX-ML files as `sdmx1` reads them: a second library, by other people, beside pysdmx."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from everycount import catalogue
from everycount.formats import sdmx
from library.formats.test_sdmx import ATTRIBUTES
from library.release.samples import large_release, small_release

if TYPE_CHECKING:
    from collections.abc import Callable

    from everycount.protect.cells import Cell
    from everycount.release import Release

RELEASES = [small_release, large_release]


def read(release: Release) -> tuple[Any, Any]:
    """The structure message and the data set."""
    reader = pytest.importorskip("sdmx")
    files = sdmx.files(release)
    structure = reader.read_sdmx(BytesIO(files["structure.xml"]))
    (definition,) = structure.structure.values()
    (dataset,) = reader.read_sdmx(BytesIO(files["cells.sdmx.xml"]), structure=definition).data
    return structure, dataset


def expected(cell: Cell) -> dict[str, str]:
    """What is attached to the cell's observation, a number as the shortest text of its double."""
    values = {name: getattr(cell, field) for field, name in ATTRIBUTES.items() if name != "OBS_VALUE"}
    return {
        name: repr(value) if isinstance(value, float) else str(value)
        for name, value in values.items()
        if value is not None and value != ""
    }


@pytest.mark.parametrize("made", RELEASES)
def test_every_cell_is_read_back_with_every_number_and_code(made: Callable[[], Release]) -> None:
    release = made()
    _, dataset = read(release)
    assert len(dataset.obs) == len(release.cells.cells)
    for observation, cell in zip(dataset.obs, release.cells.cells, strict=True):
        assert observation.dimension["SERIES"].value == cell.measure
        value = observation.value
        assert (value in (None, "")) is (cell.value is None)
        if cell.value is not None:
            assert float(value) == cell.value
        attached = {name: str(each.value) for name, each in observation.attached_attribute.items()}
        for name, said in expected(cell).items():
            found = attached[name]
            assert found == said or float(found) == float(said), name
        absent = [name for name in ATTRIBUTES.values() if name != "OBS_VALUE" and name not in expected(cell)]
        assert not [name for name in absent if attached.get(name)]


def test_every_code_of_a_key_stands_in_the_list_that_the_structure_names() -> None:
    structure, dataset = read(large_release())
    (definition,) = structure.structure.values()
    lists = {
        part.id: part.local_representation.enumerated
        for part in definition.dimensions
        if part.local_representation.enumerated is not None
    }
    assert set(lists) == {part.id for part in catalogue.dimensions()} - {"TIME_PERIOD"}
    for observation in dataset.obs:
        for name, listed in lists.items():
            assert observation.dimension[name].value in listed


def test_measures_and_groups_keep_their_words_in_every_language() -> None:
    release = small_release()
    structure, _ = read(release)
    (series,) = (each for name, each in structure.codelist.items() if name.startswith("CL_SERIES_"))
    for measure in release.measures:
        names = series[measure.id].name.localizations
        for language, words in measure.labels.versions:
            assert names[language] == words


def test_what_holds_for_the_whole_file_is_read_as_such() -> None:
    release = small_release()
    _, dataset = read(release)
    assert str(dataset.attrib["RELEASE_DIGEST"].value) == release.digest
    assert str(dataset.attrib["PRODUCER_TYPE"].value) in {"CITIZENS", "INVENTED"}
