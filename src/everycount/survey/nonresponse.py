"""Who answered, and who stands in for those who did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.sample import DesignKind, NonResponse
from everycount.survey.conditions import closed

if TYPE_CHECKING:
    from everycount.estimate.condition import Condition
    from everycount.sample import Design
    from everycount.survey.document import Reader

LISTED = frozenset({DesignKind.PROBABILITY, DesignKind.CENSUS_PLACE})  # it is known who did not answer


def read_nonresponse(root: Reader, design: Design) -> tuple[NonResponse | None, Condition | None]:
    """The ``[nonresponse]`` table: the rule, and what is true of a record that answered."""
    reader = root.table("nonresponse")
    if reader is None:
        return None, None
    if design.kind not in LISTED:
        problem = f'Nobody knows who did not answer where people were found by "{design.kind}".'
        reader.complain(None, problem, "Leave [nonresponse] out.")
    condition = reader.table("responded")
    if condition is None:
        example = 'responded = {question = "result", in = ["completed"]}'
        reader.complain(None, "It is not said who answered.", f"Write {example}.")
    usual = NonResponse()
    largest = reader.number("largest", usual.largest) or 0.0
    if largest < 1:
        reader.complain("largest", f"A factor of {largest:g} lowers weights.", "Give 1 or more: 3.")
    rule = NonResponse(reader.strings("classes"), reader.whole("fewest", usual.fewest), largest)
    responded = None if condition is None else closed(condition)
    reader.close()
    return rule, responded
