"""Method: what the release says of how its numbers came about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.framework.answers import Answer
from everycount.framework.figures import Evidence, Figure
from everycount.sample.design import DesignKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from everycount.framework.rules.subject import Subject

# M1: a proxy is 1; that something measures the indicator is its planners' claim, so it is mapped and no more.
_RELATIONS = {"measures": Answer.ADEQUATE, "proxy": Answer.WEAK, "context": Answer.ABSENT}
# M3: probability designs are 3, designs that follow a rule without known probabilities are 2, the rest is 1.
# Whoever asked everybody in a place has a full listing of that place, and of nothing beyond it.
_STRUCTURED = frozenset(
    {
        DesignKind.CENSUS_PLACE,
        DesignKind.RESPONDENT_DRIVEN,
        DesignKind.TIME_LOCATION,
        DesignKind.CAPTURE_RECAPTURE,
        DesignKind.QUOTA,
    }
)


def concept(about: Subject) -> Evidence:
    """M1: how the measure is said to stand to its indicator."""
    link = about.measure.sdg
    if link is None:
        return Evidence("M1", unknown=("relation",))
    values = (("indicator", link.indicator), ("relation", link.relation))
    return Evidence("M1", (Figure("relation", "measure", values),), proposed=_RELATIONS[link.relation].value)


def frame(about: Subject) -> Evidence:
    """M2: of whom the numbers speak, and the notes of the design."""
    design = about.release.design
    scope = Figure("scope", "design", (("scope", design.scope.value),))
    notes = tuple(Figure("note", "design", (("words", words),)) for words in design.notes.values())
    return Evidence("M2", (scope, *notes), () if notes else ("note",))


def sampling(about: Subject) -> Evidence:
    """M3: the design of the sample."""
    design = about.release.design
    kind = Figure("kind", "design", (("kind", design.kind.value),))
    size = Figure(
        "sample",
        "design",
        (
            ("records", design.sample.records),
            ("strata", design.sample.strata),
            ("clusters", design.sample.clusters),
        ),
    )
    if design.kind is DesignKind.PROBABILITY:
        answer = Answer.STRONG
    else:
        answer = Answer.ADEQUATE if design.kind in _STRUCTURED else Answer.WEAK
    return Evidence("M3", (kind, size), proposed=answer.value)


def instrument(about: Subject) -> Evidence:
    """M4: languages of the questionnaire; whether it was tried nobody here knows."""
    count = about.known.languages
    if count is None:
        return Evidence("M4", unknown=("languages", "tried"))
    return Evidence("M4", (Figure("languages", "node", (("count", count),)),), ("tried",))


def supervision(about: Subject) -> Evidence:
    """M5: interviews that were checked again; of training nothing is known here."""
    checked = about.known.checked
    if checked is None:
        return Evidence("M5", unknown=("checked", "training"))
    values = (("done", checked.done), ("drawn", checked.drawn))
    return Evidence("M5", (Figure("checked", "node", values),), ("training",))


def processing(about: Subject) -> Evidence:
    """M6: software, plan and inputs with their digests."""
    told = about.release.provenance
    named = sum(bool(one.sha256) for one in told.inputs)
    values = (("software", told.software), ("inputs", len(told.inputs)), ("named", named))
    oddities = sum(count for _, count in told.findings)
    return Evidence(
        "M6",
        (
            Figure("processing", "provenance", values),
            Figure("findings", "provenance", (("count", oddities),)),
        ),
    )


RULES: Mapping[str, Callable[[Subject], Evidence]] = {
    "M1": concept,
    "M2": frame,
    "M3": sampling,
    "M4": instrument,
    "M5": supervision,
    "M6": processing,
}
