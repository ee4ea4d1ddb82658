"""What a release on the site costs, from the records in the vault to a draft, beside its limit.

Takes a node that ``python bench/export.py --node FOLDER`` has filled with 50,000 invented households and
their 224,000 members, writes a plan of 60 tables (ten measures by six breakdowns of a stratified sample of
clusters), and computes it as the node does. Printed are the seconds of each stage: opening the records behind
the gate and laying them down; reading, estimating and protecting in a process of their own;
keeping the draft.

Usage: python bench/site_release.py FOLDER
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

LIMIT = 20.0  # seconds on two cores
PLAN = """
[survey]
id = "bench"
title = "Sixty tables of invented households"
period = "2026"
area = "IND"
invented = true

[design]
kind = "probability"
strata = ["district"]
clusters = ["cluster"]
notes = {probabilities = "equal"}

[policy]
name = "public"
"""
MEASURES = {
    "water": ("water", "piped"),
    "toilet": ("toilet", "flush"),
    "light": ("light", "grid"),
    "fuel": ("fuel", "gas"),
    "tenure": ("tenure", "owned"),
    "wall": ("wall", "brick"),
    "worried": ("fies_worried", "yes"),
    "skipped": ("fies_skipped", "yes"),
    "irregular": ("irregular", "yes"),
    "dwelling": ("dwelling", "house"),
}
DIMENSIONS = ("settlement", "language", "earnings", "district")
BY = [[name] for name in DIMENSIONS] + [["settlement", "language"], ["settlement", "earnings"]]


def plan() -> str:
    """The survey file."""
    dimensions = [f'[[dimension]]\nid = "{name}"\nquestion = "{name}"\n' for name in DIMENSIONS]
    measures = [
        f'[[measure]]\nid = "{name}"\nkind = "proportion"\nquestion = "{question}"\nin = ["{code}"]\n'
        for name, (question, code) in MEASURES.items()
    ]
    return "\n".join([PLAN, *dimensions, *measures, f'[[table]]\nmeasures = "*"\nby = {json.dumps(BY)}\n'])


def main() -> None:
    """Print the figures."""
    os.environ["EVERYCOUNT_DATA_DIR"] = sys.argv[1]
    # Django is set up before its models are imported.
    # ruff: noqa: PLC0415
    from everycount.site.running import prepare

    prepare(lambda _words: None)
    from everycount.site.collection.models import Questionnaire
    from everycount.site.people.models import Assignment, Person, Role
    from everycount.site.publication import making
    from everycount.site.publication.actions import computing, plans

    at, form = datetime.now(UTC), Questionnaire.objects.get()
    by = Person.objects.get(email="bench@example.org")
    Assignment.objects.get_or_create(
        person=by, initiative=form.initiative, role=Role.ANALYST, defaults={"since": at}
    )
    made = plans.write(questionnaire=form, text=plan(), by=by, at=at)
    release = computing.ask(plan=made, accepted_only=False, by=by, at=at)
    stages = [("waiting", time.perf_counter())]
    say, finish = computing.stage, computing.finish

    def told(*, release: Any, words: str) -> None:
        stages.append((words, time.perf_counter()))
        say(release=release, words=words)

    def kept(**given: Any) -> None:
        stages.append(("keeping the draft", time.perf_counter()))
        finish(**given)

    computing.stage, computing.finish = told, kept
    stages.append(("opening the records", time.perf_counter()))
    before = sum(os.times()[:4])
    making.make(release)
    stages.append(("", time.perf_counter()))
    release.refresh_from_db()
    for (words, began), (_, ended) in pairwise(stages[1:]):
        print(f"{words:>24}: {ended - began:5.2f} s")
    total = stages[-1][1] - stages[1][1]
    cpu = sum(os.times()[:4]) - before
    print(f"{release.records} records, 60 tables, {release.state} {release.faults or ''}")
    print(f"CPU of this process and of the one that computed: {cpu:.1f} s")
    print(f"total {total:.1f} s, ratio to the limit of {LIMIT:.0f} s: {total / LIMIT:.2f}")


if __name__ == "__main__":
    main()
