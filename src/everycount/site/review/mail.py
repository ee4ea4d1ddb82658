"""Mails of review. None repeats an answer, or what a reviewer wrote: mail lies in many places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

if TYPE_CHECKING:
    from everycount.site.collection.models import Submission
    from everycount.site.people.models import Person
    from everycount.site.review.models import Decision


def came_back(submission: Submission, decision: Decision, to: Person) -> None:
    """That something which the person's phone sent came back, and why, in the person's language."""
    here = submission.questionnaire.initiative
    known = dict(settings.LANGUAGES)
    language = to.language if to.language in known else settings.LANGUAGE_CODE
    base = settings.ENVIRONMENT.public_url
    with translation.override(language):
        given = {
            "title": submission.questionnaire.title,
            "reason": translation.gettext(decision.get_reason_display()),
            "fill": f"{base}{reverse('fill')}",
            "link": f"{base}{reverse('own_submissions', args=[here.slug])}?state=returned",
        }
        subject = translation.gettext("To be mended: %s") % here.name
        words = render_to_string("review/mail/came_back.txt", given)
    send_mail(" ".join(subject.split()), words, settings.DEFAULT_FROM_EMAIL, [to.email])
