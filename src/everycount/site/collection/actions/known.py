"""What is here already of records that are brought in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from everycount.site.collection.marks import begun
from everycount.site.collection.models import Attachment, Edition

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from everycount.sample.instances import Exported
    from everycount.site.collection.models import Submission
    from everycount.site.collection.pictures import Picture


@dataclass
class Known:
    """A submission that is here, with its versions, the oldest first, and the marks of its files."""

    submission: Submission
    editions: list[Edition] = field(default_factory=list)
    files: set[tuple[str, str]] = field(default_factory=set)

    @property
    def brought(self) -> list[Edition]:
        """The versions that were brought in."""
        return [each for each in self.editions if each.sent_by_id is None]


def known_of(questionnaire: UUID | None, records: Sequence[Exported]) -> dict[str, Known]:
    """What is here of these records, by each instanceID under which it came."""
    if questionnaire is None:
        return {}
    names = {each for one in records for each in (one.name, one.before) if each}
    # By the name alone: with the questionnaire in the condition SQLite would go through all its submissions.
    came = Edition.objects.filter(instance__in=names).values_list("submission", "submission__questionnaire")
    wanted = {submission for submission, form in came if form == questionnaire}
    found: dict[UUID, Known] = {}
    known: dict[str, Known] = {}
    rows = Edition.objects.filter(submission__in=wanted).select_related("submission")
    for edition in rows.order_by("submission", "number"):
        here = found.setdefault(edition.submission_id, Known(edition.submission))
        here.editions.append(edition)
        known[edition.instance] = here
    for file in Attachment.objects.filter(submission__in=wanted):
        found[file.submission_id].files.add((file.name_hash, file.digest))
    return known


def digest_of(picture: Picture, initiative: UUID) -> str:
    """The mark of a file that lies somewhere else."""
    made = begun("file", of=initiative)
    for chunk in picture.chunks():
        made.update(chunk)
    return made.hexdigest()
