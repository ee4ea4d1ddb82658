"""Writes the records of a sample for somebody who may have them: whole or not at all."""

from __future__ import annotations

import shutil
import uuid
from typing import TYPE_CHECKING

from everycount.faults import Fault, InputError
from everycount.microdata.about import codebook, readme
from everycount.microdata.chosen import Held, choose
from everycount.microdata.labelled import SPSS, STATA, write_labelled
from everycount.microdata.persons import pseudonyms
from everycount.microdata.plain import write_csv, write_parquet
from everycount.microdata.risk import FEWEST, Risk, risk
from everycount.microdata.tables import tables
from everycount.sample import MAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from everycount.microdata.request import Request
    from everycount.microdata.variables import Exported
    from everycount.sample import Sample

_WRITERS: Mapping[str, Callable[[Exported, Path, str], None]] = {
    "csv": lambda table, path, _: write_csv(table, path),
    "parquet": lambda table, path, _: write_parquet(table, path),
    "spss": lambda table, path, language: write_labelled(table, SPSS, path, language),
    "stata": lambda table, path, language: write_labelled(table, STATA, path, language),
}
_SUFFIX = {"csv": ".csv", "parquet": ".parquet", "spss": SPSS.suffix, "stata": STATA.suffix}


def export(sample: Sample, folder: Path, request: Request) -> list[Path]:
    """Writes the records of a sample.

    Args:
        sample: the records that may be opened; consent has been looked at.
        folder: where to; must not hold anything yet.
        request: what is wanted.

    Returns:
        The files: one per table and format, ``codebook.csv`` and ``README.txt``.

    Raises:
        InputError: the folder is not empty, a column is not known, or records that leave the house are rare.
            Nothing is written.
    """
    _refuse_full(folder)
    chosen = choose(sample, request.also, request.without)
    made = tuple(tables(sample, chosen.kept, pseudonyms(sample, request.key), days=Held.DAY in request.also))
    found = _risk(made, request.known)
    _refuse_rare(request, found)
    fresh = folder.parent / f".{folder.name}.{uuid.uuid4().hex[:12]}.new"
    fresh.mkdir(mode=0o700, parents=True)  # answers of people: for this user alone, from the first byte on
    try:
        for table in made:
            for name in request.formats:
                _WRITERS[name](table, fresh / f"{table.name}{_SUFFIX[name]}", request.language)
        (fresh / "codebook.csv").write_text(codebook(made, request.language), encoding="utf-8")
        (fresh / "README.txt").write_text(readme(request, made, chosen, found), encoding="utf-8")
        if folder.exists():
            folder.rmdir()
        fresh.rename(folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return sorted(folder.iterdir())


def _refuse_full(folder: Path) -> None:
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        problem = "There is something already; an export never mixes with other files."
        raise InputError(Fault(str(folder), problem, "Name a new folder, or empty this one."))


def _risk(made: Sequence[Exported], known: Sequence[str]) -> Risk | None:
    """Over what others may know and the files really hold."""
    main = next(table for table in made if table.name == MAIN)
    names = [each.name for each in main.variables if each.source in known]
    if not names:
        return None
    return risk(names, zip(*(main.values.column(name).to_pylist() for name in names), strict=True))


def _refuse_rare(request: Request, found: Risk | None) -> None:
    if not request.given or found is None or not found.below or request.accepted:
        return
    remedy = (
        f"Leave columns out with --without until {FEWEST} records share each combination, or say with "
        "--accept-rare who accepts this and why."
    )
    raise InputError(Fault("records", found.words, remedy))
