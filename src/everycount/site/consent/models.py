"""Consents and what respondents write. Submissions are plain values here: no key crosses the vault."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_noop as _  # the page that shows a label translates it

from everycount.site.people.models import Person
from everycount.site.registry.models import Initiative


class Purpose(models.TextChoices):
    """Why a record is opened."""

    COLLECTION = "collection", "To collect and keep it"
    REVIEW = "review", "To look at it for mistakes"
    STATISTICS = "statistics", "To count it in tables"
    SHARING = "sharing", "To give it, without names, to researchers and offices"
    CONTACT = "contact", "To write or speak to the person again"
    ARCHIVE = "archive", "To keep it for later generations"


class Basis(models.TextChoices):
    """How consent was given."""

    WRITTEN = "written", _("In writing or by the person's own hand")
    WITNESSED = "witnessed", _("By word, with a witness")
    SPOKEN = "spoken", _("By word, written down by whoever asked")
    PARENTAL = "parental", _("By a parent, with the child's agreement")
    COMMUNITY = "community", _("By the community's authority, and the person")


class Promise(models.TextChoices):
    """The five promises, in the order in which people hear them."""

    WHY = "why", "Why we ask and what we do with it"
    CONFIDENTIALITY = "confidentiality", "Who sees it and who does not"
    FEEDBACK = "feedback", "What comes back to you"
    ENGAGEMENT = "engagement", "Where you have a say"
    PUBLIC_INTEREST = "public_interest", "Whom it serves"


class ConsentText(models.Model):
    """The words that people agreed to, in one language, with the five promises of a social contract.

    The promises are those of the Praia/PARIS21 social contract (domain.md, recommendation 1.1): why and how,
    confidentiality, feedback, engagement, public interest.

    Attributes:
        version: of the text; a new wording is a new version, the old one stays.
        language: BCP 47.
        promises: five texts by name (:class:`Promise`).
        basis: how people agree to them.
    """

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="consent_texts")
    version = models.PositiveIntegerField()
    language = models.CharField(max_length=16)
    promises = models.JSONField()
    basis = models.CharField(max_length=12, choices=Basis)
    made_at = models.DateTimeField()

    to_initiative = "initiative__"

    class Meta:
        """One wording a language and version; the newest version first."""

        ordering = ("-version", "language")
        constraints = (
            models.UniqueConstraint(fields=["initiative", "version", "language"], name="consent_text_once"),
        )

    def __str__(self) -> str:
        return f"consent text {self.version} ({self.language})"


class Ended(models.TextChoices):
    """Why a consent ended."""

    ANSWER = "answer", "A later version of the answers says no"
    WITHDRAWN = "withdrawn", "The person took it back"


class Consent(models.Model):
    """A purpose that a person allowed, from a moment to a moment. No row means no.

    Attributes:
        submission: plain id of the submission.
        initiative: plain id, for the gate's question in one look.
        text_version: of the words that the person heard; 0 where the questionnaire is all there is.
        since, until: open between them; a purpose that was taken back before it was read ends as it begins.
        ended: why; what a person took back, no later version of the answers opens again.
    """

    submission = models.UUIDField()
    initiative = models.UUIDField()
    purpose = models.CharField(max_length=12, choices=Purpose)
    basis = models.CharField(max_length=12, choices=Basis)
    text_version = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    ended = models.CharField(max_length=10, choices=Ended, blank=True)

    class Meta:
        """One open row a purpose."""

        constraints = (
            models.UniqueConstraint(
                fields=["submission", "purpose"], condition=models.Q(until=None), name="consent_open_once"
            ),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="consent_ends_last",
            ),
            models.CheckConstraint(
                condition=models.Q(until=None, ended="")
                | (models.Q(until__isnull=False) & ~models.Q(ended="")),
                name="consent_says_why_it_ended",
            ),
        )
        indexes = (models.Index(fields=["initiative", "purpose"], name="consent_of_initiative"),)

    def __str__(self) -> str:
        return f"{self.purpose} since {self.since:%Y-%m-%d}"


class Use(models.Model):
    """Records were opened to make something of them that leaves: numbers, a file for others, an archive.

    Attributes:
        event: number of the entry in the ledger that says so; a release names it.
        initiative: plain id.
        under_revision_since: since when one of the records is taken back, so that what was made of them has
            to be made again; None while all of them stand.
    """

    event = models.BigIntegerField(primary_key=True)
    initiative = models.UUIDField(db_index=True)
    purpose = models.CharField(max_length=12, choices=Purpose)
    made_at = models.DateTimeField()
    under_revision_since = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"use {self.event}"


class UsedRecords(models.Model):
    """Those submissions of a use whose names end alike (see :mod:`.used`); erasing takes one out.

    Attributes:
        ending: the last byte of the names.
        names: plain ids of submissions, 16 bytes each, in their order.
        count: how many they are.
    """

    use = models.ForeignKey(Use, models.CASCADE, related_name="records", db_index=False)
    ending = models.PositiveSmallIntegerField(db_index=True)
    names = models.BinaryField()
    count = models.PositiveIntegerField()

    class Meta:
        """Once in each use."""

        constraints = (models.UniqueConstraint(fields=["use", "ending"], name="used_once_by_ending"),)

    def __str__(self) -> str:
        return f"records of use {self.use_id}"


class Message(models.Model):
    """A word from a respondent to the steward; its text lies in the vault.

    Attributes:
        submission: plain id, only so that erasing everything erases it too; the steward is not told.
        item: of the vault.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="messages")
    submission = models.UUIDField(null=True, db_index=True)
    item = models.UUIDField(unique=True)
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    to_initiative = "initiative__"

    def __str__(self) -> str:
        return f"message {self.id}"


class Outcome(models.TextChoices):
    """What came of a wish."""

    DONE = "done", _("It was corrected")
    ASKED = "asked", _("Whoever asked you is asked to correct it")
    DECLINED = "declined", _("It was not corrected")


class Wish(models.Model):
    """A respondent asks that something in the own answers be corrected; the words lie in the vault.

    Unlike a message it says which answers it is about, since nobody could correct them otherwise.

    Attributes:
        submission: plain id; erasing it erases the wish, too.
        group: name of the group of questions that it is about; "" for all of them.
        words: item of the vault, what the respondent wrote.
        outcome, answer, answered_by, answered_at: what the office said; ``answer`` is an item of the vault.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="wishes")
    submission = models.UUIDField(db_index=True)
    group = models.CharField(max_length=200, blank=True)
    words = models.UUIDField(unique=True)
    asked_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    answer = models.UUIDField(unique=True, null=True)
    answered_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    to_initiative = "initiative__"

    class Meta:
        """An outcome has its moment."""

        ordering = ("-asked_at",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(outcome="", answered_at=None)
                | (~models.Q(outcome="") & models.Q(answered_at__isnull=False)),
                name="wish_answered_once",
            ),
        )

    def __str__(self) -> str:
        return f"wish {self.id}"
