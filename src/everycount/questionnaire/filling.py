"""Answers written as instance XML: what a client would submit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from everycount.questionnaire.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lxml.etree import _Element

    from everycount.questionnaire.layout import Place
    from everycount.questionnaire.model import Questionnaire

_ABSENT = frozenset({Kind.NOTE})


@dataclass(frozen=True, slots=True)
class Filled:
    """The answers of one respondent, or of one row of a roster.

    Attributes:
        answers: texts by the question's place (``group/name``), as clients write them; what is absent is left
            empty.
        rosters: rows by the repeat's name, repeats within repeats inside their rows.
    """

    answers: Mapping[str, str] = field(default_factory=dict)
    rosters: Mapping[str, Sequence[Filled]] = field(default_factory=dict)


def write_instance(
    questionnaire: Questionnaire,
    instance: str,
    answers: Mapping[str, str],
    rosters: Mapping[str, Sequence[Mapping[str, str]]] | None = None,
) -> bytes:
    """The instance XML of one respondent.

    Args:
        questionnaire: the form.
        instance: the instanceID.
        answers: texts by the question's name, as clients write them; what is absent is left empty.
        rosters: rows by the repeat's name; for repeats within repeats see :func:`write_filled`.
    """
    rows = {
        name: [Filled(_placed(questionnaire, name, row)) for row in found]
        for name, found in (rosters or {}).items()
    }
    return write_filled(questionnaire, instance, Filled(_placed(questionnaire, None, answers), rows))


def _placed(questionnaire: Questionnaire, roster: str | None, named: Mapping[str, str]) -> Mapping[str, str]:
    """The same answers by place."""
    asked = questionnaire.questions_of(roster)
    return {"/".join(each.full_path): named[each.name] for each in asked if each.name in named}


def write_filled(questionnaire: Questionnaire, instance: str, filled: Filled, *, replaces: str = "") -> bytes:
    """The instance XML of one respondent, with repeats as deep as the form has them.

    Args:
        questionnaire: the form.
        instance: the instanceID.
        filled: the answers.
        replaces: the instanceID of the version that this one replaces, or "".

    Raises:
        ValueError: a text holds a sign that XML cannot carry.
    """
    from lxml import etree  # noqa: PLC0415 - reading a form alone does without it

    root = etree.Element("data", id=questionnaire.id, version=questionnaire.version)
    _fill(root, questionnaire.layout, filled)
    meta = root.find("meta")
    block = etree.SubElement(root, "meta") if meta is None else meta
    etree.SubElement(block, "instanceID").text = instance
    if replaces:
        etree.SubElement(block, "deprecatedID").text = replaces
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _fill(element: _Element, place: Place, filled: Filled) -> None:
    from lxml import etree  # noqa: PLC0415 - as above

    for name, inside in place.inside.items():
        question = inside.question
        if question is not None:
            if question.kind not in _ABSENT:
                text = filled.answers.get("/".join(question.full_path))
                etree.SubElement(element, name).text = text or None
        elif inside.group is not None and inside.group.repeat:
            for row in filled.rosters.get(name, ()):
                _fill(etree.SubElement(element, name), inside, row)
        else:
            _fill(etree.SubElement(element, name), inside, filled)
