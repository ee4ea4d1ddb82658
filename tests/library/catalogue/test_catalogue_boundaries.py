"""Outlines: path data that SVG can draw, inside the view box, for the areas of their lists."""

import re
from itertools import pairwise

import pytest

from everycount import catalogue
from everycount.faults import InputError

MAPS = ("world", "IND-states")
# The path grammar of SVG 2 (9.3.9), as far as the outlines use it: absolute starts, relative lines, closed.
RING = re.compile(r"M(\d+) (\d+)l((?:-?\d+(?: |(?=-)|(?=z)))+)z")


def rings(path: str) -> list[list[tuple[int, int]]]:
    """The corners of each ring of path data; anything that is not a ring is an error."""
    assert RING.sub("", path) == "", path[:80]
    found = []
    for start in RING.finditer(path):
        x, y = int(start[1]), int(start[2])
        steps = [int(number) for number in re.findall(r"-?\d+", start[3])]
        assert len(steps) % 2 == 0
        corners = [(x, y)]
        for dx, dy in zip(steps[::2], steps[1::2], strict=True):
            x, y = x + dx, y + dy
            corners.append((x, y))
        found.append(corners)
    return found


def twice_area(ring: list[tuple[int, int]]) -> int:
    closed = [*ring, ring[0]]
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(closed))


@pytest.mark.parametrize("name", MAPS)
def test_paths_are_rings_inside_the_view_box(name: str) -> None:
    found = catalogue.boundaries(name)
    left, top, width, height = found.view_box
    for code, path in found.paths.items():
        assert path, code
        for ring in rings(path):
            assert len(ring) >= 3
            assert all(left <= x <= left + width and top <= y <= top + height for x, y in ring), code


@pytest.mark.parametrize("name", MAPS)
def test_every_area_has_a_label_point_inside_the_view_box(name: str) -> None:
    found = catalogue.boundaries(name)
    assert set(found.labels) == set(found.paths)
    _, _, width, height = found.view_box
    assert all(0 <= x <= width and 0 <= y <= height for x, y in found.labels.values())


def test_label_points_of_large_states_lie_within_them() -> None:
    found = catalogue.boundaries("IND-states")
    for code in ("IN-BR", "IN-RJ", "IN-MH", "IN-WB", "IN-OD"):
        largest = max(rings(found.paths[code]), key=lambda ring: abs(twice_area(ring)))
        x, y = found.labels[code]
        crossings = sum(
            (ay > y) != (by > y) and x < ax + (bx - ax) * (y - ay) / (by - ay)
            for (ax, ay), (bx, by) in zip(largest, [*largest[1:], largest[0]], strict=True)
        )
        assert crossings % 2 == 1, code


def test_indian_states_are_those_of_the_list() -> None:
    assert set(catalogue.boundaries("IND-states").paths) == set(catalogue.areas("IND-states").items)


def test_the_world_has_nearly_all_areas_of_m49_and_the_islands_among_them() -> None:
    drawn = set(catalogue.boundaries("world").paths)
    listed = set(catalogue.areas("M49").items)
    assert drawn <= listed
    missing = {catalogue.area(code).alpha3 for code in listed - drawn}
    assert missing == {
        "ATA", "BES", "BVT", "CCK", "CXR", "GIB", "GLP", "GUF",
        "MTQ", "MYT", "REU", "SJM", "TKL", "TUV", "UMI",
    }  # fmt: skip


def test_neighbours_share_their_border_to_the_point() -> None:
    found = catalogue.boundaries("IND-states")
    corners = {code: {p for ring in rings(path) for p in ring} for code, path in found.paths.items()}
    for one, other in [("IN-BR", "IN-JH"), ("IN-RJ", "IN-GJ"), ("IN-MH", "IN-MP"), ("IN-TS", "IN-AP")]:
        assert len(corners[one] & corners[other]) > 10, (one, other)


def test_areas_have_about_the_right_sizes() -> None:
    found = catalogue.boundaries("IND-states")
    size = {code: abs(sum(map(twice_area, rings(path)))) for code, path in found.paths.items()}
    assert max(size, key=size.__getitem__) == "IN-RJ"
    # 342,239 and 94,163 square kilometres (Census of India 2011).
    assert size["IN-RJ"] / size["IN-BR"] == pytest.approx(342239 / 94163, rel=0.1)


def test_small_islands_are_named_so_that_they_get_a_mark() -> None:
    tiny = {catalogue.area(code).alpha3 for code in catalogue.boundaries("world").tiny}
    assert {"MDV", "NRU", "KIR", "BRB", "SGP", "TON"} <= tiny
    assert not {"IND", "BGD", "CUB", "PHL"} & tiny
    assert catalogue.boundaries("IND-states").tiny == {"IN-CH", "IN-DD", "IN-LD", "IN-PY"}


def test_maps_carry_what_must_stand_beside_them() -> None:
    for name in MAPS:
        found = catalogue.boundaries(name)
        assert "do not imply any opinion" in found.disclaimer
        assert found.source
        assert found.projection
    assert "Ladakh" in catalogue.boundaries("IND-states").disclaimer


def test_maps_are_light() -> None:
    assert sum(map(len, catalogue.boundaries("IND-states").paths.values())) < 45_000
    assert sum(map(len, catalogue.boundaries("world").paths.values())) < 150_000


def test_an_unknown_map_is_refused() -> None:
    with pytest.raises(InputError, match='Did you mean "IND-states"'):
        catalogue.boundaries("IND-stats")
