"""Reading what submissions allow, and writing it down as consents."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from everycount.site.collection.models import KeyKind, Submission, Version
from everycount.site.consent import gate
from everycount.site.consent.actions.closing import close
from everycount.site.consent.actions.releasing import release_known
from everycount.site.consent.actions.revising import revise
from everycount.site.consent.models import Basis, Consent, ConsentText, Ended, Purpose
from everycount.site.ledger.actions import Entry, record
from everycount.site.vault.ring import ErasedError
from everycount.site.vault.sealing import BrokenSealError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

MOST = 200  # in one transaction
_LOG = logging.getLogger(__name__)
_OWN_HAND = frozenset({KeyKind.PUBLIC, KeyKind.ONCE})


def read_waiting(*, at: datetime, most: int = MOST) -> int:
    """Reads what waits, the oldest first; how many were done, 0 when nothing waits any more.

    Again is as good as once, and two readers at a time do no harm: what is read outside of the transaction is
    written only where nobody changed it meanwhile.
    """
    release_known(at=at)
    waiting = Submission.objects.filter(awaits_consent=True, is_held=False)
    return _read(waiting.select_related("sent_by", "questionnaire").order_by("received_at")[:most], at)


def read_now(submission: UUID, *, at: datetime) -> None:
    """Reads one submission, where it waits; somebody stands before the page."""
    release_known(at=at, only=submission)
    waiting = Submission.objects.filter(pk=submission, awaits_consent=True, is_held=False)
    _read(waiting.select_related("sent_by", "questionnaire"), at)


def _read(waiting: Iterable[Submission], at: datetime) -> int:
    found = {each.pk: (each, _allowed_by(each)) for each in waiting}
    if not found:
        return 0
    with transaction.atomic():
        held = Submission.objects.select_for_update().filter(pk__in=found, awaits_consent=True)
        unchanged = dict(held.order_by("pk").values_list("pk", "current"))
        done = [pair for name, pair in found.items() if unchanged.get(name) == pair[0].current]
        _write(done, at)
    return len(done)


def _allowed_by(submission: Submission) -> frozenset[Purpose]:
    """What the answers allow; nothing where they cannot be read, and one of them stops no other."""
    try:
        return gate.consents_of(submission)
    except ErasedError:
        return frozenset()  # it is gone, and nothing will be written
    except (BrokenSealError, LookupError, ValueError):
        _LOG.exception("What submission %s allows cannot be read; it stays shut.", submission.pk)
        return frozenset()


def _write(done: list[tuple[Submission, frozenset[Purpose]]], at: datetime) -> None:
    names = [submission.pk for submission, _ in done]
    is_open: dict[UUID, dict[Purpose, int]] = defaultdict(dict)
    taken_back: dict[UUID, set[Purpose]] = defaultdict(set)
    for row in Consent.objects.filter(submission__in=names):
        if row.until is None:
            is_open[row.submission][Purpose(row.purpose)] = row.pk
        elif row.ended == Ended.WITHDRAWN:
            taken_back[row.submission].add(Purpose(row.purpose))
    words = _Words()
    fresh, closing, counts = [], [], Counter[tuple[UUID, str]]()
    for submission, allowed in done:
        initiative = submission.questionnaire.initiative_id
        now = is_open[submission.pk]
        opened = allowed - now.keys() - taken_back[submission.pk]
        closed = now.keys() - allowed
        if closed:
            revise(submission.pk, at=at, purposes=closed)
        fresh += [words.consent(submission, purpose, at) for purpose in sorted(opened)]
        closing += [now[purpose] for purpose in closed]
        counts[initiative, "submissions"] += 1
        counts[initiative, "opened"] += len(opened)
        counts[initiative, "closed"] += len(closed)
    Consent.objects.bulk_create(fresh)
    close(Consent.objects.filter(pk__in=closing), at=at, why=Ended.ANSWER)
    Submission.objects.filter(pk__in=names).update(awaits_consent=False)
    record(*_entries(counts), at=at)


def _entries(counts: Counter[tuple[UUID, str]]) -> list[Entry]:
    return [
        Entry(
            "consent.read",
            "system",
            f"initiative:{initiative}",
            initiative,
            {each: counts[initiative, each] for each in ("submissions", "opened", "closed")},
        )
        for initiative in dict.fromkeys(name for name, _ in counts)
    ]


class _Words:
    """Which consent text a person heard: the newest that was there when phones got the questionnaire.

    A text that was written later cannot have been in the phone; it counts from the next published version on.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[UUID, str], ConsentText | None] = {}

    def consent(self, submission: Submission, purpose: Purpose, at: datetime) -> Consent:
        """A row for the purpose."""
        # Of what was brought in from elsewhere nobody here knows what the person heard.
        text = self._heard(submission) if submission.sent_by_id else None
        return Consent(
            submission=submission.pk,
            initiative=submission.questionnaire.initiative_id,
            purpose=purpose,
            basis=text.basis if text else _basis(submission),
            text_version=text.version if text else 0,
            since=at,
        )

    def _heard(self, submission: Submission) -> ConsentText | None:
        asked = submission.questionnaire_id, submission.version
        if asked not in self._known:
            version = (
                Version.objects.filter(questionnaire=asked[0], version=asked[1]).only("published_at").first()
            )
            published = version.published_at if version else None
            texts = ConsentText.objects.filter(initiative=submission.questionnaire.initiative_id)
            found = texts.filter(made_at__lte=published).order_by("-version").first() if published else None
            self._known[asked] = found
        return self._known[asked]


def _basis(submission: Submission) -> Basis:
    """Where no text says how people agree: by their own hand where the link was theirs, else by word."""
    kind = submission.sent_by.kind if submission.sent_by else KeyKind.PERSON
    return Basis.WRITTEN if kind in _OWN_HAND else Basis.SPOKEN
