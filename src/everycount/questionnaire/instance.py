"""Instance XML, as clients submit it, read into an envelope or a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.questionnaire.answers import NotUnderstoodError, read_answer
from everycount.questionnaire.kinds import MEDIA
from everycount.questionnaire.markup import local, parse, refused
from everycount.questionnaire.record import Answer, Envelope, Finding, Record, RosterRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from everycount.questionnaire.layout import Place
    from everycount.questionnaire.model import Questionnaire
    from everycount.questionnaire.question import Question

TEMPLATE = "{http://openrosa.org/javarosa}template"
SERVERS_OWN = frozenset({"formhub"})  # what servers put beside the answers
# Namespaces that every form shares; any other one names the form, as the standard allows.
COMMON = ("http://www.w3.org/", "http://openrosa.org/", "http://opendatakit.org/")
SHOWN = 200  # characters of an odd value that a finding repeats


@dataclass(frozen=True, slots=True)
class Received:
    """A submission that is parsed once: its envelope, and the files that it names."""

    envelope: Envelope
    _root: _Element

    @classmethod
    def read(cls, xml: bytes, name: str = "submission.xml") -> Received:
        """Raises :class:`InputError` where the XML is broken or dangerous, or names no form."""
        root = parse(xml, name)
        return cls(_envelope(root, name), root)

    def media(self, questionnaire: Questionnaire) -> tuple[str, ...]:
        """The names of pictures, sounds, files and logs that belong to it, in their order.

        Only questions that take a file are looked at.
        """
        asked = {f"{{*}}{question.name}" for question in questionnaire.questions if question.kind in MEDIA}
        if not asked:
            return ()  # without names lxml would go through everything
        found = ((each.text or "").strip() for each in self._root.iter(*asked) if len(each) == 0)
        return tuple(dict.fromkeys(each for each in found if each))


def read_envelope(xml: bytes, name: str = "submission.xml") -> Envelope:
    """Whose answers to which form a submission holds; no answer is looked at.

    Args:
        xml: the submission.
        name: how messages call it.

    Raises:
        InputError: the XML is broken or dangerous, or names no form.
    """
    return Received.read(xml, name).envelope


def read_instance(xml: bytes, questionnaire: Questionnaire, name: str = "submission.xml") -> Record:
    """The typed answers of a submission.

    Args:
        xml: the submission.
        questionnaire: the form it answers.
        name: how messages call it.

    Raises:
        InputError: the XML is broken or dangerous, names no form, or is encrypted.
    """
    root = parse(xml, name)
    envelope = _envelope(root, name)
    if envelope.encrypted:
        raise refused(name, "The answers are encrypted.", "Decrypt them with the form's private key first.")
    return _Reader(questionnaire).read(root, envelope)


def _envelope(root: _Element, name: str) -> Envelope:
    form_id = root.get("id") or _namespace(root)
    if not form_id:
        raise refused(name, "The submission names no form.", "The root element needs the attribute id.")
    meta = _meta(root)
    return Envelope(
        form_id=form_id,
        version=root.get("version", ""),
        instance_id=meta.get("instanceID") or root.get("instanceID"),
        deprecated_id=meta.get("deprecatedID"),
        encrypted=root.get("encrypted") == "yes",
    )


def _namespace(element: _Element) -> str:
    tag = str(element.tag)
    namespace = tag[1:].split("}", maxsplit=1)[0] if tag.startswith("{") else ""
    return "" if namespace.startswith(COMMON) else namespace


def _meta(root: _Element) -> dict[str, str]:
    """The texts of the block ``meta``, by name."""
    block = next((child for child in root if local(child) == "meta"), None)
    if block is None:
        return {}
    return {
        local(each): (each.text or "").strip()
        for each in block
        if len(each) == 0 and (each.text or "").strip()
    }


class _Reader:
    """Reads one instance; answers, rows and findings gather on the way."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.questionnaire = questionnaire
        self.rosters: dict[str, list[RosterRow]] = {group.name: [] for group in questionnaire.rosters}
        self.findings: list[Finding] = []

    def read(self, root: _Element, envelope: Envelope) -> Record:
        """The record of the instance below ``root``."""
        answers = self._unanswered(None)
        if envelope.form_id != self.questionnaire.id:
            self._find(
                "", envelope.form_id, f'The submission answers another form than "{self.questionnaire.id}".'
            )
        self._walk(root, self.questionnaire.layout, answers, "", None)
        return Record(
            envelope=envelope,
            answers=answers,
            rosters={name: tuple(rows) for name, rows in self.rosters.items()},
            meta=_meta(root),
            findings=tuple(self.findings),
        )

    def _unanswered(self, roster: str | None) -> dict[str, Answer]:
        return {"/".join(each.full_path): None for each in self.questionnaire.questions_of(roster)}

    def _find(self, path: str, value: str, problem: str) -> None:
        self.findings.append(Finding(path, value[:SHOWN], problem))

    def _walk(
        self, element: _Element, place: Place, answers: dict[str, Answer], path: str, row: int | None
    ) -> None:
        """Takes what stands inside an element: answers, groups, rows of rosters, strangers."""
        seen: dict[str, int] = {}
        if (element.text or "").strip() and len(element):
            self._find(path, _text(element), "Words stand between the answers.")
        for child in element:
            name = local(child)
            seen[name] = seen.get(name, 0) + 1
            inside = place.inside.get(name)
            where = f"{path}/{name}".lstrip("/")
            if inside is None:
                self._stranger(child, where)
            elif inside.group is not None and inside.group.repeat:
                self._row(child, inside, f"{where}[{seen[name]}]", row)
            elif seen[name] > 1:
                self._find(where, _text(child), "It stands more than once.")
            elif inside.question is not None:
                self._answer(child, inside.question, answers, where)
            else:
                self._walk(child, inside, answers, where, row)

    def _stranger(self, element: _Element, where: str) -> None:
        if where in SERVERS_OWN or where.startswith("meta/"):
            return
        self._find(where, _text(element), "The form has no such question.")

    def _row(self, element: _Element, place: Place, where: str, parent: int | None) -> None:
        if place.group is None or element.get(TEMPLATE) is not None:
            return
        rows = self.rosters[place.group.name]
        answers = self._unanswered(place.group.name)
        rows.append(RosterRow(answers, parent))
        self._walk(element, place, answers, where, len(rows) - 1)

    def _answer(self, element: _Element, question: Question, answers: dict[str, Answer], where: str) -> None:
        if len(element):
            self._find(where, _text(element), "Other elements stand in this answer.")
            return
        text = element.text or ""
        try:
            answer, oddities = read_answer(text, question)
        except NotUnderstoodError as error:
            self._find(where, text, str(error))
            return
        answers["/".join(question.full_path)] = answer
        for oddity in oddities:
            self._find(where, text, oddity)


def _text(element: _Element) -> str:
    """All words inside an element, for a finding."""
    return " ".join(word for part in _words(element) for word in part.split())


def _words(element: _Element) -> Iterator[str]:
    for part in element.itertext():
        yield str(part)
