"""Changes of the files that stand beside a form: pictures, sounds, lists."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from everycount.faults import Fault, InputError
from everycount.site.collection.models import MediaFile, State, Version
from everycount.site.ledger.actions import Entry, record

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.site.people.models import Person

LARGEST = 20_000_000  # bytes; every phone downloads it
MOST = 200  # files of a version
_NAME = re.compile(r"[^\W_][\w .()+-]{0,150}\.[A-Za-z0-9]{1,8}")
_ENTITY_COLUMNS = frozenset({"name", "label"})  # of an entity list (docs.getodk.org/entities-intro)


@transaction.atomic
def attach(
    *, version: Version, name: str, content: bytes, is_entity_list: bool, by: Person, at: datetime
) -> MediaFile:
    """A file of a version that is not published; one of the same name gives way.

    Raises:
        InputError: it cannot be taken.
    """
    version = Version.objects.select_for_update().get(pk=version.pk)
    faults = [*_faults(version, name, content, is_entity_list=is_entity_list)]
    if faults:
        raise InputError(*faults)
    file, _made = MediaFile.objects.update_or_create(
        version=version,
        name=name,
        defaults={
            "content": content,
            "md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
            "is_entity_list": is_entity_list,
        },
    )
    _tell("questionnaire.file_added", version, by, at)
    return file


@transaction.atomic
def detach(*, file: MediaFile, by: Person, at: datetime) -> None:
    """The file is no longer part of the version.

    Raises:
        InputError: the version is published.
    """
    version = Version.objects.select_for_update().get(pk=file.version_id)
    if version.state not in {State.DRAFT, State.REVIEW}:
        raise InputError(_published(file.name, version))
    file.delete()
    _tell("questionnaire.file_removed", version, by, at)


def _faults(version: Version, name: str, content: bytes, *, is_entity_list: bool) -> list[Fault]:
    faults = []
    if version.state not in {State.DRAFT, State.REVIEW}:
        faults.append(_published(name, version))
    if not _NAME.fullmatch(name):
        problem = _("“%(name)s” cannot be the name of a file.") % {"name": name[:160]}
        remedy = _("Use letters, digits, spaces, - and _, and an ending, such as map-of-wells.png.")
        faults.append(Fault(name[:160] or _("File"), problem, remedy))
    if not content or len(content) > LARGEST:
        problem = _("The file has %(size)s bytes.") % {"size": len(content)}
        remedy = _("Choose one of 1 byte to %(most)s MB; phones have to load it.")
        faults.append(Fault(name[:160], problem, remedy % {"most": LARGEST // 1_000_000}))
    if version.media.exclude(name=name).count() >= MOST:
        problem = _("There are %(most)s files already.") % {"most": MOST}
        faults.append(Fault(name[:160], problem, _("Remove one of them first.")))
    if is_entity_list:
        faults += _entity_faults(name, content)
    return faults


def _published(name: str, version: Version) -> Fault:
    problem = _("Version “%(version)s” is published; phones have its files.") % {"version": version.version}
    return Fault(name[:160], problem, _("Upload a new version of the form and add the file there."))


def _entity_faults(name: str, content: bytes) -> list[Fault]:
    missing = _ENTITY_COLUMNS - set(_header(content)) if name.endswith(".csv") else _ENTITY_COLUMNS
    if not missing:
        return []
    problem = _("A list of entities is a CSV file with the columns name and label; missing: %(columns)s.")
    remedy = _("Add the column, or add it as a plain file.")
    return [Fault(name[:160], problem % {"columns": ", ".join(sorted(missing))}, remedy)]


def _header(content: bytes) -> list[str]:
    try:
        text = content.decode("utf-8-sig")
        return next(csv.reader(io.StringIO(text, newline="")), [])
    except (UnicodeDecodeError, csv.Error):
        return []


def _tell(verb: str, version: Version, by: Person, at: datetime) -> None:
    questionnaire = version.questionnaire
    payload = {"version": version.version}
    name = f"questionnaire:{questionnaire.id}"
    record(Entry(verb, by.ref, name, questionnaire.initiative_id, payload), at=at)
