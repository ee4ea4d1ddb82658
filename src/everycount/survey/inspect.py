"""Looks at a survey folder without releasing anything: what is in it, what is odd, what would be hidden."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from everycount.protect import protect, unchanged
from everycount.protect.cells import Status
from everycount.protect.closures import closures
from everycount.sample.sample import MAIN
from everycount.survey.closing import why_closed
from everycount.survey.folder import read_folder
from everycount.survey.judged import judge
from everycount.survey.river import estimated, open_records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from everycount.estimate.estimates import Estimates
    from everycount.protect import Cells
    from everycount.sample import Finding

MOST_FINDINGS = 3  # of each kind in each column
MOST_SIGNALS = 5  # of each check of quality


def inspect(path: Path) -> Iterator[str]:
    """Lines for the keeper of the records; findings name rows and values, so they stay on this machine.

    Raises:
        InputError: with every fault of the folder.
    """
    folder = read_folder(path)
    opened = open_records(folder)
    quality = judge(folder, opened.sample, opened.plan)
    estimates = estimated(opened)
    cells = protect(estimates, unchanged(folder.policy))
    yield f"{folder.facts.title} ({folder.facts.id}), {folder.facts.period}, {folder.facts.area}"
    for table, program in opened.sample.exports.items():
        yield f"  {opened.sample.places[table]}: an export of {program}."
    if folder.questionnaire is not None:
        yield from (f"  {notice}" for notice in folder.questionnaire.notices)
    yield from _records(estimates, sum(1 for name in opened.sample.tables if name != MAIN))
    yield from _findings(opened.findings)
    yield from quality.lines(MOST_SIGNALS)
    yield from _tables(estimates, cells)
    if all(cell.status is not Status.SHOWN for cell in cells.cells):
        yield "Nothing can be shown. Take the breakdowns with small groups out, one by one, and look again."
    yield f'Nothing was written. Policy "{folder.policy.name}".'


def _records(estimates: Estimates, rosters: int) -> Iterator[str]:
    facts = estimates.facts
    beside = f", {_count(rosters, 'roster')}" if rosters else ""
    yield f"{_count(facts.records, 'record')} counted{beside}."
    design = estimates.design
    drawn = (
        f"; {facts.strata} strata, {facts.clusters} clusters, {facts.lonely_strata} strata with one cluster"
        if design.strata or design.clusters
        else ""
    )
    yield f"Design {design.kind}: basis {estimates.basis}, speaks about {estimates.scope}{drawn}."
    yield from (f"  {name}: {said}" for name, said in estimates.remarks)
    yield from (f"  {line}" for line in estimates.advice)


def _findings(findings: tuple[Finding, ...]) -> Iterator[str]:
    """A few of each kind, so that one bad column does not hide what is wrong with the others."""
    yield f"{_count(len(findings), 'finding')}." if findings else "No findings."
    kinds: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        kinds.setdefault((finding.table, finding.column, finding.problem), []).append(finding)
    for alike in kinds.values():
        for finding in alike[:MOST_FINDINGS]:
            row = "" if finding.row is None else f", row {finding.row}"
            yield f"  {finding.table}{row}, {finding.column}: {finding.value!r}: {finding.problem}"
        if len(alike) > MOST_FINDINGS:
            yield f"  ... and {len(alike) - MOST_FINDINGS} more like these in {alike[0].column}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _tables(estimates: Estimates, cells: Cells) -> Iterator[str]:
    closed = closures(estimates, cells)
    for by in dict.fromkeys(table.by for table in estimates.plan.tables):
        counts = Counter(
            cell.status for cell in cells.cells if tuple(dimension for dimension, _ in cell.cell) == by
        )
        hidden = ", ".join(
            f"{count} {status}" for status, count in sorted(counts.items()) if status is not Status.SHOWN
        )
        name = " x ".join(by) or "overall"
        yield f"  {name}: {counts[Status.SHOWN]} shown{f', {hidden}' if hidden else ''}"
        if by in closed:
            yield f"    Nothing of it can be shown: {why_closed(closed[by])}."
    if cells.policy.protect:
        # Cells that do not pass are never made: protect() refuses them.
        yield "The audit passed: what is hidden cannot be worked out from what would be shown."
