"""What a submission costs a node, empty and full, beside the pure limit of the same disk in the same run.

Starts ``everycount serve`` on a new data folder, sends the household form with
``../shared/bench/openrosa_load.py``, fills the node, and sends again. CPU is that of all processes of the
node (and of PostgreSQL), from the first request until the consents of the last submission are read; memory is
of all of them too, proportional (shared pages counted once) and resident (in each process). The pure limit
appends the same bytes to a file and syncs twice for as many submissions as there are connections, as the ring
of salts and the database do for a batch. On a busy machine CPU and ratios hold; rates and p99 do not.

Usage: python bench/intake.py [--stored 100000] [--sent 2000] [--fill http|actions] [--postgres]

``--fill http`` (the default) fills it through the endpoint, 32 connections at a time; ``actions`` through
what stands behind it (``intake.store``, 256 at a time), where the machine has no time. ``--postgres`` starts
a server of its own with default settings (fsync on).
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[1] / "shared" / "bench"
CONNECTIONS = (1, 8, 32)
LIMIT = 3.2  # ms of CPU in all processes for a submission: a fifth of ODK Central's with as many stored
FLAT = 1.15  # full by empty, in CPU; Central doubles
LATE = 125  # ms: p99 at 8 connections
RATE = 500  # a second at 32 connections, or the disk's limit
LISTS = 2000  # a second
MEMORY = 150  # MB, everything, on SQLite
PORT = 0  # a free one, taken at the start
BYTES = 3400  # of a submission
PHOTO = 12_000_000  # bytes
AT_ONCE = 5000  # submissions that the generator makes before it sends them
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
from everycount.site.collection.models import Key, Questionnaire
from everycount.site.collection.package import Package
key, form = Key.objects.get(), Questionnaire.objects.get()
xml = [submission(n, "fill", None, False, FORM_ID, VERSION)[1] for n in range(256)]
for start in range(0, int(sys.argv[2]), 256):
    intake.store([
        Package(form.id, key.initiative_id, key.id, f"uuid:{uuid.uuid4()}", "", VERSION, False, False, each,
                mark_of_bytes("xml", each + b"%d" % start, of=key.initiative_id))
        for each in xml
    ])
"""
COUNT = """
import sys; from everycount.site.running import set_up; set_up()
from everycount.site.collection.models import Submission
for line in sys.stdin:
    waiting = Submission.objects.filter(awaits_consent=True).count()
    print(waiting, Submission.objects.count() if line.strip() == "all" else "", flush=True)
"""


@dataclass
class Bench:
    """One node under measurement.

    Attributes:
        folder: where it is kept.
        secret: the key of its phone.
        sent: submissions of a run.
        processes: the first of its processes, and of its database's.
        database: the process of its PostgreSQL server; None where it is SQLite.
        cost: ms of CPU a submission, by state and connections.
        missed: what did not hold.
    """

    folder: Path
    secret: str
    sent: int
    database: int | None
    processes: list[int] = field(default_factory=list)
    cost: dict[tuple[str, int], float] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)

    @property
    def is_sqlite(self) -> bool:
        """Whether the limit of memory is meant for it."""
        return self.database is None

    def judge(self, what: str, value: float, limit: float, *, least: bool = False) -> str:
        """The value beside its limit; what does not hold is gathered."""
        holds = value >= limit if least else value <= limit
        if not holds:
            self.missed.append(f"{what}: {value:.4g}, limit {limit:.4g}")
        return f"{value:.4g} ({'holds' if holds else 'MISSES'} {limit:.4g}, ratio {value / limit:.2f})"


def child(code: str, *words: object) -> str:
    command = [sys.executable, "-c", code, *map(str, words)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@contextlib.contextmanager
def serving(bench: Bench) -> Iterator[None]:
    command = [sys.executable, "-m", "everycount", "serve", "--port", str(PORT)]
    node = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1)
    look = f"import urllib.request; urllib.request.urlopen('http://127.0.0.1:{PORT}/healthz')"
    while subprocess.run([sys.executable, "-c", look], stderr=subprocess.DEVNULL, check=False).returncode:
        if node.poll() is not None:
            sys.exit("The node did not start.")
        time.sleep(0.2)
    bench.processes = [node.pid, *([bench.database] if bench.database else [])]
    try:
        yield
    finally:
        node.terminate()
        node.wait()


@contextlib.contextmanager
def counting() -> Iterator[Any]:
    """Asks the database from another process how many submissions still wait to be read, and how many are."""
    command = [sys.executable, "-c", COUNT]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as asked:
        questions: Any = asked.stdin
        answers: Any = asked.stdout

        def count(what: str = "waiting") -> list[int]:
            questions.write(f"{what}\n")
            questions.flush()
            return [int(each) for each in answers.readline().split()]

        yield count
        questions.close()


def drained(count: Any) -> None:
    while count()[0]:
        time.sleep(0.2)


def ticks(bench: Bench) -> float:
    """Seconds of CPU that all processes have taken so far."""
    sys.path.insert(0, str(SHARED))
    watched = importlib.import_module("openrosa_load").Memory([f"all={','.join(map(str, bench.processes))}"])
    return float(watched.start_cpu["all"])


def load(bench: Bench, *words: str) -> dict[str, Any]:
    named = f"all={','.join(map(str, bench.processes))}"
    base = ["--base-url", f"http://127.0.0.1:{PORT}/key/{bench.secret}", "--rss", named]
    command = [sys.executable, str(SHARED / "openrosa_load.py"), *words, *base]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    run: dict[str, Any] = told["runs"][0]
    if set(run["statuses"]) - {"200", "201", "304"}:
        sys.exit(f"The node did not take everything: {run['statuses']}")
    return run


def pure_limit(folder: Path, batch: int, count: int) -> float:
    """Submissions a second that the disk takes: appended, and synced twice for each batch."""
    chunk = os.urandom(BYTES) * batch
    begun = time.perf_counter()
    with (folder / "pure").open("ab") as pure, (folder / "ring").open("ab") as ring:
        for _ in range(count // batch):
            for file, data in ((ring, b"x" * 32 * batch), (pure, chunk)):
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
    (folder / "pure").unlink()
    return count / (time.perf_counter() - begun)


def submit(bench: Bench, state: str, connections: int, count: Any) -> None:
    limit = pure_limit(bench.folder, connections, bench.sent)
    begun = ticks(bench)
    run = load(bench, "submit", "-c", str(connections), "-n", str(bench.sent), "--warmup", "0")
    drained(count)
    cost = bench.cost[state, connections] = 1000 * (ticks(bench) - begun) / run["ok"]
    limit = (limit + pure_limit(bench.folder, connections, bench.sent)) / 2
    late, used = run["latency_ms"], run["processes"]["all"]
    rate = run["ok_per_s"]
    p99 = f"{late['p99']:.0f}"
    if connections == 8:
        p99 = bench.judge(f"p99 in ms at 8 connections, {state}", late["p99"], LATE)
    if connections == 32:
        bench.judge(f"submissions a second at 32 connections, {state}", rate, min(RATE, limit), least=True)
    memory = f"{used['pss_peak']:.0f}"
    if bench.is_sqlite:
        memory = bench.judge(f"MB at {connections} connections, {state}", used["pss_peak"], MEMORY)
    print(
        f"{state}, {connections:2} connections: {cost:.2f} ms of CPU a submission with its consents read, "
        f"limit {LIMIT} (ratio {cost / LIMIT:.2f}); {rate:.0f}/s, pure limit of the disk {limit:.0f}/s "
        f"(ratio {rate / limit:.2f}); p50 {late['p50']:.0f} ms, p99 {p99} ms; "
        f"memory {memory} MB proportional, {used['rss_peak']:.0f} resident; "
        f"others took {run['others_cpu_share']:.0%} of the machine, "
        f"the generator {run['client_cpu_share']:.0%} of a core",
        flush=True,
    )
    if connections == 8:
        bench.judge(f"ms of CPU at 8 connections, {state}", cost, LIMIT)


def lists(bench: Bench, state: str) -> None:
    where = f"http://127.0.0.1:{PORT}/key/{bench.secret}/formList"
    told = subprocess.run(["curl", "-sI", where], capture_output=True, text=True, check=True).stdout
    etag = next(line.split(": ")[1] for line in told.splitlines() if line.lower().startswith("etag"))
    for name, more in (("200", []), ("304", ["--header", f"If-None-Match: {etag}"])):
        begun = ticks(bench)
        run = load(bench, "read", "-c", "8", "-n", "4000", *more)
        cost = 1000 * (ticks(bench) - begun) / run["requests"]
        rate = bench.judge(
            f"lists ({name}) a second, {state}", run["requests"] / run["seconds"], LISTS, least=True
        )
        print(
            f"{state}, formList {name}: {rate}/s, {cost:.2f} ms of CPU, so {1000 / cost:.0f}/s a core; "
            f"{run['statuses']}, others took {run['others_cpu_share']:.0%} of the machine",
            flush=True,
        )


def photos(bench: Bench) -> None:
    """Twelve megabytes four at a time: what they cost in memory is what is held of them."""
    words = ("submit", "-c", "4", "--warmup", "0", "-n")
    small = load(bench, *words, "40", "--photo-bytes", "200000")
    run = load(bench, *words, "12", "--photo-bytes", str(PHOTO))
    more = run["processes"]["all"]["pss_peak"] - small["processes"]["all"]["pss_peak"]
    told = bench.judge("MB more for four photos at once", more, PHOTO / 1e6)
    print(f"photos of {PHOTO // 1_000_000} MB, four at once: {told} MB more; {run['statuses']}", flush=True)


def fill(bench: Bench, stored: int, how: str, count: Any) -> None:
    begun, cpu = time.perf_counter(), ticks(bench)
    if how == "actions":
        child(FILL, SHARED, stored)
    else:
        run = uuid.uuid4().hex
        for start in range(0, stored, AT_ONCE):
            much = str(min(AT_ONCE, stored - start))
            words = ("--warmup", "0", "--offset", str(start), "--run", run)
            load(bench, "submit", "-c", "32", "-n", much, *words)
    taken = time.perf_counter() - begun
    drained(count)
    print(
        f"filled by {how} with {stored:,} in {taken:.0f} s, {count('all')[1]:,} are there, all consents read"
        f"{'' if how == 'actions' else f'; {1000 * (ticks(bench) - cpu) / stored:.2f} ms of CPU each'}",
        flush=True,
    )


def measure(bench: Bench, state: str) -> None:
    with serving(bench), counting() as count:
        drained(count)
        load(bench, "submit", "-c", "8", "-n", "100", "--warmup", "0")  # whatever is loaded late is loaded
        for connections in CONNECTIONS:
            submit(bench, state, connections, count)
        lists(bench, state)
        if state == "full":
            photos(bench)


def flatness(bench: Bench) -> None:
    for connections in CONNECTIONS:
        ratio = bench.cost["full", connections] / bench.cost["empty", connections]
        told = bench.judge(f"full by empty at {connections} connections", ratio, FLAT)
        print(f"full by empty, {connections:2} connections: {told}")


@contextlib.contextmanager
def database(wanted: bool) -> Iterator[int | None]:  # noqa: FBT001 - one switch
    """The process of a PostgreSQL server; None is SQLite in the data folder."""
    if not wanted:
        os.environ.pop("DATABASE_URL", None)
        yield None
        return
    sys.path.insert(0, str(HERE.parent / "tests"))
    with importlib.import_module("own_postgres").serving() as url:
        os.environ["DATABASE_URL"] = url
        folder = Path(url.partition("host=")[2])
        yield int((folder / "data" / "postmaster.pid").read_text().split()[0])


def free_port() -> int:
    """A port that nobody has: two nodes on one would share its requests and tell nonsense."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def main() -> None:
    global PORT  # noqa: PLW0603 - a script of its own
    PORT = free_port()
    if not SHARED.is_dir():
        print("../shared/bench is not here: nothing to send")
        return
    told = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    told.add_argument("--stored", type=int, default=100_000)
    told.add_argument("--sent", type=int, default=2_000)
    told.add_argument("--fill", choices=("http", "actions"), default="http")
    told.add_argument("--postgres", action="store_true")
    args = told.parse_args()
    with tempfile.TemporaryDirectory() as name, database(args.postgres) as process:
        os.environ |= {
            "EVERYCOUNT_DATA_DIR": f"{name}/node",
            "EVERYCOUNT_PUBLIC_URL": f"http://127.0.0.1:{PORT}",
        }
        secret = child(MAKE, SHARED / "household.xlsx").split()[-1]
        bench = Bench(Path(name), secret, args.sent, process)
        measure(bench, "empty")
        with serving(bench), counting() as count:
            fill(bench, args.stored, args.fill, count)
        measure(bench, "full")
        flatness(bench)
        print("Everything holds." if not bench.missed else "Missed:\n- " + "\n- ".join(bench.missed))


if __name__ == "__main__":
    main()
