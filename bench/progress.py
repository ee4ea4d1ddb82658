"""The whole monitor from one vintage, beside a straightforward script in pandas: seconds, memory, ratio.

    python bench/progress.py

Both begin at the stored Parquet file. The pandas script works out shares by goal alone, and checks that they
are the same; ours also does countries, groups, timeliness, disaggregation, and progress of every aim.
"""

from __future__ import annotations

import csv
import json
import resource
import subprocess
import sys
import time

from everycount.progress import (
    Rule,
    agreed_aims,
    assess_all,
    availability,
    disaggregation,
    groups,
    read_vintage,
)
from everycount.progress.places import un_members
from everycount.progress.vintage import OBSERVATIONS, SERIES, SHIPPED


def ours() -> dict[str, float]:
    vintage = read_vintage(SHIPPED)
    found = availability(vintage, Rule())
    found.by_indicator()
    found.by_country()
    for group in groups():
        found.by_goal(group.members)
    found.ages()
    disaggregation(vintage, Rule())
    for method in ("M1", "M3"):
        assess_all(vintage, agreed_aims(), (*un_members(), "001"), method)
    return found.by_goal()


def plain() -> dict[str, float]:
    import pandas as pd  # noqa: PLC0415 - the other side of the comparison

    rows = pd.read_parquet(SHIPPED / OBSERVATIONS)
    number = pd.to_numeric(rows["value"], errors="coerce")
    kept = rows[number.notna() & (rows["nature"] != "N") & (rows["year"] >= 2015)]
    kept = kept[kept["area"].isin(un_members())]
    with (SHIPPED / SERIES).open(encoding="utf-8", newline="") as file:
        measures = pd.DataFrame(csv.DictReader(file))
    pairs = kept.merge(measures, on="series").drop_duplicates(["indicator", "area"])
    counts = pairs.groupby("indicator")["area"].count().reindex(measures["indicator"].unique(), fill_value=0)
    shares = (counts / len(un_members())).groupby(counts.index.str.split(".").str[0]).mean()
    return {str(goal): float(share) for goal, share in shares.items()}


def main() -> None:
    if len(sys.argv) > 1:
        began, busy = time.perf_counter(), time.process_time()
        found = {"ours": ours, "plain": plain}[sys.argv[1]]()
        spent, cpu = time.perf_counter() - began, time.process_time() - busy
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": spent, "cpu": cpu, "megabytes": peak, "shares": found}))
        return
    both = {}
    for name in ("plain", "ours"):
        said = subprocess.run([sys.executable, __file__, name], check=True, capture_output=True, text=True)
        both[name] = json.loads(said.stdout)
        took, cpu, peak = (both[name][key] for key in ("seconds", "cpu", "megabytes"))
        print(f"{name:6} {took:6.2f} s, {cpu:6.2f} s of processors, {peak:6.0f} MB")
    worst = max(abs(share - both["plain"]["shares"][goal]) for goal, share in both["ours"]["shares"].items())
    ratio = both["plain"]["cpu"] / both["ours"]["cpu"]
    print(
        f"plain / ours: {ratio:.2f} in processor time; shares differ by at most {worst:.1e}; "
        "limit of ours: 3 s on two free cores, 1000 MB"
    )


if __name__ == "__main__":
    main()
