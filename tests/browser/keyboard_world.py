"""The world of the journeys by keyboard: run with a node's settings; prints JSON. All invented.

One initiative whose questionnaire makes a list of households, with a coordinator and a collector whose phone
sends; of what it sends, one is read by every journey.
"""

from __future__ import annotations

import json
import sys
from uuid import UUID

FORM_ID = "invented_wells"
NAMES = ("Invented Aba", "Invented Bela", "Invented Chi", "Invented Dov")
AGES = ("34", "203", "51", "27")  # the second is not as the form wants it


def form(form_id: str = FORM_ID) -> bytes:
    """A questionnaire with a place, a rule, a name, and a list for later rounds."""
    from everycount.questionnaire import write_xlsform

    return write_xlsform(
        {
            "survey": [
                [
                    "type",
                    "name",
                    "label",
                    "constraint",
                    "everycount::consent",
                    "everycount::identifier",
                    "save_to",
                ],
                ["select_one yn", "counted", "May your answers be counted?", "", "statistics", "", ""],
                ["select_one yn", "again", "May we come again?", "", "contact", "", ""],
                ["select_one place", "place", "Which village?", "", "", "", ""],
                ["text", "head", "Who is the head?", "", "", "yes", "head"],
                ["integer", "age", "How old is the head?", ". >= 0 and . <= 120", "", "", ""],
            ],
            "choices": [
                ["list_name", "name", "label"],
                *(["yn", code, code.capitalize()] for code in ("yes", "no")),
                *(["place", code, code.capitalize()] for code in ("river", "market")),
            ],
            "entities": [["list_name", "label"], ["households", "${head}"]],
            "settings": [["form_title", "form_id", "version"], ["Wells at home", form_id, "1"]],
        }
    )


def answers(number: int) -> str:
    """What the phone sends."""
    return (
        f'<data id="{FORM_ID}" version="1"><counted>yes</counted><again>yes</again><place>river</place>'
        f"<head>{NAMES[number]}</head><age>{AGES[number]}</age><meta><instanceID>uuid:keys-{number}"
        f'</instanceID><entity dataset="households" create="1" id="{UUID(int=number + 1)}">'
        f"<label>{NAMES[number]}</label></entity></meta></data>"
    )


def made() -> dict[str, object]:
    """Everything but what phones send."""
    from browser.walked_world import session
    from everycount.site.collection import actions
    from everycount.site.collection.models import KeyKind
    from everycount.site.people.models import Role
    from site_world import AT, initiative, person, published

    here = initiative()
    here.name = "Invented wells"
    here.save()
    people = {str(role): person(role, here) for role in (Role.COORDINATOR, Role.COLLECTOR, Role.ANALYST)}
    by = people[str(Role.COORDINATOR)]
    version = actions.upload(initiative=here, xlsform=form(), name="w.xlsx", by=by, at=AT)
    actions.publish(version=version, by=by, at=AT)
    published(here, "another_form")
    collector = people[str(Role.COLLECTOR)]
    _, secret = actions.give_key(
        initiative=here, kind=KeyKind.PERSON, label="Heron", by=by, at=AT, person=collector
    )
    return {
        "slug": here.slug,
        "version": str(version.id),
        "phone": secret,
        "sessions": {name: session(one) for name, one in people.items()},
    }


if __name__ == "__main__":
    from everycount.site.running import set_up

    set_up()
    json.dump(made(), sys.stdout)
