"""What the pages of questionnaires show, each to those who may see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.site.collection.models import MediaFile, Questionnaire, State, Version
from everycount.site.collection.queries import DRAFTS, form
from everycount.site.people.policy import Verb, may, visible
from everycount.site.questionnaires.models import Review
from everycount.site.questionnaires.queries.reviews import Spoken, spoken
from everycount.site.questionnaires.queries.rules import Judged, judged, rule_of
from everycount.site.questionnaires.things import shown
from everycount.site.registry.models import Initiative

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from everycount.site.people.models import Person
    from everycount.site.questionnaires.models import Rule

_DOES = (Verb.DRAFT, Verb.PUBLISH, Verb.REVIEW_CONCEPTS, Verb.GIVE_KEYS, Verb.MANAGE, Verb.TYPE_IN)


@dataclass(frozen=True, slots=True)
class Home:
    """A questionnaire on the list: what phones have, and what is being made."""

    questionnaire: Questionnaire
    current: Version | None
    draft: Version | None


@dataclass(frozen=True, slots=True)
class Listing:
    """The questionnaires of an initiative that a reader may see, and what they may do there."""

    initiative: Initiative
    rows: tuple[Home, ...]
    does: frozenset[str]
    rule: tuple[Rule, int, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page of a version.

    Attributes:
        judged: how far the review is, for those who may see drafts; what held for published ones.
        record: what was said of each thing, where something was said.
        open_objections: how many objections nobody has answered.
        tests: how many submissions came by links to try a draft.
        changes: what differs from the version before, each with the number of the question that asks it now;
            None where no question that people see does.
    """

    version: Version
    initiative: Initiative
    does: frozenset[str]
    review: Review | None
    judged: Judged | None
    record: tuple[Spoken, ...]
    open_objections: int
    media: QuerySet[MediaFile]
    tests: int
    changes: tuple[tuple[dict[str, str], int | None], ...]


def initiative_for(reader: Person | None, verb: Verb, slug: str, *, at: datetime) -> Initiative | None:
    """The initiative of that name, where the reader may do the verb there."""
    return visible(Initiative.objects.filter(slug=slug), verb, reader, at=at).first()


def listing(reader: Person | None, slug: str, *, at: datetime) -> Listing | None:
    """The questionnaires of an initiative; None where the reader may not see it."""
    found = initiative_for(reader, Verb.SEE_INITIATIVE, slug, at=at)
    if found is None:
        return None
    versions = _versions(reader, at).filter(questionnaire__initiative=found).order_by("-made_at")
    by: dict[UUID, list[Version]] = {}
    for version in versions:
        by.setdefault(version.questionnaire_id, []).append(version)
    rows = (_home(each) for each in by.values())
    ordered = tuple(sorted(rows, key=lambda row: row.questionnaire.title))
    return Listing(found, ordered, _does(reader, found, at), rule_of(found))


def questionnaire_page(
    reader: Person | None, slug: str, name: UUID, *, at: datetime
) -> tuple[Questionnaire, list[Version], frozenset[str]] | None:
    """A questionnaire, its versions that the reader may see, newest first, and what they may do."""
    rows = _versions(reader, at).filter(questionnaire=name, questionnaire__initiative__slug=slug)
    versions = list(rows.order_by("-made_at"))
    if not versions:
        return None
    questionnaire = versions[0].questionnaire
    return questionnaire, versions, _does(reader, questionnaire.initiative, at)


def questionnaire_for(
    reader: Person | None, verb: Verb, slug: str, name: UUID, *, at: datetime
) -> Questionnaire | None:
    """A questionnaire on which the reader may do the verb."""
    rows = visible(Questionnaire.objects.all(), verb, reader, at=at)
    return rows.filter(pk=name, initiative__slug=slug).first()


def readable_version(reader: Person | None, slug: str, name: UUID, *, at: datetime) -> Version | None:
    """A version that the reader may see."""
    rows = visible(Version.objects.all(), Verb.SEE_DRAFTS, reader, at=at) | _published(reader, at)
    return _related(rows).filter(pk=name, questionnaire__initiative__slug=slug).first()


def version_for(reader: Person | None, verb: Verb, slug: str, name: UUID, *, at: datetime) -> Version | None:
    """A version on which the reader may do the verb."""
    rows = visible(Version.objects.all(), verb, reader, at=at)
    return _related(rows).filter(pk=name, questionnaire__initiative__slug=slug).first()


def version_page(
    reader: Person | None, slug: str, name: UUID, language: str, *, at: datetime
) -> Sheet | None:
    """The page of a version."""
    version = readable_version(reader, slug, name, at=at)
    if version is None:
        return None
    initiative = version.questionnaire.initiative
    review = Review.objects.filter(version=version).first()
    record = spoken(review, reader, language) if review else ()
    objections = (voice for each in record for voice in each.voices if voice.stance == "object")
    return Sheet(
        version=version,
        initiative=initiative,
        does=_does(reader, initiative, at),
        review=review,
        judged=judged(version, at=at) if version.state in DRAFTS else None,
        record=record,
        open_objections=sum(not voice.answer for voice in objections),
        media=version.media.defer("content").order_by("name"),
        tests=_tests(version) if version.state in DRAFTS else 0,
        changes=_changes(version, language),
    )


def _changes(version: Version, language: str) -> tuple[tuple[dict[str, str], int | None], ...]:
    """A category stands under the first question that offers it."""
    if not version.changes:
        return ()
    numbers: dict[str, int] = {}
    for asked in shown(form(version.id), language).questions:
        for name in (asked.name, *(f"{asked.list_name}/{each.code}" for each in asked.categories)):
            numbers.setdefault(name, asked.number)
    return tuple((each, numbers.get(each["choice"] or each["question"])) for each in version.changes)


def _tests(version: Version) -> int:
    return version.questionnaire.submissions.filter(is_test=True, version=version.version).count()


def _home(versions: list[Version]) -> Home:
    current = next((each for each in versions if each.state == State.PUBLISHED), None)
    draft = next((each for each in versions if each.state in DRAFTS), None)
    return Home(versions[0].questionnaire, current, draft)


def _does(reader: Person | None, initiative: Initiative, at: datetime) -> frozenset[str]:
    return frozenset(verb.name for verb in _DOES if may(reader, verb, initiative, at=at))


def _published(reader: Person | None, at: datetime) -> QuerySet[Version]:
    rows = visible(Version.objects.all(), Verb.SEE_INITIATIVE, reader, at=at)
    return rows.exclude(state__in=DRAFTS)


def _versions(reader: Person | None, at: datetime) -> QuerySet[Version]:
    """Published ones for whoever sees the initiative, drafts for whoever may; without the files."""
    rows = visible(Version.objects.all(), Verb.SEE_DRAFTS, reader, at=at) | _published(reader, at)
    return _related(rows).defer("xlsform", "xform")


def _related(rows: QuerySet[Version]) -> QuerySet[Version]:
    return rows.select_related("questionnaire__initiative")
