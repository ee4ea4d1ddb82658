"""Gives codes back to exports that wrote labels instead."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from everycount.faults import Fault, InputError
from everycount.sample.checks import unknown_codes
from everycount.sample.questions import codes_by_label
from everycount.sample.sample import ColumnKind
from everycount.sample.sql import literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from everycount.sample.layout import Field
    from everycount.sample.raw import RawTable
    from everycount.sample.store import Store

_MANY = 5_000  # distinct answers looked at; more than any list of choices, in any combination met so far


def codes_for_labels(store: Store, raw: RawTable, fields: Sequence[Field]) -> tuple[Field, ...]:
    """The fields, with labels turned into codes where a column holds any.

    A value that is a code stays. A value that is no code but the label of one choice, in any language of the
    form, becomes its code. Anything else stays as it is and is found by the checks.

    Raises:
        InputError: a label that occurs belongs to several choices.
    """
    doubtful = _doubtful(store, raw, [field for field in fields if _has_codes(field)])
    if not doubtful:
        return tuple(fields)
    faults: list[Fault] = []
    done = {field.column.name: _translated(store, raw, field, faults) for field in doubtful}
    if faults:
        raise InputError(*faults)
    return tuple(done.get(field.column.name, field) for field in fields)


def _has_codes(field: Field) -> bool:
    return bool(field.question and field.question.choices)


def _doubtful(store: Store, raw: RawTable, fields: Sequence[Field]) -> list[Field]:
    """The columns that hold anything but codes, found in one pass."""
    if not fields:
        return []
    counts = ", ".join(f"count_if({unknown_codes(field.column, field.text)})" for field in fields)
    (found,) = store.run(f"SELECT {counts} FROM {raw.relation}")  # noqa: S608 - quoted above
    return [field for field, count in zip(fields, found, strict=True) if count]


def _translated(store: Store, raw: RawTable, field: Field, faults: list[Fault]) -> Field:
    values = store.run(
        f"SELECT DISTINCT {field.text} AS v FROM {raw.relation} "  # noqa: S608 - quoted above
        f"WHERE {unknown_codes(field.column, field.text)} ORDER BY v LIMIT {_MANY}"
    )
    assert field.question is not None  # noqa: S101 - _has_codes said so
    labels = codes_by_label(field.question)
    cases = []
    for (value,) in values:
        codes = _codes_of(field, value, labels)
        if codes is None:
            continue
        several = [found for found in codes if len(found) > 1]
        if several:
            faults.append(_ambiguous(raw, field, value, several[0]))
        else:
            cases.append(f"WHEN {literal(value)} THEN {literal(' '.join(found[0] for found in codes))}")
    if not cases:
        return field
    expression = f"CASE {field.text} {' '.join(cases)} ELSE {field.text} END"
    return replace(field, expression=expression)


def _codes_of(
    field: Field, value: str, labels: Mapping[str, tuple[str, ...]]
) -> list[tuple[str, ...]] | None:
    """The codes a value means, each with its rivals; None where a part of it is neither code nor label."""
    if field.column.kind is ColumnKind.CODE:
        return [labels[value]] if value in labels else None
    known = dict(labels) | {code: (code,) for code, _ in field.column.choices}
    return _cut(value.split(" "), known)


def _cut(words: Sequence[str], known: Mapping[str, tuple[str, ...]]) -> list[tuple[str, ...]] | None:
    """Cuts words into labels and codes, the longest first, as far as all of them are used."""
    if not words:
        return []
    for end in range(len(words), 0, -1):
        codes = known.get(" ".join(words[:end]))
        if codes is not None:
            rest = _cut(words[end:], known)
            if rest is not None:
                return [codes, *rest]
    return None


def _ambiguous(raw: RawTable, field: Field, value: str, codes: Sequence[str]) -> Fault:
    names = ", ".join(f'"{code}"' for code in codes)
    problem = f'The answer "{value}" is the label of several choices: {names}.'
    remedy = "Export the records again with codes (XML values) instead of labels."
    return Fault(f"{raw.place}, column {field.header}", problem, remedy)
