"""What stands beside exported records: ``codebook.csv`` and ``README.txt``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.formats.cells_csv import guarded, line
from everycount.microdata.labelled import SPSS, STATA, labelled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from everycount.microdata.chosen import Chosen
    from everycount.microdata.request import Request
    from everycount.microdata.risk import Risk
    from everycount.microdata.variables import Exported

_HEAD = ("table", "variable", "question", "label", "code", "code_label", "number", "spss_name", "stata_name")


def codebook(tables: Sequence[Exported], language: str) -> str:
    """One line for each variable and for each of its codes, with its number in SPSS and Stata."""
    lines = [line(_HEAD)]
    for table in tables:
        columns = zip(
            table.variables, labelled(table, SPSS, language), labelled(table, STATA, language), strict=True
        )
        for variable, spss, stata in columns:
            names = (spss.name, stata.name)
            first = (table.name, variable.name, variable.source, variable.labels.say(language))
            lines.append(_row(*first, "", "", "", *names))
            words = dict(variable.choices)
            for code, number in spss.numbers.items():
                said = words[code].say(language) if code in words else ""
                lines.append(_row(*first[:3], "", code, said, str(number), *names))
    return "\n".join((*lines, ""))


def _row(*values: str) -> str:
    return line([guarded(value) for value in values])


def readme(request: Request, tables: Sequence[Exported], chosen: Chosen, found: Risk | None) -> str:
    """What this is, for whom, what was left out and why."""
    return "\n".join((*_opening(request), *_contents(tables), *_left(chosen), *_risk(request, found), ""))


def _opening(request: Request) -> Iterator[str]:
    yield f"Records of the survey {request.survey}, for {request.purpose}."
    yield "These are answers of people. They are not published; who has them keeps them safe and erases them"
    yield "when the purpose is reached. A person who takes consent back is taken out by a new export."
    if request.consent:
        yield f"Consent: only records for which this holds: {request.consent}."
    else:
        yield "Consent: the survey file names no question of consent."
    if request.invented:
        yield "The people and their answers are invented."


def _contents(tables: Sequence[Exported]) -> Iterator[str]:
    yield ""
    for table in tables:
        yield f"{table.name}: {table.values.num_rows} rows, {len(table.variables)} columns."
        for name, count in table.lost.items():
            yield f"  {name}: {count} answers are no numbers or dates and stand as missing."
    yield 'Rows are joined by "person", a pseudonym; their order tells nothing.'
    yield "codebook.csv says what each column and each code means."


def _left(chosen: Chosen) -> Iterator[str]:
    if not chosen.held:
        return
    yield ""
    yield "Left out:"
    for table, name, reason in chosen.held:
        yield f"  {table}, {name}: {reason.words}."


def _risk(request: Request, found: Risk | None) -> Iterator[str]:
    yield ""
    yield found.words if found else "No dimension of the survey is among the columns."
    if request.accepted:
        yield f"Rare combinations were accepted: {request.accepted}"
