"""Collectors beside each other, for those who review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from everycount.site.fieldwork.models import Standing
from everycount.site.fieldwork.standings import APART

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.site.collection.models import Questionnaire

_SAME, _ALIKE = 0.7, 0.3  # Cramér's V


@dataclass(frozen=True, slots=True)
class Measure:
    """A share in percent beside that of all others."""

    name: str
    met: int
    of: int
    percent: float
    low: float
    high: float
    others: float
    differs: bool


@dataclass(frozen=True, slots=True)
class Collector:
    """One collector; ``apart`` is a stability index where answers stand apart, else None."""

    name: str
    interviews: int
    measures: tuple[Measure, ...]
    apart: float | None
    questions: int

    @property
    def is_compared(self) -> bool:
        """Whether there are enough interviews."""
        return bool(self.measures)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page.

    Attributes:
        places: ``same`` (collectors and places cannot be told apart), ``partly``, ``apart``, or "".
    """

    questionnaire: Questionnaire
    made_at: datetime | None
    interviews: int
    places: str
    icc: float | None
    deff: float | None
    collectors: tuple[Collector, ...]


def sheet(here: Questionnaire) -> Sheet:
    """The page; whoever asks comes from ``questionnaire`` with the verb to review."""
    held = Standing.objects.filter(questionnaire=here).first()
    compared: dict[str, Any] = held.compared if held else {}
    rows = sorted(compared.get("collectors", ()), key=lambda each: each["name"].casefold())
    places = _places(compared.get("shared"))
    return Sheet(
        questionnaire=here,
        made_at=held.made_at if held else None,
        interviews=compared.get("interviews", 0),
        places=places,
        icc=compared.get("icc"),
        deff=compared.get("deff"),
        collectors=tuple(_collector(each, places) for each in rows),
    )


def _places(shared: float | None) -> str:
    if shared is None:
        return ""
    return "same" if shared >= _SAME else "partly" if shared >= _ALIKE else "apart"


def _collector(row: dict[str, Any], places: str) -> Collector:
    """Where collectors cannot be told from their places, nothing is said of answers that stand apart."""
    apart, questions = row["apart"] or (0.0, 0)
    return Collector(
        name=row["name"],
        interviews=row["interviews"],
        measures=tuple(_measure(name, each) for name, each in row["measures"].items()),
        apart=apart if apart > APART and places != "same" else None,
        questions=questions,
    )


def _measure(name: str, each: dict[str, Any]) -> Measure:
    shares = {key: 100 * each[key] for key in ("low", "high", "others")}
    percent = 100 * each["met"] / each["of"]
    return Measure(name, each["met"], each["of"], percent, differs=each["differs"], **shares)
