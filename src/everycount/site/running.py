"""Starting the node: folders, database, static files, server."""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import everycount
from everycount.faults import Fault, InputError
from everycount.site.environment import VAULT_KEY, Environment
from everycount.site.holding import hold

if TYPE_CHECKING:
    from collections.abc import Callable

_SETTINGS = "everycount.site.settings"
_IN_USE = (
    "The node runs, and with another key it could not.",
    "Stop everycount serve, everycount worker and whatever else works with it.",
)
_BEING_CHANGED = ("The keys of the node are being changed.", "Wait until everycount rotate-keys has ended.")


def set_up(*, alone: bool = False) -> Environment:
    """Django with the settings of this installation.

    Args:
        alone: nobody else may work with the node until this process ends.

    Raises:
        InputError: a variable of the environment cannot be used, or somebody has the node in hand.
    """
    environment = Environment.read()  # its faults are clearer than those of an import of the settings
    if not hold(environment.data, alone=alone):
        problem, remedy = _IN_USE if alone else _BEING_CHANGED
        raise InputError(Fault(str(environment.data), problem, remedy))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", _SETTINGS)
    os.umask(0o077)  # whatever the node writes is for its own user
    import django

    django.setup()
    return environment


def prepare(say: Callable[[str], None]) -> Environment:
    """Makes or brings up to date what a node needs; again is as good as once."""
    environment = set_up()
    from django.core.management import call_command

    say("preparing the database")
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    _refuse_wrong_key()
    _open_ledger()
    _erase_again()
    return environment


def _open_ledger() -> None:
    """The first event: from which version on the ledger tells."""
    from everycount.site.ledger.actions import Entry, record_alone
    from everycount.site.ledger.queries import head

    if head() is None:
        version = {"version": everycount.__version__}
        record_alone(Entry("node.started", "system", "node", payload=version), at=datetime.now(UTC))


def _erase_again() -> None:
    """What was taken back stays so: a restored backup, or a crash in the middle, is made good first."""
    from everycount.site.consent.actions import reapply_erasures

    reapply_erasures(at=datetime.now(UTC))


def serve(host: str, port: int, say: Callable[[str], None]) -> None:
    """Serves until it is stopped.

    One process with threads: SQLite has one writer, and two processes would only fight for it. What was
    loaded to prepare the node is left behind by starting :mod:`.serving` in the place of this process.

    Args:
        host: address to listen on.
        port: the port.
        say: where progress is told.
    """
    environment = prepare(say)
    say(f"Everycount {everycount.__version__} serves {environment.public_url} (listening on {host}:{port}).")
    say(f"Everything it keeps is in {environment.data}.")
    sys.stdout.flush()
    sys.stderr.flush()
    # One pool of memory for every thread would hold what each of them ever needed at once.
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    words = ["-m", "everycount.site.serving", host, str(port)]
    os.execv(sys.executable, [sys.executable, *words])  # noqa: S606 - ourselves


def _refuse_wrong_key() -> None:
    """Before anything is sealed: under two installation keys a part of the answers would stay shut.

    Raises:
        InputError: the installation key does not open what is there.
    """
    from everycount.site.vault.keys import name_of
    from everycount.site.vault.models import DataKey
    from everycount.site.vault.places import key

    other = DataKey.objects.exclude(wrapped_by=name_of(key())).values_list("wrapped_by", flat=True).first()
    if other is not None:
        problem = f"The answers here were sealed under the key {other}; this one is {name_of(key())}."
        remedy = "Give the right one. If everycount rotate-keys was interrupted, run it once more."
        raise InputError(Fault(VAULT_KEY, problem, remedy))


def work(say: Callable[[str], None]) -> None:
    """Does what happens in the background until it is stopped; beside a server, or several.

    The one who serves prepares the database; until then this waits.
    """
    set_up()
    from everycount.site.consent.reactions import READER
    from everycount.site.publication.making import MAKER

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: READER.halted.set())
    if not is_prepared():
        say("waiting until everycount serve has prepared the database")
    while not is_prepared():
        if READER.halted.wait(1.0):
            return
    say("working: reading consents, emptying logs, clearing away, computing releases")
    MAKER.start()
    READER.run()


def is_prepared() -> bool:
    """Whether the database is up to date."""
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        waiting = MigrationExecutor(connection)
        return not waiting.migration_plan(waiting.loader.graph.leaf_nodes())
    except DatabaseError:
        return False  # it is being made, or not reached
