"""Proposes a survey folder from a questionnaire and files of answers. It guesses; a person decides."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount import catalogue
from everycount.faults import Fault, InputError, nearest
from everycount.questionnaire import read_xlsform, read_xlsform_csv
from everycount.sample import MAIN, Design, DesignKind, Source, read
from everycount.sample.links import own_link
from everycount.survey.answers import answers, texts_for_nothing
from everycount.survey.folder import FILE
from everycount.survey.guesses import guess
from everycount.survey.proposal import Files, Head, survey_file
from everycount.text import UNDETERMINED

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from everycount.questionnaire import Questionnaire
    from everycount.sample import Sample


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was proposed: the survey file, and a few words on it."""

    path: Path
    dimensions: int
    measures: int
    rosters: tuple[str, ...]
    hidden: int


def propose(files: Files, out: Path, *, area: str, today: dt.date) -> Proposal:
    """Makes the folder ``out`` with copies of the files and a ``survey.toml``.

    Args:
        files: what to read.
        out: a folder that does not exist yet, or is empty.
        area: ISO 3166 alpha-3 or M49 code.
        today: interviews cannot be later; its year stands where the records do not say when they were.

    Raises:
        InputError: a file cannot be read, or the folder is in use; nothing is written.
    """
    _check(files, out)
    catalogue.area(area)
    questionnaire = _questionnaire(files)
    sources = _sources(files)
    sample = _read(sources, questionnaire, ("",))
    missing = ("", *texts_for_nothing(sample))
    if len(missing) > 1:
        sample = _read(sources, questionnaire, missing)
    tables = {name: answers(sample, questionnaire, name) for name in sample.tables}
    languages = _languages(questionnaire)
    guesses = guess(tables, questionnaire, languages, today)
    head = Head(files, sources, questionnaire, out.resolve().name, area, languages, missing, today)
    _write(files, out, survey_file(head, guesses))
    hidden = sum(column.identifier for columns in sample.columns.values() for column in columns.values())
    rosters = tuple(name for name in sample.tables if name != MAIN)
    return Proposal(out / FILE, len(guesses.dimensions), len(guesses.measures), rosters, hidden)


# --- Files --------------------------------------------------------------------------------------------------


def _check(files: Files, out: Path) -> None:
    faults = []
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        faults.append(Fault(str(out), "The folder is not empty.", "Name a new one."))
    faults += [_absent(path) for path in files.all if not path.is_file()]
    names = [path.name for path in files.all]
    twice = {name for name in names if names.count(name) > 1 or name == FILE}
    problem = "Two files of the survey folder would have this name."
    faults += [Fault(name, problem, "Rename one of them.") for name in sorted(twice)]
    if faults:
        raise InputError(*faults)


def _absent(path: Path) -> Fault:
    if path.is_dir():
        return Fault(str(path), "This is a folder.", "Name the file of answers in it.")
    beside = [each.name for each in path.parent.iterdir() if each.is_file()] if path.parent.is_dir() else []
    alike = nearest(path.name, beside)
    return Fault(
        str(path), "There is no such file.", f'Did you mean "{alike}"?' if alike else "Check the name."
    )


def _questionnaire(files: Files) -> Questionnaire | None:
    if files.form is None:
        return None
    if files.choices is not None:
        names = (files.form.name, files.choices.name, "settings.csv")
        return read_xlsform_csv(files.form.read_bytes(), files.choices.read_bytes(), names=names)
    if files.form.suffix.lower() == ".csv":
        problem = "A questionnaire as CSV has its choices in a second file."
        raise InputError(Fault(files.form.name, problem, "Name it with --choices."))
    return read_xlsform(files.form.read_bytes(), files.form.name)


def _read(
    sources: Mapping[str, Source], questionnaire: Questionnaire | None, missing: Sequence[str]
) -> Sample:
    return read(sources, design=Design(DesignKind.CONVENIENCE), missing=missing, questionnaire=questionnaire)


def _sources(files: Files) -> dict[str, Source]:
    """The main file, and each roster with the column by which its rows find their record."""
    if not files.rosters:
        return {MAIN: Source(files.records)}
    main = _read({MAIN: Source(files.records)}, None, ("",))
    keys = [each.name for each in answers(main, None) if each.different == each.rows == each.answered]
    rosters = {}
    links: set[tuple[str, str]] = set()
    for path in files.rosters:
        roster = _read({MAIN: Source(path)}, None, ("",))
        shared = [key for key in keys if key in roster.columns[MAIN]]
        own = own_link(roster.columns[MAIN], main.columns[MAIN])
        if not shared and own is None:
            problem = f"It has no column that tells the rows of {files.records.name} apart."
            alone = ", ".join(f'"{key}"' for key in keys[:6]) or "none"
            raise InputError(Fault(path.name, problem, f"Such columns of {files.records.name}: {alone}."))
        name = re.sub(r"\W+", "_", path.name.split(".", maxsplit=1)[0]).strip("_") or "roster"
        link = own or (shared[0], shared[0])
        links.add(link)
        rosters[name] = Source(path, parent_key=link[0])
    keyed = {key for _, key in links}
    if len(keyed) > 1:
        names = " and ".join(f'"{key}"' for key in sorted(str(key) for key in keyed))
        raise InputError(
            Fault(files.records.name, f"Rosters find their records by {names}.", "Name one roster.")
        )
    return {MAIN: Source(files.records, key=keyed.pop()), **rosters}


def _write(files: Files, out: Path, text: str) -> None:
    """All or nothing: what was begun is taken away when something fails."""
    made = not out.exists()
    out.mkdir(parents=True, exist_ok=True)
    try:
        for path in files.all:
            shutil.copyfile(path, out / path.name)
        (out / FILE).write_text(text, encoding="utf-8", newline="\n")
    except OSError:
        for name in (*(path.name for path in files.all), FILE):
            (out / name).unlink(missing_ok=True)
        if made:
            out.rmdir()
        raise


def _languages(questionnaire: Questionnaire | None) -> tuple[str, ...]:
    known = tuple(tag for tag in (questionnaire.languages if questionnaire else ()) if tag != UNDETERMINED)
    return known or ("en",)
