"""Who looks at what comes: the node's background, after it has read what people allow.

Opening and reading a submission costs most, and is done once for each version. What interviews are compared
by is held in memory by the one process that works, and is made again from what lies sealed after a start; so
whoever is killed in the middle has lost nothing. Comparing goes over numbers in memory, and rests for five
times as long as it took, and so does the question what waits, for longer: flags come within seconds, and
phones are never kept waiting.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from everycount.site.collection.models import Questionnaire, Submission
from everycount.site.fieldwork import actions
from everycount.site.fieldwork.models import Flag
from everycount.site.fieldwork.queries import looks
from everycount.site.fieldwork.standings import told
from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import head

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from everycount.quality.heap import Heap
    from everycount.quality.likeness import Likeness
    from everycount.quality.odd import Oddity
    from everycount.quality.traits import Traits

AT_ONCE = 200  # submissions that are opened in one transaction
_RESTS = 5  # times as long as comparing took
_PATIENCE = 20  # times as long as asking what waits took
_QUICK = 0.02  # seconds of asking that are not worth a rest
_ERASED = ("submission.erased", "vault.initiative_erased")
_LONGEST = 300.0  # seconds until something that failed is tried again
_LOG = logging.getLogger(__name__)


@dataclass
class Watched:
    """One questionnaire: its interviews, and whether they have changed since they were compared."""

    version: UUID
    heap: Heap
    likeness: Likeness
    planned: datetime | None = None
    is_stale: bool = True
    resting_until: float = 0.0
    reckoned: int = 0


@dataclass
class Watch:
    """The one who looks.

    Attributes:
        seen: number of the last event after which nothing was left to be done.
    """

    seen: int = -1
    watched: dict[UUID, Watched] = field(default_factory=dict)
    _pause: float = 1.0
    _resting_until: float = 0.0

    def work(self, at: datetime) -> None:
        """One step. A fault is told, and others who work in the background are not kept by it."""
        if time.monotonic() < self._resting_until:
            return
        try:
            self._step(at)
            self._pause = 1.0
        except Exception:  # noqa: BLE001 - whatever it was, reading consents goes on
            _LOG.exception("Looking at submissions failed; it is tried again.")
            self.watched.clear()  # whatever is in memory is made again from what is kept
            self.seen = -1
            self._pause = min(self._pause * 2, _LONGEST)
            self._resting_until = time.monotonic() + self._pause

    def _step(self, at: datetime) -> None:
        last, _ = head() or (0, "")
        stale = any(each.is_stale for each in self.watched.values())
        if last == self.seen and not stale:
            return
        if self.seen < 0:
            for questionnaire in looks.watched():
                self._watch(questionnaire)
        begun = time.monotonic()
        is_done, waiting = not self._forget(at), looks.waiting(AT_ONCE)
        if len(waiting) < AT_ONCE:
            self._rest(time.monotonic() - begun)
        if waiting:
            is_done = False
            self._look(waiting, at)
        self._plans()
        for questionnaire, each in self.watched.items():
            if each.is_stale and time.monotonic() >= each.resting_until:
                _compare(questionnaire, each, at)
        if is_done:
            self.seen = last

    def _rest(self, took: float) -> None:
        """Asking what waits costs the more, the more is stored: a full node is asked less often."""
        if took > _QUICK:
            self._resting_until = time.monotonic() + _PATIENCE * took

    def _look(self, waiting: list[Submission], at: datetime) -> None:
        """Opens some of what waits."""
        questionnaire = waiting[0].questionnaire_id
        known = questionnaire in self.watched
        traits = actions.look(submissions=waiting, at=at)
        here = self._watch(questionnaire)  # new versions of the form make it anew
        if here is not None and known:
            _add(here, {each.pk: each for each in waiting}, traits)

    def _watch(self, questionnaire: UUID) -> Watched | None:
        """What is held of a questionnaire; made of what is kept where it is not held yet."""
        found = looks.form_of(questionnaire)
        if found is None:
            return None
        held = self.watched.get(questionnaire)
        if held is not None and held.version == found[0]:
            return held
        # They bring NumPy, which a node where nothing came never needs.
        from everycount.quality.heap import Form, Heap  # noqa: PLC0415
        from everycount.quality.likeness import Likeness  # noqa: PLC0415
        from everycount.quality.traits import Traits  # noqa: PLC0415

        made = Watched(found[0], Heap(Form.of(found[1])), Likeness())
        for each in looks.kept(questionnaire):
            traits = Traits.from_bytes(each.traits)
            made.heap.add(each.submission, traits, each.collector, by_link=each.by_link)
        self.watched[questionnaire] = made
        return made

    def _forget(self, at: datetime) -> bool:
        """Lets go of what nobody may look at any more; whether there may be more of it."""
        gone = looks.gone(AT_ONCE)
        if gone:
            actions.forget(looks=gone, at=at)
        names = {each.submission_id for each in gone}
        for each in self.watched.values():
            held = [name for name in names if name in each.heap]
            each.heap.drop(held)
            each.is_stale = each.is_stale or bool(held)
        return bool(gone)

    def _plans(self) -> None:
        """Where places are may have changed, and what was erased is not there any more."""
        for questionnaire, planned in looks.plans_changed().items():
            held = self.watched.get(questionnaire)
            if held is not None and held.planned != planned:
                held.planned, held.is_stale = planned, True
        erased_since = Event.objects.filter(number__gt=self.seen, verb__in=_ERASED)
        if self.seen < 0 or not erased_since.exists():
            return
        for questionnaire, each in self.watched.items():
            there = set(Submission.objects.filter(questionnaire=questionnaire).values_list("pk", flat=True))
            erased = [name for name in each.heap.held() if name not in there]
            each.heap.drop(erased)
            each.is_stale = each.is_stale or bool(erased)


def _add(here: Watched, submissions: Mapping[UUID, Submission], traits: Mapping[UUID, Traits]) -> None:
    for name, found in traits.items():
        submission = submissions[name]
        here.heap.add(name, found, looks.collector_of(submission), by_link=looks.is_link(submission))
    here.heap.drop([name for name in submissions if name not in traits and name in here.heap])
    here.is_stale = True


def _compare(questionnaire: UUID, here: Watched, at: datetime) -> None:
    """Every flag that stands now; what it cost is how long it rests."""
    from everycount.quality.collectors import heaping  # noqa: PLC0415 - as above
    from everycount.quality.odd import Spot, oddities  # noqa: PLC0415 - as above

    begun = time.monotonic()
    row = Questionnaire.objects.filter(pk=questionnaire).values_list("initiative", flat=True).first()
    if row is not None:
        spots = {place: Spot(*each) for place, each in looks.spots(questionnaire).items()}
        odd = list(oddities(here.heap, spots, here.likeness))
        found = [_flag(questionnaire, here.heap, each, at) for each in odd]
        found += [_of_collector(questionnaire, here.heap, each, at) for each in heaping(here.heap)]
        actions.flag(questionnaire=questionnaire, initiative=row, found=found, at=at)
        _stand(questionnaire, here, {each.row for each in odd}, at)
    here.is_stale = False
    here.resting_until = time.monotonic() + _RESTS * (time.monotonic() - begun)


def _stand(questionnaire: UUID, here: Watched, flagged: set[int], at: datetime) -> None:
    """Collectors beside each other, reckoned anew when a twentieth more has come."""
    from everycount.quality.collectors import standing  # noqa: PLC0415 - as above

    if here.reckoned and abs(len(here.heap) - here.reckoned) < max(0.05 * here.reckoned, 5):
        return
    here.reckoned = len(here.heap)
    compared = told(here.heap, standing(here.heap, flagged))
    actions.stand(questionnaire=questionnaire, compared=compared, at=at)


def _flag(questionnaire: UUID, heap: Heap, odd: Oddity, at: datetime) -> Flag:
    return Flag(
        questionnaire_id=questionnaire,
        submission_id=heap.names[odd.row],
        collector=_name(heap, int(heap.who[odd.row])),
        kind=odd.kind.value,
        about=odd.about,
        other_id=None if odd.other is None else heap.names[odd.other],
        figures=dict(odd.figures),
        since=at,
    )


def _of_collector(questionnaire: UUID, heap: Heap, odd: Oddity, at: datetime) -> Flag:
    return Flag(
        questionnaire_id=questionnaire,
        collector=_name(heap, odd.row),
        kind=odd.kind.value,
        about=odd.about,
        figures=dict(odd.figures),
        since=at,
    )


def _name(heap: Heap, who: int) -> str:
    return heap.collectors.words[who] if who >= 0 else ""


WATCH = Watch()
