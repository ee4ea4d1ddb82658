"""Changes of questionnaires and their versions."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from everycount.faults import Fault, InputError, visible
from everycount.questionnaire import changes, refusals, validate, write_xform
from everycount.site.collection import queries
from everycount.site.collection.models import Questionnaire, State, Version
from everycount.site.collection.package import OPERATOR
from everycount.site.ledger.actions import Entry, record

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.questionnaire import Questionnaire as Form
    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative

_LONGEST_NAME = 200
_LONGEST_VERSION = 100


@transaction.atomic
def upload(*, initiative: Initiative, xlsform: bytes, name: str, by: Person | None, at: datetime) -> Version:
    """A new draft from an XLSForm, by somebody or (None) by an operator at the shell.

    The questionnaire is made with its first version.

    A draft of the same version gives way: that is how a form is mended. What was in review or was published
    stays as it is.

    Raises:
        InputError: the form has faults, its id or version is taken, or its answers could not be counted
            together with those of earlier versions.
    """
    name = visible(name)[-_LONGEST_NAME:]
    form = validate(xlsform, name)
    _refuse_long(form, name)
    xform = write_xform(form)
    questionnaire = Questionnaire.objects.filter(form_id=form.id).first()
    if questionnaire is None:
        questionnaire = Questionnaire.objects.create(
            initiative=initiative, form_id=form.id, title=str(form.title)[:300] or form.id, made_at=at
        )
    if questionnaire.initiative_id != initiative.id:
        remedy = _("Choose another form_id on the sheet settings.")
        raise InputError(_taken(name, "form_id", form.id, remedy))
    questionnaire.versions.filter(version=form.version, state=State.DRAFT).delete()
    if questionnaire.versions.filter(version=form.version).exists():
        remedy = _("Give this one a new version on the sheet settings.")
        raise InputError(_taken(name, "version", form.version, remedy))
    version = Version.objects.create(
        questionnaire=questionnaire,
        version=form.version,
        xlsform=xlsform,
        xlsform_name=name,
        xform=xform,
        xform_md5=hashlib.md5(xform, usedforsecurity=False).hexdigest(),
        changes=_compared(questionnaire, form),
        made_by=by,
        made_at=at,
    )
    transaction.on_commit(queries.forget)
    _tell("questionnaire.uploaded", questionnaire, by, at, version=form.version)
    return version


def _taken(name: str, noun: str, value: str, remedy: str) -> Fault:
    return Fault(name, _("The %(noun)s “%(value)s” is taken.") % {"noun": noun, "value": value}, remedy)


def _refuse_long(form: Form, name: str) -> None:
    limits = (("form_id", form.id, _LONGEST_NAME), ("version", form.version, _LONGEST_VERSION))
    faults = [
        Fault(
            f"{name}, sheet settings, column {noun}",
            _("“%(value)s” is too long.") % {"value": value},
            _("Use %(most)s signs at most.") % {"most": most},
        )
        for noun, value, most in limits
        if len(value) > most
    ]
    if faults:
        raise InputError(*faults)


def _compared(questionnaire: Questionnaire, form: Form) -> list[dict[str, str]]:
    """What differs from the last published version; refused where any published one would be spoilt."""
    earlier = [queries.form(version) for version in queries.published_versions(questionnaire)]
    faults = dict.fromkeys(fault for each in earlier for fault in refusals(each, form))
    if faults:
        raise InputError(*faults)
    return [asdict(change) for change in changes(earlier[0], form)] if earlier else []


@transaction.atomic
def publish(*, version: Version, by: Person, at: datetime) -> None:
    """Phones get this version from now on; the one before stays readable for what was filled with it.

    What came under the name of this version before it was known here is let go by the reader of consents,
    which looks at what it names (``consent/actions/releasing.py``). Whether it may be published is asked
    before, by the room where questionnaires are made.

    Raises:
        InputError: another version was published meanwhile that this one does not go with.
    """
    questionnaire = Questionnaire.objects.select_for_update().get(pk=version.questionnaire_id)
    version.changes = _compared(questionnaire, queries.form(version.id))
    questionnaire.versions.filter(state=State.PUBLISHED).update(state=State.REPLACED)
    version.state, version.published_at = State.PUBLISHED, at
    version.save(update_fields=["state", "published_at", "changes"])
    transaction.on_commit(queries.forget)
    _tell("questionnaire.published", questionnaire, by, at, version=version.version)


@transaction.atomic
def close(*, questionnaire: Questionnaire, by: Person, at: datetime) -> None:
    """No new submissions from now on, and phones no longer list it. Again is as good as once."""
    if Questionnaire.objects.filter(pk=questionnaire.pk, closed_at=None).update(closed_at=at):
        questionnaire.closed_at = at
        transaction.on_commit(queries.forget)
        _tell("questionnaire.closed", questionnaire, by, at)


@transaction.atomic
def reopen(*, questionnaire: Questionnaire, by: Person, at: datetime) -> None:
    """Submissions are taken again. Again is as good as once."""
    if Questionnaire.objects.filter(pk=questionnaire.pk).exclude(closed_at=None).update(closed_at=None):
        questionnaire.closed_at = None
        transaction.on_commit(queries.forget)
        _tell("questionnaire.reopened", questionnaire, by, at)


def _tell(verb: str, questionnaire: Questionnaire, by: Person | None, at: datetime, **payload: str) -> None:
    name = f"questionnaire:{questionnaire.id}"
    record(Entry(verb, by.ref if by else OPERATOR, name, questionnaire.initiative_id, payload), at=at)
