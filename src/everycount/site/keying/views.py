"""The page on which sheets of paper are typed in, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from everycount.faults import InputError
from everycount.site.collection.queries import form as form_of
from everycount.site.keying import actions, queries
from everycount.site.keying.actions import Came
from everycount.site.keying.fields import ROWS, Table, typing
from everycount.site.keying.typed import Typed, read
from everycount.site.people.views.shared import for_persons, found, now
from everycount.site.questionnaires.paper.ids import is_whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from everycount.faults import Fault
    from everycount.site.collection.models import Version
    from everycount.site.keying.fields import Field, Typing
    from everycount.site.people.models import Person

_HALF = 4
_REFUSED = 422


@dataclass(frozen=True, slots=True)
class Cell:
    """A field on the page."""

    field: Field
    name: str
    row: int
    value: str
    problem: str


@dataclass(frozen=True, slots=True)
class Whose:
    """The field that says to which row of another table a row belongs."""

    name: str
    value: str
    problem: str


@dataclass(frozen=True, slots=True)
class Rows:
    """A table on the page: its count, and its rows: number, whose it is (or None), cells."""

    table: Table
    value: str
    problem: str
    rows: tuple[tuple[int, Whose | None, tuple[Cell, ...]], ...]


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def type_in(request: HttpRequest, reader: Person, slug: str, version: UUID) -> HttpResponse:
    """A sheet: typed, looked at, kept; then the next one."""
    at = now()
    one = found(queries.version_to_type(reader, slug, version, at=at))
    laid = typing(form_of(one.id), get_language() or "")
    typed, kept, sheet = Typed({}), None, ""
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        sheet = _sheet(request.POST.get("sheet", ""))
        typed = read(laid, {name: str(text) for name, text in request.POST.items() if name[:1] in "qnw"})
        if not is_whole(sheet):
            typed.problems["sheet"] = _("The id was not copied rightly. Look at each letter again.")
        if not typed.problems:
            corrects = "corrects" in request.POST
            try:
                kept = actions.keep(
                    version=one, sheet=sheet, filled=typed.filled, corrects=corrects, by=reader, at=at
                )
            except InputError as error:
                faults = error.faults
        if kept is not None and kept.came is not Came.OTHER:
            typed = Typed({})
    return _page(request, one, laid, typed, faults, kept, sheet)


def _page(
    request: HttpRequest,
    one: Version,
    laid: Typing,
    typed: Typed,
    faults: tuple[Fault, ...],
    kept: actions.Kept | None,
    sheet: str,
) -> HttpResponse:
    is_other = kept is not None and kept.came is Came.OTHER
    given = {
        "version": one,
        "initiative": one.questionnaire.initiative,
        "parts": list(_parts(laid, typed)),
        "laid": laid,
        "kept": kept,
        "done": sheet if kept else "",
        "sheet": sheet if is_other or not kept else "",
        "problems": typed.problems,
        "is_other": is_other,
        "faults": faults,
    }
    status = _REFUSED if faults or typed.problems or is_other else 200
    return render(request, "keying/type_in.html", given, status=status)


def _sheet(text: str) -> str:
    """An id as it is printed, however it was typed."""
    letters = "".join(each for each in text.upper() if each.isalnum())
    return f"{letters[:_HALF]}-{letters[_HALF:]}"


def _parts(laid: Typing, typed: Typed) -> Iterator[Cell | Rows]:
    for part in laid.parts:
        if isinstance(part, Table):
            rows = tuple(
                (
                    row,
                    _whose(part, row, typed),
                    tuple(_cell(each, f".{row}", row, typed) for each in part.fields),
                )
                for row in range(1, ROWS + 1)
            )
            yield Rows(part, typed.texts.get(part.name, ""), typed.problems.get(part.name, ""), rows)
        else:
            yield _cell(part, "", 0, typed)


def _whose(table: Table, row: int, typed: Typed) -> Whose | None:
    name = f"{table.whose}.{row}"
    return Whose(name, typed.texts.get(name, ""), typed.problems.get(name, "")) if table.within else None


def _cell(field: Field, suffix: str, row: int, typed: Typed) -> Cell:
    name = f"{field.name}{suffix}"
    return Cell(field, name, row, typed.texts.get(name, ""), typed.problems.get(name, ""))
