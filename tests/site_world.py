"""Small things of which tests are made: an initiative, people, a questionnaire, a key. All invented."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING
from uuid import uuid4

import openpyxl

from everycount.site.collection import actions
from everycount.site.collection.models import KeyKind
from everycount.site.people.models import Assignment, NodeAssignment, NodeRole, Person, Role
from everycount.site.registry.models import Initiative
from site_answers import answers

if TYPE_CHECKING:
    from everycount.site.collection.models import Key, Questionnaire, Version

__all__ = ["AT", "answers", "initiative", "key", "person", "published", "xlsform"]

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
SURVEY = [
    ("type", "name", "label", "everycount::consent"),
    ("select_one yn", "counted", "May your answers be counted?", "statistics"),
    ("text", "answer", "Tell us", ""),
    ("image", "photo", "A picture", ""),
]
_ASKED = [
    ("select_one yn", "again", "May we come again?", "contact", ""),
    ("select_one yn", "counted", "May your answers be counted?", "statistics", ""),
    ("text", "head", "Who is the head?", "", "head"),
    ("integer", "people", "How many are you?", "", "people"),
]
_NEW, _OLD = "${household} = ''", "${household} != ''"
FIRST_ROUND: dict[str, list[tuple[str, ...]]] = {  # it makes a list of households
    "survey": [("type", "name", "label", "everycount::consent", "save_to"), *_ASKED],
    "entities": [("list_name", "label"), ("households", "${head}")],
}
SECOND_ROUND: dict[str, list[tuple[str, ...]]] = {  # it asks for that list
    "survey": [
        ("type", "name", "label", "everycount::consent", "save_to"),
        ("select_one_from_file households.csv", "household", "Which household?", "", ""),
        *_ASKED,
    ],
    "entities": [
        ("list_name", "label", "entity_id", "create_if", "update_if"),
        ("households", "${head}", "coalesce(${household}, uuid())", _NEW, _OLD),
    ],
}
CHOICES = [("list_name", "name", "label"), ("yn", "yes", "Yes"), ("yn", "no", "No")]


def initiative(*, listed: bool = False) -> Initiative:
    slug = f"invented-{uuid4().hex[:8]}"
    return Initiative.objects.create(slug=slug, name="Invented", listed=listed, invented=True, began_at=AT)


def person(role: Role | NodeRole | None = None, where: Initiative | None = None) -> Person:
    made = Person.objects.create(email=f"{uuid4().hex}@example.org", name="Invented Person", at=AT)
    if isinstance(role, NodeRole):
        NodeAssignment.objects.create(person=made, role=role, since=AT)
    elif role is not None:
        Assignment.objects.create(person=made, initiative=where, role=role, since=AT)
    return made


def xlsform(
    form_id: str = "invented_form",
    version: str = "1",
    sheets: dict[str, list[tuple[str, ...]]] | None = None,
) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    sheets = {
        **(sheets or {"survey": SURVEY}),
        "choices": CHOICES,
        "settings": [("form_title", "form_id", "version"), ("Invented form", form_id, version)],
    }
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def published(
    where: Initiative,
    form_id: str = "invented_form",
    version: str = "1",
    sheets: dict[str, list[tuple[str, ...]]] | None = None,
) -> Version:
    by = person(Role.COORDINATOR, where)
    made = actions.upload(
        initiative=where, xlsform=xlsform(form_id, version, sheets), name="form.xlsx", by=by, at=AT
    )
    actions.publish(version=made, by=by, at=AT)
    return made


def key(
    where: Initiative, kind: KeyKind = KeyKind.PERSON, questionnaire: Questionnaire | None = None
) -> tuple[Key, str]:
    by = person(Role.COORDINATOR, where)
    return actions.give_key(
        initiative=where, kind=kind, label="Invented phone", by=by, at=AT, questionnaire=questionnaire
    )
