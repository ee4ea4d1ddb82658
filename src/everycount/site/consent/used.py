"""Which submissions went into a use, kept so that very many are written down and forgotten quickly.

A file of fifty thousand records must say which they are before the first one leaves, and whoever takes
consent back must be found in every use at once. A row for each record with its indexes took a fifth of the
time of an export and grew the database by as much as the answers. So the names of a use are kept together by
the byte on which they end, which is random: a name is found by looking at one row of each use.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING
from uuid import UUID

from everycount.site.consent.models import Use, UsedRecords
from everycount.site.rows import add

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SIZE = 16  # bytes of a name


def note(use: Use, names: Iterable[UUID | str]) -> None:
    """Writes down which submissions go into a use, in the caller's transaction.

    Args:
        use: which; nothing was noted of it yet.
        names: of submissions, each once; a text is 32 hexadecimal digits, as SQLite keeps them.
    """
    by_end: dict[int, list[bytes]] = defaultdict(list)
    for name in names:
        as_bytes = bytes.fromhex(name) if isinstance(name, str) else name.bytes
        by_end[as_bytes[-1]].append(as_bytes)
    add(
        UsedRecords(use=use, ending=ending, names=b"".join(sorted(found)), count=len(found))
        for ending, found in sorted(by_end.items())
    )


def parts_with(submission: UUID) -> list[UsedRecords]:
    """Of every use that a submission went into, the row that says so; held until the transaction ends."""
    rows = UsedRecords.objects.select_for_update().filter(ending=submission.bytes[-1])
    return [each for each in rows if submission.bytes in _split(each)]


def uses_with(submission: UUID) -> list[int]:
    """Numbers of the uses that a submission went into."""
    rows = UsedRecords.objects.filter(ending=submission.bytes[-1])
    return [each.use_id for each in rows if submission.bytes in _split(each)]


def forget(submission: UUID, parts: Iterable[UsedRecords]) -> None:
    """Takes a submission out of these rows; an empty one goes."""
    for part in parts:
        left = [name for name in _split(part) if name != submission.bytes]
        if left:
            part.names, part.count = b"".join(left), len(left)
            part.save(update_fields=["names", "count"])
        else:
            part.delete()


def names_of(use: Use) -> frozenset[UUID]:
    """The submissions that went into a use and still stand."""
    return frozenset(UUID(bytes=name) for part in use.records.all() for name in _split(part))


def _split(part: UsedRecords) -> Iterator[bytes]:
    names = bytes(part.names)
    return (names[start : start + SIZE] for start in range(0, len(names), SIZE))
