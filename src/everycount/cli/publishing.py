"""The public site of a node as files."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from everycount.cli.shared import DONE, Progress, command
from everycount.faults import Fault, InputError

if TYPE_CHECKING:
    import argparse

    from everycount.cli.shared import Commands

LANGUAGES = ("en", "fr", "es", "ar", "hi", "bn")  # of the site's settings, which need Django; a test compares
_MEGABYTE = 1_000_000


def publish(args: argparse.Namespace) -> int:
    """Write the public site into a folder that works without a server, also from a stick."""
    from everycount.cli.node import need_site

    need_site()
    from everycount.site.running import is_prepared, set_up

    environment = set_up()
    if not is_prepared():
        remedy = "Start everycount serve once, and come again."
        raise InputError(Fault(str(environment.data), "The database is not up to date.", remedy))
    from everycount.site.copying.making import publish as make

    logging.getLogger("django.request").setLevel(logging.ERROR)  # what a stranger may not see is no fault
    progress = Progress(quiet=args.quiet)
    languages = tuple(dict.fromkeys(args.language)) or LANGUAGES
    try:
        made = make(args.static, languages=languages, at=datetime.now(UTC), say=progress)
    finally:
        progress.end()
    if not args.quiet:
        print(f"{made.files:,} files, {made.bytes / _MEGABYTE:,.1f} MB. Open {args.static / 'index.html'}")
    return DONE


def add_publishing(commands: Commands) -> None:
    """``everycount publish``."""
    sub = command(
        commands,
        publish,
        "Every page and file that a stranger can reach, and nothing else: no draft, nothing under embargo,\n"
        "no initiative that is not listed. Forms are left out; each page says that it is a copy. Written\n"
        "beside the folder and put there whole; an earlier copy is replaced. Works while the node serves.",
    )
    sub.add_argument(
        "--static", type=Path, required=True, metavar="DIR", help="a new folder, or an earlier copy"
    )
    sub.add_argument(
        "--language",
        choices=LANGUAGES,
        action="append",
        default=[],
        help="only this language; may be repeated, and the first is the one to begin with (default: all)",
    )
    sub.add_argument("--quiet", action="store_true", help="say nothing unless something is wrong")
