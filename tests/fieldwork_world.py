"""An invented fieldwork for tests of the site: a form with places and numbers, two phones, a plan."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import openpyxl

from consented import Field, read_all
from everycount.site.collection import actions
from everycount.site.collection.models import KeyKind
from everycount.site.fieldwork.watching import Watch
from everycount.site.people.models import Person, Role
from site_world import AT, person

if TYPE_CHECKING:
    import pytest

    from everycount.site.collection.models import Submission

_WORRIES = tuple(f"worry_{number}" for number in range(5))
_ASKED = tuple(f"thing_{number}" for number in range(8))
SURVEY = [
    ("type", "name", "label", "constraint", "everycount::consent", "everycount::identifier"),
    ("start", "start", "", "", "", ""),
    ("end", "end", "", "", "", ""),
    ("deviceid", "deviceid", "", "", "", ""),
    ("select_one yn", "counted", "May your answers be counted?", "", "statistics", ""),
    ("select_one yn", "again", "May we come again?", "", "contact", ""),
    ("text", "name", "Your name", "regex(., '^[A-Z]')", "", "yes"),
    ("select_one place", "hotspot", "Which hotspot?", "", "", ""),
    ("geopoint", "where", "Where?", "", "", ""),
    ("integer", "age", "How old are you?", ". >= 0 and . <= 120", "", ""),
    *(("select_one often", name, f"How often {name}?", "", "", "") for name in _WORRIES),
    *(("select_one yn", name, f"Is there {name}?", "", "", "") for name in _ASKED),
]
CHOICES = [
    ("list_name", "name", "label"),
    *(("yn", code, code) for code in ("yes", "no")),
    *(("often", code, code) for code in ("never", "seldom", "often", "always")),
    *(("place", code, code.capitalize()) for code in ("river", "market")),
]
PLAN = (
    "place,name,target,latitude,longitude,radius\n"
    "river,Riverside,40,10,40,800\n"
    "market,Old market,20,11,41,500\n"
)
SPOTS = {"river": (10.0, 40.0), "market": (11.0, 41.0)}


def form(version: str = "1") -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    settings = [("form_title", "form_id", "version"), ("Invented fieldwork", "fieldwork", version)]
    for name, rows in (("survey", SURVEY), ("choices", CHOICES), ("settings", settings)):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def answers(number: int, *, replaces: str = "", instance: str = "", **given: str) -> bytes:
    """Somebody's answers; each number is somebody else, who lives otherwise."""
    begin = datetime(2026, 11, 20, 8, tzinfo=UTC) + timedelta(minutes=45 * number)
    place = "river" if number % 3 else "market"
    north, east = SPOTS[given.get("hotspot", place)]
    plain: dict[str, Any] = {
        "start": begin.isoformat(),
        "end": (begin + timedelta(minutes=24 + number % 13)).isoformat(),
        "deviceid": f"phone-{number % 2}",
        "counted": "yes",
        "again": "yes" if number % 2 else "no",
        "name": f"Invented Person {number}",
        "hotspot": place,
        "where": f"{north + number % 7 / 2000} {east} 0 10",
        "age": 18 + number * 7 % 50,
    }
    plain |= {
        name: ("never", "seldom", "often", "always")[(number * 7 + at * at) % 4]
        for at, name in enumerate(_WORRIES)
    }
    plain |= {
        name: "yes" if (number >> at % 6) + at * number % 3 & 1 else "no" for at, name in enumerate(_ASKED)
    }
    body = "".join(f"<{name}>{words}</{name}>" for name, words in (plain | given).items())
    named = f"<instanceID>{instance or f'uuid:{number}'}</instanceID>"
    before = f"<deprecatedID>{replaces}</deprecatedID>" if replaces else ""
    return f'<data id="fieldwork" version="1">{body}<meta>{named}{before}</meta></data>'.encode()


class Fieldwork(Field):
    """A field with two phones, a plan's questionnaire, and the one who looks at what comes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        self.coordinator = person(Role.COORDINATOR, self.initiative)
        made = actions.upload(
            initiative=self.initiative, xlsform=form(), name="f.xlsx", by=self.coordinator, at=AT
        )
        actions.publish(version=made, by=self.coordinator, at=AT)
        self.questionnaire = made.questionnaire
        self.secrets = [self.phone(label) for label in ("Heron", "Ibis")]
        self.watch = Watch()

    def phone(self, label: str, who: Person | None = None, kind: KeyKind = KeyKind.PERSON) -> str:
        """The secret of a new phone."""
        _, secret = actions.give_key(
            initiative=self.initiative, kind=kind, label=label, by=self.coordinator, at=AT, person=who
        )
        return secret

    def came(self, number: int, **given: str) -> Submission:
        """Somebody's answers by one of the phones; read, and not looked at."""
        self.secret = self.secrets[number % 2]
        submission, _ = self.stored(answers(number, **given))
        return submission

    def many(self, count: int) -> list[Submission]:
        """The first of them, looked at."""
        found = [self.came(number) for number in range(count)]
        self.look()
        return found

    def look(self) -> None:
        """What the background does."""
        read_all()
        for _ in range(3):
            for each in self.watch.watched.values():
                each.resting_until = 0.0
            self.watch._resting_until = 0.0
            self.watch.work(AT)
