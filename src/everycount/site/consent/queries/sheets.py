"""The consent sheet of a version: the promises that hold for it, in one language, and what is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.site.collection import queries as collection
from everycount.site.consent import rules
from everycount.site.consent.models import Basis
from everycount.site.consent.queries.steward import spoken
from everycount.site.consent.words import AGREED
from everycount.site.questionnaires.queries import readable_version

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from everycount.questionnaire import Question
    from everycount.site.collection.models import Version
    from everycount.site.consent.models import ConsentText
    from everycount.site.people.models import Person


@dataclass(frozen=True, slots=True)
class Wanted:
    """A purpose that the questionnaire asks for: the question as it is heard, and what can be answered."""

    purpose: str
    question: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConsentSheet:
    """What a person is given, and what is signed.

    Attributes:
        text: None where nothing is written in any language.
        languages: in which the text is written.
        promises: headings and words, in their order.
        signers: who writes a name or a mark, as the basis asks: ``person``, ``witness``, ``parent``,
            ``child``, ``authority`` or ``asker``.
    """

    version: Version
    text: ConsentText | None
    languages: tuple[str, ...]
    promises: tuple[tuple[str, str], ...]
    wanted: tuple[Wanted, ...]
    signers: tuple[str, ...]


SIGNERS = {
    Basis.WRITTEN: ("person",),
    Basis.WITNESSED: ("person", "witness"),
    Basis.SPOKEN: ("asker",),
    Basis.PARENTAL: ("parent", "child"),
    Basis.COMMUNITY: ("authority", "person"),
}


def readable(reader: Person | None, slug: str, name: UUID, *, at: datetime) -> Version | None:
    """The version, for those who may see its questions."""
    return readable_version(reader, slug, name, at=at)


def languages(version: Version) -> tuple[str, ...]:
    """The languages of the text that holds for a version, the initiative's own first."""
    found = [text.language for text in _texts(version)]
    return tuple(sorted(found, key=lambda each: (each != version.questionnaire.initiative.language, each)))


def sheet(version: Version, language: str) -> ConsentSheet:
    """The sheet in a language of its text. Headings and purposes are said in the language that is active."""
    text = next((each for each in _texts(version) if each.language == language), None)
    asked = rules.asked(collection.form(version.pk))
    return ConsentSheet(
        version=version,
        text=text,
        languages=languages(version),
        promises=tuple(spoken(text.promises)) if text else (),
        wanted=tuple(
            _wanted(str(AGREED[purpose]), each, language)
            for purpose, found in asked.items()
            for each in found
        ),
        signers=SIGNERS[Basis(text.basis)] if text else (),
    )


def _wanted(purpose: str, question: Question, language: str) -> Wanted:
    answers = tuple(each.labels.say(language, each.code) for each in question.choices)
    return Wanted(purpose, question.labels.say(language, question.name), answers)


def _texts(version: Version) -> list[ConsentText]:
    """Of a published version the text that was there when phones got it, of a draft the newest."""
    rows = version.questionnaire.initiative.consent_texts.order_by("-version", "language")
    held = rows.filter(made_at__lte=version.published_at) if version.published_at else rows
    newest = held.first()
    return list(rows.filter(version=newest.version)) if newest else []
