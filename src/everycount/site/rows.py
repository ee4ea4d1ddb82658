"""Adding many rows to a table with a statement that is made once.

Django's ``bulk_create`` makes its SQL anew for every batch and asks each value whether it is an expression;
while phones send, that was most of what the node computed. This is the same INSERT with the same preparation
of values by the fields of the model, and the only SQL of the site that does not come from queries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection, models

if TYPE_CHECKING:
    from collections.abc import Iterable


def add(rows: Iterable[models.Model]) -> None:
    """Adds rows of one model, in the caller's transaction.

    Numbers that the database gives are not brought back; whoever needs them uses ``bulk_create``.
    """
    waiting = list(rows)
    if not waiting:
        return
    fields = _fields(type(waiting[0]))
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    table = connection.ops.quote_name(type(waiting[0])._meta.db_table)  # noqa: SLF001 - Django's documented name
    statement = f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(fields))})"  # noqa: S608 - names of columns
    values = [
        [field.get_db_prep_save(row.__dict__[field.attname], connection) for field in fields]
        for row in waiting
    ]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)
    for row in waiting:
        row._state.adding = False  # noqa: SLF001 - as bulk_create does


def _fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The columns, but for a number that the database counts."""
    return [each for each in model._meta.concrete_fields if not isinstance(each, models.AutoField)]  # noqa: SLF001
