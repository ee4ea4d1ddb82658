"""Where the world stands on the SDGs: files of the global database in, tables out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from everycount.cli.shared import DONE, Progress, command
from everycount.faults import Fault, InputError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from everycount.cli.shared import Commands
    from everycount.progress import Rule, Vintage
    from everycount.progress.aims import Aim


def vintage(args: argparse.Namespace) -> int:
    """Keep a release of the global SDG database as a compact vintage."""
    from everycount.progress import write_vintage
    from everycount.progress.loading import Told, load

    told = Told(args.title, args.source, args.dated, args.licence)
    progress = Progress(quiet=args.quiet)
    progress("reading")
    try:
        made = load(args.file, _columns(args.column), told)
        write_vintage(made, args.out)
    finally:
        progress.end()
    if not args.quiet:
        counts = made.about.counts
        print(
            f"{counts['rows']:,} observations of {counts['series']:,} series, {counts['values']:,} with a "
            "number; "
            f"{counts['first_year']} to {counts['last_year']}. Kept in {args.out}."
        )
        for note in made.about.notes:
            print(note)
    return DONE


def sdg(args: argparse.Namespace) -> int:
    """Who has data on the SDGs, of whom and how old; and how far places have come."""
    from everycount.progress.tables import write_availability, write_progress

    progress = Progress(quiet=args.quiet)
    progress("reading")
    try:
        found, rule = _vintage(args), _rule(args)
        if args.what == "progress":
            written = write_progress(found, _aims(args), rule, args.method, args.out)
        else:
            written = write_availability(found, rule, args.out)
    finally:
        progress.end()
    if not args.quiet:
        print(f"{', '.join(path.name for path in written)} in {args.out}.")
    return DONE


def _vintage(args: argparse.Namespace) -> Vintage:
    from everycount.progress import shipped_vintage
    from everycount.progress.loading import load

    return shipped_vintage() if args.data is None else load(args.data, _columns(args.column))


def _aims(args: argparse.Namespace) -> Mapping[str, Aim]:
    from everycount.progress.aims import agreed_aims, read_aims

    return read_aims(args.targets) if args.targets else agreed_aims()


def _rule(args: argparse.Namespace) -> Rule:
    from everycount.progress import Rule, un_members
    from everycount.progress.places import read_countries

    return Rule(
        since=args.since,
        min_points=args.min_points,
        natures=tuple(one.strip().upper() for one in args.natures.split(",") if one.strip()),
        countries=read_countries(args.countries) if args.countries else un_members(),
        base=args.base,
        weighting=args.weighting,
        denominator=args.denominator,
        repeats=args.repeats,
    )


def _columns(written: list[str]) -> dict[str, str]:
    """``role=heading`` pairs as a mapping."""
    for pair in written:
        if "=" not in pair:
            raise InputError(Fault("--column", f'"{pair}" has no "=".', "Write role=heading: area=Country."))
    return dict(pair.split("=", 1) for pair in written)


def _add_column(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="ROLE=HEADING",
        help="a heading of the file's own: series, area, year, value, nature, indicator, sex ...; repeatable",
    )
    sub.add_argument("--quiet", action="store_true", help="say nothing unless something is wrong")


def add_sdg(commands: Commands) -> None:
    """``everycount vintage`` and ``everycount sdg ...``."""
    sub = command(
        commands,
        vintage,
        "Reads the bulk CSV and workbooks of the UNSD database, SDMX-CSV, Parquet, the copy of 2020 in DDF,\n"
        "and any long table (--column). Codes are held against the catalogue; what is wrong is told with\n"
        "its row, and then an earlier vintage in --out stays as it was.",
    )
    sub.add_argument("file", type=Path, metavar="FILE", help="the file, or the folder in DDF")
    sub.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="a new folder, or a vintage to replace"
    )
    sub.add_argument(
        "--title", default="", metavar="TEXT", help="what it is called (default: the file's name)"
    )
    sub.add_argument("--source", default="", metavar="TEXT", help="where the file is from")
    sub.add_argument("--dated", default="", metavar="DATE", help="the day on which the database stood so")
    sub.add_argument("--licence", default="", metavar="TEXT", help="what others may do with it")
    _add_column(sub)

    sub = command(
        commands,
        sdg,
        "everycount sdg availability --data FILE --out DIR: by_goal.csv, by_indicator.csv, by_country.csv,\n"
        "by_group.csv (regions, LDC, LLDC, SIDS), timeliness.csv, disaggregation.csv, and parameters.json,\n"
        "which says by which rule. Shares are 0 to 1.\n\n"
        "everycount sdg progress --method M1 --data FILE --targets FILE --out DIR: progress.csv, of places,\n"
        "regions and the world; what is not assessed says why.",
    )
    sub.add_argument("what", choices=["availability", "progress"], help="which tables")
    sub.add_argument(
        "--method",
        choices=["M1", "M3"],
        default="M1",
        help="how progress is assessed (default: M1, UNSD 2023)",
    )
    sub.add_argument(
        "--targets",
        type=Path,
        metavar="CSV",
        help="direction and target of each series (default: agreed ones)",
    )
    sub.add_argument(
        "--data",
        type=Path,
        metavar="FILE",
        help="a vintage or a file (default: the database of October 2020)",
    )
    sub.add_argument(
        "--since", type=int, default=2015, metavar="YEAR", help="first year that counts (default: 2015)"
    )
    sub.add_argument(
        "--min-points",
        type=int,
        default=1,
        metavar="N",
        help="distinct years of one series (default: 1; a trend: 2)",
    )
    sub.add_argument(
        "--natures", default="", metavar="C,CA", help="natures of data that count (default: all but N)"
    )
    sub.add_argument(
        "--countries",
        type=Path,
        metavar="CSV",
        help="column m49 or alpha3 (default: the 193 members of the UN)",
    )
    sub.add_argument(
        "--base",
        choices=["countries", "applicable"],
        default="countries",
        help="shares of all countries (default), or without those to which an indicator does not apply",
    )
    sub.add_argument(
        "--weighting",
        choices=["indicator", "pooled"],
        default="indicator",
        help="mean of the indicators' shares (default), or all pairs of indicator and country together",
    )
    sub.add_argument(
        "--denominator",
        choices=["with_data", "all"],
        default="with_data",
        help="indicators that the data have any series of (default), or all of the framework",
    )
    sub.add_argument(
        "--repeats",
        choices=["numbers", "once"],
        default="numbers",
        help="an indicator with two numbers under one goal counts twice there (default), or once",
    )
    sub.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the tables go")
    _add_column(sub)
