"""Roles on the node, given by whoever has the machine."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from everycount.cli.shared import DONE, command
from everycount.faults import Fault, InputError

if TYPE_CHECKING:
    import argparse

    from everycount.cli.shared import Commands

ROLES = (
    "operator",
    "secretariat",
)  # everycount.site.people.models.NodeRole, which needs Django; a test compares


def add_people(commands: Commands) -> None:
    """``everycount role``."""
    more = "Neither role opens an answer. The person must have an account; see docs/how-to/people.md."
    sub = command(commands, role, more)
    sub.add_argument("email", metavar="EMAIL", help="the address of the account")
    sub.add_argument("role", choices=ROLES, help="what the person does for the node")
    sub.add_argument("--end", action="store_true", help="take the role away instead")


def role(args: argparse.Namespace) -> int:
    """Give somebody a role on the node, or take it away."""
    from everycount.site.running import set_up

    set_up()
    from everycount.site.people.actions.persons import end_node_role, give_node_role
    from everycount.site.people.models import NodeRole, Person

    person = Person.objects.filter(email=args.email.lower()).first()
    if person is None:
        remedy = "Let the person make an account first, or look at how the address is written."
        raise InputError(Fault("everycount role", f'Nobody has an account with "{args.email}".', remedy))
    act = end_node_role if args.end else give_node_role
    act(person=person, role=NodeRole(args.role), by="system", at=datetime.now(UTC))
    print(f"{person.name} {'no longer has' if args.end else 'has'} the role {args.role}.")
    return DONE
