"""Which program an export comes from, told by the columns that it adds to the answers.

Sources: ODK Briefcase, docs/export-format.md (KEY, PARENT_KEY, SET-OF-...); SurveyCTO help, "Understanding
the format of exported data" (SubmissionDate, formdef_version, KEY, review_status); CommCare HQ,
corehq/apps/export and the "Metadata Glossary" of its wiki (number, formid, completed_time, started_time,
received_on); exports of ODK Central, KoboToolbox and Ona themselves.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from everycount.sample.commcare import from_commcare
from everycount.sample.surveycto import from_surveycto

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.questionnaire import Questionnaire
    from everycount.sample.raw import RawTable
    from everycount.sample.store import Store

COMMCARE, SURVEYCTO, BRIEFCASE = "CommCare", "SurveyCTO", "ODK Briefcase"
CENTRAL, KOBO, ONA = "ODK Central", "KoboToolbox", "Ona"

_COMMCARE = ("received_on", "completed_time", "started_time")
# Columns that only this program writes together, one of each group; the first program that fits is the one.
_SIGNS: tuple[tuple[str, tuple[frozenset[str], ...]], ...] = (
    (
        COMMCARE,
        (
            frozenset({"formid", "info.formid"}),
            frozenset({*_COMMCARE, *(f"info.{word}" for word in _COMMCARE)}),
        ),
    ),
    (SURVEYCTO, (frozenset({"KEY"}), frozenset({"formdef_version"}))),
    (
        CENTRAL,
        (frozenset({"KEY"}), frozenset({"SubmitterID", "SubmitterName", "ReviewState", "FormVersion"})),
    ),
    (CENTRAL, (frozenset({"__id"}), frozenset({"__system/submissionDate", "__system/submitterId"}))),
    (BRIEFCASE, (frozenset({"KEY"}), frozenset({"SubmissionDate"}))),
    (ONA, (frozenset({"_uuid"}), frozenset({"_xform_id", "_total_media", "_media_count"}))),
    (KOBO, (frozenset({"_uuid"}), frozenset({"_validation_status", "_status", "formhub/uuid"}))),
)


def recognise(headers: Sequence[str]) -> str:
    """The program that wrote a table with these headings; "" where none is known to."""
    written = {header.strip() for header in headers}
    for name, signs in _SIGNS:
        if all(written & group for group in signs):
            return name
    return ""


def in_common_terms(
    store: Store, tables: Sequence[RawTable], questionnaire: Questionnaire | None
) -> list[RawTable]:
    """The tables of one file with the headings and links that every export is read by.

    Each keeps in ``dialect`` the program that wrote it.
    """
    main, *rosters = tables
    name = recognise(main.headers)
    if name == COMMCARE:
        return [replace(table, dialect=name) for table in from_commcare(store, main, rosters)]
    if name in {SURVEYCTO, BRIEFCASE} or _is_roster_of_surveycto(main):
        found = from_surveycto(tables, questionnaire)
        return [replace(table, dialect=name or f"{SURVEYCTO} or {BRIEFCASE}") for table in found]
    return [replace(table, dialect=name) for table in tables]


def _is_roster_of_surveycto(table: RawTable) -> bool:
    """A file of its own with the rows of a repeat group."""
    return "PARENT_KEY" in table.headers and any(each.startswith("SET-OF-") for each in table.headers)
