"""Commands for sources that keep their records."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from everycount.cli.releasing import say_written
from everycount.cli.shared import DONE, Progress, add_engine, command

if TYPE_CHECKING:
    import argparse

    from everycount.cli.shared import Commands


def moments(args: argparse.Namespace) -> int:
    """Write the sums of a survey folder that may leave it, to be pooled with those of others."""
    from everycount.release import read
    from everycount.survey.moments import moments_of, to_bytes

    progress = Progress(quiet=args.quiet)
    try:
        given = [read(one) for one in args.given]
        made = moments_of(args.folder, policy=args.policy, given=given, engine=args.engine, progress=progress)
    finally:
        progress.end()
    args.out.write_bytes(to_bytes(made))
    if not args.quiet:
        held = sum(1 for row in made.rows if row.sums is None)
        print(f"{len(made.rows)} cells, {held} of them held back; no record. Send {args.out}.")
    return DONE


def pool(args: argparse.Namespace) -> int:
    """Make a release from the sums of several sources."""
    from everycount.formats import write
    from everycount.survey.pooling import pool_files

    made, folder = pool_files(args.moments, args.plan, policy=args.policy)
    written = write(made, args.out, questionnaire=folder.questionnaire)
    if not args.quiet:
        say_written(made, written, args.out)
    return DONE


def add_pooling(commands: Commands) -> None:
    """Sending sums, and putting them together."""
    sub = command(
        commands,
        moments,
        "What the folder's release would hide is held back; no record and no single cluster is written.\n"
        "Send the file to whoever pools: see docs/how-to/pool.md.",
    )
    sub.add_argument("folder", type=Path, metavar="FOLDER", help="the survey folder")
    sub.add_argument("--out", type=Path, required=True, metavar="FILE", help="where the sums go")
    sub.add_argument(
        "--given",
        type=Path,
        action="append",
        default=[],
        metavar="RELEASE",
        help="a release of the same records that is already out; may be given again",
    )
    sub.add_argument("--policy", metavar="NAME", help="what was agreed with those who pool, such as partners")
    add_engine(sub)

    sub = command(
        commands,
        pool,
        "The numbers are those of all records in one file, if no stratum is in two sources. The folder of\n"
        "the plan needs no records. Other plans, shared strata and the same records twice are refused.",
    )
    sub.add_argument("moments", type=Path, nargs="+", metavar="FILE", help="what everycount moments wrote")
    sub.add_argument(
        "--plan", type=Path, required=True, metavar="FOLDER", help="the survey folder they share"
    )
    sub.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the release goes")
    sub.add_argument("--policy", metavar="NAME", help="public, partners or open, instead of the folder's")
    sub.add_argument("--quiet", action="store_true", help="say nothing unless something is wrong")
