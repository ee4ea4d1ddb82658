"""The world of the journeys of a release: run with a node's settings; prints JSON. All of it is invented.

Each way of going has an initiative of its own, with everybody who decides about its numbers, a published
questionnaire about water and a phone. Nobody has answered yet.
"""

from __future__ import annotations

import json
import sys

WAYS = ("script", "plain")
VILLAGES = ("river", "market", "hill")
PEOPLE = 90
RULE = "Two of our three delegates have to agree."


def form(form_id: str) -> bytes:
    """Where people live, how old they are, and what they have."""
    from everycount.questionnaire import write_xlsform

    return write_xlsform(
        {
            "survey": [
                ["type", "name", "label", "everycount::consent"],
                ["select_one yn", "counted", "May your answers be counted?", "statistics"],
                ["select_one village", "village", "In which village do you live?", ""],
                ["select_one yn", "tap", "Is there a tap at your home?", ""],
                ["select_one yn", "lamp", "Is there light at night?", ""],
            ],
            "choices": [
                ["list_name", "name", "label"],
                *(["yn", code, code.capitalize()] for code in ("yes", "no")),
                *(["village", code, code.capitalize()] for code in VILLAGES),
            ],
            "settings": [["form_title", "form_id", "version"], ["Water and light", form_id, "1"]],
        }
    )


def answers(form_id: str, number: int) -> bytes:
    """What one person says: the tap is rarest on the hill, and somebody of each village has none."""
    place = number % len(VILLAGES)
    tap = "yes" if number // len(VILLAGES) % 10 < (8, 6, 3)[place] else "no"
    lamp = "yes" if number % 4 else "no"
    return (
        f'<data id="{form_id}" version="1"><counted>yes</counted><village>{VILLAGES[place]}</village>'
        f"<tap>{tap}</tap><lamp>{lamp}</lamp><meta><instanceID>uuid:{form_id}-{number}</instanceID></meta></data>"
    ).encode()


def made(way: str) -> dict[str, object]:
    """One initiative."""
    from browser.walked_world import session
    from everycount.site.collection import actions
    from everycount.site.people.models import Role
    from everycount.site.questionnaires.models import ReviewRule, Rule
    from site_world import AT, initiative, key, person

    here = initiative(listed=True)
    here.name = f"Invented villages ({way})"
    here.save()
    names = {each: Role(each) for each in ("steward", "coordinator", "reviewer", "analyst")}
    names |= dict.fromkeys(("anna", "omar", "rosa"), Role.COMMUNITY)
    people = {name: person(role, here) for name, role in names.items()}
    ReviewRule.objects.create(initiative=here, rule=Rule.QUORUM, quorum=2, reason=RULE, set_at=AT)
    by = people["coordinator"]
    form_id = f"water_{way}"
    version = actions.upload(initiative=here, xlsform=form(form_id), name="w.xlsx", by=by, at=AT)
    actions.publish(version=version, by=by, at=AT)
    return {
        "slug": here.slug,
        "phone": key(here)[1],
        "form_id": form_id,
        "sessions": {name: session(one) for name, one in people.items()},
    }


if __name__ == "__main__":
    from everycount.site.running import set_up

    set_up()
    json.dump({way: made(way) for way in WAYS}, sys.stdout)
