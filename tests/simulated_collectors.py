"""Invented collectors and their invented interviews, some of them with faults that were put there on purpose.

Households share a way of life, so that their answers hang together as those of real ones do; each collector
works in one or two places; people round their ages by themselves. Nobody in it is real.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING

import numpy as np

from everycount.quality.heap import Form, Heap
from everycount.quality.odd import Likeness, Odd, Oddity, Spot, oddities
from everycount.quality.roles import Battery
from everycount.quality.traits import Traits

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

QUESTIONS = tuple(f"q{number:02}" for number in range(24))
BATTERY = tuple(f"worry_{number}" for number in range(6))
MEASURED = ("size", "age", "income", "arm")
FORM = Form((*QUESTIONS, *BATTERY, "size", "age", "income"), (Battery("worries", BATTERY),))
RADIUS = 800.0  # metres
COLLECTORS, EACH = 10, 40
FAULTY = 2  # collectors with a fault
_PLACES = 12


@dataclass(frozen=True)
class Interview:
    """An invented interview: who asked, what is looked at, and which fault was put into it, if any."""

    collector: int
    traits: Traits
    fault: str = ""


@dataclass
class World:
    """Places, ways of life, and how people answer."""

    random: Generator
    spots: dict[str, Spot] = field(default_factory=dict)
    chances: dict[str, list[list[float]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number in range(_PLACES):
            north, east = self.random.uniform(-1, 1, 2)
            self.spots[f"place_{number}"] = Spot(10 + north, 40 + east, RADIUS)
        for question in (*QUESTIONS, *BATTERY):
            choices = 4 if question in BATTERY else int(self.random.integers(2, 7))
            self.chances[question] = self.random.dirichlet([1.2] * choices, size=3).tolist()

    def interviews(self) -> list[Interview]:
        """A whole fieldwork without any fault."""
        return [each for who in range(COLLECTORS) for each in self._of_collector(who)]

    def _of_collector(self, who: int) -> list[Interview]:
        places = self.random.choice(sorted(self.spots), 2, replace=False)
        begin, found = 29_400_000.0 + who, []
        for number in range(EACH):
            if number % 8 == 0:
                begin = math.floor(begin / 1440 + 1) * 1440 + 480 + self.random.normal(0, 15)
            place = str(places[0] if self.random.random() < 0.8 else places[1])
            traits = self.household(place, begin, f"device {who}")
            found.append(Interview(who, traits))
            begin = (traits.finish or begin) + self.random.uniform(4, 25)
        return found

    def household(self, place: str, begin: float, device: str) -> Traits:
        """Somebody who was asked."""
        way = int(self.random.choice(3, p=[0.5, 0.3, 0.2]))
        answers = {
            question: str(self.random.choice(len(ways[way]), p=ways[way]))
            for question, ways in self.chances.items()
            if self.random.random() > 0.02
        }
        size = 1 + int(self.random.poisson(3.5))
        age = int(self.random.integers(18, 75))
        age = 5 * round(age / 5) if self.random.random() < 0.15 else age
        numbers = {
            "size": (str(size),),
            "age": (str(age),),
            "income": (str(int(math.exp(self.random.normal(6 + 0.3 * way, 0.6)))),),
            "arm": tuple(str(int(self.random.normal(150, 12))) for _ in range(1 + size // 3)),
        }
        minutes = 24 * math.exp(self.random.normal(0, 0.3)) + 2 * size
        return told(
            Traits(
                answers=answers | {name: numbers[name][0] for name in ("size", "age", "income")},
                numbers=numbers,
                begin=begin,
                finish=begin + minutes,
                point=self._near(self.spots[place], RADIUS),
                device=device,
                place=place,
                asked=len(FORM.closed),
            )
        )

    def _near(self, spot: Spot, metres: float) -> tuple[float, float, float]:
        """Somewhere in the place, as a phone sees it that is off by some metres."""
        turn, far = self.random.uniform(0, 2 * math.pi), metres * math.sqrt(self.random.random())
        accuracy = float(self.random.uniform(4, 25))
        off = self.random.normal(0, accuracy / 2, 2)
        north, east = (np.array([far * math.cos(turn), far * math.sin(turn)]) + off) / 111_195
        wide = math.cos(math.radians(spot.latitude))
        return spot.latitude + float(north), spot.longitude + float(east) / wide, accuracy


def told(traits: Traits) -> Traits:
    """The same with its own digest and count of open questions."""
    words = repr((sorted(traits.answers.items()), sorted(traits.numbers.items())))
    missing = traits.asked - len(traits.answers)
    return replace(traits, digest=hashlib.sha256(words.encode()).hexdigest(), left_open=missing)


def copied(world: World, interviews: list[Interview], place: int) -> Interview:
    """The same interview once more, sent under another name at another moment."""
    one = interviews[place]
    other = interviews[_of_the_same(world, interviews, place)].traits
    later = replace(other, begin=one.traits.begin, finish=one.traits.finish, point=one.traits.point)
    return Interview(one.collector, later, "copied")


def nearly_copied(world: World, interviews: list[Interview], place: int) -> Interview:
    """Another interview with a few answers changed, as somebody does who was not at the door."""
    one = copied(world, interviews, place)
    answers = dict(one.traits.answers)
    for question in world.random.choice(QUESTIONS, 2, replace=False):
        answers[str(question)] = str(world.random.integers(0, len(world.chances[str(question)][0])))
    age = str(int(world.random.integers(18, 75)))
    numbers = one.traits.numbers | {"age": (age,)}
    changed = replace(one.traits, answers=answers | {"age": age}, numbers=numbers)
    return Interview(one.collector, told(changed), "nearly copied")


def invented(world: World, interviews: list[Interview], place: int) -> Interview:
    """Made up at a table: likely answers, one answer down the battery, round numbers, a third of the time."""
    one = interviews[place]
    usual = {question: np.mean(ways, axis=0) for question, ways in world.chances.items()}
    answers = {
        question: str(
            int(shares.argmax())
            if world.random.random() < 0.6
            else world.random.choice(len(shares), p=shares)
        )
        for question, shares in usual.items()
    }
    if world.random.random() < 0.5:
        answers |= dict.fromkeys(BATTERY, str(world.random.integers(0, 4)))
    numbers = {
        name: tuple(str(5 * round(float(each) / 5)) for each in one.traits.numbers[name]) for name in MEASURED
    }
    short = (one.traits.begin or 0) + 32 * 0.33 * math.exp(world.random.normal(0, 0.3))
    plain = {name: numbers[name][0] for name in ("size", "age", "income")}
    made = replace(one.traits, answers=answers | plain, numbers=numbers, finish=short)
    return Interview(one.collector, told(made), "invented")


def elsewhere(world: World, interviews: list[Interview], place: int) -> Interview:
    """Held two to twenty kilometres from where it should have been."""
    one = interviews[place]
    spot = world.spots[one.traits.place]
    turn, km = world.random.uniform(0, 2 * math.pi), world.random.uniform(2, 20)
    north, east = km / 111.195 * math.cos(turn), km / 111.195 * math.sin(turn)
    east /= math.cos(math.radians(spot.latitude))
    return Interview(
        one.collector,
        replace(one.traits, point=(spot.latitude + north, spot.longitude + east, 10.0)),
        "elsewhere",
    )


def rounded(world: World, interviews: list[Interview], place: int) -> Interview:
    """Seven of ten measured numbers rounded to 0 or 5."""
    one = interviews[place]
    arm = tuple(
        str(5 * round(int(each) / 5)) if world.random.random() < 0.7 else each
        for each in one.traits.numbers["arm"]
    )
    return Interview(
        one.collector, told(replace(one.traits, numbers=one.traits.numbers | {"arm": arm})), "rounded"
    )


def _of_the_same(world: World, interviews: list[Interview], place: int) -> int:
    mine = [
        at
        for at, each in enumerate(interviews)
        if each.collector == interviews[place].collector and at != place and not each.fault
    ]
    return int(world.random.choice(mine))


# The fault, the share of a faulty collector's interviews that have it, and what should see it.
FAULTS: dict[str, tuple[Callable[..., Interview], float, frozenset[Odd]]] = {
    "copied": (copied, 0.15, frozenset({Odd.DUPLICATE})),
    "nearly copied": (nearly_copied, 0.15, frozenset({Odd.NEAR})),
    "invented": (invented, 0.3, frozenset({Odd.SHORT, Odd.STRAIGHT, Odd.NEAR, Odd.OUTLIER, Odd.DUPLICATE})),
    "elsewhere": (elsewhere, 0.15, frozenset({Odd.OUTSIDE})),
    "rounded": (rounded, 1.0, frozenset({Odd.HEAPING})),
}


def fieldwork(seed: int, fault: str = "") -> tuple[World, list[Interview]]:
    """A fieldwork; two of its collectors have the fault, where one is named."""
    world = World(np.random.default_rng(seed))
    interviews = world.interviews()
    if fault:
        make, share, _ = FAULTS[fault]
        chosen = [
            place
            for place, each in enumerate(interviews)
            if each.collector < FAULTY and world.random.random() < share
        ]
        for place in chosen:  # so that none of them is what another one is copied from
            interviews[place] = replace(interviews[place], fault=fault)
        for place in chosen:
            interviews[place] = make(world, interviews, place)
    return world, interviews


def heap_of(interviews: list[Interview]) -> Heap:
    """As they would have come."""
    heap = Heap(FORM)
    for number, each in enumerate(interviews):
        heap.add(number, each.traits, f"collector {each.collector}")
    return heap


def looked_at(world: World, interviews: list[Interview]) -> tuple[Heap, list[Oddity]]:
    """The heap and everything odd about it, collectors too."""
    from everycount.quality.collectors import heaping

    heap = heap_of(interviews)
    return heap, [*oddities(heap, world.spots, Likeness()), *heaping(heap)]


@dataclass(frozen=True)
class Rates:
    """What was found in some fieldworks with one fault, or with none.

    Attributes:
        planted, found: interviews with the fault, and those of them on which a flag for it stands.
        collectors, caught: collectors with the fault, and those on whom a flag for it stands.
        clean, quiet: interviews that had none and were not copied from, and those without any flag.
        false: of the clean ones, how many have a flag of each kind.
        good, blamed: collectors without a fault, and those of them with a flag on them.
    """

    planted: int
    found: int
    collectors: int
    caught: int
    clean: int
    quiet: int
    false: dict[str, int]
    good: int
    blamed: int


def rates(fault: str, seeds: range) -> Rates:
    """Counts of several fieldworks."""
    counts: Counter[str] = Counter()
    false: Counter[str] = Counter()
    for seed in seeds:
        world, interviews = fieldwork(seed, fault)
        heap, found = looked_at(world, interviews)
        _count(interviews, found, FAULTS[fault][2] if fault else frozenset(), counts, false)
        assert len(heap) == len(interviews)
    numbers = {each.name: counts[each.name] for each in fields(Rates) if each.name != "false"}
    return Rates(**numbers, false=dict(false))


def _count(
    interviews: list[Interview],
    found: list[Oddity],
    wanted: frozenset[Odd],
    counts: Counter[str],
    false: Counter[str],
) -> None:
    bad = {row for row, each in enumerate(interviews) if each.fault}
    guilty = {interviews[row].collector for row in bad}
    flags: dict[int, set[Odd]] = defaultdict(set)
    blamed: dict[int, set[Odd]] = defaultdict(set)
    for each in found:
        (blamed if each.kind is Odd.HEAPING else flags)[each.row].add(each.kind)
    origins = {each.other for each in found if each.row in bad and each.other is not None}
    clean = set(range(len(interviews))) - bad - origins
    counts["planted"] += len(bad)
    counts["found"] += sum(bool(flags[row] & wanted) for row in bad)
    counts["collectors"] += len(guilty)
    counts["caught"] += sum(
        bool(blamed[who] & wanted)
        or any(flags[row] & wanted for row in bad if interviews[row].collector == who)
        for who in guilty
    )
    counts["clean"] += len(clean)
    counts["quiet"] += sum(not flags[row] for row in clean)
    counts["good"] += COLLECTORS - len(guilty)
    counts["blamed"] += sum(bool(blamed[who]) for who in range(COLLECTORS) if who not in guilty)
    false.update(str(kind) for row in clean for kind in flags[row])
