"""Every change of questionnaires and keys, one function a sentence."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from django.db import transaction

from everycount.faults import Fault, InputError
from everycount.questionnaire import validate, write_xform
from everycount.site.collection import keys, queries
from everycount.site.collection.models import Key, KeyKind, Questionnaire, State, Version
from everycount.site.ledger.actions import Entry, record

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative


@transaction.atomic
def upload(*, initiative: Initiative, xlsform: bytes, name: str, by: Person, at: datetime) -> Version:
    """A new draft from an XLSForm; the questionnaire is made with its first version.

    Raises:
        InputError: the form has faults, or its id or version is taken.
    """
    form = validate(xlsform, name)
    xform = write_xform(form)
    questionnaire = Questionnaire.objects.filter(form_id=form.id).first()
    if questionnaire is None:
        questionnaire = Questionnaire.objects.create(
            initiative=initiative, form_id=form.id, title=str(form.title)[:300] or form.id, made_at=at
        )
    if questionnaire.initiative_id != initiative.id:
        raise InputError(_taken(name, "form_id", form.id, "Choose another form_id on the sheet settings."))
    if questionnaire.versions.filter(version=form.version).exists():
        raise InputError(
            _taken(name, "version", form.version, "Give this one a new version on the sheet settings.")
        )
    version = Version.objects.create(
        questionnaire=questionnaire,
        version=form.version,
        xlsform=xlsform,
        xlsform_name=name,
        xform=xform,
        xform_md5=hashlib.md5(xform, usedforsecurity=False).hexdigest(),
        made_by=by,
        made_at=at,
    )
    _tell("questionnaire.uploaded", questionnaire, by, at, version=form.version)
    return version


def _taken(name: str, noun: str, value: str, remedy: str) -> Fault:
    return Fault(name, f'The {noun} "{value}" is taken.', remedy)


@transaction.atomic
def publish(*, version: Version, by: Person, at: datetime) -> None:
    """Phones get this version from now on; the one before stays readable for what was filled with it."""
    questionnaire = version.questionnaire
    questionnaire.versions.filter(state=State.PUBLISHED).update(state=State.REPLACED)
    version.state, version.published_at = State.PUBLISHED, at
    version.save(update_fields=["state", "published_at"])
    transaction.on_commit(queries.forget)
    _tell("questionnaire.published", questionnaire, by, at, version=version.version)


@transaction.atomic
def give_key(
    *,
    initiative: Initiative,
    kind: KeyKind,
    label: str,
    by: Person,
    at: datetime,
    questionnaire: Questionnaire | None = None,
    person: Person | None = None,
    expires_at: datetime | None = None,
) -> tuple[Key, str]:
    """A new key and its secret, which is shown now and never again."""
    keys.KNOWN.forget()
    secret = keys.fresh()
    key = Key.objects.create(
        initiative=initiative,
        questionnaire=questionnaire,
        kind=kind,
        label=label,
        person=person,
        secret_hash=keys.hashed(secret),
        made_at=at,
        expires_at=expires_at,
    )
    payload = {"kind": str(kind), "expires": expires_at.isoformat() if expires_at else None}
    record(Entry("key.given", by.ref, f"key:{key.id}", initiative.id, payload), at=at)
    return key, secret


@transaction.atomic
def revoke_key(*, key: Key, by: Person, at: datetime) -> None:
    """The key opens nothing from now on. Again is as good as once."""
    if key.revoked_at is not None:
        return
    key.revoked_at = at
    key.save(update_fields=["revoked_at"])
    keys.KNOWN.forget()
    record(Entry("key.revoked", by.ref, f"key:{key.id}", key.initiative_id), at=at)


@transaction.atomic
def give_password(*, key: Key, by: Person, at: datetime) -> tuple[str, str]:
    """A name and a password for a phone that cannot use its key, shown now and never again.

    A new one replaces the one before.
    """
    user, password = f"phone-{secrets.token_hex(4)}", secrets.token_urlsafe(16)
    key.digest_user, key.digest_ha1 = user, keys.digest_of(key, user, password)
    key.save(update_fields=["digest_user", "digest_ha1"])
    keys.KNOWN.forget()
    record(Entry("key.password_given", by.ref, f"key:{key.id}", key.initiative_id), at=at)
    return user, password


def _tell(verb: str, questionnaire: Questionnaire, by: Person, at: datetime, *, version: str) -> None:
    name = f"questionnaire:{questionnaire.id}"
    record(Entry(verb, by.ref, name, questionnaire.initiative_id, {"version": version}), at=at)
