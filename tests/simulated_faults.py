"""Faults that are put into invented interviews on purpose, one function for each."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from everycount.quality.odd import Odd
from simulated_collectors import (
    BATTERY,
    COLLECTORS,
    EACH,
    MEASURED,
    QUESTIONS,
    Interview,
    World,
    told,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def copied(world: World, interviews: list[Interview], place: int) -> Interview:
    """The same interview once more, sent under another name at another moment."""
    one = interviews[place]
    other = interviews[_of_the_same(world, interviews, place)].traits
    later = replace(other, begin=one.traits.begin, finish=one.traits.finish, point=one.traits.point)
    return Interview(one.collector, later)


def nearly_copied(world: World, interviews: list[Interview], place: int) -> Interview:
    """Another interview with a few answers changed, as somebody does who was not at the door."""
    one = copied(world, interviews, place)
    answers = dict(one.traits.answers)
    for question in world.random.choice(QUESTIONS, 2, replace=False):
        answers[str(question)] = str(world.random.integers(0, len(world.chances[str(question)][0])))
    age = str(int(world.random.integers(18, 75)))
    numbers = one.traits.numbers | {"age": (age,)}
    changed = replace(one.traits, answers=answers | {"age": age}, numbers=numbers)
    return Interview(one.collector, told(changed))


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
    return Interview(one.collector, told(made))


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
    )


def rounded(world: World, interviews: list[Interview], place: int) -> Interview:
    """Seven of ten measured numbers rounded to 0 or 5."""
    one = interviews[place]
    arm = tuple(
        str(5 * round(int(each) / 5)) if world.random.random() < 0.7 else each
        for each in one.traits.numbers["arm"]
    )
    return Interview(one.collector, told(replace(one.traits, numbers=one.traits.numbers | {"arm": arm})))


def _of_the_same(world: World, interviews: list[Interview], place: int) -> int:
    mine = [
        at
        for at, each in enumerate(interviews)
        if each.collector == interviews[place].collector and at != place and not each.fault
    ]
    return int(world.random.choice(mine))


def hurried(world: World, interviews: list[Interview], place: int) -> Interview:
    """Asked in a third of the time that it takes, with the answers that people gave."""
    one = interviews[place].traits
    minutes = ((one.finish or 0) - (one.begin or 0)) * 0.33 * math.exp(world.random.normal(0, 0.2))
    return replace(interviews[place], traits=replace(one, finish=(one.begin or 0) + minutes))


def open_for_long(world: World, interviews: list[Interview], place: int) -> Interview:
    """The form stayed open for three to twenty hours."""
    one = interviews[place].traits
    return replace(
        interviews[place],
        traits=replace(one, finish=(one.finish or 0) + 60 * world.random.uniform(3, 20)),
    )


def at_a_time(_world: World, interviews: list[Interview], place: int) -> Interview:
    """Begun while another interview of the same collector was in its middle."""
    beside = place - 1 if place % EACH else place + 1
    one, other = interviews[place].traits, interviews[beside].traits
    begin = ((other.begin or 0) + (other.finish or 0)) / 2
    length = (one.finish or 0) - (one.begin or 0)
    return replace(interviews[place], beside=beside, traits=replace(one, begin=begin, finish=begin + length))


def down_the_list(world: World, interviews: list[Interview], place: int) -> Interview:
    """One answer to every question of the battery, whichever it is; all else as people answered."""
    one = interviews[place].traits
    answers = one.answers | dict.fromkeys(BATTERY, str(world.random.integers(0, 4)))
    return replace(interviews[place], traits=told(replace(one, answers=answers)))


def left_open(world: World, interviews: list[Interview], place: int) -> Interview:
    """Four of ten closed questions were not asked."""
    one = interviews[place].traits
    left = {name for name in (*QUESTIONS, *BATTERY) if world.random.random() < 0.4}
    answers = {name: answer for name, answer in one.answers.items() if name not in left}
    return replace(interviews[place], traits=told(replace(one, answers=answers)))


def not_allowed(world: World, interviews: list[Interview], place: int) -> Interview:
    """An answer that the form would have refused: too young, nobody there, a digit lost, too many young."""
    one = interviews[place]
    numbers = dict(one.traits.numbers)
    match int(world.random.integers(0, 4)):
        case 0:
            numbers["age"] = (str(int(world.random.integers(1, 18))),)
        case 1:
            numbers["size"] = ("0",)
        case 2:
            numbers["arm"] = (numbers["arm"][0][:2], *numbers["arm"][1:])
        case _:
            return replace(one, under_five=int(numbers["size"][0]) + 1)
    plain = {name: numbers[name][0] for name in ("size", "age", "income")}
    traits = replace(one.traits, numbers=numbers, answers=one.traits.answers | plain)
    return replace(one, traits=told(traits))


def slipped(world: World, interviews: list[Interview], place: int) -> Interview:
    """A slip of the finger: one more zero behind a number."""
    one = interviews[place].traits
    name = str(world.random.choice(MEASURED))
    numbers = one.numbers | {name: (f"{one.numbers[name][0]}0", *one.numbers[name][1:])}
    plain = {each: numbers[each][0] for each in ("size", "age", "income")}
    traits = replace(one, numbers=numbers, answers=one.answers | plain)
    return replace(interviews[place], traits=told(traits))


def on_another_phone(world: World, interviews: list[Interview], place: int) -> Interview:
    """Sent under the own name from the phone of another collector."""
    mine = interviews[place].collector
    other = int(world.random.choice([who for who in range(COLLECTORS) if who != mine]))
    return replace(interviews[place], traits=replace(interviews[place].traits, device=f"device {other}"))


def not_asked_for_consent(world: World, interviews: list[Interview], place: int) -> Interview:
    """One of the two questions of consent has neither yes nor no."""
    first = bool(world.random.integers(0, 2))
    return replace(interviews[place], consents=("", "no") if first else ("yes", ""))


# The fault, the share of a faulty collector's interviews that have it, and what should see it.
FAULTS: dict[str, tuple[Callable[..., Interview], float, frozenset[Odd]]] = {
    "copied": (copied, 0.15, frozenset({Odd.DUPLICATE})),
    "nearly copied": (nearly_copied, 0.15, frozenset({Odd.NEAR})),
    "invented": (invented, 0.3, frozenset({Odd.SHORT, Odd.STRAIGHT, Odd.NEAR, Odd.OUTLIER, Odd.DUPLICATE})),
    "elsewhere": (elsewhere, 0.15, frozenset({Odd.OUTSIDE})),
    "hurried": (hurried, 0.15, frozenset({Odd.SHORT})),
    "open for long": (open_for_long, 0.15, frozenset({Odd.LONG})),
    "two at a time": (at_a_time, 0.1, frozenset({Odd.OVERLAP})),
    "one answer down a list": (down_the_list, 0.15, frozenset({Odd.STRAIGHT})),
    "left open": (left_open, 0.15, frozenset({Odd.MISSING})),
    "not allowed": (not_allowed, 0.15, frozenset({Odd.CONSTRAINT})),
    "a zero too many": (slipped, 0.15, frozenset({Odd.OUTLIER})),
    "another's phone": (on_another_phone, 0.15, frozenset({Odd.DEVICE})),
    "consent not asked": (not_asked_for_consent, 0.15, frozenset({Odd.CONSENT})),
    "rounded": (rounded, 1.0, frozenset({Odd.HEAPING})),
}
