"""An archive of an initiative that is here already: nothing of it is mixed in but what was taken back."""

from __future__ import annotations

import base64
import hmac
import json
from collections import defaultdict
from typing import TYPE_CHECKING
from uuid import UUID

from everycount.site.collection.models import Tombstone
from everycount.site.collection.receiving import tombstone
from everycount.site.consent import erased
from everycount.site.consent.actions import reapply_erasures
from everycount.site.consent.models import Consent, Ended, Purpose
from everycount.site.vault.scopes import marks_key_of_initiative

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.site.carrying.archive import Incoming
    from everycount.site.registry.models import Initiative


def take_back(archive: Incoming, here: Initiative, *, at: datetime) -> int:
    """Erases and closes here what people took back there since; how many submissions it met.

    The way back is not gone: what was taken back here after the copy is taken back there by an archive of
    this node.
    """
    keys = json.loads(b"".join(archive.part("keys")))
    if not hmac.compare_digest(base64.b64decode(keys["marks"]), marks_key_of_initiative(here.pk)):
        raise archive.damaged("another initiative has the same name.")
    marks, withdrawn = _taken_back(archive, here)
    fresh = marks - set(Tombstone.objects.filter(mark__in=marks).values_list("mark", flat=True))
    erased.note_erased(fresh, of=here.pk)
    for mark, purposes in withdrawn.items():
        erased.note_withdrawn(mark, purposes)
    return reapply_erasures(at=at) if fresh or withdrawn else 0


def _taken_back(archive: Incoming, here: Initiative) -> tuple[set[str], dict[str, set[Purpose]]]:
    """Marks of what was erased there, and purposes that were closed there and are open here."""
    marks: set[str] = set()
    roots: dict[str, str] = {}
    withdrawn: dict[str, set[Purpose]] = defaultdict(set)
    open_here = {
        (str(name), purpose)
        for name, purpose in Consent.objects.filter(initiative=here.pk, until=None).values_list(
            "submission", "purpose"
        )
    }
    for table, row in archive.lines("rows"):
        match table:
            case "collection.tombstone":
                marks.add(row["mark"])
            case "collection.submission":
                roots[row["id"]] = tombstone(here.pk, UUID(row["questionnaire_id"]), row["root"])
            case "consent.consent" if row["ended"] == Ended.WITHDRAWN:
                if (row["submission"], row["purpose"]) in open_here:
                    withdrawn[roots[row["submission"]]].add(Purpose(row["purpose"]))
    return marks, withdrawn
