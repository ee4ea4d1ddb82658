"""What a list of ten thousand households costs: the page of follow-up, its list, and the CSV of a phone.

Fills a node of its own with a first round of a questionnaire that makes the list (invented households), reads
consents, and asks in this process, as the site would be asked: the page of follow-up first and again, the
list a page at a time, the CSV as a phone gets it first, again, and after one more household came. Each figure
stands beside its limit; on a busy machine CPU holds and seconds do not.

Usage: python bench/lists.py [--households 10000]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1] / "tests"
LIMITS = {  # seconds of CPU
    "links in the background": 5.0,
    "page of follow-up": 1.0,
    "list, first page": 1.0,
    "list, page 50 once more": 1.0,
    "CSV, first": 2.0,
    "CSV, again": 0.5,
    "CSV, one more household": 1.0,
}
CODE = """
import sys, time; from datetime import UTC, datetime
from everycount.site.running import prepare; prepare(lambda words: None)
sys.path.insert(0, sys.argv[1])
from django.test import Client
from everycount.site.collection import actions, intake
from everycount.site.collection.marks import mark_of_bytes
from everycount.site.collection.models import KeyKind
from everycount.site.collection.package import Package
from everycount.site.consent.actions import read_waiting
from everycount.site.followup.linking import LINKS
from everycount.site.people.models import Assignment, Person, Role
from everycount.site.registry.models import Initiative
from site_world import FIRST_ROUND, SECOND_ROUND, xlsform
now = lambda: datetime.now(UTC)
by = Person.objects.create(email="bench@example.org", name="Bench", at=now())
here = Initiative.objects.create(slug="bench", name="Bench", invented=True, began_at=now())
Assignment.objects.create(person=by, initiative=here, role=Role.COORDINATOR, since=now())
made = []
for name, sheets in (("first", FIRST_ROUND), ("second", SECOND_ROUND)):
    given = {"initiative": here, "xlsform": xlsform(name, sheets=sheets), "name": "f.xlsx"}
    version = actions.upload(**given, by=by, at=now())
    actions.publish(version=version, by=by, at=now()); made.append(version)
key, secret = actions.give_key(initiative=here, kind=KeyKind.PERSON, label="bench", by=by, at=now())
def told(number):
    return ('<data id="first" version="1"><again>yes</again><counted>yes</counted>'
        f'<head>Invented {number}</head><people>4</people><meta>'
        f'<entity dataset="households" id="h{number}" create="1"><label>Invented {number}</label></entity>'
        f'<instanceID>uuid:{number}</instanceID></meta></data>').encode()
def store(numbers):
    intake.store([Package(made[0].questionnaire_id, here.pk, key.pk, f"uuid:{n}", "", "1", False, False,
        told(n), mark_of_bytes("xml", told(n), of=here.pk)) for n in numbers])
    while read_waiting(at=now()): pass
count = int(sys.argv[2])
for start in range(0, count, 250): store(range(start, min(start + 250, count)))
def timed(name, do):
    begun, cpu = time.perf_counter(), time.process_time(); got = do()
    print(name, time.perf_counter() - begun, time.process_time() - cpu, len(got), sep="\\t", flush=True)
    return got
client = Client(); client.force_login(by)
page = "/initiatives/bench/follow-up"
def get(path):
    answer = client.get(path); assert answer.status_code == 200, answer.status_code; return answer.content
def post(path, **data):
    answer = client.post(path, data); assert answer.status_code == 200; return answer.content
timed("links in the background", lambda: LINKS.work(now()) or b"")
timed("page of follow-up", lambda: get(page))
timed("list, first page", lambda: post(page + "/households"))
timed("list, page 50 once more", lambda: post(page + "/households", page="50"))
address = f"/key/{secret}/forms/{made[1].pk}/lists/households.csv"
got = timed("CSV, first", lambda: Client().get(address).content)
assert got.count(b"\\n") == count + 1, got.count(b"\\n")
timed("CSV, again", lambda: Client().get(address).content)
store([count])
got = timed("CSV, one more household", lambda: Client().get(address).content)
assert got.count(b"\\n") == count + 2
"""


def main() -> None:
    told = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    told.add_argument("--households", type=int, default=10_000)
    args = told.parse_args()
    with tempfile.TemporaryDirectory() as node:
        environment = {
            **os.environ,
            "EVERYCOUNT_DATA_DIR": node,
            "EVERYCOUNT_PUBLIC_URL": "https://testserver",
        }
        environment.pop("DATABASE_URL", None)
        command = [sys.executable, "-c", CODE, str(TESTS), str(args.households)]
        said = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
    for line in said.splitlines():
        name, seconds, cpu, size = line.split("\t")
        limit = LIMITS[name]
        word = "holds" if float(cpu) <= limit else "MISSES"
        print(f"{name}: CPU {float(cpu):.2f} s ({word} {limit:g}), {float(seconds):.2f} s, {int(size):,} B")


if __name__ == "__main__":
    main()
