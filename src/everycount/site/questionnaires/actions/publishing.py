"""Publishing: only what the community was asked about, or what a steward gave a reason for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from everycount.faults import Fault, InputError
from everycount.site.collection import actions as collection
from everycount.site.collection.models import State, Version
from everycount.site.questionnaires.actions.reviewing import close_review
from everycount.site.questionnaires.models import Review
from everycount.site.questionnaires.queries.rules import judged

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.site.people.models import Person


@transaction.atomic
def publish(*, version: Version, by: Person, at: datetime) -> None:
    """Phones get this version from now on. The rule that let it pass is written beside its review.

    Raises:
        InputError: the community was not heard as the rule wants it, or this was published before.
    """
    version = (
        Version.objects.select_for_update(of=("self",)).select_related("questionnaire").get(pk=version.pk)
    )
    if version.state not in {State.DRAFT, State.REVIEW}:
        remedy = _("Upload a new version.")
        raise InputError(Fault(str(version), _("This version was published before."), remedy))
    found = judged(version, at=at)
    if found.lacks:
        raise InputError(*found.lacks)
    close_review(version=version, by=by, at=at)
    review, _new = Review.objects.get_or_create(version=version)
    review.rule, review.quorum, review.reason = found.rule, found.quorum, found.reason
    review.save()
    collection.publish(version=version, by=by, at=at)
