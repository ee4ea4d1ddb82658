"""What a submission costs a node, empty and filled, beside the pure limit of the same disk in the same run.

Starts ``everycount serve`` on a new data folder (SQLite, or DATABASE_URL where it is set and its database is
empty), sends the household form with ``../shared/bench/openrosa_load.py``, fills the node with submissions
through receiving itself, and sends again. The pure limit appends the same bytes to a file and syncs twice for
as many submissions as there are connections (the ring of salts and the database sync once a batch each).
On a shared machine CPU per submission and ratios hold, rates do not.

Usage: python bench/intake.py [STORED] [SENT]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SHARED = Path(__file__).resolve().parents[2] / "shared" / "bench"
CONNECTIONS = (1, 8, 32)
LIMIT = 3.2  # ms of CPU in all processes for a submission: a fifth of ODK Central's with as many stored
MEMORY = 150  # MB
PORT = 8397
MAKE = """
import sys; from datetime import UTC, datetime; from pathlib import Path
from everycount.site.running import prepare; prepare(lambda words: None)
from everycount.site.collection import actions; from everycount.site.collection.models import KeyKind
from everycount.site.people.models import Person; from everycount.site.registry.models import Initiative
at, form = datetime.now(UTC), Path(sys.argv[1])
by = Person.objects.create(email="bench@example.org", name="Bench", at=at)
where = Initiative.objects.create(slug="bench", name="Bench", invented=True, began_at=at)
made = actions.upload(initiative=where, xlsform=form.read_bytes(), name=form.name, by=by, at=at)
actions.publish(version=made, by=by, at=at)
print(actions.give_key(initiative=where, kind=KeyKind.PERSON, label="bench", by=by, at=at)[1])
"""
FILL = """
import sys, uuid; from everycount.site.running import set_up; set_up()
sys.path.insert(0, sys.argv[1]); from household_submissions import FORM_ID, VERSION, submission
from everycount.site.collection import intake; from everycount.site.collection.marks import mark_of_bytes
from everycount.site.collection.models import Key, Questionnaire, Submission
from everycount.site.collection.package import Package
key, form = Key.objects.get(), Questionnaire.objects.get()
xml = [submission(n, "fill", None, False, FORM_ID, VERSION)[1] for n in range(256)]
for start in range(0, int(sys.argv[2]), 256):
    intake.store([
        Package(form.id, key.initiative_id, key.id, f"uuid:{uuid.uuid4()}", "", VERSION, False, False, each,
                mark_of_bytes("xml", each + b"%d" % start))
        for each in xml
    ])
Submission.objects.update(awaits_consent=False)  # what consents allow is read elsewhere and not timed here
"""


def child(code: str, *words: object) -> str:
    command = [sys.executable, "-c", code, *map(str, words)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def serve() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "everycount", "serve", "--port", str(PORT)]
    node = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1)
    look = f"import urllib.request; urllib.request.urlopen('http://127.0.0.1:{PORT}/healthz')"
    while subprocess.run([sys.executable, "-c", look], stderr=subprocess.DEVNULL, check=False).returncode:
        if node.poll() is not None:
            sys.exit("The node did not start.")
        time.sleep(0.2)
    return node


def load(node: int, secret: str, *words: str) -> list[dict[str, Any]]:
    base = ["--base-url", f"http://127.0.0.1:{PORT}/key/{secret}", "--rss", f"node={node}"]
    command = [sys.executable, str(SHARED / "openrosa_load.py"), *words, *base]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    runs: list[dict[str, Any]] = told["runs"]
    return runs


def pure_limit(folder: Path, size: int, batch: int, count: int) -> float:
    """Submissions a second that the disk takes: appended, and synced twice for each batch."""
    chunk = os.urandom(size) * batch
    begun = time.perf_counter()
    with (folder / "pure").open("ab") as pure, (folder / "ring").open("ab") as ring:
        for _ in range(count // batch):
            for file, data in ((ring, b"x" * 32 * batch), (pure, chunk)):
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
    return count / (time.perf_counter() - begun)


def measure(state: str, secret: str, sent: int, folder: Path) -> None:
    node = serve()
    try:
        for connections in CONNECTIONS:
            limit = pure_limit(folder, 3400, connections, sent)
            (run,) = load(node.pid, secret, "submit", "-c", str(connections), "-n", str(sent))
            limit = (limit + pure_limit(folder, 3400, connections, sent)) / 2
            cost = 1000 * run["processes"]["node"]["cpu_s"] / run["ok"]
            late, memory = run["latency_ms"], run["processes"]["node"]["pss_peak"]
            print(
                f"{state}, {connections:2} connections: {run['ok_per_s']:6.0f}/s, "
                f"p50 {late['p50']:.0f} p99 {late['p99']:.0f} ms, "
                f"{cost:.2f} ms CPU a submission ({cost / LIMIT:.2f} of the limit), "
                f"pure limit {limit:.0f}/s (ratio {run['ok_per_s'] / limit:.2f}), "
                f"{memory:.0f} MB (limit {MEMORY}), others took {run['others_cpu_share']:.0%} of the machine"
            )
        tag = subprocess.run(
            ["curl", "-sI", f"http://127.0.0.1:{PORT}/key/{secret}/formList"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        etag = next(line.split(": ")[1] for line in tag.splitlines() if line.lower().startswith("etag"))
        for name, more in (("200", []), ("304", ["--header", f"If-None-Match: {etag}"])):
            (run,) = load(node.pid, secret, "read", "-c", "8", "-n", "4000", *more)
            cost = 1000 * run["processes"]["node"]["cpu_s"] / run["requests"]
            print(
                f"{state}, formList {name}: {run['requests'] / run['seconds']:.0f}/s, "
                f"{cost:.2f} ms CPU, {run['statuses']}, "
                f"the generator took {run['client_cpu_share']:.0%} of a core"
            )
    finally:
        node.terminate()
        node.wait()


def main() -> None:
    if not SHARED.is_dir():
        print("../shared/bench is not here: nothing to send")
        return
    given = [int(each) for each in sys.argv[1:3]]
    stored, sent = [*given, *(100_000, 2_000)[len(given) :]]
    with tempfile.TemporaryDirectory() as name:
        os.environ |= {
            "EVERYCOUNT_DATA_DIR": f"{name}/node",
            "EVERYCOUNT_PUBLIC_URL": f"http://127.0.0.1:{PORT}",
        }
        secret = child(MAKE, SHARED / "household.xlsx").split()[-1]
        measure("empty", secret, sent, Path(name))
        begun = time.perf_counter()
        child(FILL, SHARED, stored)
        print(f"filled with {stored:,} in {time.perf_counter() - begun:.0f} s")
        measure("full", secret, sent, Path(name))


if __name__ == "__main__":
    main()
