"""Where this installation keeps what the database does not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from everycount.site.vault.files import Files
from everycount.site.vault.ring import Ring

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.site.environment import Environment


def ring() -> Ring:
    """The salts."""
    return Ring(_environment().data / "keys" / "rings")


def files() -> Files:
    """The attachments."""
    return Files(_environment().data / "files")


def lock() -> Path:
    """The file that whoever carries an initiative in holds meanwhile."""
    return _environment().data / "carrying.lock"


def key() -> bytes:
    """The installation key."""
    return _environment().vault_key


def _environment() -> Environment:
    found: Environment = settings.ENVIRONMENT
    return found
