"""What is odd about single interviews, each looked at beside those that have come so far."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from everycount.quality.alike import FEWEST, HIGH
from everycount.quality.durations import limits, overlapping
from everycount.quality.outliers import far
from everycount.quality.straight import straight

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from everycount.quality.heap import Heap
    from everycount.quality.likeness import Likeness

ENOUGH = 20  # interviews; with fewer nothing is compared
K = 3.5  # scaled median absolute deviations: Iglewicz and Hoaglin 1993
SHORT_K = 2.5  # the same of the logarithm of the length, beside half of the median
BY_CHANCE = 0.05  # expected pairs as like as this one by chance, among all pairs
MANY_OPEN = 0.25  # share of open questions: Kuriakose and Robbins 2016
USUAL_LINES = 0.02  # share of lines of an answer with a typical collector up to which hardly anybody gives it
SHARED_KEY = 0.3  # share of interviews at a time with another from which on a key is one of several people
HABIT = 0.5  # the same on one phone, from which on it is how people work here, as where drafts stay open
_EARTH = 6371.0088  # km, mean radius (IUGG)


class Odd(StrEnum):
    """What may be odd about an interview, or about those of one collector."""

    DUPLICATE = "duplicate"
    NEAR = "near"
    SHORT = "short"
    LONG = "long"
    OVERLAP = "overlap"
    STRAIGHT = "straight"
    MISSING = "missing"
    CONSTRAINT = "constraint"
    OUTLIER = "outlier"
    OUTSIDE = "outside"
    DEVICE = "device"
    CONSENT = "consent"
    HEAPING = "heaping"  # of a collector


@dataclass(frozen=True, slots=True)
class Oddity:
    """One of them. It tells no answer: its figures are counts, shares, minutes and rough distances.

    Attributes:
        row: of the heap; of a collector's oddity the number of the collector.
        kind: what is odd.
        about: the question or battery, or "".
        other: row of the interview that it is like, or None.
        figures: what it is held against, by name.
    """

    row: int
    kind: Odd
    about: str = ""
    other: int | None = None
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of the plan: its centre, and how far an interview may lie from it in metres."""

    latitude: float
    longitude: float
    radius: float


def oddities(heap: Heap, spots: Mapping[str, Spot], likeness: Likeness) -> Iterator[Oddity]:
    """Everything that is odd now about the interviews of a heap.

    Args:
        heap: the interviews.
        spots: by the code of the place; none where the plan says nothing about where places are.
        likeness: who is most like whom, kept while the heap grows.
    """
    yield from _alone(heap, spots)
    twins = list(_twins(heap))
    yield from twins
    yield from _devices(heap)
    lengths: list[Oddity] = []
    if len(heap) >= ENOUGH:
        yield from _near(heap, likeness, {each.row for each in twins})
        yield from (lengths := list(_lengths(heap)))
        yield from _lines(heap)
        yield from _gaps(heap)
        yield from _outliers(heap)
    yield from _overlaps(heap, {each.row for each in lengths if each.kind is Odd.LONG})


def _alone(heap: Heap, spots: Mapping[str, Spot]) -> Iterator[Oddity]:
    """What can be seen of an interview by itself."""
    for row in np.flatnonzero(heap.there).tolist():
        traits = heap.traits[row]
        yield from (Oddity(row, Odd.CONSTRAINT, place) for place in traits.broken)
        if traits.consents_open:
            yield Oddity(row, Odd.CONSENT, figures={"open": traits.consents_open})
        if traits.point is not None and spots:
            beyond = _beyond(traits.point, traits.place, spots)
            if beyond is not None:
                yield Oddity(row, Odd.OUTSIDE, figures=beyond)


def _beyond(
    point: tuple[float, float, float], place: str, spots: Mapping[str, Spot]
) -> dict[str, float] | None:
    """How far outside; a distance with one digit, since an exact one would be where somebody lives."""
    north, east, accuracy = point
    near = [spots[place]] if place in spots else list(spots.values())
    gaps = [(distance(north, east, each.latitude, each.longitude), each) for each in near]
    if any(km * 1000 - accuracy <= each.radius for km, each in gaps):
        return None
    km, spot = min(gaps, key=lambda each: each[0] * 1000 - each[1].radius)
    return {"km": roughly(km), "radius_km": spot.radius / 1000}


def roughly(number: float) -> float:
    """With one digit."""
    if number <= 0:
        return 0.0
    size = 10 ** math.floor(math.log10(number))
    return float(round(number / size) * size)


def distance(north: float, east: float, other_north: float, other_east: float) -> float:
    """Kilometres between two places on a round earth, by the haversine formula (Sinnott 1984)."""
    p, q = math.radians(north), math.radians(other_north)
    half = math.sin((q - p) / 2) ** 2
    half += math.cos(p) * math.cos(q) * math.sin(math.radians(other_east - east) / 2) ** 2
    return 2 * _EARTH * math.asin(min(1.0, math.sqrt(half)))


def _twins(heap: Heap) -> Iterator[Oddity]:
    """Interviews in which everything is the same, where chance would not make it so."""
    same: dict[str, list[int]] = defaultdict(list)
    for row in np.flatnonzero(heap.there).tolist():
        if heap.traits[row].digest:
            same[heap.traits[row].digest].append(row)
    groups = [rows for rows in same.values() if len(rows) > 1]
    if not groups:
        return
    shares = _shares(heap)
    for rows in groups:
        expected = len(heap) * (len(heap) - 1) / 2 * _chance(heap, rows[0], shares)
        if expected < BY_CHANCE:
            for row in rows:
                other = rows[0] if row != rows[0] else rows[-1]
                yield Oddity(row, Odd.DUPLICATE, other=other, figures={"like": len(rows) - 1})


def _shares(heap: Heap) -> Mapping[str, Counter[str]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in np.flatnonzero(heap.there).tolist():
        for place, answer in heap.traits[row].answers.items():
            found[place][answer] += 1
    return found


def _chance(heap: Heap, row: int, shares: Mapping[str, Counter[str]]) -> float:
    """Probability that two interviews both read like this one, if questions had nothing to do with others.

    Nobody shares a name with somebody else and all else as well by chance. Among few interviews two twins
    are themselves a large part of each share, so one is left out.
    """
    n = max(len(heap) - 1, 1)
    if heap.traits[row].is_named:
        return 0.0
    told = heap.traits[row].answers.items()
    return math.exp(2 * sum(math.log(max(shares[place][answer] - 1, 1) / n) for place, answer in told))


def _devices(heap: Heap) -> Iterator[Oddity]:
    """One phone under the names of two collectors, or twice by links by which people answer alone."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row in np.flatnonzero(heap.there).tolist():
        if heap.traits[row].device:
            rows[heap.traits[row].device].append(row)
    for found in rows.values():
        owner, _ = Counter(int(heap.who[row]) for row in found).most_common(1)[0]
        alone = [row for row in found if heap.by_link[row]]
        for row in found:
            if heap.by_link[row] and len(alone) > 1 and row != alone[0]:
                yield Oddity(row, Odd.DEVICE, other=alone[0], figures={"times": len(alone)})
            elif not heap.by_link[row] and int(heap.who[row]) != owner:
                other = next(each for each in found if int(heap.who[each]) == owner)
                yield Oddity(row, Odd.DEVICE, other=other, figures={"collectors": 2})


def _near(heap: Heap, likeness: Likeness, twins: set[int]) -> Iterator[Oddity]:
    """Interviews that agree with another one far more than others do, and than chance would make them.

    The second bound is Hoeffding's (1963, J Am Stat Assoc 58:13) for sums of unlike trials.
    """
    share, partner, questions = likeness.refresh(heap)
    if questions < FEWEST:
        return
    here = heap.there & (partner >= 0)
    codes = heap.codes[heap.there][:, likeness.columns]
    agree = float(np.mean([_agreement(column) for column in codes.T]))
    middle = float(np.median(share[here]))
    spread = 1.4826 * float(np.median(np.abs(share[here] - middle)))
    pairs = len(heap) * (len(heap) - 1) / 2
    for row in np.flatnonzero(here & (share > HIGH) & (share > middle + K * spread)).tolist():
        expected = pairs * math.exp(-questions * _divergence(float(share[row]), agree))
        if expected < BY_CHANCE and row not in twins:
            other = int(partner[row])
            same = int(heap.who[row] == heap.who[other])
            figures = {"percent": round(100 * float(share[row])), "questions": questions, "same": same}
            figures["usual"] = round(100 * middle)
            yield Oddity(row, Odd.NEAR, other=other, figures=figures)


def _agreement(column: NDArray[np.int32]) -> float:
    """How often two interviews agree on a question by chance."""
    counts = np.bincount(column[column >= 0])
    return float((counts / max(counts.sum(), 1)) ** 2 @ np.ones(len(counts)))


def _divergence(share: float, chance: float) -> float:
    """Of two Bernoulli trials after Kullback and Leibler, in nats."""
    if share <= chance:
        return 0.0
    found = share * math.log(share / max(chance, 1e-12))
    return found + ((1 - share) * math.log((1 - share) / (1 - chance)) if share < 1 else 0.0)


def _lengths(heap: Heap) -> Iterator[Oddity]:
    minutes = heap.minutes[:, 1] - heap.minutes[:, 0]
    known = np.isfinite(minutes) & heap.there & (minutes > 0)
    if known.sum() >= ENOUGH:
        half, longest = limits(minutes[known])
        logs = np.log(minutes[known])
        middle = float(np.median(logs))
        spread = float(np.median(np.abs(logs - middle))) / 0.6745
        shortest = min(half, math.exp(middle - SHORT_K * spread))
        usual = math.exp(middle)
        short = known & (minutes < shortest)
        long = known & (minutes > longest)
        for kind, rows, limit in ((Odd.SHORT, short, shortest), (Odd.LONG, long, longest)):
            for row in np.flatnonzero(rows).tolist():
                told = {"minutes": round(float(minutes[row])), "usual": round(usual), "limit": round(limit)}
                yield Oddity(row, kind, figures=told)
    for row in np.flatnonzero(np.isfinite(minutes) & heap.there & (minutes < 0)).tolist():
        yield Oddity(row, Odd.SHORT, figures={"minutes": round(float(minutes[row]))})


def _overlaps(heap: Heap, long: set[int]) -> Iterator[Oddity]:
    """Two interviews at a time on one phone; not where that is the rule with a key.

    Where phones cannot be told apart, it may be the rule because several people send with one key. A form
    that was left open is told once, as a long one, and not once more for each interview of that day.
    """
    begin, finish = heap.minutes.T
    hands = _hands(heap)
    hands[list(long)] = -1
    both = overlapping(begin, finish, hands)
    for rows in heap.by_collector().values():
        mine = rows[both[rows]]
        usual = HABIT if all(heap.traits[row].device for row in mine.tolist()) else SHARED_KEY
        if len(mine) <= max(usual * len(rows), 2):
            for row in mine.tolist():
                yield Oddity(row, Odd.OVERLAP)


def _hands(heap: Heap) -> NDArray[np.int32]:
    """For each row a number of its collector and phone together; -1 where nobody is known."""
    met: dict[tuple[int, str], int] = {}
    return np.array(
        [
            met.setdefault((who, traits.device), len(met)) if is_there and who >= 0 else -1
            for who, traits, is_there in zip(heap.who.tolist(), heap.traits, heap.there.tolist(), strict=True)
        ],
        dtype=np.int32,
    )


def _lines(heap: Heap) -> Iterator[Oddity]:
    """One answer to every question of a battery, where hardly anybody gives that one throughout."""
    for battery in heap.form.batteries:
        places = [heap.form.closed.index(each) for each in battery.questions if each in heap.form.closed]
        if len(places) < 3:
            continue
        codes = _with_one_numbering(heap, places)
        full = (codes >= 0).all(axis=1) & heap.there
        if full.sum() < ENOUGH:
            continue
        lines = straight(codes) & full
        for code in np.unique(codes[lines, 0]).tolist():
            mine = lines & (codes[:, 0] == code)
            if _habit(heap, mine, full) <= USUAL_LINES:
                for row in np.flatnonzero(mine).tolist():
                    yield Oddity(row, Odd.STRAIGHT, battery.name, figures={"questions": len(places)})


def _with_one_numbering(heap: Heap, places: Sequence[int]) -> NDArray[np.int32]:
    words: dict[str, int] = {}
    columns = []
    for place in places:
        known = [words.setdefault(word, len(words)) for word in heap.questions[place].words]
        columns.append(np.array([*known, -1], dtype=np.int32)[heap.codes[:, place]])
    return np.column_stack(columns)


def _habit(heap: Heap, lines: NDArray[np.bool_], full: NDArray[np.bool_]) -> float:
    """The share of lines with a typical collector: the median, so that a few who invent them count little."""
    shares = [
        float(lines[rows].sum() / full[rows].sum())
        for rows in heap.by_collector().values()
        if full[rows].sum() >= 5
    ]
    return float(np.median(shares)) if len(shares) >= 3 else float(lines.sum() / full.sum())


def _gaps(heap: Heap) -> Iterator[Oddity]:
    here = np.flatnonzero(heap.there)
    shares = np.array([heap.traits[row].left_open / max(heap.traits[row].asked, 1) for row in here])
    middle = float(np.median(shares))
    limit = max(MANY_OPEN, middle + K * 1.4826 * float(np.median(np.abs(shares - middle))))
    for row, share in zip(here.tolist(), shares.tolist(), strict=True):
        if share > limit:
            traits = heap.traits[row]
            figures = {"open": traits.left_open, "asked": traits.asked, "usual": round(100 * middle)}
            yield Oddity(row, Odd.MISSING, figures=figures)


def _outliers(heap: Heap) -> Iterator[Oddity]:
    """Numbers far from all others; what the number is, is not told."""
    places = sorted({place for row in np.flatnonzero(heap.there) for place in heap.traits[row].numbers})
    for place in places:
        rows, numbers = heap.numbers(place)
        if len(numbers) >= ENOUGH:
            for row in sorted(set(rows[far(numbers, K)].tolist())):
                yield Oddity(row, Odd.OUTLIER, place)
