"""What the database itself refuses: to change or to remove an event."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_WORDS = "the ledger forgets nothing"
_EVENTS, _CARRIED = "ledger_event", "ledger_carriedevent"
_REFUSE = f"""CREATE FUNCTION ledger_event_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{_WORDS}'; END $$"""


def _of_sqlite(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END"
        for verb in ("UPDATE", "DELETE")
    ]


def _of_postgres(table: str) -> list[str]:
    return [
        f"""CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION ledger_event_refuse()""",
        f"""CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION ledger_event_refuse()""",
    ]


def _run(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    make = _of_postgres if editor.connection.vendor == "postgresql" else _of_sqlite
    for statement in make(table):
        editor.execute(statement)


def add(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """For a migration."""
    if editor.connection.vendor == "postgresql":
        editor.execute(_REFUSE)
    _run(editor, _EVENTS)


def add_again(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """For a migration after which SQLite has a new table; elsewhere the triggers are still there."""
    if editor.connection.vendor == "sqlite":
        add(apps, editor)


def add_to_carried(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """For a migration: the same for events of other nodes."""
    _run(editor, _CARRIED)
