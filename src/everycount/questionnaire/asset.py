"""Forms as servers keep them: KoboToolbox's asset as an XLSForm, and the names that an XForm has.

The JSON of an asset (``/api/v2/assets/UID/?format=json``) holds the rows of the sheets under ``content``;
cells that are translated are lists, in the order of ``translations``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from everycount.faults import Fault, InputError
from everycount.questionnaire.markup import local, parse
from everycount.questionnaire.writing import write_xlsform

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from everycount.questionnaire.writing import Table

_AGAIN = "Save the page /api/v2/assets/.../?format=json of the form again, or download its XLSForm."
_OWN = ("$", "kobo--")  # beginnings of what the server notes for itself
_NAMES = {"$autoname": "name", "$autovalue": "name"}


def from_kobo(data: bytes, name: str) -> bytes:
    """The XLSForm of an asset; its id is the asset's, its version the one that phones have.

    Raises:
        InputError: it is no JSON, or holds no form.
    """
    asset = _asset(data, name)
    content = asset["content"]
    languages = [str(each) if each else "" for each in content.get("translations") or [""]]
    sheets = {
        "survey": _table(map(_question, content["survey"]), languages),
        "choices": _table(content.get("choices") or (), languages),
        "settings": _table([_settings(asset)], languages),
    }
    return write_xlsform({title: rows for title, rows in sheets.items() if len(rows) > 1})


def _asset(data: bytes, name: str) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError(Fault(name, "The file is not valid JSON.", _AGAIN)) from error
    content = found.get("content") if isinstance(found, dict) else None
    survey = content.get("survey") if isinstance(content, dict) else None
    if not isinstance(survey, list) or not all(isinstance(each, dict) for each in survey):
        raise InputError(Fault(name, "The JSON holds no form (content, survey).", _AGAIN))
    return dict(found)


def _question(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as a sheet has it: the command and its list are one cell."""
    made = dict(row)
    kind, chosen = made.get("type", ""), made.pop("select_from_list_name", None) or made.pop("file", None)
    if isinstance(kind, dict):  # as the server kept it earlier: {"select_one": "list"}
        kind, chosen = next(iter(kind.items()), ("", None))
    made["type"] = f"{kind} {chosen}" if chosen else kind
    return made


def _settings(asset: Mapping[str, Any]) -> dict[str, Any]:
    given = asset["content"].get("settings") or {}
    kept = dict(given[0] if isinstance(given, list) and given else given)
    version = asset.get("deployed_version_id") or asset.get("version_id") or kept.get("version", "")
    form_id = asset.get("uid") or kept.pop("id_string", "")
    kept.pop("id_string", None)
    return kept | {"form_title": asset.get("name") or form_id, "form_id": form_id, "version": version}


def _table(rows: Iterable[Mapping[str, Any]], languages: Sequence[str]) -> Table:
    """The rows under their headings, a column for each language of what is translated."""
    made = [dict(_cells(row, languages)) for row in rows]
    headings = list(dict.fromkeys(heading for row in made for heading in row))
    return [headings, *([row.get(heading, "") for heading in headings] for row in made)]


def _cells(row: Mapping[str, Any], languages: Sequence[str]) -> Iterable[tuple[str, str]]:
    for key, value in row.items():
        heading = _NAMES.get(key, key)
        if heading.startswith(_OWN) or (heading != key and row.get(heading)):
            continue
        if isinstance(value, list):
            for language, words in zip(languages, value, strict=False):
                yield f"{heading}::{language}" if language else heading, _text(words)
        else:
            yield heading, _text(value)


def _text(value: Any) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def names_of_xform(data: bytes, name: str) -> tuple[str, str]:
    """Id and version of an XForm; an XLSForm cannot be had from it.

    Raises:
        InputError: the XML is broken, or no XForm.
    """
    model = next((each for each in parse(data, name).iter("{*}model")), None)
    instance = None if model is None else next(iter(model.iterfind("{*}instance")), None)
    root = None if instance is None else next((each for each in instance if local(each)), None)
    form_id = "" if root is None else root.get("id") or ""
    if root is None or not form_id:
        raise InputError(Fault(name, "The XML names no form.", "Name the XLSForm that it was made from."))
    return form_id, root.get("version") or ""
