"""Outlines as SVG paths: cut, projected, simplified without tearing shared borders, written as whole numbers.

Shared borders are kept shared in the way of TopoJSON (M. Bostock): rings are split into arcs where the
neighbours of a vertex differ, each arc is simplified once, and rings are put together from simplified arcs.
Simplification removes the vertex with the smallest triangle first (Visvalingam and Whyatt 1993,
doi 10.1179/000870493786962263). The world is drawn in the Equal Earth projection (Savric, Patterson and
Jenny 2018, doi 10.1080/13658816.2018.1504949).
"""

from __future__ import annotations

import heapq
import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

Point: TypeAlias = tuple[float, float]
Ring: TypeAlias = list[Point]  # closed: the last point is the first
Arc: TypeAlias = tuple[Point, ...]
Shapes: TypeAlias = "dict[str, list[Ring]]"

DISCLAIMER = (
    "The boundaries and names shown on this map do not imply any opinion about the legal status of any "
    "country, territory, city or area or of its authorities, or about the delimitation of its frontiers "
    "or boundaries."
)

ANTARCTICA = "010"
TINY = 40.0  # square units: below about six by six, a colour cannot be told


# --- the two maps ----------------------------------------------------------------------------------------


def world(topology: Mapping[str, Any]) -> dict[str, Any]:
    """Countries of the world-atlas, ids M49, cut at the antimeridian; Antarctica is left out."""
    shapes: Shapes = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        code = geometry.get("id", "")
        if code == ANTARCTICA:
            continue
        rings = [part for ring in atlas_rings(topology, geometry) for part in cut(ring)]
        shapes.setdefault(code, []).extend(rings)
    drawing = draw(shapes, equal_earth, width=2000, smallest=1.5, speck=4.0)
    return drawing | {
        "projection": "Equal Earth",
        "disclaimer": DISCLAIMER,
        "source": "Natural Earth (public domain) through world-atlas 2.0.2 (ISC), 1:50 million, simplified",
    }


def indian_states(collection: Mapping[str, Any], codes: Mapping[str, str]) -> dict[str, Any]:
    """States of India by the names of the source; ``codes`` gives the code of each name."""
    shapes = {
        codes[f["properties"]["st_name"]]: list(geojson_rings(f["geometry"])) for f in collection["features"]
    }
    drawing = draw(dict(sorted(shapes.items())), middle_latitude(22.5), width=1000, smallest=3.0, speck=2.0)
    return drawing | {
        "projection": "Equirectangular, true to scale at 22.5 degrees north",
        "disclaimer": DISCLAIMER
        + " States as in 2019, dissolved from parliamentary constituencies: Ladakh is part of Jammu and"
        " Kashmir, and Daman and Diu stands apart from Dadra and Nagar Haveli.",
        "source": "DataMeet, parliamentary constituencies of India 2019 by Arun Ganesh (CC0), simplified",
    }


# --- reading -------------------------------------------------------------------------------------------


def geojson_rings(geometry: Mapping[str, Any]) -> Iterator[Ring]:
    """The rings of a polygon, of many, or of a collection that holds some; lines are left aside."""
    if geometry["type"] == "Polygon":
        yield from ([(x, y) for x, y, *_ in ring] for ring in geometry["coordinates"])
    elif geometry["type"] == "MultiPolygon":
        for polygon in geometry["coordinates"]:
            yield from ([(x, y) for x, y, *_ in ring] for ring in polygon)
    elif geometry["type"] == "GeometryCollection":
        for part in geometry["geometries"]:
            yield from geojson_rings(part)


def atlas_rings(topology: Mapping[str, Any], geometry: Mapping[str, Any]) -> Iterator[Ring]:
    """The rings of a TopoJSON geometry in degrees."""
    if geometry["type"] not in {"Polygon", "MultiPolygon"}:
        return
    polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
    for polygon in polygons:
        for arcs in polygon:
            ring: Ring = []
            for index in arcs:
                points = atlas_arc(topology, index)
                ring += points[1:] if ring else points
            yield ring


def atlas_arc(topology: Mapping[str, Any], index: int) -> Ring:
    """An arc of a TopoJSON file; a negative index is the arc backwards (TopoJSON specification, 2.1.4)."""
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    x = y = 0
    points = []
    for step_x, step_y in topology["arcs"][~index if index < 0 else index]:
        x, y = x + step_x, y + step_y
        points.append((x * kx + dx, y * ky + dy))
    return points[::-1] if index < 0 else points


# --- the antimeridian ------------------------------------------------------------------------------------


def cut(ring: Ring) -> list[Ring]:
    """A ring on the globe as rings of the plane between 180 degrees west and east."""
    plane = unrolled(ring)
    low, high = min(x for x, _ in plane), max(x for x, _ in plane)
    if low >= -180 and high <= 180:
        return [plane]
    found = []
    for shift in (-360, 0, 360):
        moved = [(x + shift, y) for x, y in plane]
        inside = clip(clip(moved, -180, keep_above=True), 180, keep_above=False)
        if len(inside) > 3:
            found.append(along_edge(inside))
    return found


def unrolled(ring: Ring) -> Ring:
    """A ring without jumps of longitude; one that circles a pole is closed along that pole."""
    plane = [ring[0]]
    for x, y in ring[1:]:
        plane.append((plane[-1][0] + (x - plane[-1][0] + 180) % 360 - 180, y))
    turn = plane[-1][0] - plane[0][0]
    if abs(turn) > 180:
        pole = math.copysign(90, plane[0][1])
        plane += [(plane[-1][0], pole), (plane[0][0], pole), plane[0]]
    return plane


def clip(ring: Ring, edge: float, *, keep_above: bool) -> Ring:
    """The part of a ring on one side of a meridian (Sutherland and Hodgman 1974)."""
    sign = 1 if keep_above else -1
    found: Ring = []
    for (x0, y0), (x1, y1) in pairwise(ring):
        inside, next_inside = sign * (x0 - edge) >= 0, sign * (x1 - edge) >= 0
        if inside:
            found.append((x0, y0))
        if inside != next_inside:
            found.append((edge, y0 + (y1 - y0) * (edge - x0) / (x1 - x0)))
    return [*found, found[0]] if found else []


def along_edge(ring: Ring) -> Ring:
    """A ring with points along the outer meridians and the pole, which the projection bends."""
    found = ring[:1]
    for (x0, y0), (x1, y1) in pairwise(ring):
        if (abs(x0) == 180 and x0 == x1) or (abs(y0) == 90 and y0 == y1):
            steps = max(1, round(max(abs(y1 - y0) / 4, abs(x1 - x0) / 30)))
            found += [(x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps) for i in range(1, steps)]
        found.append((x1, y1))
    return found


# --- projections -----------------------------------------------------------------------------------------

A1, A2, A3, A4 = 1.340264, -0.081106, 0.000893, 0.003796


def equal_earth(point: Point) -> Point:
    """Equal Earth, in radii of the globe."""
    longitude, latitude = map(math.radians, point)
    theta = math.asin(math.sqrt(3) / 2 * math.sin(latitude))
    square = theta * theta
    sixth = square**3
    x = (
        longitude
        * math.cos(theta)
        / (math.sqrt(3) / 2 * (A1 + 3 * A2 * square + sixth * (7 * A3 + 9 * A4 * square)))
    )
    return x, theta * (A1 + A2 * square + sixth * (A3 + A4 * square))


def middle_latitude(latitude: float) -> Callable[[Point], Point]:
    """Equirectangular, true to scale at a latitude, in degrees of latitude."""
    narrowing = math.cos(math.radians(latitude))
    return lambda point: (point[0] * narrowing, point[1])


# --- drawing ---------------------------------------------------------------------------------------------


def draw(
    shapes: Shapes, project: Callable[[Point], Point], *, width: int, smallest: float, speck: float
) -> dict[str, Any]:
    """View box, paths and label points of shapes, simplified to triangles of ``smallest`` units of area.

    Rings below ``speck`` units are left out unless they are the largest of their area.
    """
    flat = {code: [[project(point) for point in ring] for ring in rings] for code, rings in shapes.items()}
    placed, height = fitted(flat, width)
    simple = simplified(placed, smallest)
    kept = {code: without_specks(rings, placed[code], speck) for code, rings in simple.items()}
    paths = {code: "".join(map(svg_path, rings)) for code, rings in kept.items()}
    labels = {code: label_point(max(placed[code], key=area)) for code in placed if code}
    return {
        "view_box": [0, 0, width, height],
        "paths": {code: paths[code] for code in sorted(paths) if code},
        "labels": {code: labels[code] for code in sorted(labels)},
        "tiny": sorted(code for code in placed if code and max(map(area, placed[code])) < TINY),
        "others": paths.get("", ""),
    }


def fitted(shapes: Shapes, width: int) -> tuple[Shapes, int]:
    """Shapes moved and scaled into a box of a width, the y axis downwards, and the box's height."""
    xs = [x for rings in shapes.values() for ring in rings for x, _ in ring]
    ys = [y for rings in shapes.values() for ring in rings for _, y in ring]
    left, top, scale = min(xs), max(ys), (width - 2) / (max(xs) - min(xs))
    placed = {
        code: [[(1 + (x - left) * scale, 1 + (top - y) * scale) for x, y in ring] for ring in rings]
        for code, rings in shapes.items()
    }
    return placed, math.ceil((max(ys) - min(ys)) * scale) + 2


def simplified(shapes: Shapes, smallest: float) -> Shapes:
    """Shapes with each arc between junctions simplified once for both of its sides."""
    joints = junctions(ring for rings in shapes.values() for ring in rings)
    done: dict[Arc, Arc] = {}
    return {
        code: [simpler_ring(ring, joints, done, smallest) for ring in rings] for code, rings in shapes.items()
    }


def junctions(rings: Iterable[Ring]) -> set[Point]:
    """Vertices where borders part: those that do not have the same two neighbours in every ring."""
    neighbours: dict[Point, frozenset[Point]] = {}
    found = set()
    for ring in rings:
        corners = ring[:-1]
        for before, corner, after in zip(
            [corners[-1], *corners[:-1]], corners, [*corners[1:], corners[0]], strict=True
        ):
            pair = frozenset((before, after))
            if neighbours.setdefault(corner, pair) != pair:
                found.add(corner)
    return found


def simpler_ring(ring: Ring, joints: set[Point], done: dict[Arc, Arc], smallest: float) -> Ring:
    """A ring made of simplified arcs."""
    found: Ring = []
    for arc in arcs_of(ring, joints):
        backwards = arc[::-1]
        first = min(arc, backwards)  # either side of a border asks for the arc in its own direction
        if first not in done:
            done[first] = thinned(first, smallest)
        points = done[first] if first == arc else done[first][::-1]
        found += points[1:] if found else points
    return found


def arcs_of(ring: Ring, joints: set[Point]) -> list[Arc]:
    """A ring split at its junctions; one without any starts at its first point in sorting order."""
    corners = ring[:-1]
    starts = [i for i, corner in enumerate(corners) if corner in joints] or [corners.index(min(corners))]
    turned = corners[starts[0] :] + corners[: starts[0] + 1]
    stops = [i - starts[0] for i in starts] + [len(corners)]
    return [tuple(turned[a : b + 1]) for a, b in pairwise(stops)]


def thinned(arc: Arc, smallest: float) -> Arc:
    """An arc without the vertices that make triangles smaller than ``smallest``; its ends stay."""
    before, after = [i - 1 for i in range(len(arc))], [i + 1 for i in range(len(arc))]
    weight = [math.inf, *(triangle(arc[i - 1], arc[i], arc[i + 1]) for i in range(1, len(arc) - 1)), math.inf]
    queue = [(weight[i], i) for i in range(1, len(arc) - 1)]
    heapq.heapify(queue)
    gone = [False] * len(arc)
    while queue and queue[0][0] < smallest:
        size, i = heapq.heappop(queue)
        if gone[i] or size != weight[i]:
            continue
        gone[i] = True
        left, right = before[i], after[i]
        after[left], before[right] = right, left
        for j in (left, right):
            if 0 < j < len(arc) - 1:
                # A vertex never becomes lighter than one already removed beside it.
                weight[j] = max(size, triangle(arc[before[j]], arc[j], arc[after[j]]))
                heapq.heappush(queue, (weight[j], j))
    return tuple(point for point, left_out in zip(arc, gone, strict=True) if not left_out)


def triangle(a: Point, b: Point, c: Point) -> float:
    """The area of a triangle."""
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2


def area(ring: Sequence[Point]) -> float:
    """The area of a ring."""
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(ring))) / 2


def without_specks(rings: list[Ring], whole: list[Ring], speck: float) -> list[Ring]:
    """Rings large enough to be seen; the largest always, as a small diamond where it would vanish."""
    largest = max(range(len(whole)), key=lambda i: area(whole[i]))
    found = [ring for i, ring in enumerate(rings) if i != largest and area(ring) >= speck]
    main = rings[largest]
    return [main if area(rounded(main)) >= 2 else diamond(whole[largest]), *found]


def diamond(ring: Ring) -> Ring:
    """A small mark at the middle of a ring too small to be drawn."""
    x = (min(x for x, _ in ring) + max(x for x, _ in ring)) / 2
    y = (min(y for _, y in ring) + max(y for _, y in ring)) / 2
    x, y = max(x, 2), max(y, 2)
    return [(x - 1, y), (x, y - 1), (x + 1, y), (x, y + 1), (x - 1, y)]


def rounded(ring: Sequence[Point]) -> list[tuple[int, int]]:
    """A ring on whole numbers, repeated points left out."""
    points = [(round(x), round(y)) for x, y in ring]
    return [points[0], *(b for a, b in pairwise(points) if a != b)]


def svg_path(ring: Ring) -> str:
    """A ring as SVG path data: one absolute start, relative lines (SVG 2, 9.3)."""
    points = rounded(ring)
    if len(points) < 4:
        return ""
    steps = [(bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(points[:-1])]
    return f"M{points[0][0]} {points[0][1]}l" + joined(number for step in steps for number in step) + "z"


def joined(numbers: Iterable[int]) -> str:
    """Numbers with as few separators as SVG allows: a minus sign is one."""
    text = ""
    for number in numbers:
        text += f"{number}" if number < 0 or not text else f" {number}"
    return text


def label_point(ring: Ring) -> tuple[int, int]:
    """A point well inside a ring: the one of a fine grid that is farthest from the border."""
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    left, top, size = min(xs), min(ys), 24
    wide, high = (max(xs) - left) / size, (max(ys) - top) / size
    grid = [(left + wide * (i + 0.5), top + high * (j + 0.5)) for i in range(size) for j in range(size)]
    coarse = ring[:: max(1, len(ring) // 400)]
    best = max((p for p in grid if inside(p, ring)), key=lambda p: nearest(p, coarse), default=middle(ring))
    return round(best[0]), round(best[1])


def middle(ring: Ring) -> Point:
    """The mean of the corners."""
    return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)


def nearest(point: Point, ring: Sequence[Point]) -> float:
    """Distance to the nearest corner."""
    return min(math.dist(point, corner) for corner in ring)


def inside(point: Point, ring: Ring) -> bool:
    """Whether a point lies in a ring: an odd number of borders to its right."""
    x, y = point
    crossings = (
        (y0 > y) != (y1 > y) and x < x0 + (x1 - x0) * (y - y0) / (y1 - y0)
        for (x0, y0), (x1, y1) in pairwise(ring)
    )
    return sum(crossings) % 2 == 1
