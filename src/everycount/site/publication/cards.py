"""A release in a line of a list: made once, and kept beside its files, so that no list opens a release.

Whoever starts a node anew, and whoever looks at its first page, needs no arrays for it.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings

from everycount import __version__
from everycount.site.publication.card import Card

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.site.publication.models import Release

_KEPT = 500


def shelf() -> Path:
    """Where everything stands that is made of public releases and can be made again."""
    place: Path = settings.ENVIRONMENT.data / "published"
    return place


def card(release: Release, language: str) -> Card:
    """The release in a list."""
    place = shelf() / f"{release.digest.removeprefix('sha256:')}.{language}.card"
    return _read(place) or _made(release, language, place)


@lru_cache(maxsize=_KEPT)
def _known(text: str) -> Card | None:
    """The card in a file; None for one that another version wrote."""
    fields = json.loads(text)
    return Card(**fields["card"]) if fields["version"] == __version__ else None


def _read(place: Path) -> Card | None:
    try:
        return _known(place.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _made(release: Release, language: str, place: Path) -> Card:
    from everycount.site.publication.reading import card_of  # noqa: PLC0415 - brings arrays, and memory is dear

    made = card_of(release, language)
    shelf().mkdir(mode=0o700, exist_ok=True)
    fresh = place.with_name(f".{uuid4().hex}")
    fresh.write_text(json.dumps({"version": __version__, "card": asdict(made)}), encoding="utf-8")
    fresh.replace(place)
    return made
