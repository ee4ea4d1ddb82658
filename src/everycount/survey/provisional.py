"""Provisional tables of closed questions by place, while records still come: a pipe in, protected cells out.

``python -m everycount.survey.provisional`` reads one JSON document from its standard input and writes one to
its output. It is a process of its own, so that engine and records go with it. Weights are absent: the numbers
speak of those who answered, and have no interval.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from everycount.estimate import estimate
from everycount.estimate.condition import In
from everycount.estimate.estimates import Verdict
from everycount.estimate.plan import Dimension, Measure, MeasureKind, Plan, Table
from everycount.protect import PUBLIC, Cell, Cells, Status, protect, restore
from everycount.sample import Basis, Design, DesignKind, Scope, Source, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

POLICY = replace(PUBLIC, name="own", round_counts=5)
FEWEST = POLICY.min_respondents
LEVEL = 0.95
_PLACE = "place"
_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own in it, of this user alone, is no disk


def provisional(
    questions: Mapping[str, Sequence[str]], rows: Sequence[Mapping[str, str]], before: Sequence[Cells]
) -> Cells:
    """Shares of each answer, of everybody and by place, as they may be shown beside earlier views.

    Args:
        questions: codes of each question, by the name of its column.
        rows: answers by column, and the place under ``place``; what is missing was not answered.
        before: the views that were shown before, the oldest first.
    """
    measures = tuple(
        Measure(f"{name}={code}", MeasureKind.PROPORTION, condition=In(name, (code,)))
        for name, codes in questions.items()
        for code in codes
        if any(row.get(name) == code for row in rows)
    )
    names = tuple(each.id for each in measures)
    by = ((_PLACE,),) if any(row.get(_PLACE) for row in rows) else ((),)
    dimensions = (Dimension(_PLACE, _PLACE),) if by != ((),) else ()
    plan = Plan(measures, dimensions, tuple(Table(names, each) for each in by))
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        path = Path(folder) / "main.csv"
        _write(path, [_PLACE, *questions], rows)
        sample = read({"main": Source(path)}, design=Design(DesignKind.CONVENIENCE))
        return protect(estimate(sample, plan), POLICY, given=before)


def _write(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        made = csv.writer(file)
        made.writerow(["number", *columns])
        made.writerows([f"r{at}", *(row.get(name, "") for name in columns)] for at, row in enumerate(rows))


def plain(cells: Cells) -> list[dict[str, Any]]:
    """Cells as plain values, to be kept."""
    return [{field.name: getattr(each, field.name) for field in fields(Cell)} for each in cells.cells]


def restored(rows: Sequence[Mapping[str, Any]]) -> Cells:
    """Cells that were kept."""
    cells = tuple(
        Cell(
            **{
                **row,
                "cell": tuple((name, code) for name, code in row["cell"]),
                "basis": Basis(row["basis"]),
                "scope": Scope(row["scope"]),
                "status": Status(row["status"]),
                "verdict": Verdict(row["verdict"]) if row["verdict"] else None,
            }
        )
        for row in rows
    )
    return restore(POLICY, LEVEL, cells, ())


def main() -> None:
    """What the command does."""
    asked = json.load(sys.stdin)
    before = [restored(view) for view in asked["before"] if view]
    json.dump(plain(provisional(asked["questions"], asked["rows"], before)), sys.stdout)


if __name__ == "__main__":
    main()
