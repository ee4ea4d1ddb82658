"""Why a number of a survey is hidden, in words for the keeper of its records.

Everything here is worked out from the survey folder, with the true figures: it stays on this machine. Who
holds only the release is told by :func:`everycount.release.explain` why there is a gap, and no figure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.estimate.plan import SHARES
from everycount.faults import Fault, InputError, unknown
from everycount.protect import Status, protect, unchanged
from everycount.protect.closures import closures
from everycount.protect.reasons import Rule, reasons
from everycount.release.explaining import PLACE, key_of
from everycount.survey.closing import why_closed
from everycount.survey.folder import read_folder
from everycount.survey.river import estimated, open_records

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from everycount.estimate.estimates import CellKey, Estimate, Estimates
    from everycount.protect.reasons import Reason


def explain_to_owner(
    path: Path, measure: str, groups: Sequence[str] = (), *, policy: str | None = None, language: str = "en"
) -> Iterator[str]:
    """A number of a survey folder in plain lines: what it is, why it is hidden, and what would cure it.

    Args:
        path: the survey folder.
        measure: id of the measure.
        groups: ``dimension=code`` for each dimension of the breakdown; none is the overall value.
        policy: name of a policy that takes the place of the folder's.
        language: of labels, BCP 47.

    Raises:
        InputError: there is no such measure, dimension, group or cell, or the folder is at fault.
    """
    folder = read_folder(path, policy=policy)
    opened = open_records(folder)
    estimates = estimated(opened)
    one = _find(estimates, measure, groups)
    cells = protect(estimates, unchanged(folder.policy))
    status = next(cell.status for cell in cells.cells if (cell.measure, cell.cell) == (one.measure, one.cell))
    words = _Words(estimates, language)
    yield f"{words.measure(one.measure)}: {words.cell(one.cell)}"
    yield f"  {words.number(one)}"
    if status is Status.SHOWN:
        yield f'  Shown under the policy "{folder.policy.name}".'
        return
    yield f'  Hidden under the policy "{folder.policy.name}" ({status}).'
    for reason in reasons(estimates, cells, one.measure, one.cell):
        yield from words.reason(reason, one)
    closed = closures(estimates, cells).get(tuple(name for name, _ in one.cell))
    if closed is not None:
        yield f"  Nothing of this breakdown is shown: {why_closed(closed)}."
    yield "For the keeper of the records alone: these figures are not in the release."


def _find(estimates: Estimates, measure: str, groups: Sequence[str]) -> Estimate:
    known = {one.id: one for one in estimates.plan.measures}
    if measure not in known:
        raise InputError(unknown(PLACE, "measure", measure, known))
    codes = {one.id: [group.code for group in one.groups] for one in estimates.plan.dimensions}
    key = frozenset(key_of(codes, groups))
    there = [one for one in estimates.estimates if one.measure == measure]
    found = next((one for one in there if frozenset(one.cell) == key), None)
    if found is None:
        splits = dict.fromkeys(" x ".join(name for name, _ in one.cell) or "overall" for one in there)
        asked = " x ".join(name for name, _ in sorted(key)) or "overall"
        raise InputError(
            Fault(PLACE, f'"{measure}" is not split by {asked}.', f"It is split by: {', '.join(splits)}.")
        )
    return found


class _Words:
    """Says figures and groups in plain words."""

    def __init__(self, estimates: Estimates, language: str) -> None:
        self.language = language
        self.measures = {one.id: one for one in estimates.plan.measures}
        self.dimensions = {one.id: one for one in estimates.plan.dimensions}
        self.groups = {
            (one.id, group.code): group.labels.say(language, group.code)
            for one in estimates.plan.dimensions
            for group in one.groups
        }

    def measure(self, name: str) -> str:
        return self.measures[name].labels.say(self.language, name)

    def dimension(self, name: str) -> str:
        return self.dimensions[name].labels.say(self.language, name)

    def cell(self, cell: CellKey) -> str:
        said = (f"{self.dimension(name)} = {self.groups.get((name, code), code)}" for name, code in cell)
        return ", ".join(said) or "everybody"

    def number(self, one: Estimate) -> str:
        if one.value is None:
            return "Nobody answered."
        share = self.measures[one.measure].kind in SHARES
        value = f"{100 * one.value:.3g} %" if share else f"{one.value:.6g}"
        return f"{value}, from {one.n} answers."

    def reason(self, reason: Reason, one: Estimate) -> Iterator[str]:
        """The rule with its figures, then each cure."""
        yield f"  {self._why(reason, one)}"
        for cure in self._cures(reason):
            yield f"    - {cure}"

    def _why(self, reason: Reason, one: Estimate) -> str:
        figure, threshold = _figure(reason.figure), _figure(reason.threshold)
        said = WHY[reason.rule].format(figure=figure, threshold=threshold)
        if reason.rule is Rule.PARTNER:
            return (
                f"{said} {self.cell(reason.cell)} ({figure} of {threshold}, {self.measure(reason.measure)})."
            )
        if reason.measure != one.measure:
            return f'{said} So it is for "{self.measure(reason.measure)}", which the same people answered.'
        return said

    def _cures(self, reason: Reason) -> Iterator[str]:
        if reason.more is not None and reason.rule is not Rule.PARTNER:
            yield f"collect {reason.more} more"
        for merger in reason.mergers:
            name = self.dimension(merger.dimension)
            if merger.with_:
                own = dict(reason.cell)[merger.dimension]
                both = " and ".join(
                    self.groups.get((merger.dimension, code), code) for code in (own, merger.with_)
                )
                yield f"merge {both} of {name}: {merger.n} answers together"
            else:
                yield f"release without {name} here: {merger.n} answers"
        if reason.opposite:
            yield "measure the opposite: it is reliable with the same interval"
        yield from _CURES.get(reason.rule, ())


def _figure(number: float | None) -> str:
    return "" if number is None else f"{number:.3g}" if number != int(number) else str(int(number))


WHY = {
    Rule.RESPONDENTS: "{figure} answers; the policy asks for {threshold} (min_respondents).",
    Rule.SENSITIVE: (
        "{figure} answers; of a sensitive group the policy asks for {threshold} (min_respondents_sensitive)."
    ),
    Rule.CLUSTERS: (
        "Answers from {figure} cluster or household; the policy asks for {threshold} (min_clusters)."
    ),
    Rule.HOUSEHOLDS: "Rows from {figure} households; the policy asks for {threshold} (min_households).",
    Rule.EXTREME: (
        "Nobody, or everybody, of {figure}: that tells everyone's answer; "
        "the policy asks for {threshold} (min_respondents_extreme)."
    ),
    Rule.ALL_EQUAL: (
        "All {figure} answered the same number: that tells everyone's answer; "
        "the policy asks for {threshold} (min_respondents_extreme)."
    ),
    Rule.EVENTS: (
        "{figure} with, or without, what is looked for; the policy asks for {threshold} (min_events)."
    ),
    Rule.BESIDE: (
        "{figure} answers on one side of the quantile; {threshold} are needed, or it is nearly one answer."
    ),
    Rule.DOMINANCE: "One answer is {figure} of all; the policy allows {threshold} (max_share).",
    Rule.COMPLEMENT: (
        "{figure} stand outside, and the numbers of everybody less these would tell theirs; "
        "{threshold} are needed."
    ),
    Rule.TELLING_ZERO: (
        "{figure} of a small, sensitive group are here: that tells that nobody is; "
        "the group needs {threshold} (min_respondents_extreme)."
    ),
    Rule.PARTNER: "Large enough itself; without it one could work out",
    Rule.LINKED: "It is hidden with others, because together they would tell what must not be known.",
    Rule.UNRELIABLE: (
        "{figure} answers are too few for a number that one could rely on; "
        "about {threshold} would do (suppress_unreliable)."
    ),
    Rule.WITHHELD: "The people described decided so.",
    Rule.EMPTY: "{figure} answers: nobody here was asked or answered.",
}
_CURES = {
    Rule.CLUSTERS: ("ask in more places, or in more households",),
    Rule.HOUSEHOLDS: ("ask in more households",),
    Rule.EXTREME: ("merge it with a group that answered otherwise",),
    Rule.ALL_EQUAL: ("merge it with a group that answered otherwise",),
    Rule.DOMINANCE: ("release a median instead", "merge it with a larger group"),
    Rule.BESIDE: ("take a quantile nearer to the middle",),
    Rule.COMPLEMENT: ("leave out the same answers of everybody, or those among fewer",),
    Rule.PARTNER: (
        "cure that one, and this one may be shown",
        "release fewer breakdowns that share its margins",
    ),
    Rule.LINKED: ("release fewer breakdowns that share its margins",),
    Rule.UNRELIABLE: ("set suppress_unreliable = false: it is shown with its interval and a warning",),
    Rule.EMPTY: ("nothing is hidden here",),
}
