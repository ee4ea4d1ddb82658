"""Mails to whoever is next with a release. None has a number or a word of a release in it."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_noop as _

from everycount.site.publication.queries.waiting import next_people
from everycount.site.publication.states import State

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.site.people.models import Person
    from everycount.site.publication.models import Release

_LOG = logging.getLogger(__name__)
_WANTED = {
    State.FAILED: _("It could not be computed. See why, mend it, and compute it again."),
    State.DRAFT: _("The draft is there. Look at it, and propose it to a reviewer."),
    State.PROPOSED: _("Look at it as a second person: approve it, or return it with the reason."),
    State.COMMUNITY: _("Say for your community whether it may be shown, and what should not be."),
    State.AGREED: _("The community agreed. Publish it now, or say from which day on."),
}


def next_ones(release: Release, *, at: datetime) -> None:
    """Tells whoever is next, each in their language; the same stands among what waits for them."""
    state = State(release.state)
    for person in next_people(release, at=at):
        try:
            _send(release, _WANTED[state], person)
        except (OSError, SMTPException):  # the task on the page stays, and what was decided holds
            _LOG.exception("A mail about a release could not be sent.")


def _send(release: Release, wanted: str, to: Person) -> None:
    here = release.plan.initiative
    language = to.language if to.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    path = reverse("release_inside", args=[here.slug, release.plan.slug, release.number])
    with translation.override(language):
        given = {
            "title": release.plan.title,
            "wanted": translation.gettext(wanted),
            "link": f"{settings.ENVIRONMENT.public_url}{path}",
        }
        subject = translation.gettext("A release waits for you: %s") % here.name
        words = render_to_string("publication/mail/next.txt", given)
    send_mail(" ".join(subject.split()), words, settings.DEFAULT_FROM_EMAIL, [to.email])
