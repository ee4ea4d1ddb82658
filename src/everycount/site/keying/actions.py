"""Keeping a sheet that was typed in: by the way of phones, with a receipt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from everycount.faults import Fault, InputError
from everycount.questionnaire import read_instance
from everycount.questionnaire.calculating import with_values
from everycount.questionnaire.filling import write_filled
from everycount.site.collection import intake
from everycount.site.collection.marks import mark_of_bytes
from everycount.site.collection.models import Key, KeyKind
from everycount.site.collection.package import Fate, Package
from everycount.site.collection.queries import form as form_of
from everycount.site.consent import rules
from everycount.site.consent.models import Purpose
from everycount.site.keying.queries import typed_before
from everycount.site.ledger.actions import Entry, record

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.questionnaire.filling import Filled
    from everycount.site.collection.models import Version
    from everycount.site.people.models import Person

_OURS = "paper:"  # begins the mark of a key that nobody holds, and the name of what was on paper


class Came(StrEnum):
    """What became of a sheet."""

    KEPT = "kept"
    CHANGED = "changed"  # a correction of what was typed before
    SAME = "same"  # typed twice, and the same
    OTHER = "other"  # typed before, otherwise; nothing is stored
    TAKEN_BACK = "taken back"


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a sheet, and the receipt of a new one."""

    came: Came
    receipt: str = ""


def keep(*, version: Version, sheet: str, filled: Filled, corrects: bool, by: Person, at: datetime) -> Kept:
    """Stores a sheet under its id, so that it is one thing however often it is typed.

    Typed a second time, it is held against what is there: the same is known, another one is stored only as a
    correction. Neither opens what is there.

    Args:
        version: of the questionnaire that was printed.
        sheet: the id, as printed.
        filled: the answers.
        corrects: what is typed now holds, whatever was typed before.
        by: who types.
        at: when.

    Raises:
        InputError: the person did not agree to be kept, the typist's right was taken back, a text cannot be
            stored, or the node is busy.
    """
    root = f"{_OURS}{sheet}"
    before = typed_before(version.questionnaire_id, root)
    if before is None:
        fate, receipt = _put(version, filled, root, "", by, at)
        return Kept(Came.TAKEN_BACK if fate is Fate.THANKED else Came.KEPT, receipt)
    known = _xml(version, filled, before.instance, before.replaced)
    if _digest(version, known) == before.digest:
        return Kept(Came.SAME)
    if not corrects:
        return Kept(Came.OTHER)
    fate, _receipt = _put(version, filled, f"{root}:{before.editions + 1}", before.instance, by, at)
    return Kept(Came.CHANGED if fate is Fate.STORED else Came.OTHER)


def _put(
    version: Version, filled: Filled, instance: str, replaces: str, by: Person, at: datetime
) -> tuple[Fate, str]:
    xml = _xml(version, filled, instance, replaces)
    form = form_of(version.id)
    if Purpose.COLLECTION not in rules.allowed(form, read_instance(xml, form)):
        problem = _("The person did not agree that the answers are kept.")
        raise InputError(
            Fault(_("Consent"), problem, _("Nothing was stored. Give the sheet back, or destroy it."))
        )
    key = _key(version, by, at)
    package = Package(
        questionnaire=version.questionnaire_id,
        initiative=version.questionnaire.initiative_id,
        key=key.pk,
        instance=instance,
        replaces=replaces,
        version=version.version,
        is_held=False,
        is_test=False,
        xml=xml,
        digest=_digest(version, xml),
    )
    try:
        outcome = intake.WRITER.put(package)
    except intake.BusyError:
        busy = Fault(_("Sheet"), _("It could not be stored now."), _("Press Enter once more in a moment."))
        raise InputError(busy) from None
    return outcome.fate, outcome.receipt


def _xml(version: Version, filled: Filled, instance: str, replaces: str) -> bytes:
    try:
        form = form_of(version.id)
        return with_values(write_filled(form, instance, filled, replaces=replaces), form)
    except ValueError:
        problem = _("A text holds signs that cannot be stored.")
        raise InputError(Fault(_("Sheet"), problem, _("Type it by hand instead of pasting it."))) from None


def _digest(version: Version, xml: bytes) -> str:
    return mark_of_bytes("xml", xml, of=version.questionnaire.initiative_id)


@transaction.atomic
def _key(version: Version, by: Person, at: datetime) -> Key:
    """Under whose hand sheets come: a key that only this page uses, one for each who types."""
    initiative = version.questionnaire.initiative
    held = Key.objects.filter(initiative=initiative, person=by, secret_hash__startswith=_OURS).first()
    if held is not None and held.revoked_at is not None:
        problem = _("Your right to send was taken back.")
        raise InputError(Fault(_("Sheet"), problem, _("Ask the coordinator of the initiative.")))
    if held is not None:
        return held
    key = Key.objects.create(
        initiative=initiative,
        kind=KeyKind.PERSON,
        label=_("Paper, typed by %(name)s") % {"name": by.name[:80]},
        person=by,
        secret_hash=f"{_OURS}{uuid4()}",  # no key has this hash
        made_at=at,
    )
    payload = {"kind": str(KeyKind.PERSON)}
    record(Entry("key.given", by.ref, f"key:{key.id}", initiative.id, payload), at=at)
    return key
