"""The example world: an invented initiative, its people, and a thousand submissions."""

from __future__ import annotations

import csv
import http.client
import io
import json
import multiprocessing
import re
import secrets
import time
import webbrowser
import zipfile
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from everycount.questionnaire import read_xlsform
from everycount.questionnaire.filling import write_instance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from everycount.site.environment import Environment
    from everycount.site.registry.models import Initiative

NAME = "demo.json"
_EXAMPLE = files("everycount.example") / "hotspots"
_PHONES = 8
_PATIENCE = 60  # seconds until the server answers
_PROMPT = re.compile(rb"Receipt: ([A-Z2-7-]+)\.")


@dataclass(frozen=True, slots=True)
class Feed:
    """What the phones need to know: where to send, and what to write down when they are done."""

    base: str
    told: dict[str, Any]
    note: Path
    open_browser: bool


def make_world(environment: Environment, publish: list[Path]) -> dict[str, Any]:
    """Initiatives, people and keys; what ``demo.json`` tells of them. Django is set up."""
    from everycount.site.people.models import NodeRole, Role

    at = datetime.now(UTC)
    initiative = _initiative("hotspots", "Ten hotspots: housing and earnings", at)
    accounts = {str(role): _account(str(role), at, role=role, where=initiative) for role in Role}
    accounts |= {str(role): _account(str(role), at, node=role) for role in NodeRole}
    form = _EXAMPLE / "form.xlsx"
    told = {
        "url": f"{environment.public_url}/",
        "openrosa_url": _phone(environment, initiative, form.read_bytes(), "form.xlsx", at),
        "accounts": accounts,
    }
    for path in publish:
        households = _initiative("households", "Households (a form of your own)", at)
        told["household_openrosa_url"] = _phone(environment, households, path.read_bytes(), path.name, at)
    return told


def _initiative(slug: str, name: str, at: datetime) -> Initiative:
    from everycount.site.registry.models import Initiative

    about = "An invented example: nobody in it exists."
    return Initiative.objects.create(
        slug=slug, name=name, about=about, listed=True, invented=True, began_at=at
    )


def _account(
    name: str, at: datetime, *, role: Any = None, where: Any = None, node: Any = None
) -> dict[str, str]:
    from everycount.site.people.actions.persons import make_account
    from everycount.site.people.models import Assignment, NodeAssignment

    password = secrets.token_urlsafe(12)
    person = make_account(email=f"{name}@example.org", name=f"Invented {name}", at=at, password=password)
    if role is not None:
        Assignment.objects.create(person=person, initiative=where, role=role, since=at)
    if node is not None:
        NodeAssignment.objects.create(person=person, role=node, since=at)
    return {"email": person.email, "password": password}


def _phone(environment: Environment, initiative: Initiative, form: bytes, name: str, at: datetime) -> str:
    """Publishes a form and gives a phone its key; the address that one would type into ODK Collect."""
    from everycount.site.collection import actions
    from everycount.site.collection.models import KeyKind
    from everycount.site.people.models import Person

    by = Person.objects.get(email="coordinator@example.org")
    version = actions.upload(initiative=initiative, xlsform=form, name=name, by=by, at=at)
    actions.publish(version=version, by=by, at=at)
    _, secret = actions.give_key(
        initiative=initiative, kind=KeyKind.PERSON, label="An invented phone", by=by, at=at
    )
    return f"{environment.public_url}/key/{secret}"


def start_phones(environment: Environment, told: dict[str, Any], *, open_browser: bool) -> None:
    """Phones in a process of their own, which send as soon as the server answers."""
    feed = Feed(told["openrosa_url"], told, environment.data / NAME, open_browser)
    multiprocessing.get_context("spawn").Process(target=send_all, args=(feed,), daemon=True).start()


def send_all(feed: Feed, say: Callable[[str], None] = print) -> None:
    """Sends every record of the example, then writes ``demo.json``."""
    _wait(feed.base)
    submissions = list(_submissions())
    receipts: list[str] = []
    with ThreadPoolExecutor(_PHONES) as phones:
        for number, receipt in enumerate(phones.map(lambda xml: _send(feed.base, xml), submissions), start=1):
            receipts += [receipt] if receipt else []
            if number % 250 == 0:
                say(f"{number} of {len(submissions)} invented submissions have come")
    told = feed.told | {"receipt": receipts[0] if receipts else ""}
    fresh = feed.note.with_suffix(".new")
    fresh.write_text(json.dumps(told, indent=1), encoding="utf-8")
    fresh.rename(feed.note)
    say(f"The example world is ready: {told['url']} (who is who stands in {feed.note})")
    if feed.open_browser:
        webbrowser.open(told["url"])


def _wait(base: str) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        try:
            with _connection(base) as line:
                line.request("GET", "/healthz")
                if line.getresponse().status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("The server did not answer.")


class _connection:  # noqa: N801 - used as a function
    """A connection to the node that is closed in the end."""

    def __init__(self, base: str) -> None:
        parts = urlsplit(base)
        self._line = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=60)

    def __enter__(self) -> http.client.HTTPConnection:
        return self._line

    def __exit__(self, *_problem: object) -> None:
        self._line.close()


def _send(base: str, xml: bytes) -> str:
    """One POST as ODK Collect makes it; the receipt."""
    edge = secrets.token_hex(12)
    part = 'Content-Disposition: form-data; name="xml_submission_file"; filename="submission.xml"'
    head = f"--{edge}\r\n{part}\r\nContent-Type: text/xml\r\n\r\n"
    body = head.encode() + xml + f"\r\n--{edge}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={edge}", "X-OpenRosa-Version": "1.0"}
    with _connection(base) as line:
        line.request("POST", f"{urlsplit(base).path}/submission?deviceID=invented", body, headers)
        answer = line.getresponse()
        found = _PROMPT.search(answer.read())
    return found.group(1).decode() if found else ""


def _submissions() -> Iterator[bytes]:
    """The records of the shipped example as instances of its form."""
    form = read_xlsform((_EXAMPLE / "form.xlsx").read_bytes(), "form.xlsx")
    with zipfile.ZipFile(io.BytesIO((_EXAMPLE / "submissions.zip").read_bytes())) as archive:
        tables = {name: _rows(archive.read(name)) for name in archive.namelist()}
    main = next(rows for name, rows in tables.items() if "-" not in name)
    rosters: dict[str, dict[str, list[dict[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for name, rows in tables.items():
        repeat = name.removesuffix(".csv").partition("-")[2]
        for row in rows if repeat else ():
            rosters[row["PARENT_KEY"]][repeat].append(_named(row))
    for row in main:
        yield write_instance(form, row["KEY"], _named(row), rosters[row["KEY"]])


def _rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def _named(row: dict[str, str]) -> dict[str, str]:
    """By the question's name: exports put the groups before it."""
    return {name.rpartition("-")[2]: value for name, value in row.items()}
