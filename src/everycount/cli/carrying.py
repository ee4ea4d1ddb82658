"""Carrying an initiative whole from one node to another."""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from everycount.cli.shared import DONE, Progress, command
from everycount.faults import Fault, InputError, unknown, visible

if TYPE_CHECKING:
    import argparse

    from everycount.cli.shared import Commands


def carry_away(args: argparse.Namespace) -> int:
    """Write an initiative with everything that is its own into one sealed archive."""
    from everycount.cli.node import need_site

    need_site()
    from everycount.site.running import set_up

    set_up()
    from everycount.site.carrying.away import carry_away as carry
    from everycount.site.registry.models import Initiative

    found = Initiative.objects.filter(slug=args.initiative).first()
    if found is None:
        slugs = Initiative.objects.values_list("slug", flat=True)
        raise InputError(unknown("everycount carry-away", "initiative", args.initiative, slugs))
    progress = Progress(quiet=args.quiet)
    carried = carry(initiative=found, target=args.file, at=datetime.now(UTC), say=progress)
    progress.end()
    sent = carried.rows["collection.submission"]
    print(f"{args.file} holds {visible(found.name)}: {sent} submissions, {carried.files} files,")
    print(f"{carried.events} events; the last has the digest {carried.digest}")
    print(f"The code that opens it, told this once: {carried.code}")
    print("Send the code on another way than the file. The initiative is still here, and takes answers:")
    print("close its questionnaires if it is to live on elsewhere. Not in the archive: accounts and roles,")
    print("keys of phones, invitations. Whoever wants to take something back must be able to do so there.")
    return DONE


def carry_in(args: argparse.Namespace) -> int:
    """Bring an initiative in from an archive that another node wrote."""
    from everycount.cli.node import need_site

    need_site()
    from everycount.site.running import prepare

    prepare(lambda _: None)
    from everycount.site.carrying.into import carry_in as carry
    from everycount.site.people.models import Person

    steward = Person.objects.filter(email=args.steward.lower(), is_active=True).first()
    if steward is None:
        remedy = "Let the person make an account here first, or look at how the address is written."
        raise InputError(
            Fault("everycount carry-in", f'Nobody has an account with "{args.steward}".', remedy)
        )
    if not args.file.exists():
        raise InputError(Fault(str(args.file), "There is no such file.", "Look at how it is written."))
    code = getpass.getpass("Code: ") if sys.stdin.isatty() else sys.stdin.readline()
    progress = Progress(quiet=args.quiet)
    arrived = carry(
        source=args.file, code=code, steward=steward, at=datetime.now(UTC), slug=args.slug, say=progress
    )
    progress.end()
    here = arrived.initiative
    if arrived.is_new:
        sent = arrived.rows["collection.submission"]
        print(f"{visible(here.name)} is here as {here.slug}: {sent} submissions, {arrived.files} files,")
        print(f"{arrived.events} events of other nodes, whose chain holds;")
        print(f"the last has the digest {arrived.digest}")
        print(f"{visible(steward.name)} is its steward. Receipts open here; phones need new keys.")
    else:
        print(f"{visible(here.name)} is here already as {here.slug}; nothing of it was changed.")
    if arrived.taken_back:
        print(f"{arrived.taken_back} submissions had been taken back, and are taken back here, too.")
    return DONE


def add_carrying(commands: Commands) -> None:
    """``everycount carry-away`` and ``everycount carry-in``."""
    sub = command(
        commands,
        carry_away,
        "Questionnaires, sealed submissions with their files, consents, receipts, reviews and the ledger.\n"
        "Nothing is opened, and nothing in the file can be read without the code, which is told once.\n"
        "Works also while the node serves. See docs/how-to/carry.md.",
    )
    sub.add_argument("initiative", metavar="INITIATIVE", help="its name in addresses")
    sub.add_argument("file", type=Path, metavar="FILE", help="a new file")
    sub.add_argument("--quiet", action="store_true", help="show no progress")
    sub = command(
        commands,
        carry_in,
        "The code is asked for, or read from the standard input. All comes, or nothing. Twice is as good\n"
        "as once: of an initiative that is here already, only what was taken back there is taken back here.\n"
        "See docs/how-to/carry.md.",
    )
    sub.add_argument("file", type=Path, metavar="FILE", help="what everycount carry-away wrote")
    sub.add_argument(
        "--steward", required=True, metavar="EMAIL", help="the account here that looks after it from now on"
    )
    sub.add_argument("--slug", default="", metavar="NAME", help="its name in addresses here, if taken")
    sub.add_argument("--quiet", action="store_true", help="show no progress")
