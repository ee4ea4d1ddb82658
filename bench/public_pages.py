"""How fast and how light public pages are: a release of sixty tables, and one of 100,000 numbers.

Fills a node of its own with two invented releases and asks in this process, without a network: each page once
(the release is opened, and its report made), then many times as different readers would, and once as a
reader who has it already (304, in CPU). The middle of the many stands beside its limit, as does what the
first view weighs with its style sheets; on a busy machine CPU holds and seconds do not.

Usage: python bench/public_pages.py [--times 40]
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1] / "tests"
MIDDLE, UNCHANGED, WEIGHT = 0.050, 0.050, 150_000  # seconds of CPU, the same, bytes
CODE = """
import sys, time, statistics, re; from datetime import UTC, datetime
from everycount.site.running import prepare; prepare(lambda words: None)
sys.path.insert(0, sys.argv[1])
from django.test import Client
from everycount.site.publication import files
from everycount.site.publication.queries.numbers import name_of
from everycount.site.publication.queries.releases import numbers
from everycount.site.registry.models import Initiative
from library.release.samples import large_release
from public_world import counted_elsewhere, put_out
made = {"name": "Bench", "invented": True, "listed": True, "began_at": datetime.now(UTC)}
here = Initiative.objects.create(slug="bench", **made)
def once(do):
    begun, cpu = time.perf_counter(), time.process_time(); got = do()
    return time.perf_counter() - begun, time.process_time() - cpu, got
def ask(path, **headers):
    answer = Client().get(path, headers=headers); body = b"" if answer.streaming else answer.content
    answer.close(); assert answer.status_code in (200, 304), (path, answer.status_code); return answer, body
def sheets(body):
    return sum(len(ask(each)[1]) for each in re.findall(r'stylesheet" href="([^"]+)"', body.decode()))
for slug, made in (("sixty-tables", large_release()), ("100000-numbers", large_release(20, 41))):
    release = put_out(counted_elsewhere(here, slug), made); count = len(made.cells.cells); del made
    home = f"/releases/{slug}/1"; cell = numbers(release).cells.cells[count // 2]
    print(f"# {slug}: {count} numbers", *once(lambda: files.listed(release))[:2], sep="\\t", flush=True)
    pages = ["/releases", "/releases?q=water", f"/releases/{slug}", home, f"{home}/numbers",
        f"{home}/numbers?page=9", f"{home}/numbers?q=group+3", f"{home}/figures/distance",
        f"/numbers/{name_of(release, cell)}",
        f"{home}/files/cells.csv", "/", "/initiatives/bench"]
    for path in pages:
        first, _, (answer, body) = once(lambda: ask(path))
        took = [once(lambda: ask(path))[:2] for _ in range(int(sys.argv[2]))]
        seconds, cpu = (statistics.median(each) for each in zip(*took))
        again = float("nan")
        if "ETag" in answer.headers:
            client = Client(); client.get(path).close(); one = client.get(path); one.close()
            known = {"if-none-match": one.headers["ETag"]}
            begun = time.process_time(); told = client.get(path, headers=known)
            again = time.process_time() - begun; assert told.status_code == 304, path
        size = len(body) + sheets(body) if body else 0
        print(path, first, seconds, cpu, again, size, sep="\\t", flush=True)
"""


def main() -> None:
    """Prints a table; ends with 1 where a limit is passed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=40)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="everycount-bench-") as data:
        (Path(data) / "static").mkdir()
        environment = os.environ | {"EVERYCOUNT_DATA_DIR": data, "EVERYCOUNT_PUBLIC_URL": "http://testserver"}
        done = subprocess.run(
            [sys.executable, "-c", CODE, str(TESTS), str(given.times)],
            env=environment, stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
    print(f"{'page':58}{'first':>9}{'middle':>9}{'CPU':>9}{'/limit':>8}{'304':>9}{'bytes':>9}{'/limit':>8}")
    passed = False
    for line in done.stdout.splitlines():
        name, *rest = line.split("\t")
        if name.startswith("#"):
            print(f"{name}; its files took {float(rest[0]):.1f} s")
            continue
        first, middle, cpu, again, size = map(float, rest)
        told = f"{again * 1000:7.1f}ms" if not math.isnan(again) else "        -"
        print(
            f"{name:58}{first * 1000:7.0f}ms{middle * 1000:7.1f}ms{cpu * 1000:7.1f}ms{cpu / MIDDLE:8.2f}"
            f"{told}{size:9.0f}{size / WEIGHT:8.2f}"
        )
        passed = passed or cpu > MIDDLE or size > WEIGHT or again > UNCHANGED
    sys.exit(passed)


if __name__ == "__main__":
    main()
