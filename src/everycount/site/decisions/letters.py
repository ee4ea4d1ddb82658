"""Mails to those who speak for an initiative: somebody decided about its numbers."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from everycount.site.people.models import Assignment, Person
from everycount.site.people.policy import RULES, Verb

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.site.decisions.models import Decision

_LOG = logging.getLogger(__name__)


def decided(decision: Decision, *, at: datetime) -> None:
    """Tells whoever may reply, each in their language; the same stands among what waits for them."""
    here = decision.assessment.release.plan.initiative
    held = Assignment.objects.filter(
        initiative=here, role__in=RULES[Verb.REPLY_DECISIONS].roles, since__lte=at
    ).exclude(until__lte=at)
    for person in Person.objects.filter(is_active=True, pk__in=held.values("person")).order_by("pk"):
        try:
            _send(decision, person)
        except (OSError, SMTPException):  # the task on the page stays, and what was decided holds
            _LOG.exception("A mail about a decision could not be sent.")


def _send(decision: Decision, to: Person) -> None:
    here = decision.assessment.release.plan.initiative
    language = to.language if to.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(language):
        link = f"{settings.ENVIRONMENT.public_url}{reverse('decision', args=[decision.pk])}"
        given = {"office": decision.assessment.office_name, "name": here.name, "link": link}
        subject = translation.gettext("A statistical office decided about your numbers: %s") % here.name
        words = render_to_string("decisions/decided.txt", given)
    send_mail(" ".join(subject.split()), words, settings.DEFAULT_FROM_EMAIL, [to.email])
