"""The world of the walk over all pages: run with a node's settings, it prints what is there.

That is JSON: for each world the names that stand in addresses, for each role a session.
Everything in it is invented.
"""

from __future__ import annotations

import json
import time

FULL, EMPTY = "full", "empty"


def made() -> dict[str, object]:
    """Two initiatives, one with something of everything, one with nothing but a steward."""
    from everycount.site.people.actions import invitations
    from everycount.site.people.models import NodeRole, Role
    from site_addresses import STRANGER, World
    from site_world import initiative, person

    invitations.codes.fresh = lambda: "the-code"  # type: ignore[assignment]
    world = World.made(STRANGER, listed=True)
    world.here.name = "Watch of the wells of the ten villages along the invented river"
    world.here.about = "Who fetches water, and how long it takes.\n\nWe ask because nobody did."
    world.here.save()
    people = {str(role): person(role, world.here) for role in [*Role, *NodeRole]}
    people |= {"stranger": world.asks, EMPTY: person(Role.STEWARD, empty := initiative())}  # type: ignore[dict-item]
    names = {name: str(value) for name, value in world.names.items()} | {"code": "the-code"}
    return {
        "names": {FULL: names, EMPTY: {"slug": empty.slug}},
        "sessions": {who: session(one) for who, one in people.items()},
    }


def session(one: object) -> str:
    """A session of somebody who came in by a password just now."""
    from django.test import Client

    client = Client()
    client.force_login(one)  # type: ignore[arg-type]
    kept = client.session
    kept["account_authentication_methods"] = [
        {"method": "password", "at": time.time(), "reauthenticated": True}
    ]
    kept.save()
    return client.cookies["sessionid"].value


if __name__ == "__main__":
    from everycount.site.running import set_up

    set_up()
    print(json.dumps(made()))  # noqa: T201 - the test reads it
