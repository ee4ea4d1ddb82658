"""Which files a survey folder holds: its records and its questionnaire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.faults import InputError, nearest
from everycount.questionnaire import Questionnaire, read_xlsform, read_xlsform_csv
from everycount.sample import MAIN, Source

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.survey.document import Reader


def read_sources(survey: Reader, folder: Path) -> dict[str, Source]:
    """The files of the records by table name; look-ups are named after their files."""
    if "records" not in survey:
        survey.complain(
            None, 'The key "records" is missing.', 'Name the file of the answers: records = "main.csv".'
        )
        return {}
    if not isinstance(survey.raw("records"), dict):
        path = file_inside(survey, "records", folder)
        return {} if path is None else {MAIN: Source(path)}
    reader = survey.table("records")
    if reader is None:
        return {}
    sources = _main(reader, folder) | _rosters(reader, folder) | _lookups(reader, folder)
    reader.close()
    return sources


def _main(reader: Reader, folder: Path) -> dict[str, Source]:
    path = file_inside(reader, "main", folder)
    key, sheet = reader.text("key") or None, reader.text("sheet") or None
    encoding = reader.text("encoding") or None
    return {} if path is None else {MAIN: Source(path, key=key, sheet=sheet, encoding=encoding)}


def _rosters(reader: Reader, folder: Path) -> dict[str, Source]:
    table = reader.table("rosters")
    sources = {}
    for name in table.data if table else ():
        roster = table.table(name) if table else None
        if roster is None:
            continue
        path = file_inside(roster, "file", folder)
        key, sheet = roster.text("key") or None, roster.text("sheet") or None
        parent_key, parent = roster.text("parent_key", required=True), roster.text("parent", MAIN)
        roster.close()
        if path is not None and parent_key:
            sources[name] = Source(path, key=key, parent_key=parent_key, parent=parent, sheet=sheet)
    return sources


def _lookups(reader: Reader, folder: Path) -> dict[str, Source]:
    sources = {}
    for lookup in reader.tables("lookups"):
        path = file_inside(lookup, "file", folder)
        on, take = lookup.strings("on", required=True), lookup.strings("take")
        sheet = lookup.text("sheet") or None
        lookup.close()
        if path is not None and on:
            sources[path.name] = Source(path, on=on, take=take, sheet=sheet)
    return sources


def file_inside(reader: Reader, key: str, folder: Path) -> Path | None:
    """A file inside the folder: a survey folder can be carried away whole, so nothing outside it is read."""
    name = reader.text(key, required=True)
    if not name:
        return None
    try:
        path = (folder / name).resolve()
        path.is_file()
    except (OSError, RuntimeError, ValueError) as error:  # too long, in a circle, with a zero byte
        shown = name if len(name) <= 60 else f"{name[:57]}..."
        problem = f"The file {shown!r} cannot be looked up: {str(error).partition(':')[0]}."
        reader.complain(key, problem, "Give it a plain name.")
        return None
    if not path.is_relative_to(folder):
        reader.complain(key, f'The file "{name}" is outside the survey folder.', "Copy it into the folder.")
        return None
    if path.is_dir():
        reader.complain(key, f'"{name}" is a folder.', "Name a file in it.")
        return None
    if not path.is_file():
        beside = [found.name for found in folder.iterdir() if found.is_file()]
        alike = nearest(name, beside)
        remedy = f'Did you mean "{alike}"?' if alike else f"The folder holds: {', '.join(sorted(beside))}."
        reader.complain(key, f'The file "{name}" is not in the survey folder.', remedy)
        return None
    return path


def read_questionnaire(survey: Reader, folder: Path) -> tuple[Questionnaire | None, tuple[Path, ...]]:
    """The questionnaire, where there is one, and the files that it was read from."""
    if "questionnaire" not in survey:
        return None, ()
    try:
        if isinstance(survey.raw("questionnaire"), dict):
            return _from_csv(survey, folder)
        path = file_inside(survey, "questionnaire", folder)
        return (None, ()) if path is None else (read_xlsform(path.read_bytes(), path.name), (path,))
    except InputError as error:
        survey.document.faults.extend(error.faults)
        return None, ()


def _from_csv(survey: Reader, folder: Path) -> tuple[Questionnaire | None, tuple[Path, ...]]:
    reader = survey.table("questionnaire")
    if reader is None:
        return None, ()
    survey_path, choices_path = file_inside(reader, "survey", folder), file_inside(reader, "choices", folder)
    settings_path = file_inside(reader, "settings", folder) if "settings" in reader else None
    reader.close()
    if survey_path is None or choices_path is None:
        return None, ()
    settings = settings_path.read_bytes() if settings_path else None
    questionnaire = read_xlsform_csv(survey_path.read_bytes(), choices_path.read_bytes(), settings)
    paths = (survey_path, choices_path, *((settings_path,) if settings_path else ()))
    return questionnaire, paths
