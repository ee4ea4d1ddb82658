"""What a keeper of a node wants to know before phones arrive: can something get lost, or be seen?"""

from __future__ import annotations

import os
import shutil
import stat
from typing import TYPE_CHECKING

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from everycount.site.ledger import queries as ledger
from everycount.site.vault import places
from everycount.site.vault.keys import WrongKeyError, name_of, unwrap
from everycount.site.vault.models import DataKey

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from everycount.site.environment import Environment

_LEAST = 2_000_000_000  # bytes: a week of pictures of a small office


def problems(environment: Environment) -> Iterator[str]:
    """Each thing that is wrong, with its remedy; none where all is well. Walks along the whole ledger."""
    waiting = MigrationExecutor(connection)
    if waiting.migration_plan(waiting.loader.graph.leaf_nodes()):
        yield "The database is not up to date. Start everycount serve once."
        return
    yield from quick_problems(environment)
    yield from (f"Ledger: {words} Somebody changed the database by hand." for words in ledger.broken())


def quick_problems(environment: Environment) -> Iterator[str]:
    """The same, as far as it is found at once, in the reader's language."""
    yield from _readable(environment.data)
    free = shutil.disk_usage(environment.data).free
    if free < _LEAST:
        words = _("Only %(n)d MB are free in %(folder)s. Make room for pictures.")
        yield words % {"n": free // 1_000_000, "folder": environment.data}
    yield from _keys()
    if not environment.is_secure and not _is_local(environment.public_url):
        words = _(
            "People reach the node by %(url)s without TLS: whoever shares their network can read along. "
            "Put a proxy with a certificate before it."
        )
        yield words % {"url": environment.public_url}


def _readable(data: Path) -> Iterator[str]:
    for path in (data, data / "keys", *(data / "keys").glob("*.key")):
        mode = stat.S_IMODE(os.stat(path).st_mode)  # noqa: PTH116 - the number itself
        if mode & 0o077:
            words = _("%(path)s can be read by others (%(mode)s). Run: chmod go-rwx %(path)s")
            yield words % {"path": path, "mode": f"{mode:o}"}


def _keys() -> Iterator[str]:
    for old in places.ring().folder.parent.glob("*.old.key"):
        words = _(
            "%(path)s opens backups of before the last rotation, and lies beside the node. "
            "Keep it where they are, or delete it with them."
        )
        yield words % {"path": old}
    for row in DataKey.objects.all():
        try:
            unwrap(bytes(row.wrapped), places.key(), row.initiative)
        except WrongKeyError:
            words = _(
                "The answers of initiative %(initiative)s were sealed under another installation key "
                "(%(other)s, here is %(this)s). Give the right EVERYCOUNT_VAULT_KEY."
            )
            named = {"other": row.wrapped_by, "this": name_of(places.key())}
            yield words % {"initiative": row.initiative, **named}


def _is_local(url: str) -> bool:
    return any(part in url for part in ("//127.", "//localhost", "//10.", "//192.168.", "//172.", "//[::1]"))
