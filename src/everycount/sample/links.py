"""How exports say which row of a parent a roster row belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from everycount.sample.raw import RawTable
    from everycount.sample.store import Store

# The column of a roster, and the column of its parent that it repeats; the first that a roster has is used.
LINKS = {
    "PARENT_KEY": "KEY",  # ODK Central
    "_parent_index": "_index",  # Kobo and Ona
    "_submission__uuid": "_uuid",  # Kobo
    "_submission__id": "_id",  # Kobo
    "_parent_number": "_number",  # CommCare, made by its reader
}
PARENT_COLUMNS = (*LINKS, "number__0")  # CommCare numbers the rows of repeats by their parents
PARENT_TABLE = "_parent_table_name"
# Columns that identify a row of any export, surest first.
KEYS = (
    *("KEY", "meta/instanceID", "meta-instanceID", "instanceID", "_uuid", "uuid", "_id", "_index"),
    "formid",  # CommCare: the id of a submission
)
# What phones and servers add to the answers, beside the columns that begin with an underscore.
_ADDED = frozenset(
    {
        *KEYS, *LINKS, "SubmissionDate", "SubmitterID", "SubmitterName", "AttachmentsPresent",
        "AttachmentsExpected", "Status", "ReviewState", "DeviceID", "Edits", "FormVersion",
        "meta-instanceName", "instanceName", "start", "end", "today", "deviceid",
        # SurveyCTO
        "CompletionDate", "starttime", "endtime", "formdef_version", "formdef_id", "device_info", "caseid",
        "subscriberid", "simid", "devicephonenum", "review_status", "review_quality", "review_comments",
        "review_corrections", "isValidated",
        # CommCare
        "completed_time", "started_time", "received_on", "edited_on", "form_link", "hq_user", "userID",
        "deviceID",
    }
)  # fmt: skip


_BEGINNINGS = ("_", "SET-OF-")


def is_added(name: str) -> bool:
    """Whether a column of that name is no answer but an addition of the phone or the server."""
    return name.startswith(_BEGINNINGS) or name in _ADDED


def link_of(roster: Sequence[str], parent: Sequence[str]) -> str:
    """The column by which a roster that an export brought along finds its parents."""
    pairs = [child for child, key in LINKS.items() if child in roster and key in parent]
    shared = [key for key in KEYS if key in roster and key in parent and key not in LINKS.values()]
    return next(iter([*pairs, *shared, *(child for child in LINKS if child in roster)]))


def own_link(roster: Collection[str], parent: Collection[str]) -> tuple[str, str] | None:
    """The column of an exported roster that repeats its parent's key, and that key; None without one."""
    return next(((child, key) for child, key in LINKS.items() if child in roster and key in parent), None)


def parent_table(store: Store, raw: RawTable) -> str | None:
    """The name, in the file, of the table that holds the parents; None where that is the main table.

    Kobo and Ona write it into a column. In ODK Central the key of a parent row ends with its own table:
    ``uuid:.../members[2]``.
    """
    if PARENT_TABLE in raw.headers:
        return _first(store, raw, PARENT_TABLE)
    if "_parent_number" in raw.headers:
        above = raw.name.rpartition("/")[0]
        return above or None
    if "PARENT_KEY" in raw.headers:
        last = (_first(store, raw, "PARENT_KEY") or "").rpartition("/")[2]
        return last.partition("[")[0] if "[" in last else None
    return None


def _first(store: Store, raw: RawTable, header: str) -> str | None:
    column = f"c{raw.headers.index(header)}"
    rows = store.run(
        f"SELECT {column} FROM {raw.relation} WHERE {column} <> '' ORDER BY r LIMIT 1"  # noqa: S608 - our names
    )
    return rows[0][0] if rows else None
