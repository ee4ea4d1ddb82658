"""A release as files in a folder: all of them or none."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from everycount.faults import Fault, InputError
from everycount.formats import cells_csv, changes, csvw, open_sdg, prov, ro_crate, sdmx
from everycount.formats.messages import chosen
from everycount.formats.messages import languages as known_languages
from everycount.release import Release, to_bytes
from everycount.release.document import NAME
from everycount.release.fingerprint import hashed
from everycount.release.folder import listed_files, names_in, read_document

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from everycount.questionnaire import Questionnaire


def reports(release: Release, languages: Sequence[str] | None = None) -> dict[str, bytes]:
    """``report.html`` in the survey's first language, ``report.<language>.html`` in the others we speak."""
    # The report's drawing code is needed by nobody who asks for tables only.
    from everycount.formats.report import report_html  # noqa: PLC0415

    first = chosen(None, release.survey.languages)
    wanted = (
        language.split("-", maxsplit=1)[0].lower() for language in languages or release.survey.languages
    )
    others = [
        language for language in dict.fromkeys(wanted) if language in known_languages() and language != first
    ]
    pages = {"report.html": report_html(release, first)}
    pages |= {f"report.{language}.html": report_html(release, language) for language in others}
    return {name: page.encode() for name, page in pages.items()}


# What a release becomes, by the name of the format. A new one is a module with a function like these.
FORMATS: dict[str, Callable[[Release], dict[str, bytes]]] = {
    "csv": cells_csv.files,
    "csvw": csvw.files,
    "html": reports,
    "open-sdg": open_sdg.files,
    "prov": prov.files,
    "sdmx": sdmx.files,
}


def write(
    release: Release,
    folder: Path | str,
    *,
    questionnaire: Questionnaire | None = None,
    languages: Sequence[str] | None = None,
    before: Release | None = None,
    also: Mapping[str, bytes] | None = None,
) -> list[Path]:
    """Write every format of a release into a folder, in one step that a crash cannot leave half done.

    Args:
        release: what to write.
        folder: where to; made if it is not there. An earlier release of the same survey is replaced whole.
        questionnaire: adds ``codebook.html`` and ``codebook.xml``.
        languages: of the reports, BCP 47; the survey's own without it.
        before: the release that this one replaces; adds ``changes.csv``, and marks in SDMX what was revised.
        also: further files by their names, such as briefs.

    Returns:
        The files, ``release.json`` last; it lists the digests of the others.

    Raises:
        InputError: the folder holds something else, or a format cannot say this release. Nothing is written.
        TypeError: ``release`` is not a :class:`Release`.
    """
    if not isinstance(release, Release):
        raise TypeError(f"Only a Release can be written, not {type(release).__name__}.")
    target = Path(folder).resolve()  # behind a symbolic link, the folder itself is replaced
    _check_target(target, release.survey.id)
    contents = _contents(release, languages, before)
    if questionnaire is not None:
        contents |= _codebooks(questionnaire, release)
    contents |= also or {}
    contents |= ro_crate.crate(release, contents)  # last, for it lists the others
    contents[NAME] = to_bytes(release, {name: hashed(data) for name, data in contents.items()})
    try:
        _put(contents, target)
    except OSError as problem:
        raise InputError(_unwritable(target, problem)) from None
    return [Path(folder) / name for name in contents]


def _contents(release: Release, languages: Sequence[str] | None, before: Release | None) -> dict[str, bytes]:
    """Every format's files; all are made before the first is written."""
    wanted = FORMATS | {
        "html": lambda made: reports(made, languages),
        "sdmx": lambda made: sdmx.files(made, before),
    }
    contents: dict[str, bytes] = {} if before is None else changes.files(release, before)
    for files in wanted.values():
        contents |= files(release)
    return contents


def _codebooks(questionnaire: Questionnaire, release: Release) -> dict[str, bytes]:
    # Codebooks are not of the release, and are loaded only where there is a questionnaire.
    from everycount.formats import ddi  # noqa: PLC0415
    from everycount.formats.codebook import codebook_html  # noqa: PLC0415

    page = codebook_html(questionnaire, chosen(None, release.survey.languages))
    return {"codebook.html": page.encode(), ddi.NAME: ddi.codebook_xml(questionnaire, release)}


def _check_target(target: Path, survey: str) -> None:
    """Refuse to replace anything but an earlier release of the same survey."""
    if target.exists() and not target.is_dir():
        raise InputError(Fault(str(target), "This is a file.", "Name a folder for the release."))
    found = set(names_in(target)) if target.is_dir() else set()
    if not found:
        return
    if NAME not in found:
        problem = "The folder is not empty and holds no earlier release."
        raise InputError(Fault(str(target), problem, "Name a new folder, or empty this one."))
    document = read_document(target / NAME)
    _check_survey(target, document, survey)
    _check_foreign(target, sorted(found - listed_files(document).keys() - {NAME}))


def _check_survey(target: Path, document: Mapping[str, Any], survey: str) -> None:
    facts = document.get("survey")
    before = facts.get("id") if isinstance(facts, dict) else None
    if before != survey:
        problem = f'The folder holds a release of the survey "{before}", and this one is of "{survey}".'
        raise InputError(Fault(str(target), problem, "Name another folder."))


def _check_foreign(target: Path, foreign: Sequence[str]) -> None:
    """Files that somebody else put there would be lost with the old release."""
    if foreign:
        named = ", ".join(f'"{name}"' for name in foreign[:5])
        more = f" and {len(foreign) - 5} more" if len(foreign) > 5 else ""
        problem = f"The folder also holds what no release wrote: {named}{more}."
        raise InputError(Fault(str(target), problem, "Move these files elsewhere, or name another folder."))


def _put(contents: Mapping[str, bytes], target: Path) -> None:
    """Write beside the target and rename: whoever looks sees the old files or the new, never a mixture."""
    target.parent.mkdir(parents=True, exist_ok=True)
    token = uuid.uuid4().hex[:12]
    fresh = target.parent / f".{target.name}.{token}.new"
    fresh.mkdir()
    try:
        for name, data in contents.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        swap(fresh, target, target.parent / f".{target.name}.{token}.old")
    except BaseException:  # an interrupt, too, must not leave the half-written folder behind
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def swap(fresh: Path, target: Path, old: Path) -> None:
    """Put ``fresh`` in the place of ``target``; if that fails, the old one stays."""
    if not target.exists():
        fresh.rename(target)
        return
    target.rename(old)
    try:
        fresh.rename(target)
    except BaseException:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _unwritable(target: Path, problem: OSError) -> Fault:
    words = problem.strerror or "it cannot be written"
    return Fault(
        str(target), f"The folder cannot be written: {words}.", "Name a folder that you may write to."
    )
