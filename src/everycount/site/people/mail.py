"""Mails about roles. The rest is written by allauth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

if TYPE_CHECKING:
    from everycount.site.people.models import Invitation


def invitation(offered: Invitation, code: str) -> None:
    """The link to an invitation, in the initiative's language where the node speaks it."""
    known = dict(settings.LANGUAGES)
    language = offered.initiative.language.split("-", maxsplit=1)[0]
    with translation.override(language if language in known else settings.LANGUAGE_CODE):
        given = {
            "offered": offered,
            "role": translation.gettext(offered.get_role_display()),
            "link": f"{settings.ENVIRONMENT.public_url}{reverse('invitation', args=[code])}",
        }
        subject = translation.gettext("Invitation: %s") % offered.initiative.name
        words = render_to_string("people/mail/invitation.txt", given)
    send_mail(" ".join(subject.split()), words, settings.DEFAULT_FROM_EMAIL, [offered.email])
