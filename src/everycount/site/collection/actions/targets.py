"""Where records that are brought in go: a version that is here, or a new draft. Nothing is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from everycount.faults import Fault, InputError
from everycount.questionnaire import changes, validate
from everycount.questionnaire.asset import from_kobo, names_of_xform
from everycount.questionnaire.foreign import is_xform
from everycount.site.collection import queries
from everycount.site.collection.actions.questionnaires import upload
from everycount.site.collection.models import Questionnaire

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from everycount.questionnaire import Questionnaire as Form
    from everycount.site.collection.models import Version
    from everycount.site.registry.models import Initiative

_BYTE_ORDER = b"\xef\xbb\xbf \t\r\n"


@dataclass(frozen=True, slots=True)
class Target:
    """Where records go, and how they are read.

    Attributes:
        initiative: its id.
        questionnaire: its id; None on trial, where it is not here yet.
        version: under whose name they are stored.
        form: the questionnaire of that version.
        is_held: no phone may have that version yet: what comes waits until it is published.
    """

    initiative: UUID
    questionnaire: UUID | None
    version: str
    form: Form
    is_held: bool

    @classmethod
    def of(cls, version: Version) -> Target:
        """A version that is here."""
        found = version.questionnaire
        is_held = queries.version_named(found.id, version.version) is None
        return cls(found.initiative_id, found.id, version.version, queries.form(version.id), is_held)


@dataclass(frozen=True, slots=True)
class Asked:
    """The form that was asked.

    Attributes:
        name: of its file.
        form: the questionnaire: that of the version which is here, where there is one.
        version: which is here; None where it has to be uploaded.
        xlsform: the file to be uploaded then.
        notes: what is to be told of it.
    """

    name: str
    form: Form
    version: Version | None
    xlsform: bytes = b""
    notes: tuple[str, ...] = ()


def look_up(*, initiative: Initiative, data: bytes, name: str) -> Asked:
    """What a file says was asked; nothing is changed.

    Args:
        initiative: whose.
        data: an XLSForm, the JSON of an asset of KoboToolbox, or the XForm of a version that is here.
        name: of the file.

    Raises:
        InputError: the form has faults, or is closed.
    """
    if is_xform(data):
        here = _here(initiative, *names_of_xform(data, name), name)
        return Asked(name, queries.form(here.id), here)
    is_asset = data.lstrip(_BYTE_ORDER).startswith(b"{")
    xlsform = from_kobo(data, name) if is_asset else data
    form = validate(xlsform, name)
    found = _found(initiative, form.id, form.version, name)
    if found is None:
        told = f"The questionnaire {form.id!r} is not here in version {form.version!r}: a draft is made."
        file = f"{name.rpartition('.')[0] or name}.xlsx" if is_asset else name
        return Asked(file, form, None, xlsform, (told,))
    held = queries.form(found.id)
    differences = len(changes(held, form))
    told = f"{name} differs in {differences} places from version {form.version!r} here, which is used."
    return Asked(name, held, found, notes=(told,) if differences else ())


def target_of(*, initiative: Initiative, asked: Asked, at: datetime, is_trial: bool = False) -> Target:
    """The version that was asked, uploaded as a draft where it is not here; on trial nothing stays.

    Raises:
        InputError: its form_id is another initiative's, or it does not go with the versions before.
    """
    if asked.version is not None:
        return Target.of(asked.version)
    with transaction.atomic():
        made = upload(initiative=initiative, xlsform=asked.xlsform, name=asked.name, by=None, at=at)
        target = Target.of(made)
        if is_trial:
            transaction.set_rollback(True)
            queries.form.cache_clear()
    return target


def _here(initiative: Initiative, form_id: str, version: str, name: str) -> Version:
    found = _found(initiative, form_id, version, name)
    if found is None:
        problem = f'The form "{form_id}" is not here in version "{version}".'
        raise InputError(
            Fault(name, problem, "Name the XLSForm that it was made from, so that it is uploaded.")
        )
    return found


def _found(initiative: Initiative, form_id: str, version: str, name: str) -> Version | None:
    questionnaire = Questionnaire.objects.filter(initiative=initiative, form_id=form_id).first()
    if questionnaire is None:
        return None
    if questionnaire.closed_at is not None:
        problem = f'The questionnaire "{form_id}" is closed.'
        raise InputError(Fault(name, problem, "Let its coordinator open it again first."))
    return questionnaire.versions.filter(version=version).first()
