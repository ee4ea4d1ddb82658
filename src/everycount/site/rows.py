"""Many rows at a time, with statements that are made once; and names for rows that keep the tables compact.

Django's ``bulk_create`` makes its SQL anew for every batch and asks each value whether it is an expression;
its queries cost as much where nothing is found as where something is. While phones send, that was most of
what the node computed. This is the same INSERT with the same preparation of values by the fields of the
model, and hardly any other SQL of the site does not come from queries.
"""

from __future__ import annotations

import secrets
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection, models

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

_RANDOM = 62  # bits of a name that follow its variant; twelve more stand before it
_PLAIN = (models.CharField, models.IntegerField, models.BooleanField)
_AS_THEY_ARE = frozenset({str, int, bool, type(None)})


def fresh_name(at: datetime) -> UUID:
    """A name for a row: a UUID of version 7 (RFC 9562), which begins with the millisecond of its making.

    Rows that arrive together then stand together in every index of them, and a server that is filled writes
    no more pages for a row than an empty one. The moment is no secret, for it stands in the row as well; a
    clock that jumps costs speed alone, since 74 bits are random.
    """
    moment = int(at.timestamp() * 1000) & (1 << 48) - 1
    some = secrets.randbits(12 + _RANDOM)
    first = moment << 16 | 7 << 12 | some >> _RANDOM
    return UUID(int=first << 64 | 2 << _RANDOM | some & (1 << _RANDOM) - 1)


def add(rows: Iterable[models.Model]) -> None:
    """Adds rows of one model, in the caller's transaction.

    Numbers that the database gives are not brought back; whoever needs them uses ``bulk_create``.
    """
    waiting = list(rows)
    if not waiting:
        return
    fields, statement = _insert(type(waiting[0]), connection.vendor)
    as_text = not connection.features.has_native_uuid_field
    values = [[_prepared(field, row.__dict__[field.attname], as_text) for field in fields] for row in waiting]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)
    for row in waiting:
        row._state.adding = False  # noqa: SLF001 - as bulk_create does


def plain(rows: models.QuerySet[Any, tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The values of a query as the database holds them: a name as SQLite keeps it is a text, no UUID.

    For very many rows whose names are only handed back to :func:`among`.
    """
    statement, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def as_held(name: UUID) -> Any:
    """A name as the database holds it: what :func:`plain` brings and :func:`among` takes."""
    return name if connection.features.has_native_uuid_field else name.hex


def among(
    rows: models.QuerySet[Any, tuple[Any, ...]], column: str, names: Collection[Any]
) -> list[tuple[Any, ...]]:
    """As :func:`plain`, of those rows that have one of these names in a column of the query."""
    if not names:
        return []
    selected, params = rows.order_by().query.sql_with_params()
    places = ", ".join(["%s"] * len(names))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT s.* FROM ({selected}) AS s WHERE s.{_quoted(column)} IN ({places})",  # noqa: S608 - names of columns
            [*params, *names],
        )
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def any_with(model: type[models.Model], column: str, texts: Collection[str]) -> bool:
    """Whether there is a row with one of these texts in a column: hardly ever, when phones send.

    Only then is it worth a query that brings the rows.
    """
    if not texts:
        return False
    name, table = _quoted(column), _quoted(model._meta.db_table)  # noqa: SLF001 - Django's documented name
    places = ", ".join(["%s"] * len(texts))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} WHERE {name} IN ({places}) LIMIT 1", list(texts))  # noqa: S608 - names of columns
        return cursor.fetchone() is not None


def bytes_of(model: type[models.Model], column: str, name: UUID) -> bytes | None:
    """What a column of bytes holds in the row of that name; None where there is no such row."""
    options = model._meta  # noqa: SLF001 - Django's documented name
    key = options.pk
    statement = (
        f"SELECT {_quoted(column)} FROM {_quoted(options.db_table)} WHERE {_quoted(str(key.column))} = %s"  # noqa: S608 - names of columns
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [key.get_db_prep_value(name, connection)])
        row = cursor.fetchone()
    return None if row is None else bytes(row[0])


def _prepared(field: models.Field[Any, Any], value: Any, as_text: bool) -> Any:  # noqa: FBT001 - of this file alone
    """A value as the database takes it; most are so already. ``as_text`` says how it takes a UUID."""
    if type(value) in _AS_THEY_ARE and isinstance(field, _PLAIN):
        return value
    if as_text and type(value) is UUID:
        return value.hex
    return field.get_db_prep_save(value, connection)


@lru_cache(maxsize=64)
def _insert(model: type[models.Model], _vendor: str) -> tuple[list[models.Field[Any, Any]], str]:
    """The columns, but for a number that the database counts; and the statement that fills them."""
    options = model._meta  # noqa: SLF001 - Django's documented name
    fields = [each for each in options.concrete_fields if not isinstance(each, models.AutoField)]
    names = ", ".join(_quoted(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    return fields, f"INSERT INTO {_quoted(options.db_table)} ({names}) VALUES ({places})"  # noqa: S608 - names of columns


def _quoted(name: str) -> str:
    return str(connection.ops.quote_name(name))
