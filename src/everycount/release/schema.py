"""The JSON Schema of ``release.json``, made from the same types as the file itself.

The schema lies beside this module (``release.schema.json``) for those who read releases without Python; a
test holds the two together. Dialect: https://json-schema.org/draft/2020-12/schema.
"""

from __future__ import annotations

import json
from dataclasses import is_dataclass
from enum import Enum
from importlib.resources import files
from types import UnionType
from typing import Any, Union, get_args, get_origin

from everycount.release.codec import hints, left_out, without_none
from everycount.release.document import SCHEMA
from everycount.release.model import Release
from everycount.text import Text

NAME = "release.schema.json"
_SCALARS = {str: "string", int: "integer", float: "number", bool: "boolean"}
_DIGEST = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}


def read() -> dict[str, Any]:
    """The schema as it is shipped."""
    schema: dict[str, Any] = json.loads(files("everycount.release").joinpath(NAME).read_bytes())
    return schema


def make() -> dict[str, Any]:
    """The schema as the types have it now."""
    types: dict[str, Any] = {}
    content = _object(Release, types)
    head = {
        "schema": {"const": SCHEMA},
        "digest": _DIGEST,
        "exact": _DIGEST,
        "files": {"type": "object", "additionalProperties": _DIGEST},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:everycount:{SCHEMA.replace('/', ':')}",
        "title": "A release of Everycount",
        **content,
        "properties": head | content["properties"],
        "required": [*head, *content["required"]],
        "$defs": dict(sorted(types.items())),
    }


def to_bytes(schema: dict[str, Any]) -> bytes:
    """The file."""
    return (json.dumps(schema, indent=1, ensure_ascii=False) + "\n").encode()


def _schema(of: Any, types: dict[str, Any]) -> dict[str, Any]:
    origin, parts = get_origin(of), get_args(of)
    if of is Any:
        return {}
    if origin in (Union, UnionType):
        return {"anyOf": [_schema(without_none(parts), types), {"type": "null"}]}
    if origin is tuple:
        return _many(parts, types)
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(parts[1], types)}
    return _named(of, types)


def _many(parts: tuple[Any, ...], types: dict[str, Any]) -> dict[str, Any]:
    if parts[-1] is Ellipsis:
        return {"type": "array", "items": _schema(parts[0], types)}
    made = [_schema(part, types) for part in parts]
    return {"type": "array", "prefixItems": made, "minItems": len(made), "maxItems": len(made)}


def _named(of: type, types: dict[str, Any]) -> dict[str, Any]:
    if of in _SCALARS:
        return {"type": _SCALARS[of]}
    if of is Text:
        types["Text"] = _schema(hints(Text)["versions"], types) | {"description": "(language, words)"}
    elif issubclass(of, Enum):
        types[of.__name__] = {"enum": [member.value for member in of]}
    elif is_dataclass(of):
        types[of.__name__] = _object(of, types)
    return {"$ref": f"#/$defs/{of.__name__}"}


def _object(of: type, types: dict[str, Any]) -> dict[str, Any]:
    properties = {name: _schema(hint, types) for name, hint in hints(of).items()}
    return {
        "description": (of.__doc__ or "").split("\n", maxsplit=1)[0],
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in left_out(of)],
        "additionalProperties": False,
    }
