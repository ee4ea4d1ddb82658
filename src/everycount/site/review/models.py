"""Decisions about submissions. The words of a reviewer may repeat an answer, so they lie in the vault."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_noop as _  # the page that shows a label translates it

from everycount.site.collection.models import Key, Submission
from everycount.site.people.models import Person


class State(models.TextChoices):
    """How far the review of a submission is.

    ODK Central calls them received, (none), hasIssues, edited, approved and rejected; KoboToolbox knows
    on hold (in review, returned), approved and not approved.
    """

    RECEIVED = "received", _("Received")
    IN_REVIEW = "in_review", _("In review")
    RETURNED = "returned", _("Returned")
    EDITED = "edited", _("Changed since")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")


# What somebody can say; the other two follow from what was said and what came.
SAID = (State.IN_REVIEW, State.RETURNED, State.ACCEPTED, State.REJECTED)
WAITING = (State.RECEIVED, State.IN_REVIEW, State.EDITED)


class Reason(models.TextChoices):
    """Why a submission is returned or rejected, in words that collectors read in their own language."""

    INCOMPLETE = "incomplete", _("Answers are missing")
    IMPLAUSIBLE = "implausible", _("An answer can hardly be right")
    CONTRADICTION = "contradiction", _("Answers contradict each other")
    DUPLICATE = "duplicate", _("It came twice")
    OUTSIDE = "outside", _("The place or the person does not belong to the survey")
    CONSENT = "consent", _("It is not clear that the person agreed")
    ASKED = "asked", _("The person asked for a correction")
    OTHER = "other", _("Another reason")


class Decision(models.Model):
    """What somebody said of one version of a submission.

    Attributes:
        state: one of :data:`SAID`.
        instance: instanceID of the version that was looked at; another one may be current by now.
        reason: why, for what is returned or rejected.
        words: item of the vault with what the reviewer wrote; None where nothing was written.
        questions: paths of the questions that it is about, as the questionnaire has them; no answer.
        event: number of the entry in the ledger; many that were accepted at once share one.
        is_current: no later decision took its place.
    """

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="decisions")
    state = models.CharField(max_length=10, choices=[(each.value, each.label) for each in SAID])
    instance = models.CharField(max_length=255)
    reason = models.CharField(max_length=14, choices=Reason, blank=True)
    words = models.UUIDField(unique=True, null=True)
    questions = models.JSONField(default=list)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField()
    event = models.BigIntegerField()
    is_current = models.BooleanField(default=True)

    to_initiative = "submission__questionnaire__initiative__"

    class Meta:
        """One decision holds, and what goes back to a collector says why."""

        constraints = (
            models.UniqueConstraint(
                fields=["submission"], condition=models.Q(is_current=True), name="decision_one_current"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["returned", "rejected"]) | ~models.Q(reason=""),
                name="decision_has_its_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[each.value for each in SAID]), name="decision_is_said"
            ),
        )

    def __str__(self) -> str:
        return f"{self.state} since {self.decided_at:%Y-%m-%d}"


class Reply(models.Model):
    """What whoever asked the questions says to what was found: a word of their own beside the decision.

    Attributes:
        decision: to which it answers; None where nobody had decided yet.
        words: item of the vault.
        by, key: who; the key alone where the phone's person has no account.
        event: number of the entry in the ledger.
    """

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="replies")
    decision = models.ForeignKey(Decision, models.CASCADE, null=True, related_name="replies")
    words = models.UUIDField(unique=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    key = models.ForeignKey(Key, models.SET_NULL, null=True, related_name="+")
    replied_at = models.DateTimeField()
    event = models.BigIntegerField()

    to_initiative = "submission__questionnaire__initiative__"

    def __str__(self) -> str:
        return f"reply of {self.replied_at:%Y-%m-%d}"
