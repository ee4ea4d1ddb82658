"""What goes along with an initiative, and what stays, each with its reason.

A model that is in neither list fails a test: whether it is carried is a decision made here, in a diff.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db.models import Q

from everycount.site.collection.models import (
    Attachment,
    Edition,
    Key,
    MediaFile,
    Questionnaire,
    Receipt,
    SetAside,
    Submission,
    Tombstone,
    Version,
)
from everycount.site.consent.models import Consent, ConsentText, Message, Use, UsedRecords, Wish
from everycount.site.decisions.models import Appeal, Assessment, Score
from everycount.site.decisions.models import Decision as UseDecision
from everycount.site.decisions.models import Reply as UseReply
from everycount.site.fieldwork.models import Batch, Check, Draw, Entered, Flag, Look, Plan, Target, View
from everycount.site.followup.models import GivenList, Link
from everycount.site.publication.models import Moved, Release, Statement
from everycount.site.publication.models import Plan as ReleasePlan
from everycount.site.questionnaires.models import Review, ReviewRule, Voice
from everycount.site.registry.models import Initiative
from everycount.site.returns.models import Meeting, Recommendation, Step, Word
from everycount.site.review.models import Decision, Reply
from everycount.site.vault.models import Item

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from uuid import UUID

    from django.db.models import Model, QuerySet

    Rows: TypeAlias = "QuerySet[Any]"


@dataclass(frozen=True, slots=True)
class Table:
    """A model that goes along.

    Attributes:
        model: which.
        of: the rows of an initiative.
        plain: columns that hold the id of a row of another table without a foreign key.
        entries: columns that hold the number of an entry of the ledger.
        instead: what stands in the archive in place of a row's own values.
    """

    model: type[Model]
    of: Callable[[UUID], Q]
    plain: Mapping[str, type[Model]] = field(default_factory=dict)
    entries: frozenset[str] = frozenset()
    instead: Callable[[Any, datetime], Mapping[str, object]] = lambda row, at: {}  # noqa: ARG005 - nothing

    @property
    def name(self) -> str:
        """How the archive calls it."""
        return str(self.model._meta.label_lower)  # noqa: SLF001 - Django's documented name


def _under(path: str) -> Callable[[UUID], Q]:
    return lambda initiative: Q(**{path: initiative})


def _shut(key: Key, at: datetime) -> Mapping[str, object]:
    """A phone's key is a secret of the node that gave it: it opens nothing elsewhere.

    The row goes along, since submissions say by which phone they came; whose phone it is stands in its label.
    """
    return {
        "secret_hash": f"carried:{key.pk}",
        "digest_user": None,
        "digest_ha1": None,
        "person_id": None,
        "revoked_at": key.revoked_at or at,
    }


def _without_office(_row: object, _at: datetime) -> Mapping[str, object]:
    """Organisations are of a node; the office's name stands in the row."""
    return {"office_id": None}


_form, _version, _submission = (
    "questionnaire__initiative",
    "version__questionnaire__initiative",
    "submission__",
)
_released = "release__plan__initiative"
_OWN = {"initiative": Initiative}

CARRIED: tuple[Table, ...] = (  # what a row points to stands before it
    Table(Initiative, _under("pk")),
    Table(Questionnaire, _under("initiative")),
    Table(Version, _under(_form)),
    Table(MediaFile, _under(_version)),
    Table(Key, _under("initiative"), instead=_shut),
    Table(Item, _under("initiative"), plain=_OWN),
    Table(Submission, _under(_form)),
    Table(Edition, _under(f"{_submission}{_form}"), plain={"item": Item}),
    Table(Attachment, _under(f"{_submission}{_form}"), plain={"item": Item}),
    Table(SetAside, _under(_form), plain={"item": Item}),
    Table(Receipt, _under(f"{_submission}{_form}")),
    # Of old ones nobody knows whose they are; under another key for marks they mean nothing.
    Table(Tombstone, lambda initiative: Q(initiative=initiative) | Q(initiative=None), plain=_OWN),
    Table(ReviewRule, _under("initiative")),
    Table(Review, _under(_version)),
    Table(Voice, _under(f"review__{_version}")),
    Table(ConsentText, _under("initiative")),
    Table(Consent, _under("initiative"), plain={**_OWN, "submission": Submission}),
    Table(Use, _under("initiative"), plain=_OWN, entries=frozenset({"event"})),
    # Submissions keep their names, so the names in it hold.
    Table(UsedRecords, _under("use__initiative"), entries=frozenset({"use_id"})),
    Table(Message, _under("initiative"), plain={"submission": Submission, "item": Item}),
    Table(
        Wish,
        _under("initiative"),
        plain={"submission": Submission, "words": Item, "answer": Item},
    ),
    Table(GivenList, _under("initiative")),
    Table(Link, _under(f"{_submission}{_form}")),  # its marks hold, for the key for marks goes along
    Table(
        Decision,
        _under(f"{_submission}{_form}"),
        plain={"words": Item},
        entries=frozenset({"event"}),
    ),
    Table(
        Reply,
        _under(f"{_submission}{_form}"),
        plain={"words": Item},
        entries=frozenset({"event"}),
    ),
    Table(Plan, _under(_form)),
    Table(Target, _under("plan__questionnaire__initiative")),
    Table(Look, _under(f"{_submission}{_form}"), plain={"traits": Item}),
    Table(Draw, _under(_form), entries=frozenset({"event"})),
    Table(Check, _under("draw__questionnaire__initiative")),
    Table(Batch, _under(_form)),
    Table(Entered, _under(f"{_submission}{_form}")),
    Table(View, _under(_form), entries=frozenset({"event"})),
    Table(Flag, _under(_form), entries=frozenset({"event"})),
    Table(ReleasePlan, _under("initiative")),
    Table(Release, _under("plan__initiative"), entries=frozenset({"use"})),
    Table(Statement, _under("release__plan__initiative"), entries=frozenset({"draft"})),
    Table(Moved, _under("release__plan__initiative"), entries=frozenset({"event"})),
    Table(Meeting, _under("plan__initiative"), entries=frozenset({"event"})),
    Table(Word, _under("plan__initiative"), entries=frozenset({"event"})),
    Table(Recommendation, _under("plan__initiative")),
    Table(Step, _under("recommendation__plan__initiative"), entries=frozenset({"event"})),
    Table(Assessment, _under("release__plan__initiative"), instead=_without_office),
    Table(Score, _under(f"assessment__{_released}")),
    Table(UseDecision, _under(f"assessment__{_released}"), entries=frozenset({"event"})),
    Table(UseReply, _under(f"decision__assessment__{_released}"), entries=frozenset({"event"})),
    Table(Appeal, _under(f"decision__assessment__{_released}"), entries=frozenset({"event"})),
)

# Accounts, roles and who belongs to whom are of a node: names and addresses stay there. Sessions and
# authenticators are secrets. The ledger and the keys go along in parts of their own.
LEFT = frozenset(
    {
        "people.person",
        "people.organisation",
        "people.membership",
        "people.nodeassignment",
        "people.assignment",
        "people.invitation",
        "people.application",
        "people.opening",
        "ledger.event",
        "ledger.carriedevent",
        "vault.datakey",
        "publication.follower",  # addresses of people who asked this node, and no other, to write to them
        "fieldwork.standing",  # reckoned anew from what is looked at
    }
)
