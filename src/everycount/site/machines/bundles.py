"""All files of a public release in one, signed by the node; made once, and kept while they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings

from everycount.release.bundle import bundle
from everycount.site.machines.keys import keys, signing
from everycount.site.publication import files
from everycount.site.publication.cards import shelf

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from everycount.site.publication.models import Release

_LETTERS = 9  # of the fingerprint: a new key makes a new bundle


def bundle_of(release: Release, *, at: datetime) -> Path:
    """Where the bundle of a release that holds lies."""
    key = signing(settings.ENVIRONMENT.data, at=at)
    # The name begins as the folder of the release does, and is cleared away with it.
    name = f"{release.digest.removeprefix('sha256:')}.{key.fingerprint[:_LETTERS]}.zip"
    place = shelf() / name
    if not place.is_file():
        opened = (files.opened(release, one.name) for one in files.listed(release))
        held = {one.name: path.read_bytes() for one, path in filter(None, opened)}
        fresh = place.with_name(f".{uuid4().hex}")
        fresh.write_bytes(bundle(held, by=settings.ENVIRONMENT.public_url, private=key.secret))
        fresh.replace(place)
    return place


def told(*, at: datetime) -> dict[str, object]:
    """The public halves of the node's keys, by which a bundle is checked without the node."""
    rows = [key.told() for key in keys(settings.ENVIRONMENT.data, at=at)]
    return {"node": settings.ENVIRONMENT.public_url, "keys": rows}
