"""Typed answers of one submission."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias


class Point(NamedTuple):
    """A place on earth (WGS 84): degrees north and east, metres above the ellipsoid, metres of accuracy."""

    latitude: float
    longitude: float
    altitude: float | None = None
    accuracy: float | None = None


Answer: TypeAlias = (
    str | int | float | dt.date | dt.time | dt.datetime | Point | tuple[str, ...] | tuple[Point, ...] | None
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something odd in an instance.

    Attributes:
        path: where it stands, such as ``household/member[2]/age``.
        value: what stands there.
        problem: what is odd, a whole sentence.
    """

    path: str
    value: str
    problem: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """What can be known of a submission without looking at an answer.

    Attributes:
        form_id: the form that was answered.
        version: its version, or "".
        instance_id: the submission's own id, or None.
        deprecated_id: the id of the submission that this one replaces, or None.
        encrypted: the answers are sealed with the form's public key.
    """

    form_id: str
    version: str
    instance_id: str | None
    deprecated_id: str | None
    encrypted: bool = False


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One row of a roster.

    Attributes:
        answers: by the question's place (``group/name``), for all of the roster; None is no answer.
        parent: index of the row of the roster above that it belongs to; None when it belongs to the record.
    """

    answers: dict[str, Answer]
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """Typed answers of one respondent, with the rosters that belong to them.

    Attributes:
        envelope: whose answers to which form.
        answers: by the question's place (``group/name``), for all outside rosters; None is no answer.
        rosters: rows by the repeat's name; every repeat of the form, in document order.
        meta: what the client says of the submission, by name (``instanceID``, ``instanceName`` ...).
        findings: what could not be understood. An answer of a wrong type is None and its text stands only
            here; a code that the form does not know is kept and named here.
    """

    envelope: Envelope
    answers: dict[str, Answer]
    rosters: dict[str, tuple[RosterRow, ...]] = field(default_factory=dict)
    meta: dict[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
