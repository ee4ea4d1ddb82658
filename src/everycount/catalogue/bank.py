"""The question bank: harmonised questions with the concept behind each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from everycount.catalogue.codelists import Code
from everycount.catalogue.files import names, read_toml
from everycount.catalogue.lookup import look_up
from everycount.text import NOTHING, Text

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Concept:
    """A question and what it measures.

    Attributes:
        id: its name in the catalogue, such as ``wg-ss-seeing``.
        standard: the standard it follows, such as ``WG-SS``, or ``everycount`` for our own.
        standard_id: the standard's number or code of the item, or "".
        version: of the standard or of our wording.
        block: the block of the bank, such as ``functioning``.
        unit: whom it is asked about: ``person`` or ``household``.
        kind: ``select_one``, ``select_multiple``, ``integer``, ``text``, ``date`` or ``geo``.
        measures: the concept in a few words.
        labels: the question as it is asked.
        hints: what the interviewer should know.
        answers: code to answer; read-only, empty for questions without choices.
        codelist: id of the SDG code list its answers follow, or "".
        sdg: numbers of the indicators it serves.
        sensitivity: 0 none, 1 personal, 2 sensitive, 3 can endanger the respondent.
        wording: ``verified`` (of a published text that we have read), ``recalled`` (of a published text that
            we have not had in hand) or ``own``.
        note: conditions of use.
    """

    id: str
    standard: str
    standard_id: str
    version: str
    block: str
    unit: str
    kind: str
    measures: str
    labels: Text
    hints: Text
    answers: Mapping[str, Code]
    codelist: str
    sdg: tuple[str, ...]
    sensitivity: int
    wording: str
    note: str


@cache
def _concepts() -> dict[str, Concept]:
    blocks = (read_toml(f"question_bank/{name}.toml") for name in names("question_bank", ".toml"))
    found = [_concept(entry, block) for block in blocks for entry in block["question"]]
    return {concept.id: concept for concept in found}


def _concept(entry: Mapping[str, Any], block: Mapping[str, Any]) -> Concept:
    whole = {**block.get("defaults", {}), **entry}
    answers = whole.get("answers", ())
    if isinstance(answers, str):
        answers = block["answers"][answers]
    return Concept(
        id=whole["id"],
        standard=whole["standard"],
        standard_id=whole.get("standard_id", ""),
        version=whole["version"],
        block=block["id"],
        unit=whole["unit"],
        kind=whole["kind"],
        measures=whole["measures"],
        labels=Text.of(whole["label"]),
        hints=Text.of(whole.get("hint", NOTHING)),
        answers=MappingProxyType({answer["id"]: _answer(answer) for answer in answers}),
        codelist=whole.get("codelist", ""),
        sdg=tuple(whole.get("sdg", ())),
        sensitivity=whole["sensitivity"],
        wording=whole["wording"],
        note=whole.get("note", ""),
    )


def _answer(entry: Mapping[str, Any]) -> Code:
    facts = {key: value for key, value in entry.items() if key not in {"id", "label", "parent", "about"}}
    return Code(
        entry["id"],
        Text.of(entry["label"]),
        entry.get("parent", ""),
        Text.of(entry.get("about", NOTHING)),
        facts=MappingProxyType(facts),
    )


def question_bank(block: str = "") -> tuple[Concept, ...]:
    """Every question of the bank, or those of one block."""
    return tuple(found for found in _concepts().values() if block in {"", found.block})


def concept(name: str) -> Concept:
    """A question of the bank by its id, such as ``wg-ss-seeing``.

    Raises:
        InputError: there is no such question.
    """
    return look_up("concept", name, _concepts())
