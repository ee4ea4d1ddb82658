"""Reads the files of a survey into a sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.faults import Fault, InputError
from everycount.intake import COMPOUND, is_locked, locked
from everycount.sample.archive import is_workbook, read_archive
from everycount.sample.assemble import Assembly
from everycount.sample.claims import check_design
from everycount.sample.columnar import read_parquet
from everycount.sample.delimited import read_delimited
from everycount.sample.dialects import in_common_terms
from everycount.sample.labels import codes_for_labels
from everycount.sample.layout import lay_out
from everycount.sample.links import link_of, parent_table
from everycount.sample.nested import read_json
from everycount.sample.part import Part
from everycount.sample.questions import Asked
from everycount.sample.sample import MAIN
from everycount.sample.source import Source, check_sources
from everycount.sample.spreadsheet import read_workbook
from everycount.sample.statistical import read_statistical
from everycount.sample.store import Store
from everycount.sample.unfold import unfold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from everycount.questionnaire import Questionnaire
    from everycount.sample.design import Design
    from everycount.sample.raw import RawTable
    from everycount.sample.sample import Sample

STATISTICAL = (".sav", ".zsav", ".dta")
REFUSED = {".xls": "Save it as .xlsx.", ".ods": "Save it as .xlsx.", ".por": "Save it as .sav."}
_DIRECTORY = 2**24  # bytes of a compound file among which its directory is looked for
_BEFORE_JSON = b"\xef\xbb\xbf \t\r\n"


def read(
    sources: Mapping[str, Source],
    *,
    design: Design,
    missing: Sequence[str] = ("",),
    questionnaire: Questionnaire | None = None,
    most_rows: int | None = None,
    spills: bool = True,
) -> Sample:
    """The records and their design.

    Args:
        sources: the files by table name; ``main`` holds one row per respondent.
        design: how the respondents were found.
        missing: the texts that mean "no answer". Nothing else becomes null.
        questionnaire: what was asked; without it columns are what the files say they are.
        most_rows: rows of a table from which on it is refused; None takes any number.
        spills: what does not fit in memory may lie on disk for a while.

    Raises:
        InputError: the files cannot be read, or do not fit together.
    """
    advice = check_design(design)
    check_sources(sources)
    store = Store(spills=spills)
    parts: dict[str, Part] = {}
    for name, source in sources.items():
        for part_name, part_source, raw in _tables(store, name, source, missing, questionnaire):
            if part_name.casefold() in {known.casefold() for known in parts}:
                problem = f'Two tables of the records are called "{part_name}".'
                raise InputError(Fault(raw.place, problem, "Rename one of them."))
            if most_rows is not None:
                _refuse_rows(store, raw, most_rows)
            none = (*missing, *raw.nothing)
            fields = lay_out(raw, none, _asked(questionnaire, part_name, part_source))
            fields = codes_for_labels(store, raw, fields)
            parts[part_name] = Part(part_name, part_source, raw, fields)
    return Assembly(store, parts, [*advice]).finish(design)


def _refuse_rows(store: Store, raw: RawTable, most: int) -> None:
    ((number,),) = store.run(f"SELECT count(*) FROM {raw.relation}")  # noqa: S608 - made by the reader
    if number > most:
        problem = f"The table has {number} rows, more than {most}."
        raise InputError(
            Fault(raw.place, problem, "Send fewer records, or release them on your own computer.")
        )


def _tables(
    store: Store,
    name: str,
    source: Source,
    missing: Sequence[str],
    questionnaire: Questionnaire | None,
) -> Iterator[tuple[str, Source, RawTable]]:
    """A source's table, and the rosters that its file holds beside it."""
    first, *beside = _raw(store, source, missing)
    if not source.lookup:
        first, *beside = in_common_terms(store, [first, *beside], questionnaire)
        missing = (*missing, *first.nothing)
    first, *inside = unfold(store, first, missing) if name == MAIN else [first]
    rosters = [*inside, *beside]
    yield name, source, first
    names = {first.name: name} | {raw.name: _roster_name(raw) for raw in rosters}
    headers = {name: first.headers} | {names[raw.name]: raw.headers for raw in rosters}
    for raw in rosters:
        parent = names.get(parent_table(store, raw) or "", name)
        link = link_of(raw.headers, headers[parent])
        yield names[raw.name], Source(source.path, parent_key=link, parent=parent), raw


def _asked(questionnaire: Questionnaire | None, name: str, source: Source) -> Asked | None:
    if questionnaire is None or source.lookup:
        return None
    return Asked(questionnaire, None if name == MAIN else name)


def _roster_name(raw: RawTable) -> str:
    """The last part of ``group/repeat``."""
    return raw.name.rpartition("/")[2]


def _raw(store: Store, source: Source, missing: Sequence[str]) -> list[RawTable]:
    """The tables of a file, told apart by its first bytes and, where these say nothing, by its name."""
    path = source.path
    suffix = path.suffix.lower()
    with path.open("rb") as stream:
        magic = stream.read(64)
    if suffix in {".ods", ".por"}:
        raise InputError(Fault(path.name, "Files of this kind are not read.", REFUSED[suffix]))
    if magic.startswith(b"PAR1"):
        return [read_parquet(store, path)]
    if magic.startswith(b"PK"):
        return _packed(store, source, missing)
    if magic.startswith((b"$FL2", b"$FL3")) or suffix in STATISTICAL:
        return [read_statistical(store, path)]
    if suffix == ".json" or (suffix != ".csv" and magic.lstrip(_BEFORE_JSON).startswith((b"{", b"["))):
        return read_json(store, path)
    if magic.startswith(COMPOUND):
        _refuse_compound(path)
    if suffix in REFUSED and b"\0" in magic:
        raise InputError(Fault(path.name, "Files of this kind are not read.", REFUSED[suffix]))
    return [read_delimited(store, path, encoding=source.encoding)]


def _refuse_compound(path: Path) -> None:
    with path.open("rb") as stream:
        if is_locked(stream.read(_DIRECTORY)):
            raise locked(path.name)
    remedy = REFUSED.get(path.suffix.lower(), "Save it as .xlsx.")
    raise InputError(Fault(path.name, "Files of this kind are not read.", remedy))


def _packed(store: Store, source: Source, missing: Sequence[str]) -> list[RawTable]:
    if is_workbook(source.path):
        return read_workbook(store, source.path, source.sheet, missing)
    return read_archive(store, source.path, source.sheet)
