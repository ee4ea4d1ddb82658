"""Answers written as instance XML: what a client would submit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.questionnaire.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lxml.etree import _Element

    from everycount.questionnaire.layout import Place
    from everycount.questionnaire.model import Questionnaire

_ABSENT = frozenset({Kind.NOTE})


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
        rosters: rows by the repeat's name; repeats within repeats are left out.
    """
    from lxml import etree  # noqa: PLC0415 - reading a form alone does without it

    root = etree.Element("data", id=questionnaire.id, version=questionnaire.version)
    _fill(root, questionnaire.layout, answers, rosters or {})
    meta = root.find("meta")
    block = etree.SubElement(root, "meta") if meta is None else meta
    etree.SubElement(block, "instanceID").text = instance
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _fill(
    element: _Element,
    place: Place,
    answers: Mapping[str, str],
    rosters: Mapping[str, Sequence[Mapping[str, str]]],
) -> None:
    from lxml import etree  # noqa: PLC0415 - as above

    for name, inside in place.inside.items():
        if inside.question is not None:
            if inside.question.kind not in _ABSENT:
                etree.SubElement(element, name).text = answers.get(inside.question.name, "") or None
        elif inside.group is not None and inside.group.repeat:
            for row in rosters.get(name, ()):
                _fill(etree.SubElement(element, name), inside, row, {})
        else:
            _fill(etree.SubElement(element, name), inside, answers, rosters)
