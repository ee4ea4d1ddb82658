"""The ``[quality]`` table: which columns the checks of the records' quality look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.sample import MAIN
from everycount.survey.names import Names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from everycount.estimate.plan import Dimension
    from everycount.quality import Battery, Benchmark, Roles
    from everycount.sample import Sample
    from everycount.survey.document import Document, Reader, Trail

_SINGLE = ("age", "sex", "interviewer", "start", "end")
_SEVERAL = ("digits", "ignore")
_FEWEST = 3  # questions of a battery


def read_quality(root: Reader, dimensions: Iterable[Dimension]) -> Roles | None:
    """The ``[quality]`` table, or None where there is none.

    Names of columns are held against the records by :func:`check_roles`, when they are open.
    """
    reader = root.table("quality")
    if reader is None:
        return None
    # Only a survey that has the table pays for it, and a release needs nothing behind it.
    from everycount.quality import Roles  # noqa: PLC0415

    shortest, longest = _minutes(reader)
    roles = Roles(
        age=reader.text("age"),
        sex=reader.text("sex"),
        male=reader.strings("male"),
        female=reader.strings("female"),
        interviewer=reader.text("interviewer"),
        start=reader.text("start"),
        end=reader.text("end"),
        no_answer=reader.strings("no_answer"),
        digits=reader.strings("digits"),
        ignore=reader.strings("ignore"),
        shortest=shortest,
        longest=longest,
        batteries=tuple(_batteries(reader)),
        benchmarks=tuple(_benchmarks(reader, {dimension.id: dimension for dimension in dimensions})),
        response_rate=_rate(reader),
    )
    reader.close()
    return roles


def _minutes(reader: Reader) -> tuple[float | None, float | None]:
    shortest, longest = reader.number("shortest"), reader.number("longest")
    if shortest is not None and longest is not None and shortest >= longest:
        reader.complain("longest", f'"longest" is {longest:g}.', f"Give more than {shortest:g} minutes.")
        return None, None
    return shortest, longest


def _rate(reader: Reader) -> float | None:
    rate = reader.number("response_rate")
    if rate is not None and not 0 < rate <= 1:
        reader.complain("response_rate", f'"response_rate" is {rate:g}.', "Give a share such as 0.62.")
        return None
    return rate


def _batteries(reader: Reader) -> Iterator[Battery]:
    from everycount.quality import Battery  # noqa: PLC0415 - as above

    table = reader.table("batteries")
    for name in table.data if table else ():
        questions = table.strings(name) if table else ()
        if len(set(questions)) >= _FEWEST:
            yield Battery(name, questions)
        elif table:
            remedy = 'Name three questions with the same choices, or more: ["q1", "q2", "q3"].'
            table.complain(name, f'The battery "{name}" has fewer than three questions.', remedy)


def _benchmarks(reader: Reader, dimensions: dict[str, Dimension]) -> Iterator[Benchmark]:
    for table in reader.tables("benchmarks"):
        found = _benchmark(table, dimensions)
        table.close()
        if found is not None:
            yield found


def _benchmark(table: Reader, dimensions: dict[str, Dimension]) -> Benchmark | None:
    from everycount.quality import Benchmark  # noqa: PLC0415 - as above

    name, source = table.text("dimension", required=True), table.text("source", required=True)
    inner = table.table("shares")
    if inner is None:
        table.complain(None, "The shares are missing.", "Write shares = {a = 0.4, b = 0.6}.")
        return None
    shares = tuple((code, inner.number(code)) for code in inner.data)
    known = tuple((code, share) for code, share in shares if share is not None)
    if name and name not in dimensions:
        table.unknown("dimension", "dimension", name, dimensions)
        return None
    groups = [group.code for group in dimensions[name].groups] if name else []
    for code, _ in shares:
        if groups and code not in groups:
            inner.unknown(code, f'group of "{name}"', code, groups)
    if len(known) < len(shares) or not name or not source:
        return None
    try:
        return Benchmark(name, known, source)
    except ValueError:
        told = ", ".join(f"{code} = {share:g}" for code, share in known)
        table.complain(
            "shares",
            f"The shares are {told or 'none'}.",
            "Give two groups or more, as shares that add up to 1.",
        )
        return None


def check_roles(document: Document, roles: Roles, sample: Sample, language: str) -> None:
    """Notes every name that is no column of the records and no variable."""
    tables = {MAIN: dict(sample.columns[MAIN])} | {
        name: dict(columns) for name, columns in sample.columns.items() if name != MAIN
    }
    names = Names(document, tables, language)
    for trail, columns in _columns(roles):
        names.check(trail, columns)


def _columns(roles: Roles) -> Iterator[tuple[Trail, tuple[str, ...]]]:
    for key in _SINGLE:
        yield ("quality", key), tuple(name for name in (getattr(roles, key),) if name)
    for key in _SEVERAL:
        yield ("quality", key), getattr(roles, key)
    for battery in roles.batteries:
        yield ("quality", "batteries", battery.name), battery.questions
