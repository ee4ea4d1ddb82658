"""What was said in a review. Names of those who spoke are shown to nobody but themselves."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.site.collection.models import State
from everycount.site.collection.queries import form
from everycount.site.people.policy import Verb, may, visible
from everycount.site.questionnaires.models import Review, Stance, Voice
from everycount.site.questionnaires.things import Asked, Category, Shown, shown

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from everycount.site.people.models import Person


@dataclass(frozen=True, slots=True)
class Said:
    """One voice as others read it."""

    id: UUID
    stance: str
    words: str
    answer: str
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Spoken:
    """Everything that was said of one thing; ``of`` is the question where it is a category."""

    thing: str
    label: str
    of: str
    number: int
    endorsed: int
    objected: int
    voices: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """One question of a review, for a member of the community body or whoever looks on.

    Attributes:
        things: the question, then its categories, with what was said.
        mine: the reader's own voices, by thing.
        done: on how many of the questions the reader has spoken.
        speaks: the reader may speak now.
    """

    review: Review
    form: Shown
    asked: Asked
    things: tuple[Spoken, ...]
    mine: dict[str, Voice]
    done: int
    total: int
    speaks: bool
    answers: bool


def spoken(review: Review, reader: Person | None, language: str) -> tuple[Spoken, ...]:
    """What was said, in the order of the form; things on which nobody spoke are left out."""
    voices = _by_thing(review)
    seen: set[str] = set()
    found = []
    for asked in shown(form(review.version_id), language).questions:
        for thing in _things(asked, voices, reader):
            if thing.voices and thing.thing not in seen:
                seen.add(thing.thing)
                found.append(thing)
    return tuple(found)


def review_page(
    reader: Person | None, slug: str, version: UUID, number: int, language: str, *, at: datetime
) -> Progress | None:
    """One question of a review; None where the reader may not see it or there is no such question."""
    rows = visible(Review.objects.all(), Verb.SEE_DRAFTS, reader, at=at).exclude(opened_at=None)
    review = (
        rows.filter(version=version, version__questionnaire__initiative__slug=slug)
        .select_related("version__questionnaire__initiative")
        .first()
    )
    if review is None:
        return None
    questions = (seen := shown(form(version), language)).questions
    if not 1 <= number <= len(questions):
        return None
    mine = {voice.thing: voice for voice in review.voices.filter(person=reader)}
    is_draft = review.version.state == State.REVIEW
    return Progress(
        review=review,
        form=seen,
        asked=questions[number - 1],
        things=_things(questions[number - 1], _by_thing(review), reader),
        mine=mine,
        done=sum(each.thing in mine for each in questions),
        total=len(questions),
        speaks=review.is_open and is_draft and may(reader, Verb.REVIEW_CONCEPTS, review, at=at),
        answers=is_draft and may(reader, Verb.DRAFT, review, at=at),
    )


def voice_to_answer(reader: Person | None, slug: str, name: UUID, *, at: datetime) -> Voice | None:
    """A voice that the reader may answer."""
    rows = visible(Voice.objects.all(), Verb.DRAFT, reader, at=at)
    rows = rows.filter(pk=name, review__version__questionnaire__initiative__slug=slug)
    return rows.select_related("review__version").first()


def _by_thing(review: Review) -> dict[str, list[Voice]]:
    found: dict[str, list[Voice]] = defaultdict(list)
    for voice in review.voices.order_by("said_at"):
        found[voice.thing].append(voice)
    return found


def _things(asked: Asked, voices: dict[str, list[Voice]], reader: Person | None) -> tuple[Spoken, ...]:
    question = _spoken(asked, asked.label, "", asked.number, voices.get(asked.thing, ()), reader)
    categories = (
        _spoken(each, each.label, asked.label, asked.number, voices.get(each.thing, ()), reader)
        for each in asked.categories
    )
    return (question, *categories)


def _spoken(
    thing: Asked | Category,
    label: str,
    of: str,
    number: int,
    voices: Iterable[Voice],
    reader: Person | None,
) -> Spoken:
    rows = tuple(voices)
    return Spoken(
        thing=thing.thing,
        label=label,
        of=of,
        number=number,
        endorsed=sum(row.stance == Stance.ENDORSE for row in rows),
        objected=sum(row.stance == Stance.OBJECT for row in rows),
        voices=tuple(
            Said(row.id, row.stance, row.words, row.answer, reader is not None and row.person_id == reader.pk)
            for row in rows
        ),
    )
