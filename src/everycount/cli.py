"""The library for people who type: one sub-command for each thing that one can do with a survey folder.

Exit codes: 0 done; 2 the input is wrong (each fault in one line, nothing written); 1 a fault of the program;
for ``verify`` and ``compare``, 1 also says that there are differences.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import everycount
from everycount.faults import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from everycount.release import Release

DONE, DIFFERENT, WRONG_INPUT, STOPPED = 0, 1, 2, 130

_ABOUT = """\
From a survey folder to a protected release.

  everycount init answers.csv --form form.xlsx --area BGD --out my-survey
  everycount check my-survey                      look at the folder without releasing
  everycount release my-survey --out out          make the release, then open out/report.html
  everycount verify out                           is the release as it was written?
"""


class _Progress:
    """Says on stderr what is being done, once the work has lasted long enough to make one wonder."""

    patience = 0.8  # seconds

    def __init__(self, *, quiet: bool) -> None:
        self.shown = not quiet and sys.stderr.isatty()
        self.began = time.monotonic()
        self.waiting = False

    def __call__(self, stage: str) -> None:
        if self.shown and time.monotonic() - self.began > self.patience:
            sys.stderr.write(f"\r\033[K{stage} ...")
            sys.stderr.flush()
            self.waiting = True

    def end(self) -> None:
        """Wipe the line."""
        if self.waiting:
            sys.stderr.write("\r\033[K")


def release(args: argparse.Namespace) -> int:
    """Make a release of a survey folder."""
    from everycount.formats import write
    from everycount.release import read
    from everycount.survey import release_folder

    progress = _Progress(quiet=args.quiet)
    try:
        given = read(args.given) if args.given else None
        made, folder = release_folder(
            args.folder,
            policy=args.policy,
            given=given,
            noise_key=_noise_key(args, args.folder),
            engine=args.engine,
            progress=progress,
        )
        progress("writing")
        written = write(made, args.out, questionnaire=folder.questionnaire)
    finally:
        progress.end()
    if not args.quiet:
        _say_written(made, written, args.out)
    return DONE


def _say_written(made: Release, written: Sequence[Path], out: Path) -> None:
    hidden = sum(1 for cell in made.cells.cells if cell.value is None)
    print(f"{len(made.cells.cells)} cells, {hidden} of them without a number; {len(written)} files.")
    print(f"Open {out / 'report.html'}")


def moments(args: argparse.Namespace) -> int:
    """Write the sums of a survey folder that may leave it, to be pooled with those of others."""
    from everycount.survey.moments import moments_of, to_bytes

    progress = _Progress(quiet=args.quiet)
    try:
        made = moments_of(args.folder, policy=args.policy, engine=args.engine, progress=progress)
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
        _say_written(made, written, args.out)
    return DONE


def _noise_key(args: argparse.Namespace, folder: Path) -> bytes | None:
    """The secret of a policy that changes counts, from a file or the environment."""
    import os

    if args.noise_key is None and "EVERYCOUNT_NOISE_KEY" not in os.environ:
        return None
    from everycount.survey.noise import VARIABLE, read_secret

    return read_secret(args.noise_key, os.environ.get(VARIABLE), folder)


def verify(args: argparse.Namespace) -> int:
    """Say whether a release is as it was written, and with --records whether its numbers come out again."""
    from everycount.release import compare, read, verify

    differences = [str(difference) for difference in verify(args.release)]
    if args.records and not differences:
        from everycount.survey import release_folder

        old = read(args.release)
        new, _ = release_folder(args.records, policy=args.policy, noise_key=_noise_key(args, args.records))
        differences += [str(line) for line in compare(old, new).lines()]
    for line in differences:
        print(line)
    if not differences:
        print("The release is as it was written." + (" Every number came out again." if args.records else ""))
    return DIFFERENT if differences else DONE


def compare(args: argparse.Namespace) -> int:
    """Say what changed between two releases."""
    from everycount.release import compare, read

    lines = compare(read(args.old), read(args.new)).lines()
    print("\n".join(str(line) for line in lines) if lines else "The two releases say the same.")
    return DIFFERENT if lines else DONE


def explain(args: argparse.Namespace) -> int:
    """Walk one number of a release back to its question, its design and the decision to show it."""
    if args.owner:
        from everycount.survey.owning import explain_to_owner

        lines = list(
            explain_to_owner(
                args.release, args.measure, args.groups, policy=args.policy, language=args.language
            )
        )
    else:
        from everycount.release import explain, read

        lines = explain(read(args.release), args.measure, args.groups, args.language)
    for line in lines:
        print(line)
    return DONE


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
    from everycount.survey.propose import Files, propose

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
    progress = _Progress(quiet=False)
    try:
        written = export_folder(args.folder, args.out, wanted, progress)
    finally:
        progress.end()
    print(f"{len(written)} files. Read {args.out / 'README.txt'} first: it says what was left out and why.")
    return DONE


def completion(args: argparse.Namespace) -> int:
    """Print the completion script of a shell."""
    import shtab

    print(shtab.complete(parser(), shell=args.shell))
    return DONE


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(
        prog="everycount", description=_ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    top.add_argument("--version", action="version", version=f"everycount {everycount.__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_release(commands)
    _add_pooling(commands)
    _add_others(commands)
    return top


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    run: Callable[[argparse.Namespace], int],
    more: str,
) -> argparse.ArgumentParser:
    words = (run.__doc__ or "").strip()
    sub = commands.add_parser(
        run.__name__,
        help=words,
        description=f"{words}\n\n{more}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    sub.set_defaults(run=run)
    return sub


def _add_release(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    sub = _command(
        commands,
        release,
        "FOLDER holds a survey.toml and the files that it names. The release is written to --out whole or\n"
        "not at all: cells.csv, release.json, report.html, SDMX files, codebook. Start with report.html.",
    )
    sub.add_argument("folder", type=Path, metavar="FOLDER", help="the survey folder")
    sub.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the release goes")
    sub.add_argument("--given", type=Path, metavar="RELEASE", help="an earlier release that this one revises")
    sub.add_argument(
        "--policy", metavar="NAME", help="public, partners or open, instead of the folder's policy"
    )
    sub.add_argument(
        "--noise-key",
        type=Path,
        metavar="FILE",
        help="the initiative's secret, where the policy changes counts by it (or EVERYCOUNT_NOISE_KEY)",
    )
    _add_engine(sub)


def _add_engine(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--engine",
        choices=["duckdb", "postgres", "spark"],
        default="duckdb",
        help="what evaluates conditions and adds up (default: duckdb); the numbers are the same",
    )
    sub.add_argument("--quiet", action="store_true", help="say nothing unless something is wrong")


def _add_pooling(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    sub = _command(
        commands,
        moments,
        "What the folder's release would hide is held back; no record and no single cluster is written.\n"
        "Send the file to whoever pools: see docs/how-to/pool.md.",
    )
    sub.add_argument("folder", type=Path, metavar="FOLDER", help="the survey folder")
    sub.add_argument("--out", type=Path, required=True, metavar="FILE", help="where the sums go")
    sub.add_argument("--policy", metavar="NAME", help="what was agreed with those who pool, such as partners")
    _add_engine(sub)

    sub = _command(
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


def _add_others(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    sub = _command(commands, verify, "Recomputes every digest; exit code 1 when something differs.")
    sub.add_argument("release", type=Path, metavar="DIR", help="a release")
    sub.add_argument(
        "--records", type=Path, metavar="FOLDER", help="compute every number again from this folder"
    )
    sub.add_argument(
        "--policy", metavar="NAME", help="the policy it was released under, if given there by hand"
    )
    sub.add_argument("--noise-key", type=Path, metavar="FILE", help="the secret that it was released with")

    sub = _command(commands, compare, "Names each number that changed; exit code 1 when something differs.")
    sub.add_argument("old", type=Path, metavar="OLD", help="the earlier release")
    sub.add_argument("new", type=Path, metavar="NEW", help="the later release")

    sub = _command(
        commands,
        explain,
        "Example: everycount explain out basic_water settlement=slum poverty=Q1\n"
        "With --owner, DIR is the survey folder, and the true figures behind a hidden number are said:\n"
        "which rule, how many, how many are needed, and what would cure it. Keep these lines to yourself.",
    )
    sub.add_argument("release", type=Path, metavar="DIR", help="a release; with --owner, a survey folder")
    sub.add_argument("measure", metavar="MEASURE", help="id of the measure")
    sub.add_argument("groups", nargs="*", metavar="DIMENSION=CODE", help="the group; none is everybody")
    sub.add_argument("--owner", action="store_true", help="say why a number is hidden, with the true figures")
    sub.add_argument("--policy", metavar="NAME", help="with --owner: instead of the folder's policy")
    sub.add_argument("--language", metavar="TAG", default="en", help="language of the labels (default: en)")

    sub = _command(
        commands, codebook, "One page with every question, its codes and its wording in each language."
    )
    sub.add_argument("form", type=Path, metavar="FORM", help="an XLSForm")
    sub.add_argument("--out", type=Path, metavar="FILE", help="where the page goes (default: to the screen)")
    sub.add_argument("--language", metavar="TAG", help="language of the page, such as en")

    sub = _command(
        commands, init, "Guesses the design, dimensions and measures from the columns; you decide."
    )
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

    sub = _command(commands, check, "Shows records, findings, and for each table what would be hidden.")
    sub.add_argument("folder", type=Path, metavar="FOLDER", help="the survey folder")

    _add_export(commands)

    sub = _command(commands, completion, 'Use it so: eval "$(everycount completion bash)"')
    sub.add_argument("shell", choices=["bash", "zsh", "tcsh"], help="which shell")


def _add_export(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    sub = _command(
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
        choices=["identifiers", "places", "text", "device", "media"],
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


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    args = parser().parse_args(argv)
    try:
        return int(args.run(args))
    except InputError as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        return WRONG_INPUT
    except BrokenPipeError:
        return DONE
    except OSError as error:
        if error.filename is None:
            raise  # no file that the person named
        print(f"{error.filename}: {error.strerror}. Check the name and who may use it.", file=sys.stderr)
        return WRONG_INPUT
    except KeyboardInterrupt:
        print("Stopped; nothing was written.", file=sys.stderr)
        return STOPPED
