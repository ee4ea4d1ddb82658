"""Commands that look at questionnaires and records, or give records away."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from everycount.cli.shared import DONE, Progress, command

if TYPE_CHECKING:
    import argparse

    from everycount.cli.shared import Commands


def codebook(args: argparse.Namespace) -> int:
    """Write the codebook of a questionnaire."""
    from everycount.formats.codebook import codebook_html
    from everycount.questionnaire import read_xlsform

    questionnaire = read_xlsform(args.form.read_bytes(), args.form.name)
    page = codebook_html(questionnaire, args.language)
    if args.out:
        args.out.write_text(page, encoding="utf-8")
        print(f"Open {args.out}")
    else:
        print(page)
    return DONE


def init(args: argparse.Namespace) -> int:
    """Propose a survey folder from a questionnaire and a file of answers."""
    from everycount.survey.proposal import Files
    from everycount.survey.propose import propose

    files = Files(args.records, args.form, args.choices, tuple(args.roster))
    today = date.today()  # noqa: DTZ011 - the day of the person at the keyboard
    made = propose(files, args.out, area=args.area, today=today)
    rosters = f" Rosters: {', '.join(made.rosters)}." if made.rosters else ""
    print(f"Proposed {made.dimensions} dimensions and {made.measures} measures.{rosters}")
    if made.hidden:
        print(f"Left alone: {made.hidden} columns that name or find a person.")
    print(f"Read {made.path} line by line: it is a guess. Then: everycount check {args.out}")
    return DONE


def check(args: argparse.Namespace) -> int:
    """Read a survey folder and its records, and say what is found, without releasing anything."""
    if args.folder is None:
        from everycount.cli.node import check_node

        return check_node()
    from everycount.survey.inspect import inspect

    for line in inspect(args.folder):
        print(line)
    return DONE


def export(args: argparse.Namespace) -> int:
    """Write the records themselves, with labels, for those who may have them."""
    from everycount.microdata import FORMATS
    from everycount.microdata.chosen import Held
    from everycount.survey.export import Wanted, export_folder

    wanted = Wanted(
        purpose=args.purpose,
        given=args.share,
        key=args.key,
        formats=tuple(dict.fromkeys(args.format)) or FORMATS,
        language=args.language,
        also=tuple(Held(name) for name in args.also),
        without=tuple(args.without),
        accepted=args.accept_rare,
    )
    progress = Progress(quiet=False)
    try:
        written = export_folder(args.folder, args.out, wanted, progress)
    finally:
        progress.end()
    print(f"{len(written)} files. Read {args.out / 'README.txt'} first: it says what was left out and why.")
    return DONE


def add_records(commands: Commands) -> None:
    """Before a release."""
    sub = command(
        commands, codebook, "One page with every question, its codes and its wording in each language."
    )
    sub.add_argument("form", type=Path, metavar="FORM", help="an XLSForm")
    sub.add_argument("--out", type=Path, metavar="FILE", help="where the page goes (default: to the screen)")
    sub.add_argument("--language", metavar="TAG", help="language of the page, such as en")

    sub = command(commands, init, "Guesses the design, dimensions and measures from the columns; you decide.")
    sub.add_argument("records", type=Path, metavar="RECORDS", help="the file of answers")
    sub.add_argument("--form", type=Path, metavar="FORM", help="the XLSForm that was asked")
    sub.add_argument(
        "--choices", type=Path, metavar="FILE", help="its choices, where the form is two CSV files"
    )
    sub.add_argument(
        "--roster",
        type=Path,
        metavar="FILE",
        action="append",
        default=[],
        help="a further file with rows that belong to a record, such as members; may be repeated",
    )
    sub.add_argument("--area", required=True, metavar="CODE", help="where people were asked: ISO 3166 or M49")
    sub.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="the survey folder to make")

    sub = command(
        commands,
        check,
        "Shows records, findings, and for each table what would be hidden. Without FOLDER it looks at\n"
        "the node of everycount serve: database, keys, ledger, disk.",
    )
    sub.add_argument("folder", type=Path, nargs="?", metavar="FOLDER", help="the survey folder")
    _add_export(commands)


def _add_export(commands: Commands) -> None:
    sub = command(
        commands,
        export,
        "CSV, Parquet, SPSS and Stata with a codebook. Names, places, free text and what the phone added\n"
        "stay behind; persons get pseudonyms. Only records whose consent allows it go along.",
    )
    sub.add_argument("folder", type=Path, metavar="FOLDER", help="the survey folder")
    sub.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder for the records")
    sub.add_argument("--purpose", required=True, metavar="WORDS", help="what for; stands beside the records")
    sub.add_argument(
        "--share",
        action="store_true",
        help="they leave your hands: needs consent to sharing, refuses rare ones",
    )
    sub.add_argument(
        "--format",
        choices=["csv", "parquet", "spss", "stata"],
        action="append",
        default=[],
        help="only this format; may be repeated (default: all four)",
    )
    sub.add_argument("--without", metavar="COLUMN", action="append", default=[], help="a column that stays")
    sub.add_argument(
        "--also",
        choices=["identifiers", "places", "text", "device", "media", "days"],
        action="append",
        default=[],
        help="columns of this kind go along, too; may be repeated",
    )
    sub.add_argument(
        "--key", type=Path, metavar="FILE", help="key of the pseudonyms, so that two exports can be joined"
    )
    sub.add_argument(
        "--accept-rare", metavar="WORDS", default="", help="who accepts rare combinations, and why"
    )
    sub.add_argument("--language", metavar="TAG", help="language of the labels (default: the survey's first)")
