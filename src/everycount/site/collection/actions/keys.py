"""Changes of keys."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from everycount.site.collection import keys
from everycount.site.collection.models import Key, KeyKind
from everycount.site.ledger.actions import Entry, record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from everycount.site.collection.models import Questionnaire
    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative


@dataclass(frozen=True, slots=True)
class Given:
    """A key that was made now, and its secret, which is nowhere else."""

    key: Key
    secret: str


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
def give_keys(
    *,
    initiative: Initiative,
    kind: KeyKind,
    labels: Sequence[str],
    by: Person,
    at: datetime,
    questionnaire: Questionnaire | None = None,
    person: Person | None = None,
    expires_at: datetime | None = None,
) -> list[Given]:
    """A key for each label, all or none."""
    return [
        Given(
            *give_key(
                initiative=initiative,
                kind=kind,
                label=label,
                by=by,
                at=at,
                questionnaire=questionnaire,
                person=person,
                expires_at=expires_at,
            )
        )
        for label in labels
    ]


@transaction.atomic
def revoke_key(*, key: Key, by: Person, at: datetime) -> None:
    """The key opens nothing from now on. Again is as good as once."""
    if not Key.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at):
        return
    key.revoked_at = at
    keys.KNOWN.forget()
    transaction.on_commit(keys.KNOWN.forget)
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
