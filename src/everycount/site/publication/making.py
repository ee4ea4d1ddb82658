"""Releases are computed one after the other, in the background, each in a process of its own.

The database is asked what waits, so nothing is lost with a process: what was being computed when the power
went is computed after the next start. Records lie in a folder in memory for as long as it takes.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import tempfile
import threading
import zlib
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import close_old_connections
from django.utils.translation import gettext_noop as _  # the page translates faults

from everycount.site.collection import queries as collection
from everycount.site.collection.marks import mark
from everycount.site.collection.models import Version
from everycount.site.consent.turns import Turn
from everycount.site.publication.actions import computing, following, publishing
from everycount.site.publication.files import keep
from everycount.site.publication.models import Release
from everycount.site.publication.queries.releases import earlier
from everycount.site.publication.records import FORM, Laid, lay
from everycount.site.publication.states import State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PAUSE = 1.0  # seconds between two looks
PATIENCE = 1800.0  # seconds that a release may take
_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own in it, of this user alone, is no disk
_LOG = logging.getLogger(__name__)
# What the process leaves (:mod:`everycount.survey.releasing`, which brings arrays; a test compares).
RELEASE, FAULTS = "release.json", "faults.json"
_GONE = {
    "place": "",
    "problem": _("Whoever asked for it may not open the records any more."),
    "remedy": _("Ask somebody who may analyse them to compute it."),
}
_BROKEN = {
    "place": "",
    "problem": _("The computing ended before its time."),
    "remedy": _("Compute it again; if it ends again, ask whoever keeps the node for memory and the log."),
}


def _now() -> datetime:
    return datetime.now(UTC)


def make(release: Release, *, now: Callable[[], datetime] = _now) -> None:
    """Computes a release that waits, and leaves it as a draft or with its faults."""
    computing.begin(release=release, at=now())
    try:
        _compute(release, now)
    except Exception:  # noqa: BLE001 - it would open the records anew at each look, and keep others waiting
        _LOG.exception("A release could not be computed.")
        computing.fail(release=release, faults=[_BROKEN], at=now())


def _compute(release: Release, now: Callable[[], datetime]) -> None:
    where = _MEMORY if _MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=where, prefix="everycount-") as name:
        folder = Path(name)
        laid = _laid(folder, release, now())
        if laid is None:
            computing.fail(release=release, faults=[_GONE], at=now())
            return
        given = earlier(release)
        _prepare(folder, release, given, laid.tables)
        faults = _run(release, folder)
        if faults:
            computing.fail(release=release, faults=faults, at=now())
            return
        made = computing.Made((folder / RELEASE).read_bytes(), laid.event, laid.count)
        computing.finish(release=release, made=made, given=[each.digest for each in given], at=now())


def _laid(folder: Path, release: Release, at: datetime) -> Laid | None:
    """The records and their questionnaire in a folder; None where nobody may open them any more."""
    questionnaire, by = release.plan.questionnaire, release.asked_by
    if questionnaire is None or by is None:
        return None
    newest = collection.published_versions(questionnaire)[0]
    (folder / FORM).write_bytes(bytes(Version.objects.get(pk=newest).xlsform))
    only = release.accepted_only
    with ExitStack() as files:
        return lay(folder, questionnaire=questionnaire, accepted_only=only, by=by, at=at, opened=files)


def _prepare(
    folder: Path, release: Release, given: Sequence[Release], tables: Mapping[str, Mapping[str, str]]
) -> None:
    from everycount.survey.folder import FILE  # noqa: PLC0415 - brings arrays, and memory is dear
    from everycount.survey.releasing import Job  # noqa: PLC0415 - the same

    (folder / FILE).write_text(release.text, encoding="utf-8")
    names = []
    for number, each in enumerate(given, 1):
        names.append(f"given-{number}.json")
        (folder / names[-1]).write_bytes(zlib.decompress(bytes(each.document or b"")))
    withheld = tuple(
        (measure, tuple((name, code) for name, code in cell)) for measure, cell in release.withheld
    )
    secret = mark("noise", of=release.plan.initiative_id)
    Job(FORM, tables, tuple(names), withheld, secret).write(folder)


def _run(release: Release, folder: Path) -> list[dict[str, str]]:
    """Runs the process; why it made no release, or nothing."""
    command = [sys.executable, "-m", "everycount.survey.releasing", str(folder)]
    with subprocess.Popen(  # noqa: S603 - our own
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        overdue = threading.Timer(PATIENCE, process.kill)
        overdue.start()
        try:
            for line in process.stdout or ():
                computing.stage(release=release, words=line.strip())
            said = process.stderr.read() if process.stderr else ""
        finally:
            overdue.cancel()
            process.kill()
    if (folder / FAULTS).is_file():
        found: list[dict[str, str]] = json.loads((folder / FAULTS).read_text(encoding="utf-8"))
        return found
    if (folder / RELEASE).is_file():
        return []
    # The kind of the error alone: its words may repeat an answer.
    _LOG.error("A release could not be computed: %s", said.strip().rpartition("\n")[2].partition(":")[0])
    return [_BROKEN]


@dataclass
class Maker:
    """The one who computes.

    Attributes:
        turn: whether it is this process that computes.
        halted: set to end it after the release that it is at.
    """

    turn: Turn = field(default_factory=lambda: Turn("releases.lock"))
    halted: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Starts a thread of it, once."""
        if self._thread is None or not self._thread.is_alive():
            self.halted.clear()
            self._thread = threading.Thread(target=self.run, name="maker", daemon=True)
            self._thread.start()

    def run(self) -> None:
        """Works until it is stopped; a fault (a full disk, a lost database) is told and tried again."""
        pause = PAUSE
        while not self.halted.wait(pause):
            try:
                if self.turn.take():
                    close_old_connections()
                    work()
                pause = PAUSE
            except Exception:  # noqa: BLE001 - whatever it was, the work goes on
                _LOG.exception("A release could not be computed; it is tried again.")
                pause = min(pause * 2, 60.0)
        self.turn.leave()


def work(*, now: Callable[[], datetime] = _now) -> int:
    """Computes what waits, and what an ended process left half done; how many. Whose turn it is, is known."""
    publishing.publish_due(at=now())
    following.tell(at=now())
    computing.put_back(at=now())
    waiting = Release.objects.filter(state=State.WAITING).order_by("asked_at")
    names = list(waiting.values_list("pk", flat=True))
    for name in names:
        found = waiting.filter(pk=name).select_related("plan__questionnaire__initiative", "asked_by").first()
        if found is not None:
            make(found, now=now)
    keep(at=now())
    return len(names)


MAKER = Maker()
