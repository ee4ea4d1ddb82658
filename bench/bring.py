"""What it costs to bring in what another server collected, and to carry it on to another node.

Makes an invented export as ODK Central writes it (a ZIP of CSV files: households, and their members in a
table of their own), and brings it into an initiative by ``everycount bring``: once, and once more, which must
store nothing. Then the initiative is carried to an empty node. Printed are seconds, submissions a second, and
the most memory of the process (resident, from the kernel).

Usage: python bench/bring.py [--submissions 50000] [--postgres] [--no-carry]

``--postgres`` starts a server of its own with default settings (fsync on).
"""

from __future__ import annotations

import argparse
import csv
import importlib
import io
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from everycount.questionnaire import write_xlsform

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
TESTS = HERE.parent / "tests"
MEMBERS = (1, 8)  # people of a household
SEED = 4
SURVEY = [
    ["type", "name", "label", "everycount::consent"],
    ["select_one yn", "counted", "May your answers be counted?", "statistics"],
    ["select_one district", "district", "District", ""],
    ["select_one water", "water", "Water", ""],
    ["integer", "minutes", "Minutes", ""],
    ["select_one yn", "paid", "Paid?", ""],
    ["integer", "rooms", "Rooms", ""],
    ["select_multiple goods", "goods", "Goods", ""],
    ["decimal", "spent", "Spent", ""],
    ["geopoint", "place", "Place", ""],
    ["text", "remark", "Remark", ""],
    ["begin_repeat", "members", "Members", ""],
    ["integer", "age", "Age", ""],
    ["select_one sex", "sex", "Sex", ""],
    ["select_one yn", "school", "In school?", ""],
    ["end_repeat", "", "", ""],
]
LISTS = {
    "yn": ("yes", "no"),
    "district": tuple(f"d{number}" for number in range(1, 21)),
    "water": ("house", "tap", "well", "river"),
    "goods": ("radio", "phone", "bike", "cart"),
    "sex": ("woman", "man"),
}
MAKE = """
import sys; from datetime import UTC, datetime; from pathlib import Path
from everycount.site.running import prepare; prepare(lambda words: None)
from everycount.site.collection import actions
from everycount.site.people.actions.persons import make_account
from everycount.site.registry.models import Initiative
at, form = datetime.now(UTC), Path(sys.argv[1])
by = make_account(email="bench@example.org", name="Bench", at=at)
if form.exists():
    where = Initiative.objects.create(slug="bench", name="Bench", invented=True, began_at=at)
    made = actions.upload(initiative=where, xlsform=form.read_bytes(), name=form.name, by=by, at=at)
    actions.publish(version=made, by=by, at=at)
"""
# The command in a process that tells afterwards what it took.
RUN = """
import re, sys
from everycount.cli import main
code = main(sys.argv[1:])
most = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())
print(f"most {int(most[1]) // 1024} MB", file=sys.stderr)
sys.exit(code)
"""


def workbook() -> bytes:
    """The form that was asked."""
    choices = [["list_name", "name", "label"]]
    choices += [[name, code, code] for name, codes in LISTS.items() for code in codes]
    settings = [["form_title", "form_id", "version"], ["Bench", "bench_households", "1"]]
    return write_xlsform({"survey": SURVEY, "choices": choices, "settings": settings})


def households(number: int, dice: random.Random) -> Iterator[tuple[list[str], list[list[str]]]]:
    """Rows of the main table, each with those of its members. Invented."""
    for count in range(number):
        key = f"uuid:{count:08d}-be4c-4000-8000-000000000000"
        goods = " ".join(each for each in LISTS["goods"] if dice.random() < 0.5)
        place = [f"{dice.uniform(20, 26):.6f}", f"{dice.uniform(88, 92):.6f}", "0", "5"]
        main = [
            *("2026-03-01T10:00:00Z", "yes", dice.choice(LISTS["district"]), dice.choice(LISTS["water"])),
            *(str(dice.randint(0, 90)), dice.choice(LISTS["yn"]), str(dice.randint(1, 6)), goods),
            *(f"{dice.uniform(0, 900):.2f}", *place, f"invented remark {count}", key, key, "1"),
        ]
        people = [
            [
                str(dice.randint(0, 95)),
                dice.choice(LISTS["sex"]),
                dice.choice(LISTS["yn"]),
                key,
                f"{key}/{each}",
            ]
            for each in range(dice.randint(*MEMBERS))
        ]
        yield main, people


def export(path: Path, number: int) -> int:
    """Writes the ZIP; how many members there are."""
    heads = [
        *("SubmissionDate", "counted", "district", "water", "minutes", "paid", "rooms", "goods", "spent"),
        *("place-Latitude", "place-Longitude", "place-Altitude", "place-Accuracy", "remark"),
        *("meta-instanceID", "KEY", "FormVersion"),
    ]
    tables = {"bench_households.csv": io.StringIO(), "bench_households-members.csv": io.StringIO()}
    main, members = (csv.writer(each) for each in tables.values())
    main.writerow(heads)
    members.writerow(["age", "sex", "school", "PARENT_KEY", "KEY"])
    total = 0
    for row, people in households(number, random.Random(SEED)):
        main.writerow(row)
        members.writerows(people)
        total += len(people)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, table in tables.items():
            archive.writestr(name, table.getvalue())
    return total


@dataclass
class Node:
    """A node in a folder of its own."""

    data: Path
    database: str = ""

    @property
    def around(self) -> dict[str, str]:
        """The environment of its commands."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("EVERYCOUNT_")}
        made = kept | {"EVERYCOUNT_DATA_DIR": str(self.data)}
        return made | ({"DATABASE_URL": self.database} if self.database else {})

    def make(self, form: Path) -> None:
        """A database, somebody with an account, and an initiative where a form is given."""
        subprocess.run([sys.executable, "-c", MAKE, str(form)], env=self.around, check=True)

    def timed(self, words: str, *command: str, given: str = "", of: int = 0) -> str:
        """Runs a command and prints what it took."""
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", RUN, *command],
            env=self.around,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        took = time.monotonic() - began
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)
        (most,) = re.findall(r"most (\d+) MB", done.stderr)
        rate = f", {of / took:,.0f} a second" if of else ""
        print(f"{words:<28} {took:8.1f} s{rate}, {most} MB at most")
        return done.stdout


def main() -> None:
    """The bench."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--submissions", type=int, default=50_000)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--no-carry", dest="carry", action="store_false")
    args = parser.parse_args()
    with ExitStack() as until_the_end:
        folder = Path(until_the_end.enter_context(tempfile.TemporaryDirectory()))
        database = ""
        if args.postgres:
            sys.path.insert(0, str(TESTS))

            database = until_the_end.enter_context(importlib.import_module("own_postgres").serving())
        form, records = folder / "form.xlsx", folder / "records.zip"
        form.write_bytes(workbook())
        members = export(records, args.submissions)
        size = records.stat().st_size / 1e6
        print(f"{args.submissions:,} submissions, {members:,} members, {size:.1f} MB as a ZIP")
        old, new = Node(folder / "old", database), Node(folder / "new")
        old.make(form)
        bring = ("bring", "bench", str(records), "--form", str(form), "--quiet")
        told = old.timed("bring", *bring, of=args.submissions)
        expect(f"{args.submissions} new", told)
        told = old.timed("bring again", *bring, of=args.submissions)
        expect(f"{args.submissions} here already", told)
        expect("The chain holds.", old.timed("follow the ledger", "ledger"))
        if args.carry:
            archive = folder / "bench.carried"
            told = old.timed("carry away", "carry-away", "bench", str(archive), of=args.submissions)
            (code,) = re.findall(r"told this once: (\S+)", told)
            print(f"{'':<28} {archive.stat().st_size / 1e6:8.1f} MB")
            new.make(folder / "none")
            words = ("carry-in", str(archive), "--steward", "bench@example.org")
            told = new.timed("carry in", *words, given=f"{code}\n", of=args.submissions)
            expect(f"{args.submissions}", told)
            expect("The chain holds.", new.timed("follow both ledgers", "ledger"))


def expect(words: str, told: str) -> None:
    """A bench of something that went wrong says nothing."""
    if words not in told:
        raise SystemExit(f"{words!r} is not in:\n{told}")


if __name__ == "__main__":
    main()
