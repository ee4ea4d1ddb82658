"""Output: accuracy, representativeness, timeliness, coherence, disaggregation and metadata, computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.framework.figures import Evidence, Figure
from everycount.framework.rules.fields import required
from everycount.framework.rules.months import months_between
from everycount.protect.cells import Status
from everycount.protect.policy import PUBLIC
from everycount.quality.report import Check
from everycount.release.official import differences, standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from everycount.framework.figures import Value
    from everycount.framework.rules.subject import Subject


def accuracy(about: Subject) -> Evidence:
    """O2: missing answers, duplicates, asking again, and how sure the number is."""
    figures = [*_quality(about, Check.MISSING, "missing"), *_quality(about, Check.DUPLICATES, "duplicates")]
    unknown = [name for name in ("missing", "duplicates") if all(figure.name != name for figure in figures)]
    figures += _interval(about)
    if about.known.checked is None or not about.known.checked.done:
        unknown.append("checked_again")
    else:
        checked = about.known.checked
        values = (("agrees", checked.agrees), ("done", checked.done))
        figures.append(Figure("checked_again", "node", values))
    return Evidence("O2", tuple(figures), tuple(unknown))


def _quality(about: Subject, check: Check, name: str) -> Iterator[Figure]:
    for one in about.release.provenance.quality:
        if one.check is check and not one.about:
            values: tuple[tuple[str, Value], ...] = (("percent", one.figure), ("grade", one.grade.value))
            yield Figure(name, "quality", values)


def _interval(about: Subject) -> Iterator[Figure]:
    cell = about.overall
    if cell is None:
        return
    if cell.ci_low is None or cell.ci_high is None:
        yield Figure("no_interval", "cells", (("n", cell.n or 0),))
        return
    yield Figure(
        "interval",
        "cells",
        (("value", cell.value or 0.0), ("low", cell.ci_low), ("high", cell.ci_high), ("n", cell.n or 0)),
    )


def representativeness(about: Subject) -> Evidence:
    """O3: the records beside margins that are known of the population."""
    told = [one for one in about.release.provenance.quality if one.check is Check.COVERAGE]
    figures = tuple(
        Figure(
            "margin",
            "quality",
            (("about", one.about), ("variation", one.figure), ("grade", one.grade.value)),
        )
        for one in told
    )
    return Evidence("O3", figures, () if figures else ("margin",))


def timeliness(about: Subject) -> Evidence:
    """O4: whole months from the last day of fieldwork to the day of publication here."""
    if about.known.published is None:
        return Evidence("O4", unknown=("months",))
    months = months_between(about.release.survey.period, about.known.published)
    values = (("months", months), ("period", about.release.survey.period))
    return Evidence("O4", (Figure("months", "node", values),))


def frequency(about: Subject) -> Evidence:
    """O5: releases so far; whether the next one is paid for nobody here knows."""
    rounds = about.known.rounds
    figures = () if rounds is None else (Figure("rounds", "node", (("count", rounds),)),)
    return Evidence("O5", figures, ("funding",) if figures else ("rounds", "funding"))


def coherence(about: Subject) -> Evidence:
    """O6: the official figure that stands beside the measure, and in what the two are unlike."""
    figure, cell = about.measure.benchmark, about.overall
    if figure is None:
        return Evidence("O6", unknown=("official",))
    if cell is None or cell.value is None:
        return Evidence("O6", unknown=("official",))
    values: tuple[tuple[str, Value], ...] = (
        ("official", figure.value),
        ("value", cell.value),
        ("difference", cell.value - figure.value),
        ("source", figure.source),
    )
    unlike = differences(figure, cell, about.release.survey)
    if unlike:
        reasons = tuple(Figure("unlike", "measure", (("aspect", one.kind.value),)) for one in unlike)
        return Evidence("O6", (Figure("official", "measure", values), *reasons))
    stands = Figure("stands", "measure", (("standing", standing(figure, cell).value),))
    return Evidence("O6", (Figure("official", "measure", values), stands))


def comparability(about: Subject) -> Evidence:
    """O7: characteristics whose groups have codes that others have, too."""
    dimensions = about.release.dimensions
    coded = sum(bool(one.sdmx or one.area) for one in dimensions)
    return Evidence("O7", (Figure("coded", "survey", (("coded", coded), ("all", len(dimensions)))),))


def disaggregation(about: Subject) -> Evidence:
    """O8: numbers of groups with at least k people, among all that were planned.

    Where a policy protects, what is shown has them; where the records were public already, they are counted
    against the least number of the public policy.
    """
    split = [each for each in about.cells if each.cell]
    if not split:
        return Evidence("O8", unknown=("enough",))
    policy = about.release.cells.policy
    least = policy.min_respondents if policy.protect else PUBLIC.min_respondents
    enough = sum(each.status is Status.SHOWN and (each.n is None or each.n >= least) for each in split)
    percent = 100 * enough // len(split)
    values = (("enough", enough), ("all", len(split)), ("percent", percent), ("least", least))
    return Evidence("O8", (Figure("enough", "cells", values),))


def metadata(about: Subject) -> Evidence:
    """O9: what of the required fields is filled, and which are not."""
    fields = required(about)
    missing = tuple(name for name, filled in fields.items() if not filled)
    filled = len(fields) - len(missing)
    percent = 100 * filled // len(fields)
    figures = [Figure("fields", "survey", (("filled", filled), ("all", len(fields)), ("percent", percent)))]
    figures += [Figure("field_missing", "survey", (("field", name),)) for name in missing]
    return Evidence("O9", tuple(figures))


RULES: Mapping[str, Callable[[Subject], Evidence]] = {
    "O2": accuracy,
    "O3": representativeness,
    "O4": timeliness,
    "O5": frequency,
    "O6": coherence,
    "O7": comparability,
    "O8": disaggregation,
    "O9": metadata,
}
