"""Sheets of QR codes: what is printed and cut, one code a key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from everycount.site.collection.keys import settings_code

if TYPE_CHECKING:
    from collections.abc import Iterable

    from everycount.site.collection.actions import Given
    from everycount.site.collection.models import Key


@dataclass(frozen=True, slots=True)
class Card:
    """One key on the sheet: whose, the picture, and the address for whoever cannot scan."""

    key: Key
    address: str
    picture: SafeString


def cards(given: Iterable[Given], project: str) -> list[Card]:
    """Cards to print; the secrets stand on them and nowhere else."""
    made = []
    for each in given:
        address = f"{settings.ENVIRONMENT.public_url}/key/{each.secret}"
        made.append(Card(each.key, address, picture(settings_code(address, project))))
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
