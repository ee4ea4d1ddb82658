"""What the database itself refuses: to change or to remove an event."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_WORDS = "the ledger forgets nothing"
_SQLITE = [
    f"CREATE TRIGGER ledger_event_no_{verb.lower()} BEFORE {verb} ON ledger_event "
    f"BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END"
    for verb in ("UPDATE", "DELETE")
]
_CARRIED = "ledger_carriedevent"
_POSTGRES = [
    f"""CREATE FUNCTION ledger_event_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{_WORDS}'; END $$""",
    """CREATE TRIGGER ledger_event_no_change BEFORE UPDATE OR DELETE ON ledger_event
        FOR EACH ROW EXECUTE FUNCTION ledger_event_refuse()""",
    """CREATE TRIGGER ledger_event_no_truncate BEFORE TRUNCATE ON ledger_event
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_event_refuse()""",
]


def add(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """For a migration."""
    for statement in _POSTGRES if editor.connection.vendor == "postgresql" else _SQLITE:
        editor.execute(statement)


def add_again(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """For a migration after which SQLite has a new table; elsewhere the triggers are still there."""
    if editor.connection.vendor == "sqlite":
        add(apps, editor)


def add_to_carried(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """For a migration: the same for events of other nodes."""
    statements = _POSTGRES[1:] if editor.connection.vendor == "postgresql" else _SQLITE
    for statement in statements:
        editor.execute(
            statement.replace("ON ledger_event", f"ON {_CARRIED}").replace(
                "TRIGGER ledger_event", f"TRIGGER {_CARRIED}"
            )
        )
