"""Leaves records out before anything is counted: those of people who did not agree."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from everycount.estimate.condition import questions
from everycount.estimate.expressions import holds
from everycount.estimate.reach import look_into, missing_question, own
from everycount.faults import InputError
from everycount.sample.sample import MAIN, RECORD

if TYPE_CHECKING:
    from everycount.estimate.condition import Condition
    from everycount.sample.sample import Sample


def subset(sample: Sample, condition: Condition) -> Sample:
    """See :func:`everycount.estimate.narrow`."""
    columns = own(sample, MAIN)
    absent = [name for name in questions(condition) if name not in columns]
    if absent:
        raise InputError(
            *(missing_question(sample, MAIN, name, "the condition of consent") for name in absent)
        )
    main = sample.tables[MAIN]
    kept = main.filter(holds(condition, look_into(main, columns)))
    rosters = {name: rows.semi_join(kept, RECORD) for name, rows in sample.tables.items() if name != MAIN}
    return replace(sample, tables={MAIN: kept, **rosters})
