"""What is found of faults that were put into invented fieldwork, and what cries wolf."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, fields, replace
from functools import cache

import numpy as np

from everycount.quality.heap import Heap
from everycount.quality.likeness import Likeness
from everycount.quality.odd import Odd, Oddity, oddities
from everycount.quality.traits import traits_of
from everycount.questionnaire import Questionnaire, read_instance, read_xlsform, write_xlsform
from everycount.questionnaire.filling import write_instance
from simulated_collectors import COLLECTORS, FAULTY, FORM, Interview, World
from simulated_faults import FAULTS

# Faults that only the form can tell; where they are looked for, all interviews are read against it.
BY_THE_FORM = frozenset({"", "not allowed", "consent not asked"})


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
            interviews[place] = replace(make(world, interviews, place), fault=fault)
    return world, [against_the_form(each) for each in interviews] if fault in BY_THE_FORM else interviews


@cache
def questionnaire() -> Questionnaire:
    """What the form says of its numbers, and the consents that it asks for."""
    survey = [
        ["type", "name", "label", "constraint", "everycount::consent"],
        ["select_one yn", "counted", "May it be counted?", "", "statistics"],
        ["select_one yn", "again", "May we come again?", "", "contact"],
        ["integer", "size", "How many are you?", ". >= 1 and . <= 40", ""],
        ["integer", "under_five", "How many are young?", ". >= 0 and . <= ${size}", ""],
        ["integer", "age", "How old are you?", ". >= 18 and . <= 110", ""],
        ["integer", "income", "What comes in?", ". >= 0", ""],
        ["begin repeat", "measured", "Measured", "", ""],
        ["integer", "arm", "Round the arm", ". > 80 and . < 260", ""],
        ["end repeat", "", "", "", ""],
    ]
    choices = [["list_name", "name", "label"], ["yn", "yes", "Yes"], ["yn", "no", "No"]]
    settings = [["form_title", "form_id"], ["Invented", "invented"]]
    return read_xlsform(write_xlsform({"survey": survey, "choices": choices, "settings": settings}))


def against_the_form(one: Interview) -> Interview:
    """The same with what its form says of it: written as a phone writes it, and read as a node does."""
    form, numbers = questionnaire(), one.traits.numbers
    young = int(numbers["size"][0]) // 4 if one.under_five is None else one.under_five
    given = dict(zip(("counted", "again"), one.consents, strict=True))
    given |= {name: numbers[name][0] for name in ("size", "age", "income")} | {"under_five": str(young)}
    xml = write_instance(form, "uuid:1", given, {"measured": [{"arm": each} for each in numbers["arm"]]})
    seen = traits_of(read_instance(xml, form), form)
    return replace(one, traits=replace(one.traits, broken=seen.broken, consents_open=seen.consents_open))


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
        clean, quiet: interviews that had none and stand beside none, and those without any flag.
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
    origins |= {interviews[row].beside for row in bad}
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
