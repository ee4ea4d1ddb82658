"""M1: the Progress Chart of 2023 of the United Nations Statistics Division.

Source: UNSD's technical note of 2023 as Eustat restates it. The annual growth since the baseline goes on to
the target's year; the change so expected is held against the change that was needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.progress.methods.outcome import NOT_ASSESSED, Outcome, placed

if TYPE_CHECKING:
    from everycount.progress.aims import Aim
    from everycount.progress.course import Course

ON_TRACK, FAIR, STAGNATION = "met_or_on_track", "fair_progress", "stagnation_or_regression"
SCORES = {ON_TRACK: 3, FAIR: 2, STAGNATION: 1}
CUTS = ((0.95, ON_TRACK), (0.10, FAIR))  # expected change over needed change
GROWTH_CUTS = (
    (0.02, ON_TRACK),
    (0.005, FAIR),
)  # a year, in the desired direction, where no number was agreed


def assess(course: Course, aim: Aim) -> Outcome:  # noqa: PLR0911 - one for each case of the definition
    """The category of a course.

    Growth rates themselves are for experts to judge. A target that is met is met whatever the trend. From
    zero or below there is no growth rate, so nothing is assessed. Who began at the target or beyond it and is
    now short of it has regressed, whatever a ratio of two changes would say.
    """
    goal = aim.value(course.baseline)
    if aim.kind == "growth":
        return Outcome(NOT_ASSESSED, target=goal, reason="a growth rate is judged by experts")
    if aim.kind == "binary":
        return Outcome(ON_TRACK if course.latest else STAGNATION, target=goal, reason="yes or no")
    if goal is not None and aim.is_met(course.latest, goal):
        return Outcome(ON_TRACK, target=goal, reason="the target is met")
    if goal is not None and (goal - course.baseline) * aim.direction <= 0:
        return Outcome(STAGNATION, target=goal, reason="the target was met and is not any more")
    growth = course.growth
    if growth is None:
        return Outcome(NOT_ASSESSED, target=goal, reason="there is no growth rate from or through zero")
    if goal is None:
        rate = growth * aim.direction
        return Outcome(placed(rate, GROWTH_CUTS, STAGNATION), rate)
    ahead = max(0, aim.year - course.latest_year)  # past the target's year it is judged as it is
    expected = course.latest * (1 + growth) ** ahead
    ratio = (expected - course.baseline) / (goal - course.baseline)
    return Outcome(placed(ratio, CUTS, STAGNATION), ratio, goal)
