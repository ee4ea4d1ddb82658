"""What people are told before they agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from everycount.faults import Fault, InputError
from everycount.site.consent.models import Basis, ConsentText, Promise
from everycount.site.ledger.actions import Entry, record
from everycount.site.registry.models import Initiative

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from everycount.site.ledger.verbs import Value
    from everycount.site.people.models import Person


@transaction.atomic
def write_text(
    *,
    initiative: Initiative,
    language: str,
    promises: Mapping[str, str],
    basis: Basis,
    by: Person,
    at: datetime,
    version: int | None = None,
) -> ConsentText:
    """A new wording: a new version, or one more language of the newest version. What was written stays.

    Args:
        initiative: whose.
        language: BCP 47.
        promises: the words of each :class:`Promise`; all five.
        basis: how people agree.
        by: who wrote it.
        at: when.
        version: to which a language is added; a new one where it is left out.

    Raises:
        InputError: a promise is missing, or the version is not the newest or has the language already.
    """
    Initiative.objects.select_for_update().get(pk=initiative.pk)  # one writer at a time
    empty = [_(each.label) for each in Promise if not promises.get(each, "").strip()]
    if empty:
        raise InputError(
            *(
                Fault(each, _("“%(promise)s” is empty.") % {"promise": each}, _("Say it in a sentence."))
                for each in empty
            )
        )
    newest: int = initiative.consent_texts.aggregate(most=Max("version"))["most"] or 0
    if version is not None and version != newest:
        remedy = _("Add the language to version %(newest)s, or write a new version.") % {"newest": newest}
        problem = _("Version %(version)s is not the newest.") % {"version": version}
        raise InputError(Fault(_("Version"), problem, remedy))
    if version is not None and initiative.consent_texts.filter(version=version, language=language).exists():
        problem = _("Version %(version)s has the language “%(language)s”.")
        remedy = _("Write a new version: what people heard is never changed.")
        given = {"version": version, "language": language}
        raise InputError(Fault(_("Language"), problem % given, remedy))
    text = ConsentText.objects.create(
        initiative=initiative,
        version=version or newest + 1,
        language=language,
        promises={each.value: promises[each].strip() for each in Promise},
        basis=basis,
        made_at=at,
    )
    payload: dict[str, Value] = {"version": text.version, "language": language}
    name = f"initiative:{initiative.pk}"
    record(Entry("consent.text_written", by.ref, name, initiative.pk, payload), at=at)
    return text
