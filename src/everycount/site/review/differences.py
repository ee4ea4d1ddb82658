"""What differs between two versions of a submission, question by question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.questionnaire.kinds import MEDIA, METADATA
from everycount.site.consent import telling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.questionnaire import Question, Questionnaire, Record
    from everycount.questionnaire.record import Answer


@dataclass(frozen=True, slots=True)
class Difference:
    """A question whose answer is another one.

    Attributes:
        heading: roster and row, from 1; "" outside rosters.
        asked: as the later version asked it.
        old, new: in words; "" for no answer, and where it is hidden.
        hidden: the answers name or find a person, or are the name of a file: that they changed is all.
    """

    heading: str
    asked: str
    old: str
    new: str
    hidden: bool


_Place = tuple[str, int, str]  # roster, row, path


def differences(
    before: tuple[Questionnaire, Record], after: tuple[Questionnaire, Record], language: str
) -> tuple[Difference, ...]:
    """What changed, in the order of the questionnaire; what the phone writes down by itself is left out.

    Rows of rosters are compared by their place: the fourth with the fourth.
    """
    old, new = dict(_answers(*before)), dict(_answers(*after))
    places = [*new, *(place for place in old if place not in new)]
    return tuple(
        _difference(place, old.get(place), new.get(place), after[0], language)
        for place in places
        if _value(old.get(place)) != _value(new.get(place))
    )


_Held = tuple["Question", "Answer"]


def _value(held: _Held | None) -> Answer:
    return held[1] if held else None


def _answers(form: Questionnaire, record: Record) -> Iterator[tuple[_Place, _Held]]:
    for question in form.questions_of(None):
        yield from _one(question, record.answers, "", 0)
    for group in form.rosters:
        for number, row in enumerate(record.rosters.get(group.name, ()), 1):
            for question in form.questions_of(group.name):
                yield from _one(question, row.answers, group.name, number)


def _one(
    question: Question, given: dict[str, Answer], roster: str, number: int
) -> Iterator[tuple[_Place, _Held]]:
    path = "/".join(question.full_path)
    answer = given.get(path)
    if answer is not None and question.kind not in METADATA:
        yield (roster, number, path), (question, answer)


def _difference(
    place: _Place, old: _Held | None, new: _Held | None, form: Questionnaire, language: str
) -> Difference:
    question = (new or old)[0]  # type: ignore[index]  # one of them is there, or nothing would differ
    hidden = question.direct_identifier or question.kind in MEDIA
    roster, number, _path = place
    labels = {group.name: group.labels.say(language, group.name) for group in form.rosters}
    return Difference(
        heading=f"{labels.get(roster, roster)} {number}" if roster else "",
        asked=question.labels.say(language, question.name),
        old="" if hidden or old is None else telling.say(*old, language),
        new="" if hidden or new is None else telling.say(*new, language),
        hidden=hidden,
    )
