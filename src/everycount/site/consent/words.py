"""Purposes and promises in the words in which people hear them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from everycount.site.consent.models import Promise, Purpose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

# Each completes the sentence "You agreed that …".
AGREED: Mapping[Purpose, _StrPromise] = {
    Purpose.COLLECTION: _("they are kept, sealed, for you alone"),
    Purpose.REVIEW: _("people of the initiative look at them for mistakes"),
    Purpose.STATISTICS: _("they are counted in tables"),
    Purpose.SHARING: _("researchers and offices get them, without your name"),
    Purpose.CONTACT: _("somebody speaks or writes to you again"),
    Purpose.ARCHIVE: _("they are kept for later generations"),
}
PROMISES: Mapping[Promise, _StrPromise] = {
    Promise.WHY: _("Why we ask and what we do with it"),
    Promise.CONFIDENTIALITY: _("Who sees it and who does not"),
    Promise.FEEDBACK: _("What comes back to you"),
    Promise.ENGAGEMENT: _("Where you have a say"),
    Promise.PUBLIC_INTEREST: _("Whom it serves"),
}
# What a steward is told beside each field.
HINTS: Mapping[Promise, _StrPromise] = {
    Promise.WHY: _("Say who asks, why, and what will be decided with it. Two sentences."),
    Promise.CONFIDENTIALITY: _(
        "Say who may open answers, whom you give them to, and when somebody could be recognised in them."
    ),
    Promise.FEEDBACK: _("Say when, where and how people hear what came out, in their language and for free."),
    Promise.ENGAGEMENT: _(
        "Say how the community decides: on the questions, on what is shown, on what follows."
    ),
    Promise.PUBLIC_INTEREST: _(
        "Say whose good it is for, and that nobody earns from it or is punished for it."
    ),
}
