"""Reads the files of a survey into a sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.sample.assemble import Assembly, Part
from everycount.sample.claims import check_design
from everycount.sample.columnar import read_parquet
from everycount.sample.delimited import read_delimited
from everycount.sample.layout import lay_out
from everycount.sample.source import Source, check_sources
from everycount.sample.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from everycount.sample.design import Design
    from everycount.sample.raw import RawTable
    from everycount.sample.sample import Sample


def read(sources: Mapping[str, Source], *, design: Design, missing: Sequence[str] = ("",)) -> Sample:
    """The records and their design.

    Args:
        sources: the files by table name; ``main`` holds one row per respondent.
        design: how the respondents were found.
        missing: the texts that mean "no answer". Nothing else becomes null.

    Raises:
        InputError: the files cannot be read, or do not fit together.
    """
    advice = check_design(design)
    check_sources(sources)
    store = Store()
    parts = {}
    for name, source in sources.items():
        raw = _raw(store, source)
        parts[name] = Part(name, source, raw, lay_out(raw, missing))
    return Assembly(store, parts, [*advice]).finish(design)


def _raw(store: Store, source: Source) -> RawTable:
    with source.path.open("rb") as stream:
        magic = stream.read(8)
    if magic.startswith(b"PAR1"):
        return read_parquet(store, source.path)
    return read_delimited(store, source.path, encoding=source.encoding)
