"""Packages that do not come over the network, stored as those that do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from everycount.site.collection.receiving import receive

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from everycount.site.collection.package import Outcome, Package


def stored(packages: Sequence[Package], at: datetime) -> list[Outcome]:
    """Stores packages; what a phone stored at the same moment is looked at again, and then known."""
    if not packages:
        return []
    try:
        return _at_once(packages, at)
    except IntegrityError:
        return _at_once(packages, at)


def _at_once(packages: Sequence[Package], at: datetime) -> list[Outcome]:
    with transaction.atomic(durable=True):
        return receive(packages, at=at)
