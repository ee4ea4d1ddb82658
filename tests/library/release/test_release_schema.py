from __future__ import annotations

import json
import os
import re
from importlib.resources import files
from typing import Any

import pytest

from everycount.release import schema, to_bytes
from library.release.samples import small_release

TYPES = {
    "string": str,
    "array": list,
    "object": dict,
    "boolean": bool,
    "null": type(None),
    "integer": int,
    "number": (int, float),
}


def breaches(value: Any, rule: dict[str, Any], whole: dict[str, Any], place: str = "$") -> list[str]:
    """Where a value breaks a schema; knows what our schema uses, and refuses words that it does not know."""
    known = {"$ref", "$defs", "$schema", "$id", "title", "description", "type", "properties", "required"}
    known |= {"additionalProperties", "items", "prefixItems", "minItems", "maxItems", "enum", "const"}
    assert rule.keys() <= known | {"anyOf", "pattern"}, rule.keys()
    if "$ref" in rule:
        return breaches(value, whole["$defs"][rule["$ref"].removeprefix("#/$defs/")], whole, place)
    if "anyOf" in rule:
        tried = [breaches(value, one, whole, place) for one in rule["anyOf"]]
        return [] if [] in tried else tried[0]
    found = []
    expected = TYPES.get(rule.get("type", ""))
    if expected and (not isinstance(value, expected) or (isinstance(value, bool) and expected is not bool)):
        return [f"{place}: type"]
    if "enum" in rule and value not in rule["enum"]:
        found.append(f"{place}: enum")
    if "const" in rule and value != rule["const"]:
        found.append(f"{place}: const")
    if "pattern" in rule and not re.search(rule["pattern"], value):
        found.append(f"{place}: pattern")
    if isinstance(value, dict):
        found += object_breaches(value, rule, whole, place)
    if isinstance(value, list):
        found += array_breaches(value, rule, whole, place)
    return found


def object_breaches(
    value: dict[str, Any], rule: dict[str, Any], whole: dict[str, Any], place: str
) -> list[str]:
    properties, others = rule.get("properties", {}), rule.get("additionalProperties", {})
    found = [f"{place}.{name}: missing" for name in rule.get("required", []) if name not in value]
    for name, part in value.items():
        if name in properties:
            found += breaches(part, properties[name], whole, f"{place}.{name}")
        elif others is False:
            found.append(f"{place}.{name}: unknown")
        else:
            found += breaches(part, others, whole, f"{place}.{name}")
    return found


def array_breaches(value: list[Any], rule: dict[str, Any], whole: dict[str, Any], place: str) -> list[str]:
    found = []
    if not rule.get("minItems", 0) <= len(value) <= rule.get("maxItems", len(value)):
        found.append(f"{place}: length")
    rules = rule.get("prefixItems") or [rule.get("items", {})] * len(value)
    for i, (part, one) in enumerate(zip(value, rules, strict=False)):
        found += breaches(part, one, whole, f"{place}[{i}]")
    return found


def document() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(to_bytes(small_release(), {"cells.csv": f"sha256:{'0' * 64}"}))
    return made


def test_the_shipped_schema_is_that_of_the_types() -> None:
    """Set EVERYCOUNT_ACCEPT=1 to write it anew, and raise the number in SCHEMA where readers would break."""
    made = schema.to_bytes(schema.make())
    path = files("everycount.release").joinpath(schema.NAME)
    if os.environ.get("EVERYCOUNT_ACCEPT") == "1":
        path.write_bytes(made)  # type: ignore[attr-defined]
    assert made == path.read_bytes()


def test_a_release_follows_the_schema() -> None:
    assert breaches(document(), schema.read(), schema.read()) == []


@pytest.mark.parametrize(
    ("path", "value", "breach"),
    [
        ("schema", "other/1", "$.schema: const"),
        ("digest", "md5:0", "$.digest: pattern"),
        ("files.cells.csv", "0", None),
        ("survey.invented", 1, "$.survey.invented: type"),
        ("measures.0.kind", "guess", "$.measures[0].kind: enum"),
        ("cells.cells.0.n", "many", "$.cells.cells[0].n: type"),
        ("dimensions.0.groups.0", ["F"], "$.dimensions[0].groups[0]: length"),
        ("survey.shoe_size", 9, "$.survey.shoe_size: unknown"),
    ],
)
def test_what_is_not_a_release_breaks_the_schema(path: str, value: object, breach: str | None) -> None:
    made = document()
    if breach is None:
        made["files"] = {"cells.csv": value}
        breach = "$.files.cells.csv: pattern"
    else:
        *way, last = path.split(".")
        part: Any = made
        for step in way:
            part = part[int(step) if step.isdigit() else step]
        part[int(last) if last.isdigit() else last] = value
    assert breach in breaches(made, schema.read(), schema.read())
