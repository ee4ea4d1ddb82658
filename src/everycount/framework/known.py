"""What is known of a release beside its numbers: by the node that holds it, or by nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Body:
    """What the community body said of the release: people who agreed, objected, and were needed."""

    agree: int
    object: int
    needed: int


@dataclass(frozen=True, slots=True)
class Checked:
    """Asking again: drawn, and what was seen of those that somebody looked at."""

    drawn: int
    agrees: int
    differs: int
    not_found: int
    refused: int

    @property
    def done(self) -> int:
        """How many were found and asked again."""
        return self.agrees + self.differs


@dataclass(frozen=True, slots=True)
class Known:
    """What else is known; None is "nobody knows", which is another thing than none.

    Attributes:
        published: the day on which the release became public.
        consented: records, each of which was opened by a consent that can be taken back; None where the
            records are not on the node.
        body: the community body on the release; None where there is none to ask.
        endorsed, objected: voices of the community body on questions and categories, before fieldwork.
        checked: asking again.
        promised: it is told what comes back to the people, and when.
        returned: occasions on which it did come back.
        languages: in which the questions were asked.
        rounds: releases of the same plan that were public so far, of other periods.
    """

    published: date | None = None
    consented: int | None = None
    body: Body | None = None
    endorsed: int | None = None
    objected: int | None = None
    checked: Checked | None = None
    promised: bool = False
    returned: int | None = None
    languages: int | None = None
    rounds: int | None = None


NOTHING_KNOWN = Known()
