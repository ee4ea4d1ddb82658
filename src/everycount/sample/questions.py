"""Which question of the questionnaire a heading stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.questionnaire.kinds import DEVICE, LINES, MEDIA, POINTS, Kind
from everycount.sample.sample import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from everycount.questionnaire import Question, Questionnaire

SEPARATORS = "/-.:"  # between groups and questions: Kobo and Ona, ODK Central, Kobo (older), ODK Briefcase
_SPLIT = "/.-:"  # between a question and one of its options
POINT = ("Latitude", "Longitude", "Altitude", "Accuracy")  # in the order in which ODK writes a point

_KINDS = (
    {Kind.SELECT_ONE: ColumnKind.CODE, Kind.ACKNOWLEDGE: ColumnKind.CODE}
    | dict.fromkeys((Kind.SELECT_MULTIPLE, Kind.RANK), ColumnKind.CODES)
    | dict.fromkeys((Kind.INTEGER, Kind.DECIMAL, Kind.RANGE), ColumnKind.NUMBER)
    | dict.fromkeys((Kind.DATE, Kind.DATETIME, Kind.TODAY, Kind.START, Kind.END), ColumnKind.DATE)
    | dict.fromkeys(POINTS | LINES, ColumnKind.PLACE)
    | dict.fromkeys(MEDIA | DEVICE | {Kind.NOTE}, ColumnKind.OTHER)
)


def kind_of(question: Question) -> ColumnKind:
    """What the answers to a question are."""
    return _KINDS.get(question.kind, ColumnKind.TEXT)


class Asked:
    """The questions of a questionnaire, by every spelling that the headings of one table may have."""

    def __init__(self, questionnaire: Questionnaire, table: str | None) -> None:
        """Takes the name of the roster whose table it is, or None for the main table."""
        names = {group.name for group in questionnaire.rosters}
        self._roster = table if table in names else None
        self._elsewhere = table is not None and self._roster is None
        self._places: dict[str, list[Question]] = {}
        self._labels: dict[str, list[Question]] = {}
        for question in questionnaire.questions:
            for spelling in _spellings(question):
                self._places.setdefault(spelling, []).append(question)
            for label in {words.strip() for _, words in question.labels.versions}:
                self._labels.setdefault(label, []).append(question)

    def find(self, header: str) -> Question | None:
        """The question that a heading names or shows; None when none, or several, could be meant."""
        found = self._places.get(header) or self._labels.get(header) or []
        if len(found) > 1 and not self._elsewhere:
            found = [each for each in found if each.roster == self._roster]
        if len(found) > 1:
            found = [each for each in found if "/".join(each.full_path) == header]
        return found[0] if len(found) == 1 else None

    def part(self, header: str) -> tuple[Question, str] | None:
        """The question of which a heading stands for a part, and the part.

        An option of a several-choice question (``question/option``), or one number of a point, as ODK Central
        has it (``question-Latitude``).
        """
        return self._option(header) or self._number_of_point(header)

    def _number_of_point(self, header: str) -> tuple[Question, str] | None:
        place, dash, number = header.rpartition("-")
        question = self.find(place) if dash and number in POINT else None
        return (question, number) if question is not None and question.kind in POINTS else None

    def _option(self, header: str) -> tuple[Question, str] | None:
        for separator in _SPLIT:
            position = header.find(separator)
            while position > 0:
                question = self.find(header[:position])
                if question is not None and kind_of(question) is ColumnKind.CODES:
                    code = _code(question, header[position + 1 :])
                    if code is not None:
                        return question, code
                position = header.find(separator, position + 1)
        return None


def _spellings(question: Question) -> Iterator[str]:
    """Its name, and its name after some or all of its groups."""
    yield question.name
    path = question.full_path
    for start in range(len(path) - 1):
        for separator in SEPARATORS:
            yield separator.join(path[start:])


def _code(question: Question, word: str) -> str | None:
    """The code that a word means, itself or by a label that only one code has."""
    if word in question.codes:
        return word
    codes = codes_by_label(question).get(word, ())
    return codes[0] if len(codes) == 1 else None


def codes_by_label(question: Question) -> Mapping[str, tuple[str, ...]]:
    """The codes that carry each label, in any language."""
    found: dict[str, tuple[str, ...]] = {}
    for choice in question.choices:
        for _, label in choice.labels.versions:
            codes = found.get(label, ())
            if choice.code not in codes:
                found[label] = (*codes, choice.code)
    return found
