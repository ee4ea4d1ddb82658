"""Leaves records out before anything is counted: of people who did not agree, or did not answer."""

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


def answering(sample: Sample, condition: Condition) -> Sample:
    """See :func:`everycount.estimate.responding`."""
    return replace(subset(sample, condition, "the condition of response"), approached=sample)


def subset(sample: Sample, condition: Condition, place: str = "the condition of consent") -> Sample:
    """See :func:`everycount.estimate.narrow`."""
    columns = own(sample, MAIN)
    absent = [name for name in questions(condition) if name not in columns]
    if absent:
        raise InputError(*(missing_question(sample, MAIN, name, place) for name in absent))
    main = sample.tables[MAIN]
    kept = main.filter(holds(condition, look_into(main, columns)))
    rosters = {name: rows.semi_join(kept, RECORD) for name, rows in sample.tables.items() if name != MAIN}
    return replace(sample, tables={MAIN: kept, **rosters})
