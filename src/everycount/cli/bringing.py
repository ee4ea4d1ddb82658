"""Bringing records of another server into an initiative of a node."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from everycount.cli.shared import DIFFERENT, DONE, STOPPED, Progress, command
from everycount.faults import Fault, InputError, unknown, visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from everycount.cli.shared import Commands
    from everycount.questionnaire import Questionnaire
    from everycount.sample.instances import Export
    from everycount.site.collection.brought import Account

KINDS = (".zip", ".json", ".csv", ".xlsx")
_ARCHIVE = ".zip"
_SHOWN = 20
_NOWHERE = "everycount bring"


def bring(args: argparse.Namespace) -> int:
    """Bring records that KoboToolbox or ODK Central collected into an initiative."""
    from everycount.cli.node import need_site

    need_site()
    from everycount.site.running import set_up

    set_up()
    from django.db import DatabaseError

    from everycount.site.collection.actions import bring_in, look_up, target_of
    from everycount.site.collection.pictures import Pictures
    from everycount.site.registry.models import Initiative

    at = datetime.now(UTC)
    found = Initiative.objects.filter(slug=args.initiative).first()
    if found is None:
        slugs = Initiative.objects.values_list("slug", flat=True)
        raise InputError(unknown(_NOWHERE, "initiative", args.initiative, slugs))
    # Everything is read before anything is written.
    asked = look_up(initiative=found, data=args.form.read_bytes(), name=args.form.name)
    paths = [*_files(args.records)]
    exports = _read(paths, asked.form, args.key, ("", *args.missing))
    pictures = Pictures.of([*args.media, *_with_pictures(args.records)])
    trial = args.dry_run
    target = target_of(initiative=found, asked=asked, at=at, is_trial=trial)
    progress = Progress(quiet=args.quiet)

    def say(done: int, of: int) -> None:
        progress(f"{done:,} of {of:,} records")

    try:
        account = bring_in(target=target, exports=exports, pictures=pictures, at=at, is_trial=trial, say=say)
    except (KeyboardInterrupt, DatabaseError) as why:
        progress.end()
        said = f" The database said: {visible(str(why))}." if str(why) else ""
        print(f"Stopped.{said} What was brought in so far stays; begin again with the same words.")
        return STOPPED
    progress.end()
    notes = [*asked.notes, *_differences(paths, exports)]
    for line in _told(account, notes, is_trial=trial, is_held=target.is_held):
        print(visible(line))
    return DIFFERENT if account.refused else DONE


def _files(given: Sequence[Path]) -> Iterator[Path]:
    """The files of records: those named, and those of a kind that is read in a folder."""
    for path in given:
        if not path.is_dir():
            yield path
            continue
        inside = sorted(each for each in path.iterdir() if each.suffix.lower() in KINDS)
        if not inside:
            problem = f"The folder holds no file of the kinds {', '.join(KINDS)}."
            raise InputError(Fault(str(path), problem, "Name the folder into which the export was saved."))
        yield from inside


def _with_pictures(given: Sequence[Path]) -> list[Path]:
    """Archives and folders of records, in which files of answers lie, too."""
    return [each for each in given if each.is_dir() or each.suffix.lower() == _ARCHIVE]


def _read(
    paths: Sequence[Path], form: Questionnaire, key: str | None, missing: Sequence[str]
) -> list[Export]:
    """The records of each file; what does not fit in memory is refused, not put on disk."""
    from everycount.sample import MAIN, Design, DesignKind, Source, read
    from everycount.sample.instances import NAMES, Export

    # Nothing is estimated here: the design is only what the reader of records cannot do without.
    design = Design(DesignKind.CONVENIENCE, notes={"selection": "not looked at"})
    made: list[Export] = []
    faults: list[Fault] = []
    for path in paths:
        try:
            sample = read(
                {MAIN: Source(path)}, design=design, missing=missing, questionnaire=form, spills=False
            )
        except InputError as error:
            faults += error.faults
            continue
        export = Export(sample, form, key)
        if export.named_by is None:
            faults.append(_nameless(path, key, list(sample.columns[MAIN]), NAMES))
        made.append(export)
    if faults:
        raise InputError(*faults)
    return made


def _nameless(path: Path, key: str | None, columns: Sequence[str], names: Sequence[str]) -> Fault:
    if key is not None:
        return unknown(path.name, "column", key, columns)
    problem = "No column tells the records apart."
    remedy = f"Export them with one of {', '.join(names)}, or name the column with --key."
    if {"PARENT_KEY", "_parent_index"} & set(columns):
        remedy = "Put the CSV files of one export into a ZIP, and name that."
    return Fault(path.name, problem, remedy)


def _differences(paths: Sequence[Path], exports: Sequence[Export]) -> Iterator[str]:
    """What the files have and the form has not, and the other way round."""
    from everycount.sample.nested import continues

    for path, export in zip(paths, exports, strict=True):
        if path.suffix.lower() == ".json" and continues(path):
            yield f"{path.name} is one page of several: name the other pages, too."
        for words, found in (
            ("columns without a question, left out", export.strange_columns()),
            ("tables without a repeat, left out", export.strange_tables()),
            ("questions without a column", export.absent_questions()),
        ):
            if found:
                yield f"{path.name}, {len(found)} {words}: {', '.join(found)}"
        for table, number in export.orphans().items():
            yield f"{path.name}, {table}: {number} rows belong to no record and are left out."


def _told(account: Account, notes: Sequence[str], *, is_trial: bool, is_held: bool) -> Iterator[str]:
    """The account, a line for each kind of thing."""
    yield f"{account.records} records read{': nothing is stored on trial' if is_trial else ''}."
    for number, words in (
        (account.stored, "new"),
        (account.changed, "changed since they were brought in; they have a new version"),
        (account.known, "here already"),
        (account.from_phones, "here already from a phone; left as they are"),
        (account.erased, "taken back here; they stay out"),
        (account.aside, "changed there and here; set aside for the office"),
        (len(account.refused), "refused"),
        (account.files, "files stored"),
        (account.missing_files, "files are named by answers and not there"),
    ):
        if number:
            yield f"  {number} {words}"
    if is_held and account.stored + account.changed + account.known:
        yield "They stay shut until the version is published; then what each person agreed to is read."
    for line in notes:
        yield f"- {line}"
    for version, number in account.versions.most_common():
        yield f"- {number} records name the version {version!r} of the form."
    for (place, problem), number in account.odd.most_common():
        yield f"- {place + ': ' if place else ''}{problem} ({number} times)"
    for fault in account.refused[:_SHOWN]:
        yield f"- refused: {fault}"
    if len(account.refused) > _SHOWN:
        yield f"- refused: {len(account.refused) - _SHOWN} more"


def add_bringing(commands: Commands) -> None:
    """``everycount bring``."""
    sub = command(
        commands,
        bring,
        "Twice is as good as once. What is here stays; answers that changed there become a new version.\n"
        "Nothing is published: a form that is not here becomes a draft, and records stay shut until it is\n"
        "published. What each person agreed to is read from the answers. Exit code 1 where a record was\n"
        "refused. See docs/how-to/bring-data.md.",
    )
    sub.add_argument("initiative", metavar="INITIATIVE", help="its name in addresses")
    sub.add_argument(
        "records", type=Path, nargs="+", metavar="RECORDS", help="an export, or a folder of exports"
    )
    sub.add_argument(
        "--form",
        type=Path,
        required=True,
        metavar="FORM",
        help="its XLSForm, the JSON of its asset at KoboToolbox, or the XForm of a version that is here",
    )
    sub.add_argument(
        "--media",
        type=Path,
        action="append",
        default=[],
        metavar="PATH",
        help="a folder or ZIP with pictures and other files; may be repeated",
    )
    sub.add_argument("--key", metavar="COLUMN", help="the column with the instanceID, where it is not found")
    sub.add_argument(
        "--missing",
        metavar="TEXT",
        action="append",
        default=[],
        help="a text that means no answer, such as n/a",
    )
    sub.add_argument("--dry-run", action="store_true", help="only say what would be done")
    sub.add_argument("--quiet", action="store_true", help="show no progress")
