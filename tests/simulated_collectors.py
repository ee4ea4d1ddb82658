"""Invented collectors and their invented interviews, some of them with faults that were put there on purpose.

Households share a way of life, so that their answers hang together as those of real ones do; each collector
works in one or two places; people round their ages by themselves. Nobody in it is real.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from everycount.quality.heap import Form
from everycount.quality.odd import Spot
from everycount.quality.roles import Battery
from everycount.quality.traits import Traits

if TYPE_CHECKING:
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
    """An invented interview: who asked, and what is looked at.

    Attributes:
        fault: which was put into it, if any.
        beside: place of another interview that a flag for the fault may name as well, through no fault of its
            own; None where there is none.
        consents: answers to the two questions of consent; "" where there is none.
        under_five: how many of the people are young; None where that is as it should be.
    """

    collector: int
    traits: Traits
    fault: str = ""
    beside: int | None = None
    consents: tuple[str, str] = ("yes", "no")
    under_five: int | None = None


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
