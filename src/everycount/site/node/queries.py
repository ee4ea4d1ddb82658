"""What an operator may know of the node: how it is, and how much it holds. Never what."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection
from django.db.models import Count, Sum

import everycount
from everycount.site.collection.models import Submission
from everycount.site.ledger.queries import head
from everycount.site.node.health import quick_problems
from everycount.site.people.policy import Verb, may_on_node
from everycount.site.vault.models import Item

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from everycount.site.people.models import Person


@dataclass(frozen=True, slots=True)
class Node:
    """A node as its operator sees it.

    Attributes:
        problems: what is wrong, each with its remedy.
        version: of the program.
        address: by which people and phones reach it.
        database: which kind.
        folder: where everything lies.
        free: bytes on the disk.
        items: sealed answers, files and words; of all initiatives together, so that nobody is counted out.
        size: bytes of them when opened.
        unread: submissions whose consents nobody has read yet; they stay shut until then.
        is_mailing: mails go out; else they become files in the folder.
        events: how many the ledger holds.
        digest: of the last one.
    """

    problems: tuple[str, ...]
    version: str
    address: str
    database: str
    folder: Path
    free: int
    items: int
    size: int
    unread: int
    is_mailing: bool
    events: int
    digest: str


def look(reader: Person, *, at: datetime) -> Node | None:
    """The node; None for whoever does not keep it running."""
    if not may_on_node(reader, Verb.OPERATE, at=at):
        return None
    environment = settings.ENVIRONMENT
    kept = Item.objects.aggregate(items=Count("pk"), size=Sum("size"))
    events, digest = head() or (0, "")
    return Node(
        problems=tuple(quick_problems(environment)),
        version=everycount.__version__,
        address=environment.public_url,
        database=connection.display_name,
        folder=environment.data,
        free=shutil.disk_usage(environment.data).free,
        items=kept["items"],
        size=kept["size"] or 0,
        unread=Submission.objects.filter(awaits_consent=True).count(),
        is_mailing="EMAIL_HOST" in environment.email,
        events=events,
        digest=digest,
    )
