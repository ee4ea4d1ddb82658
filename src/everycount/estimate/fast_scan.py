"""The compiled scan over rows in the order of strata and clusters: numba only, no names, no design options.

Per cluster: rows are summed to the touched cells of the *inner* dimensions (those that vary within a
stratum), which are rolled up layer by layer; squares and products of each touched cell go to the stratum's
row. Per stratum: factors and means are applied, and the row goes to every breakdown that has these inner
dimensions, at the place that the stratum gives in the *outer* ones. Only touched cells are ever visited.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numba
import numpy as np

from everycount.estimate.fast_layout import FULL, NUMBERS

if TYPE_CHECKING:
    from collections.abc import Callable

    F = TypeVar("F", bound=Callable[..., Any])

EVENT, COUNTED, MISSING, OUTSIDE = 0, 1, 2, 3  # rows of the bit words
FRESH, SKIPPED = -1, -2  # places of cells not yet met, and of cells that no breakdown wants


def compiled(function: F) -> F:
    """Machine code, kept beside the source or in the user's cache; made anew where neither can be written."""
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
    try:
        made: F = numba.njit(cache=True, **options)(function)
    except RuntimeError:  # numba's word for "no directory to keep it in"
        made = numba.njit(**options)(function)
    return made


class Rows(NamedTuple):
    """Rows of some strata in the order of the clusters.

    Attributes:
        key: int32, place in the full cross, outer dimensions first.
        weights: float64.
        words: uint32[1 or 4, rows], one bit a measure: event, counted, missing, outside.
        y, x: float64[measures or 0, rows]; without x it is 1.
        starts: int64[units + 1], first row of each cluster, among all rows.
        at: which of all rows is the first here.
    """

    key: Any
    weights: Any
    words: Any
    y: Any
    x: Any
    starts: Any
    at: int


class Strata(NamedTuple):
    """What the scan knows of each stratum.

    Attributes:
        units: int64[strata + 1], first cluster of each.
        base: int64, what its outer codes add to the key.
        factor: float64, what its sum of squares is multiplied with.
        drawn: float64, clusters of the design in it.
        alone: bool, one cluster out of several; its square is not taken about the mean.
        open: bool, it adds to the sampling error at all.
    """

    units: Any
    base: Any
    factor: Any
    drawn: Any
    alone: Any
    open: Any


class Ladder(NamedTuple):
    """The layers of inner dimensions, each after its parent; the first is their full cross.

    Attributes:
        parent: int64, layer that each is rolled up from.
        offset: int64[layers + 1], where its cells begin among all cells of layers.
        up: int32, for each cell of a parent its cell in the layer; of layer i from ``up_at[i]``.
        up_at: int64.
        wanted: bool, some breakdown has exactly these inner dimensions.
    """

    parent: Any
    offset: Any
    up: Any
    up_at: Any
    wanted: Any


class Outlets(NamedTuple):
    """The breakdowns, sorted by the layer that feeds them.

    Attributes:
        first: int64[layers + 1], first breakdown of each layer.
        place: int32, for each cell of the layer its part of the cell's number; of breakdown o from ``at[o]``.
        at: int64.
        outer: int64[breakdowns, strata], the stratum's part of the number; -1: it has no place there.
        offset: int64, where the breakdown's cells begin among all cells.
    """

    first: Any
    place: Any
    at: Any
    outer: Any
    offset: Any


class Pairs(NamedTuple):
    """What is kept of each cluster for comparisons, and which layers it comes from.

    Attributes:
        layer: int64, layer of each breakdown compared.
        outer: int64[compared, strata], the group of the stratum; -1: the group is the cell of the layer.
        shift: int64, what is added to the layer's cell so that 0 is "in no group".
        which, unit, code: int32 of each entry; sums: float64[entries, per unit].
    """

    layer: Any
    outer: Any
    shift: Any
    which: Any
    unit: Any
    code: Any
    sums: Any


class Room(NamedTuple):
    """Working room of one thread, cleared by whoever reads it.

    Attributes:
        slot: int32[cells of all layers], entry of each cell in the present cluster.
        cell: int32[entries]; sums: float64[entries, per unit]: touched cells of the present cluster.
        begin: int64[layers + 1], where the entries of each layer begin.
        finest: float64[cells of the full inner cross that one cluster can touch, columns].
        place: int32[cells of all layers], entry of each cell in the present stratum.
        home: int64[entries]; layer: int64[entries]; squares: float64[entries, 3 (measures + bases)].
        table: float64[cells of the full cross that a chunk can meet, columns]; met: uint8[the same cells].
        out: float64[cells of all breakdowns, columns]; hit: uint8[cells].
    """

    slot: Any
    cell: Any
    sums: Any
    begin: Any
    finest: Any
    place: Any
    home: Any
    layer: Any
    squares: Any
    table: Any
    met: Any
    out: Any
    hit: Any


@compiled
def add_digit(key: Any, codes: Any, size: int, shift: int, at: int, begin: int, end: int) -> None:
    """One more dimension in the key, which begins at row ``at``."""
    radix, more = np.int32(size), np.int32(shift)
    for row in range(begin, end):
        key[row - at] = key[row - at] * radix + np.int32(codes[row]) + more


@compiled
def add_rows(table: Any, at: Any, part: Any, added: int) -> None:
    """Adds the rows of a part to a table; of the columns beyond ``added`` the larger ones stay."""
    for row in range(len(at)):
        to = at[row]
        for column in range(added):
            table[to, column] += part[row, column]
        for column in range(added, table.shape[1]):
            table[to, column] = max(table[to, column], part[row, column])


@compiled
def constant_within(unit: Any, stratum: Any, codes: Any, found: Any) -> bool:
    """Whether all rows of a stratum have the same code; ``found`` starts as -2 and ends as the codes."""
    for row in range(len(unit)):
        at = stratum[unit[row]]
        if found[at] == -2:
            found[at] = codes[row]
        elif found[at] != codes[row]:
            return False
    return True


@compiled
def constant_between(starts: Any, codes: Any, found: Any, first: int, last: int) -> bool:
    """The same for rows in order: each stratum's begin at its start."""
    for h in range(first, last):
        code, differing = codes[starts[h]], 0
        for row in range(starts[h], starts[h + 1]):
            differing |= codes[row] ^ code
        if differing:
            return False
        found[h] = code
    return True


@compiled
def look(y: Any, x: Any, inside: Any, begin: int, end: int) -> Any:
    """Of some rows: how many do not count, have an answer besides 0 and 1, a negative one."""
    lost, odd, negative = 0, 0, 0
    if len(x):
        for row in range(begin, end):
            v = y[row]
            lost += not (inside[row] and v == v and x[row] == x[row])  # noqa: PLR0124  # NaN
            negative += inside[row] and v < 0
        return lost, 1, negative
    for row in range(begin, end):
        v = y[row]
        lost += not (inside[row] & (v == v))  # noqa: PLR0124  # NaN
        odd += (v != 0) & (v != 1) & (v == v)  # noqa: PLR0124
        negative += inside[row] & (v < 0)
    return lost, odd, negative


@compiled
def weigh(y: Any, x: Any, inside: Any, weights: Any, step: int) -> Any:
    """Sums of w y and w x of every so manieth row that counts."""
    above, below = 0.0, 0.0
    for row in range(0, len(y), step):
        v = y[row]
        below_line = x[row] if len(x) else 1.0
        if inside[row] and v == v and below_line == below_line:  # noqa: PLR0124  # NaN
            above += weights[row] * v
            below += weights[row] * below_line
    return above, below


@compiled
def mark(words: Any, bit: int, y: Any, x: Any, inside: Any, at: int, begin: int, end: int) -> None:
    """Writes a measure's bits of a block of rows; the words begin at row ``at``."""
    one, ratio = np.uint32(1) << np.uint32(bit), len(x) > 0
    if len(words) == 1:
        for row in range(begin, end):
            words[0, row - at] |= np.uint32(y[row] != 0) << np.uint32(bit)
        return
    for row in range(begin, end):
        v = y[row]
        answered = v == v and (not ratio or x[row] == x[row])  # noqa: PLR0124  # NaN
        if answered and inside[row]:
            words[COUNTED, row - at] |= one
            if v != 0:
                words[EVENT, row - at] |= one
        elif inside[row]:
            words[MISSING, row - at] |= one
        elif answered:
            words[OUTSIDE, row - at] |= one


@compiled
def counting_order(unit: Any, units: int) -> Any:
    """Rows in the order of their units, ties as they stand; and where each unit begins."""
    starts = np.zeros(units + 1, np.int64)
    for row in range(len(unit)):
        starts[unit[row] + 1] += 1
    for at in range(units):
        starts[at + 1] += starts[at]
    to = starts[:-1].copy()
    order = np.empty(len(unit), np.int64)
    for row in range(len(unit)):
        at = unit[row]
        order[to[at]] = row
        to[at] += 1
    return order, starts


@compiled
def gather(rows: Rows, begin: int, end: int, base: int, mode: int, centre: Any, room: Room) -> int:
    """Sums of a cluster's rows in each touched cell of the full inner cross; how many there are.

    Columns: w y (measures), w x, n (bases), events (measures), w^2, missing, outside (bases), and for numbers
    w e^2, w e x (measures), w, w x^2, largest w y. Bases are measures, except where all answers are there.
    """
    finest, slot, cell = room.finest, room.slot, room.cell
    columns = finest.shape[1]
    k = len(centre)
    touched = 0
    for row in range(begin, end):
        at = rows.key[row] - base
        s = slot[at]
        if s < 0:
            s = touched
            slot[at] = s
            cell[s] = at
            for column in range(columns):
                finest[s, column] = 0.0
            touched += 1
        w = rows.weights[row]
        if mode == FULL:
            word = rows.words[0, row]
            for j in range(k):
                event = float((word >> np.uint32(j)) & np.uint32(1))
                finest[s, j] += w * event
                finest[s, k + 2 + j] += event
            finest[s, k] += w
            finest[s, k + 1] += 1.0
            finest[s, 2 * k + 2] += w * w
            continue
        events, counted = rows.words[EVENT, row], rows.words[COUNTED, row]
        missing, outside = rows.words[MISSING, row], rows.words[OUTSIDE, row]
        for j in range(k):
            bit = np.uint32(j)
            one = np.uint32(1)
            if not (counted >> bit) & one:
                finest[s, 5 * k + j] += float((missing >> bit) & one)
                finest[s, 6 * k + j] += float((outside >> bit) & one)
                continue
            event = float((events >> bit) & one)
            y, x = event, 1.0
            if mode == NUMBERS:
                y = rows.y[j, row]
                if len(rows.x):
                    x = rows.x[j, row]
                e = y - centre[j] * x
                finest[s, 7 * k + j] += w * e * e
                finest[s, 8 * k + j] += w * e * x
                finest[s, 9 * k + j] += w
                finest[s, 10 * k + j] += w * x * x
                finest[s, 11 * k + j] = max(finest[s, 11 * k + j], w * y)
            finest[s, j] += w * y
            finest[s, k + j] += w * x
            finest[s, 2 * k + j] += 1.0
            finest[s, 3 * k + j] += event
            finest[s, 4 * k + j] += w * w
    return touched


@compiled
def keep_finest(touched: int, base: int, mode: int, k: int, room: Room) -> None:
    """Adds the cells of a cluster to the table of the full cross; the last columns of numbers are maxima."""
    columns = room.finest.shape[1]
    added = columns - k if mode == NUMBERS else columns
    for s in range(touched):
        at = base + room.cell[s]
        room.met[at] = 1
        for column in range(added):
            room.table[at, column] += room.finest[s, column]
        for column in range(added, columns):
            room.table[at, column] = max(room.table[at, column], room.finest[s, column])


@compiled
def climb(touched: int, ladder: Ladder, room: Room) -> None:
    """Rolls the touched cells of a cluster up to all layers."""
    slot, cell, sums, begin = room.slot, room.cell, room.sums, room.begin
    width = sums.shape[1]
    begin[0] = 0
    begin[1] = touched
    for s in range(touched):
        slot[cell[s]] = FRESH
        for column in range(width):
            sums[s, column] = room.finest[s, column]
    last = touched
    for i in range(1, len(ladder.parent)):
        parent, offset, up = ladder.parent[i], ladder.offset[i], ladder.up_at[i]
        for t in range(begin[parent], begin[parent + 1]):
            c = ladder.up[up + cell[t]]
            s = slot[offset + c]
            if s < 0:
                s = last
                slot[offset + c] = s
                cell[s] = c
                for column in range(width):
                    sums[s, column] = sums[t, column]
                last += 1
            else:
                for column in range(width):
                    sums[s, column] += sums[t, column]
        begin[i + 1] = last
        for s in range(begin[i], last):
            slot[offset + cell[s]] = FRESH


@compiled
def square(used: int, ladder: Ladder, about: Any, room: Room) -> int:  # noqa: C901  (calls would cost)
    """Adds squares and products of a cluster to the rows of its stratum; how many rows these are now.

    They are those of e = y - about x, so that differences of large squares stay small.
    """
    sums, squares = room.sums, room.squares
    k, width = len(about), sums.shape[1]
    g = (width - k) // 2
    for i in range(len(ladder.parent)):
        if not ladder.wanted[i]:
            continue
        offset = ladder.offset[i]
        for t in range(room.begin[i], room.begin[i + 1]):
            home = offset + room.cell[t]
            s = room.place[home]
            if s == SKIPPED:
                continue
            if s == FRESH:
                s = used
                room.place[home] = s
                room.home[s] = home
                room.layer[s] = i
                for column in range(squares.shape[1]):
                    squares[s, column] = 0.0
                used += 1
            for b in range(g):
                x = sums[t, k + b]
                squares[s, 3 * k + b] += x * x
                squares[s, 3 * k + g + b] += x
                squares[s, 3 * k + 2 * g + b] += sums[t, k + g + b] > 0
            if g == 1:
                x = sums[t, k]
                for j in range(k):
                    e = sums[t, j] - about[j] * x
                    squares[s, j] += e * e
                    squares[s, k + j] += e * x
                    squares[s, 2 * k + j] += e
            else:
                for j in range(k):
                    x = sums[t, k + j]
                    e = sums[t, j] - about[j] * x
                    squares[s, j] += e * e
                    squares[s, k + j] += e * x
                    squares[s, 2 * k + j] += e
    return used


@compiled
def pour(used: int, h: int, strata: Strata, ladder: Ladder, outlets: Outlets, k: int, room: Room) -> None:
    """Adds the rows of a finished stratum to the breakdowns.

    Columns: variance parts A, B; plain squares e^2, e x; sums of e of lonely clusters (measures); C, x^2,
    clusters, strata, lonely strata, open strata, x of lonely clusters, their factor (bases).
    """
    squares, out = room.squares, room.out
    g = (squares.shape[1] - 3 * k) // 3
    factor = strata.factor[h]
    share = 0.0 if strata.alone[h] else 1.0 / strata.drawn[h]
    lonely = 1.0 if strata.alone[h] else 0.0
    is_open = 1.0 if strata.open[h] else 0.0
    for s in range(used):
        home, i = room.home[s], room.layer[s]
        room.place[home] = FRESH
        c = home - ladder.offset[i]
        for o in range(outlets.first[i], outlets.first[i + 1]):
            if outlets.outer[o, h] < 0:
                continue
            at = outlets.offset[o] + outlets.place[outlets.at[o] + c] + outlets.outer[o, h]
            room.hit[at] = 1
            for j in range(k):
                b = 0 if g == 1 else j
                e, x = squares[s, 2 * k + j], squares[s, 3 * k + g + b]
                out[at, j] += factor * (squares[s, j] - share * e * e)
                out[at, k + j] += factor * (squares[s, k + j] - share * e * x)
                out[at, 2 * k + j] += squares[s, j]
                out[at, 3 * k + j] += squares[s, k + j]
                out[at, 4 * k + j] += lonely * factor * e
            for b in range(g):
                x, seen = squares[s, 3 * k + g + b], squares[s, 3 * k + 2 * g + b]
                met = 1.0 if seen > 0 else 0.0
                out[at, 5 * k + b] += factor * (squares[s, 3 * k + b] - share * x * x)
                out[at, 5 * k + g + b] += squares[s, 3 * k + b]
                out[at, 5 * k + 2 * g + b] += seen
                out[at, 5 * k + 3 * g + b] += met
                out[at, 5 * k + 4 * g + b] += lonely * met
                out[at, 5 * k + 5 * g + b] += is_open * met
                out[at, 5 * k + 6 * g + b] += lonely * factor * x
                out[at, 5 * k + 7 * g + b] += lonely * factor * met


@compiled
def note(unit: int, h: int, written: int, pairs: Pairs, room: Room) -> int:
    """Keeps a cluster's sums by the groups of the breakdowns that are compared; how many are kept now."""
    for q in range(len(pairs.layer)):
        i = pairs.layer[q]
        for t in range(room.begin[i], room.begin[i + 1]):
            pairs.which[written] = q
            pairs.unit[written] = unit
            pairs.code[written] = (
                room.cell[t] + pairs.shift[q] if pairs.outer[q, h] < 0 else pairs.outer[q, h]
            )
            for column in range(room.sums.shape[1]):
                pairs.sums[written, column] = room.sums[t, column]
            written += 1
    return written


@compiled
def scan(  # noqa: PLR0913, PLR0917  (what compiled code is given stands in its arguments)
    first: int,
    last: int,
    low: int,
    written: int,
    mode: int,
    centre: Any,
    about: Any,
    rows: Rows,
    strata: Strata,
    ladder: Ladder,
    outlets: Outlets,
    pairs: Pairs,
    room: Room,
) -> int:
    """All strata from ``first`` up to ``last``; how many entries are kept for comparisons by then.

    The table of the full cross begins at its cell ``low``.
    """
    k = len(centre)
    for h in range(first, last):
        used = 0
        for unit in range(strata.units[h], strata.units[h + 1]):
            base = strata.base[h]
            begin, end = rows.starts[unit] - rows.at, rows.starts[unit + 1] - rows.at
            touched = gather(rows, begin, end, base, mode, centre, room)
            keep_finest(touched, base - low, mode, k, room)
            climb(touched, ladder, room)
            used = square(used, ladder, about, room)
            written = note(unit, h, written, pairs, room)
        pour(used, h, strata, ladder, outlets, k, room)
    return written
