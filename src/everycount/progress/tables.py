"""Availability as tables that anybody can open, with the rule they follow beside them."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from everycount.catalogue import areas, place_name
from everycount.progress.assessing import assess_all
from everycount.progress.available import availability
from everycount.progress.places import groups
from everycount.progress.splits import disaggregation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from everycount.progress.aims import Aim
    from everycount.progress.assessing import Assessment
    from everycount.progress.available import Availability
    from everycount.progress.rule import Rule
    from everycount.progress.splits import Disaggregation
    from everycount.progress.vintage import Vintage


def write_availability(vintage: Vintage, rule: Rule, folder: Path) -> tuple[Path, ...]:
    """Writes the tables into a folder; everything is worked out before the first file is written."""
    found = availability(vintage, rule)
    splits = disaggregation(vintage, rule)
    tables = {
        "by_goal.csv": (("goal", "indicators", "share"), list(_by_goal(found))),
        "by_indicator.csv": (("goal", "indicator", "countries", "share"), list(_by_indicator(found))),
        "by_country.csv": (("area", "name", "goal", "indicators", "share"), list(_by_country(found))),
        "by_group.csv": (("group", "name", "countries", "goal", "share"), list(_by_group(found))),
        "timeliness.csv": (
            ("goal", "indicator", "countries", "median_age", "latest", "frequency"),
            list(_timeliness(found)),
        ),
        "disaggregation.csv": (
            ("indicator", "split", "required", "countries", "share"),
            list(_splits(splits)),
        ),
    }
    folder.mkdir(parents=True, exist_ok=True)
    written = [_write(folder / name, heads, rows) for name, (heads, rows) in tables.items()]
    parameters = folder / "parameters.json"
    about = {"rule": asdict(rule), "vintage": asdict(vintage.about)}
    parameters.write_text(
        json.dumps(about, ensure_ascii=False, indent=1, default=dict) + "\n", encoding="utf-8"
    )
    return (*written, parameters)


def write_progress(
    vintage: Vintage, aims: Mapping[str, Aim], rule: Rule, method: str, folder: Path
) -> tuple[Path, ...]:
    """Writes ``progress.csv``: the rule's countries, then regions and the world, each with every aim."""
    places = (*rule.countries, *areas("M49-regions").items)
    rows = [_progress(one) for one in assess_all(vintage, aims, places, method)]
    folder.mkdir(parents=True, exist_ok=True)
    return (_write(folder / "progress.csv", _PROGRESS, rows),)


_PROGRESS = (
    "area",
    "series",
    "target",
    "baseline_year",
    "latest_year",
    "baseline",
    "latest",
    "ratio",
    "category",
    "method",
    "reason",
)


def _progress(one: Assessment) -> tuple[object, ...]:
    said, two = one.outcome, one.course
    points = (two.baseline_year, two.latest_year, two.baseline, two.latest) if two else ("", "", "", "")
    target, ratio = ("" if number is None else number for number in (said.target, said.ratio))
    return (one.area, one.series, target, *points, ratio, said.category, one.method, said.reason)


def _write(path: Path, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(heads)
        writer.writerows(rows)
    return path


def _by_goal(found: Availability) -> Iterator[tuple[object, ...]]:
    for goal, share in found.by_goal().items():
        yield goal, len(found.rows_of(goal)), share


def _by_indicator(found: Availability) -> Iterator[tuple[object, ...]]:
    for number, (countries, share) in found.by_indicator().items():
        yield number.split(".")[0], number, countries, share


def _by_country(found: Availability) -> Iterator[tuple[object, ...]]:
    sizes = {goal: len(found.rows_of(goal)) for goal in found.goals}
    for code, shares in found.by_country().items():
        name = place_name(code).say("en")
        for goal, share in shares.items():
            yield code, name, goal, sizes[goal], share


def _by_group(found: Availability) -> Iterator[tuple[object, ...]]:
    for group in groups():
        members = group.members & frozenset(found.rule.countries)
        if members:
            for goal, share in found.by_goal(members).items():
                yield group.id, group.names.say("en"), len(members), goal, share


def _timeliness(found: Availability) -> Iterator[tuple[object, ...]]:
    ages, frequency = found.ages(), found.frequency()
    for row, number in enumerate(found.indicators):
        known = ages[row][~np.isnan(ages[row])]
        median = float(np.median(known)) if known.size else ""
        latest = int(found.latest[row].max()) or ""
        yield number.split(".")[0], number, known.size, median, latest, float(frequency[row].mean())


def _splits(found: Disaggregation) -> Iterator[tuple[object, ...]]:
    size = len(found.rule.countries)
    for split in found.has:
        for number, countries in found.countries(split).items():
            wanted = all(name in found.required.get(number, ()) for name in split)
            if countries or wanted:
                yield number, " x ".join(split), "yes" if wanted else "no", countries, countries / size
