"""M3: the progress measure of Open SDG, made with Statistics Canada.

Source: documentation of Open SDG's progress measure. The annual growth since the baseline is held against the
annual growth that would have led to the target.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.progress.methods.outcome import NOT_ASSESSED, Outcome, placed

if TYPE_CHECKING:
    from everycount.progress.aims import Aim
    from everycount.progress.course import Course

ACHIEVED, ON_TRACK, PROGRESS = "achieved", "on_track", "progress_acceleration_needed"
LIMITED, DETERIORATION = "limited_progress", "deterioration"
CUTS = ((0.95, ON_TRACK), (0.60, PROGRESS), (0.0, LIMITED))  # observed growth over needed growth
GROWTH_CUTS = ((0.015, ON_TRACK), (0.005, PROGRESS), (0.0, LIMITED))  # a year, where no number was agreed


def assess(course: Course, aim: Aim) -> Outcome:  # noqa: PLR0911 - one for each case of the definition
    """The category of a course.

    To zero no rate of growth leads, and from zero or below none goes out: nothing is assessed then, unless
    the target is met. The allowance that the method makes near a natural limit has no published formula and
    is not made.
    """
    goal = aim.value(course.baseline)
    if aim.kind != "level":
        return Outcome(NOT_ASSESSED, target=goal, reason=f"the method does not judge a {aim.kind} series")
    if goal is not None and (course.latest - goal) * aim.direction >= 0:
        return Outcome(ACHIEVED, target=goal, reason="the target is met")
    if goal is not None and (goal - course.baseline) * aim.direction <= 0:
        return Outcome(DETERIORATION, target=goal, reason="the target was met and is not any more")
    growth = course.growth
    if growth is None:
        return Outcome(NOT_ASSESSED, target=goal, reason="there is no growth rate from or through zero")
    if goal is None:
        rate = growth * aim.direction
        return Outcome(placed(rate, GROWTH_CUTS, DETERIORATION), rate)
    if goal <= 0:
        return Outcome(NOT_ASSESSED, target=goal, reason="no growth rate leads to zero")
    needed_years = aim.year - course.baseline_year
    if needed_years <= 0:
        return Outcome(NOT_ASSESSED, target=goal, reason="the baseline is not before the year of the target")
    needed = (goal / course.baseline) ** (1 / needed_years) - 1
    ratio = growth / needed
    return Outcome(placed(ratio, CUTS, DETERIORATION), ratio, goal)
