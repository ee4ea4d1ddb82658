"""The world of the journeys: run with a node's settings; prints JSON. Everything in it is invented.

Each way of going (with script, without, in Arabic, by keyboard) has an initiative of its own, with a steward,
a coordinator and two members of the community body, a text of consent, a published questionnaire and a phone.
"""

from __future__ import annotations

import json
import sys

WAYS = ("script", "plain", "arabic", "keyboard")


def form(form_id: str) -> bytes:
    """A questionnaire that asks for two purposes."""
    from everycount.questionnaire import write_xlsform

    return write_xlsform(
        {
            "survey": [
                ["type", "name", "label", "everycount::consent"],
                ["select_one yn", "counted", "May your answers be counted?", "statistics"],
                ["select_one yn", "again", "May we speak to you again?", "contact"],
                ["text", "answer", "Who fetches the water?", ""],
            ],
            "choices": [["list_name", "name", "label"], ["yn", "yes", "Yes"], ["yn", "no", "No"]],
            "settings": [["form_title", "form_id", "version"], ["Water at home", form_id, "1"]],
        }
    )


def made(way: str) -> dict[str, object]:
    """One initiative."""
    from browser.walked_world import session
    from everycount.site.collection import actions
    from everycount.site.consent.models import Basis, ConsentText, Promise
    from everycount.site.people.models import Role
    from site_world import AT, initiative, key, person

    here = initiative(listed=True)
    here.name = "Invented water watch"
    here.save()
    names = {"steward": Role.STEWARD, "coordinator": Role.COORDINATOR}
    names |= {"anna": Role.COMMUNITY, "omar": Role.COMMUNITY}
    people = {name: person(role, here) for name, role in names.items()}
    promises = {each.value: f"Invented: {each.value}" for each in Promise}
    ConsentText.objects.create(
        initiative=here, version=1, language="en", promises=promises, basis=Basis.SPOKEN, made_at=AT
    )
    by = people["coordinator"]
    version = actions.upload(initiative=here, xlsform=form(f"water_{way}"), name="w.xlsx", by=by, at=AT)
    actions.publish(version=version, by=by, at=AT)
    return {
        "slug": here.slug,
        "phone": key(here)[1],
        "form_id": f"water_{way}",
        "sessions": {name: session(one) for name, one in people.items()},
    }


if __name__ == "__main__":
    from everycount.site.running import set_up

    set_up()
    json.dump({way: made(way) for way in WAYS}, sys.stdout)
