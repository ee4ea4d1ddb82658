"""Which gates stand: where one does not, the number may not enter official use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.framework.answers import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from everycount.framework.figures import Evidence
    from everycount.framework.model import Gate, Model

COMPLETE = "fields"  # the figure of O9
PROTECTED, OPEN = "protected", "already_public"  # figures of I4: either of them passes the check


@dataclass(frozen=True, slots=True)
class GateStanding:
    """One gate.

    Attributes:
        found: the answer, or the share in percent that was found; "" where nothing is known.
    """

    gate: Gate
    stands: bool
    found: str


def standings(
    of: Model, answers: Mapping[str, Answer], evidence: Iterable[Evidence]
) -> tuple[GateStanding, ...]:
    """Every gate of a model.

    Args:
        of: whose gates.
        answers: by criterion; what is not answered is not known, and does not stand.
        evidence: what was computed.
    """
    computed = {each.criterion: each for each in evidence}
    return tuple(_standing(gate, answers, computed) for gate in of.gates)


def is_open_to(of: Model, outcome: str, standing: Iterable[GateStanding]) -> bool:
    """Whether the gates let an outcome be decided; those that are no official use need none."""
    return not of.outcome(outcome).official or all(each.stands for each in standing)


def _standing(gate: Gate, answers: Mapping[str, Answer], computed: Mapping[str, Evidence]) -> GateStanding:
    if gate.percent:
        share = computed[gate.criterion].value(COMPLETE, "percent") if gate.criterion in computed else None
        return GateStanding(gate, share is not None and float(share) >= gate.percent, _said(share))
    if not gate.criterion:
        figures = computed["I4"].names if "I4" in computed else frozenset()
        return GateStanding(gate, bool(figures & {PROTECTED, OPEN}), "")
    answer = answers.get(gate.criterion, Answer.UNKNOWN)
    return GateStanding(gate, answer.score is not None and answer.score >= gate.least, answer.value)


def _said(share: str | float | None) -> str:
    return "" if share is None else f"{share}"
