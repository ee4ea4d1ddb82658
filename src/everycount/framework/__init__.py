"""Whether citizen data are fit for one use: criteria, lenses, gates and outcomes as dated data, and evidence.

Nobody gets one total score. What can be worked out is worked out from a release; people judge the rest and
say why; a statistical office decides.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from everycount.framework.answers import Answer
from everycount.framework.figures import Evidence, Figure, as_plain, from_plain
from everycount.framework.gates import GateStanding, is_open_to, standings
from everycount.framework.model import Criterion, Lens, Model, Outcome, asked, lens, lenses, model

if TYPE_CHECKING:
    from everycount.framework.computed import evidence
    from everycount.framework.deciding import Said, UseDecision
    from everycount.framework.known import Known

__all__ = [
    "Answer",
    "Criterion",
    "Evidence",
    "Figure",
    "GateStanding",
    "Known",
    "Lens",
    "Model",
    "Outcome",
    "Said",
    "UseDecision",
    "as_plain",
    "asked",
    "evidence",
    "from_plain",
    "is_open_to",
    "lens",
    "lenses",
    "model",
    "standings",
]
_LATER = {
    "evidence": "computed",
    **dict.fromkeys(("Said", "UseDecision"), "deciding"),
    "Known": "known",
}


def __getattr__(name: str) -> object:
    """Opened on demand: reading a release brings arrays, and who lists criteria needs none."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"everycount.framework.{_LATER[name]}"), name)
