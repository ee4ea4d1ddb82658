"""What phones ask: which forms, which files, which version."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db.models import Q

from everycount.site.collection import beside
from everycount.site.collection.kept import Kept
from everycount.site.collection.models import KeyKind, MediaFile, Questionnaire, State, Version

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from everycount.questionnaire import Declared
    from everycount.questionnaire import Questionnaire as Form
    from everycount.site.collection.models import Key


DRAFTS = (State.DRAFT, State.REVIEW)
FORMS: Kept[Questionnaire | None] = Kept()
VERSIONS: Kept[UUID | None] = Kept()
LISTS: Kept[tuple[bytes, str]] = Kept()  # the list and its tag, by key, way and form


def forget() -> None:
    """What phones may fill has changed."""
    FORMS.forget()
    VERSIONS.forget()
    LISTS.forget()


@dataclass(frozen=True, slots=True)
class Listed:
    """A form as phones list it."""

    version: UUID
    form_id: str
    name: str
    label: str
    md5: str
    has_media: bool


def listed(key: Key, form_id: str | None = None) -> list[Listed]:
    """The forms that a key may fill: current versions, or the newest draft for a draft link."""
    rows = Version.objects.filter(_reach(key)).select_related("questionnaire")
    if key.kind == KeyKind.DRAFT:
        rows = rows.filter(id__in=_newest_drafts(rows))
    else:
        rows = rows.filter(state=State.PUBLISHED, questionnaire__closed_at=None)
    if form_id is not None:
        if "\0" in form_id:
            return []  # PostgreSQL takes no such text
        rows = rows.filter(questionnaire__form_id=form_id)
    with_media = set(MediaFile.objects.filter(version__in=rows).values_list("version_id", flat=True))
    return [
        Listed(
            row.id,
            row.questionnaire.form_id,
            row.version,
            row.questionnaire.title,
            row.xform_md5,
            row.id in with_media or bool(beside.names_of(row.id)),
        )
        for row in rows.defer("xlsform", "xform").order_by("questionnaire__title")
    ]


def form_of(key: Key, version: UUID) -> Version | None:
    """A version that a key may download; earlier ones too, for a phone may be between two lists."""
    states = [State.PUBLISHED, State.REPLACED] if key.kind != KeyKind.DRAFT else DRAFTS
    return Version.objects.filter(_reach(key), id=version, state__in=states).first()


def media_of(version: UUID) -> QuerySet[MediaFile]:
    """The files of a version."""
    return MediaFile.objects.filter(version=version).order_by("name")


def questionnaire_of(key: Key, form_id: str) -> Questionnaire | None:
    """The questionnaire that a key may answer."""

    def find() -> Questionnaire | None:
        rows = Questionnaire.objects.filter(initiative=key.initiative_id, form_id=form_id)
        if key.questionnaire_id is not None:
            rows = rows.filter(id=key.questionnaire_id)
        return rows.first()

    return FORMS.get((key.initiative_id, key.questionnaire_id, form_id), find)


def version_named(questionnaire: UUID, name: str, *, of_draft: bool = False) -> UUID | None:
    """The version of that name that phones may have; a link to try a draft may have any."""

    def find() -> UUID | None:
        found = Version.objects.filter(questionnaire=questionnaire, version=name)
        if not of_draft:
            found = found.exclude(state__in=DRAFTS)
        return found.values_list("id", flat=True).first()

    return VERSIONS.get((questionnaire, name, of_draft), find)


def published_versions(questionnaire: Questionnaire) -> list[UUID]:
    """Every version that phones had, the newest first."""
    rows = questionnaire.versions.exclude(state__in=DRAFTS).order_by("-published_at")
    return list(rows.values_list("id", flat=True))


def media_file(version: UUID, number: int) -> MediaFile | None:
    """One file of a version."""
    return MediaFile.objects.filter(version=version, pk=number).first()


def entities_of(file: MediaFile) -> frozenset[str]:
    """The ids of an entity list: what stands in its column ``name``."""
    return _entities(file.md5, bytes(file.content))


@lru_cache(maxsize=8)
def _entities(_md5: str, content: bytes) -> frozenset[str]:
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig", errors="replace")))
    return frozenset(row["name"] for row in rows if row.get("name"))


@lru_cache(maxsize=256)
def entities_in(version: UUID) -> Declared:
    """What a version says of entities; kept, for its bytes never change."""
    from everycount.questionnaire import declared  # noqa: PLC0415 - with the form's reader, wanted only here

    return declared(bytes(Version.objects.only("xform").get(id=version).xform))


@lru_cache(maxsize=64)
def form(version: UUID) -> Form:
    """The questionnaire of a version, as the library reads it; kept, for published bytes never change."""
    from everycount.questionnaire import read_xlsform  # noqa: PLC0415 - pyxform is wanted only here

    row = Version.objects.only("xlsform", "xlsform_name").get(id=version)
    return read_xlsform(bytes(row.xlsform), row.xlsform_name)


def _reach(key: Key) -> Q:
    reach = Q(questionnaire__initiative=key.initiative_id)
    return reach & Q(questionnaire=key.questionnaire_id) if key.questionnaire_id else reach


def _newest_drafts(rows: QuerySet[Version]) -> list[UUID]:
    """The newest draft of each questionnaire: phones know one form by each name."""
    newest: dict[UUID, UUID] = {}
    found = rows.filter(state__in=DRAFTS).order_by("-made_at")
    for version, questionnaire in found.values_list("id", "questionnaire_id"):
        newest.setdefault(questionnaire, version)
    return list(newest.values())
