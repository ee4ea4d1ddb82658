"""What taking many records out of a node costs, beside the pure limit in the same run.

Fills a node through what stands behind the endpoint of phones (``intake.store``) with answers of
``../shared/bench``, lets the node read their consents, starts ``everycount serve``, signs an analyst in, and
takes everything out as CSV: an archive of households and members. Printed are the seconds to the first byte
and to the last one, CPU and memory of the node (proportional: shared pages counted once), each beside its
limit. The pure limit does in one process what nobody can leave out: it looks the records up, unseals them and
reads their texts at a glance; it makes no file. On a busy machine CPU and ratios hold; seconds do not.

Usage: python bench/export.py [--stored 50000] [--node FOLDER] [--format csv]

``--node`` keeps the filled node there, and takes it as it is the next time.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[1] / "shared" / "bench"
LIMIT = 5.0  # seconds for 50,000 households and 224,000 members; ODK Central takes 23 to 34
FIRST = 0.2  # seconds to the first byte
FLAT = 50  # MB that the node may take more while it gives everything out; Central's process grows to 460
STORED = 50_000
FILL = """
import io, sys, uuid; from datetime import UTC, datetime
from everycount.site.running import prepare; prepare(lambda words: None)
sys.path.insert(0, sys.argv[1]); from household_submissions import FORM_ID, VERSION, submission
import openpyxl
from everycount.site.collection import actions, intake
from everycount.site.collection.marks import mark_of_bytes
from everycount.site.collection.models import KeyKind
from everycount.site.collection.package import Package
from everycount.site.consent.actions import read_waiting
from everycount.site.people.models import Assignment, Person, Role
from everycount.site.registry.models import Initiative
book = openpyxl.load_workbook(sys.argv[1] + "/household.xlsx"); sheet = book["survey"]
column = sheet.max_column + 1; sheet.cell(1, column).value = "everycount::consent"
for row in sheet.iter_rows(min_row=2):
    if row[1].value == "consent_given": sheet.cell(row[0].row, column).value = "statistics"
file = io.BytesIO(); book.save(file); at = datetime.now(UTC)
by = Person.objects.create(email="bench@example.org", name="Bench", at=at)
where = Initiative.objects.create(slug="bench", name="Bench", invented=True, began_at=at)
Assignment.objects.create(person=by, initiative=where, role=Role.ANALYST, since=at)
version = actions.upload(initiative=where, xlsform=file.getvalue(), name="h.xlsx", by=by, at=at)
actions.publish(version=version, by=by, at=at)
key, _ = actions.give_key(initiative=where, kind=KeyKind.PERSON, label="bench", by=by, at=at)
stored = int(sys.argv[2])
for start in range(0, stored, 256):
    numbers = range(start, min(start + 256, stored))
    made = [submission(n, "fill", None, False, FORM_ID, VERSION) for n in numbers]
    intake.store([
        Package(version.questionnaire_id, where.pk, key.pk, name, "", VERSION, False, False, xml,
                mark_of_bytes("xml", xml, of=where.pk))
        for name, xml, _ in made
    ])
while read_waiting(at=datetime.now(UTC)): pass
"""
SESSION = """
from everycount.site.running import prepare; prepare(lambda words: None)
from django.test import Client; from everycount.site.people.models import Person
client = Client(); client.force_login(Person.objects.get(email="bench@example.org"))
print(client.cookies["sessionid"].value)
"""
PURE = """
import time; from everycount.site.running import set_up; set_up()
from django.db import transaction; from datetime import UTC, datetime
from everycount.site.collection.models import Questionnaire; from everycount.site.consent import gate
from everycount.site.consent.models import Purpose; from everycount.site.exports import queries
from everycount.site.exports.reading import Reader; from everycount.site.exports.wanted import Format, Wanted
from everycount.site.people.models import Person
form, by = Questionnaire.objects.get(), Person.objects.get(email="bench@example.org")
sheets = queries.sheets(form, Wanted(Purpose.STATISTICS, Format.CSV, "en"))
reader = Reader(queries.forms_of(form)[0], sheets.all)
begun, cpu = time.perf_counter(), time.process_time()
with transaction.atomic():
    wanted = queries.taken(form, accepted_only=False)
    taken = gate.take_out(wanted, Purpose.STATISTICS, initiative=form.initiative,
                          called=lambda root: root, by=by, at=datetime.now(UTC))
    records = rows = 0
    for batch in taken.batches:
        for each in batch:
            records += 1; rows += len(reader.read(each.xml)[0].rows[-1])
    transaction.set_rollback(True)
print(records, rows, time.perf_counter() - begun, time.process_time() - cpu)
"""


def child(code: str, *words: object) -> str:
    """What a process of its own prints."""
    command = [sys.executable, "-c", code, *map(str, words)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Watched:
    """CPU and memory of a node while something happens."""

    def __init__(self, process: int) -> None:
        self._first = process
        self.before, self._cpu = self._memory(), self._ticks()
        self.peak, self._ended = self.before, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def end(self) -> tuple[float, float, float]:
        """MB before, MB at most, seconds of CPU."""
        self._ended.set()
        self._thread.join()
        return self.before, self.peak, self._ticks() - self._cpu

    def _watch(self) -> None:
        while not self._ended.wait(0.05):
            self.peak = max(self.peak, self._memory())

    def _all(self) -> list[int]:
        """The process and all that it began."""
        found = [self._first]
        for each in found:
            for task in Path(f"/proc/{each}/task").glob("*/children"):
                found += [int(child) for child in task.read_text().split()]
        return found

    def _memory(self) -> float:
        return sum(map(_proportional, self._all()))

    def _ticks(self) -> float:
        return sum(map(_cpu, self._all()))


def _proportional(process: int) -> float:
    try:
        told = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return int(re.findall(r"^Pss:\s+(\d+)", told, re.MULTILINE)[0]) / 1000


def _cpu(process: int) -> float:
    try:
        parts = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, parts[11:15])) / os.sysconf("SC_CLK_TCK")


def asked(port: int, session: str, wanted: str) -> tuple[float, float, int]:
    """Seconds to the first byte and to the last, and how many bytes."""
    cookies = f"sessionid={session}"
    line = http.client.HTTPConnection("127.0.0.1", port)
    line.request("GET", "/initiatives/bench/exports", headers={"Cookie": cookies})
    page = line.getresponse()
    cookies += "; " + (page.headers["Set-Cookie"] or "").partition(";")[0]
    fields = dict(
        re.findall(
            r'name="(csrfmiddlewaretoken|questionnaire|purpose)" value="([^"]+)"', page.read().decode()
        )
    )
    body = urllib.parse.urlencode({**fields, "format": wanted})
    head = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
    begun = time.perf_counter()
    line.request("POST", "/initiatives/bench/exports/take", body, head)
    answer = line.getresponse()
    if answer.status != http.client.OK:
        sys.exit(f"The node did not give the file: {answer.status}")
    size = len(answer.read(1))
    first = time.perf_counter() - begun
    while chunk := answer.read(1 << 16):
        size += len(chunk)
    return first, time.perf_counter() - begun, size


def measure(wanted: str, stored: int) -> bool:
    """Whether everything holds."""
    session = child(SESSION).split()[-1]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    os.environ["EVERYCOUNT_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    os.environ["EVERYCOUNT_WORKER"] = "no"  # what else a node does is not measured here
    command = [sys.executable, "-m", "everycount", "serve", "--port", str(port)]
    node = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        runs = []
        for _ in range(2):  # the first one loads what is loaded late
            asked(port, session, "codebook")
            watched = Watched(node.pid)
            first, whole, size = asked(port, session, wanted)
            runs.append((first, whole, size, *watched.end()))
    finally:
        node.terminate()
        node.wait()
    records, rows, pure, pure_cpu = map(float, child(PURE).split())
    limit = LIMIT * stored / STORED
    held = True
    for name, (first, whole, size, before, peak, cpu) in zip(("first run", "again"), runs, strict=True):
        print(
            f"{name}, {wanted}: {records:,.0f} records, {rows:,.0f} rows of a roster, {size / 1e6:.1f} MB; "
            f"first byte {judged(first, FIRST)} s, all {judged(whole, limit)} s, CPU {cpu:.2f} s; "
            f"pure limit {pure:.2f} s, CPU {pure_cpu:.2f} s (ratio of CPU {cpu / pure_cpu:.2f}); "
            f"memory {before:.0f} MB before, {peak:.0f} MB at most, {judged(peak - before, FLAT)} MB more; "
            f"{os.getloadavg()[0]:.0f} processes want {os.cpu_count()} cores",
            flush=True,
        )
        held &= first <= FIRST and whole <= limit and peak - before <= FLAT
    return held


def judged(value: float, limit: float) -> str:
    """The value beside its limit."""
    return f"{value:.3g} ({'holds' if value <= limit else 'MISSES'} {limit:.3g})"


def wait_for(port: int) -> None:
    """Until the node answers."""
    for _ in range(300):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    sys.exit("The node did not start.")


def main() -> None:
    if not SHARED.is_dir():
        print("../shared/bench is not here: nothing to take out")
        return
    told = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    told.add_argument("--stored", type=int, default=STORED)
    told.add_argument("--node", type=Path)
    told.add_argument("--format", default="csv")
    args = told.parse_args()
    with tempfile.TemporaryDirectory() as name:
        node = args.node or Path(name)
        os.environ["EVERYCOUNT_DATA_DIR"] = str(node)
        os.environ.pop("DATABASE_URL", None)
        if not (node / "everycount.sqlite3").exists():
            begun = time.perf_counter()
            child(FILL, SHARED, args.stored)
            print(
                f"filled with {args.stored:,} and their consents read in {time.perf_counter() - begun:.0f} s",
                flush=True,
            )
        print("Everything holds." if measure(args.format, args.stored) else "Missed.")


if __name__ == "__main__":
    main()
