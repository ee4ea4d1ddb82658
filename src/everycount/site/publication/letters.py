"""Mails to people who asked to be told when numbers change; they name a page, and no number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

if TYPE_CHECKING:
    from everycount.site.publication.models import Follower
    from everycount.site.publication.queries.following import News


def question(follower: Follower) -> None:
    """Whether the address wants to be told."""
    with translation.override(follower.language):
        subject = translation.gettext("Do you want to be told when these numbers change?")
        _send(follower, subject, "publication/letters/question.txt", {})


def happened(follower: Follower, news: News) -> None:
    """What happened."""
    with translation.override(follower.language):
        subject = translation.gettext("Numbers changed: %s") % follower.plan.title
        page = f"{settings.ENVIRONMENT.public_url}/releases/{follower.plan.slug}/{news.release.number}"
        _send(follower, subject, "publication/letters/happened.txt", {"news": news, "page": page})


def _send(follower: Follower, subject: str, template: str, given: dict[str, object]) -> None:
    link = f"{settings.ENVIRONMENT.public_url}{reverse('following', args=[follower.secret])}"
    words = render_to_string(template, given | {"title": follower.plan.title, "link": link})
    send_mail(" ".join(subject.split()), words, settings.DEFAULT_FROM_EMAIL, [follower.email])
