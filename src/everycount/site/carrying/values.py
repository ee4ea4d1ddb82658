"""Rows as JSON and back."""

from __future__ import annotations

import base64
import binascii
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models

if TYPE_CHECKING:
    from collections.abc import Mapping


def columns(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The columns of a model."""
    return list(model._meta.concrete_fields)  # noqa: SLF001 - Django's documented name


def written(row: models.Model, instead: Mapping[str, object]) -> dict[str, Any]:
    """A row by the names of its columns, as JSON knows values."""
    return {
        each.attname: _plain(instead.get(each.attname, getattr(row, each.attname)))
        for each in columns(type(row))
    }


def _plain(value: object) -> object:
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def read(column: models.Field[Any, Any], value: Any) -> Any:
    """A value of a column again.

    Raises:
        ValueError: it is none.
    """
    if value is None or isinstance(column, models.JSONField):
        return value
    try:
        if isinstance(column, models.BinaryField):
            return base64.b64decode(value, validate=True)
        if isinstance(column, models.ForeignKey):
            return column.target_field.to_python(value)
        return column.to_python(value)
    except (ValidationError, TypeError, binascii.Error) as why:
        raise ValueError(str(why)) from None
