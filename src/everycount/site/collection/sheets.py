"""Sheets of QR codes: what is printed and cut, one code a key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from everycount.site.collection.keys import settings_code
from everycount.site.collection.models import KeyKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from everycount.site.collection.actions import Given
    from everycount.site.collection.models import Key


@dataclass(frozen=True, slots=True)
class Card:
    """One key on the sheet: whose, and the two ways in, each as an address and as a picture.

    Attributes:
        address, picture: for ODK Collect and KoboCollect; the picture holds all their settings.
        link, link_picture: for a browser. The key stands behind ``#``, where no server's log sees it.
        by_browser: a link is for whoever answers, who has no app; a key of a collector's phone is for one.
    """

    key: Key
    address: str
    picture: SafeString
    link: str
    link_picture: SafeString

    @property
    def by_browser(self) -> bool:
        """Which way stands first."""
        return self.key.kind != KeyKind.PERSON


def cards(given: Iterable[Given], project: str) -> list[Card]:
    """Cards to print; the secrets stand on them and nowhere else."""
    made = []
    for each in given:
        address = f"{settings.ENVIRONMENT.public_url}/key/{each.secret}"
        link = f"{settings.ENVIRONMENT.public_url}{reverse('fill')}#{each.secret}"
        scanned = picture(settings_code(address, project))
        made.append(Card(each.key, address, scanned, link, picture(link)))
    return made


def phone_address() -> str:
    """What is typed into a phone that signs in by name and password."""
    return f"{settings.ENVIRONMENT.public_url}/phone"


def picture(text: str) -> SafeString:
    """A QR code as SVG: dark on white in any theme, for cameras want it so. No style stands in it."""
    import segno  # noqa: PLC0415 - wanted by whoever gives keys only

    made = segno.make(text, error="m", micro=False)
    drawn = made.svg_inline(scale=4, border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr")
    return mark_safe(drawn)  # noqa: S308 - drawn of squares by segno; the text is not in it
