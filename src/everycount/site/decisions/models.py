"""Assessments of releases for one use, decisions by them, and what is said to a decision."""

from __future__ import annotations

import uuid

from django.db import models

from everycount.site.people.models import Organisation, Person
from everycount.site.publication.models import Release

ANSWERS = ("0", "1", "2", "3", "NA", "U")
OUTCOMES = ("U1", "U2", "U3", "U4", "U5", "U6")


class Assessment(models.Model):
    """One release looked at for one intended use, through one lens, by an office.

    Attributes:
        measure: id of the measure whose use is meant.
        indicator: SDG indicator that the use is; empty where it is stated.
        use: the use in words; empty where it is the indicator.
        lens, model: ids of the lens and of the version of the criteria.
        computed: what the machine worked out when it was begun (``everycount.framework.as_plain``).
        officer: who assesses; the office stands in public, the name does not.
        office, office_name: for which office; the name stays when the organisation goes.
        finished_at: of its decision; what is decided is not changed any more.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    release = models.ForeignKey(Release, models.CASCADE, related_name="assessments")
    measure = models.CharField(max_length=200)
    indicator = models.CharField(max_length=20, blank=True)
    use = models.CharField(max_length=300, blank=True)
    lens = models.SlugField(max_length=30)
    model = models.SlugField(max_length=30)
    computed = models.JSONField(default=list)
    officer = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="assessments")
    office = models.ForeignKey(Organisation, models.SET_NULL, null=True, related_name="assessments")
    office_name = models.CharField(max_length=200)
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    to_initiative = "release__plan__initiative__"

    class Meta:
        """It is for an indicator or for a stated use."""

        ordering = ("-begun_at",)
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(indicator="", use=""), name="assessment_is_for_something"
            ),
        )

    def __str__(self) -> str:
        return f"assessment of {self.release} for {self.indicator or self.use}"


class Score(models.Model):
    """The answer to one criterion: by whom, when, why, and where the evidence is.

    Attributes:
        answer: 0 to 3, NA, or U where nobody knows.
        reason: in words; only what is not known needs none.
        link: where the evidence is; empty where the machine's figures are.
    """

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="scores")
    criterion = models.CharField(max_length=4)
    answer = models.CharField(max_length=2, choices=[(each, each) for each in ANSWERS])
    reason = models.TextField(max_length=2000, blank=True)
    link = models.URLField(max_length=500, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    to_initiative = "assessment__release__plan__initiative__"

    class Meta:
        """Once a criterion; an answer has its reason."""

        constraints = (
            models.UniqueConstraint(fields=["assessment", "criterion"], name="score_once"),
            models.CheckConstraint(
                condition=models.Q(answer="U") | ~models.Q(reason=""), name="score_has_its_reason"
            ),
        )

    def __str__(self) -> str:
        return f"{self.criterion} {self.answer}"


class Decision(models.Model):
    """What an office decided by an assessment; it stands for good at its address.

    Attributes:
        until: the last day on which it holds.
        endorsed: the office reports the number as its own.
        supersedes: plain id of the office's decision about the same use before this one.
        event: its entry in the ledger.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.OneToOneField(Assessment, models.CASCADE, related_name="decision")
    outcome = models.CharField(max_length=2, choices=[(each, each) for each in OUTCOMES])
    reason = models.TextField(max_length=4000)
    conditions = models.TextField(max_length=4000, blank=True)
    until = models.DateField()
    endorsed = models.BooleanField(default=False)
    supersedes = models.UUIDField(null=True, blank=True, db_index=True)
    event = models.BigIntegerField()
    decided_at = models.DateTimeField()

    to_initiative = "assessment__release__plan__initiative__"

    class Meta:
        """None without a reason; only what compiles an indicator can be endorsed."""

        ordering = ("-decided_at",)
        constraints = (
            models.CheckConstraint(condition=~models.Q(reason=""), name="use_decision_has_reason"),
            models.CheckConstraint(
                condition=models.Q(endorsed=False) | models.Q(outcome="U1"), name="use_decision_endorses_u1"
            ),
        )

    def __str__(self) -> str:
        return f"{self.outcome} of {self.assessment}"


class Reply(models.Model):
    """What the initiative says to a decision; it stands beside it wherever that stands."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    decision = models.ForeignKey(Decision, models.CASCADE, related_name="replies")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    words = models.TextField(max_length=4000)
    event = models.BigIntegerField()
    at = models.DateTimeField()

    to_initiative = "decision__assessment__release__plan__initiative__"

    class Meta:
        """In their order."""

        ordering = ("event",)
        constraints = (models.CheckConstraint(condition=~models.Q(words=""), name="use_reply_has_words"),)

    def __str__(self) -> str:
        return f"reply to {self.decision_id}"


class Settled(models.TextChoices):
    """What became of an appeal."""

    STANDS = "stands", "The decision stands"
    AGAIN = "again", "The office assesses it again"


class Appeal(models.Model):
    """The initiative asks that somebody else of the office looks again; the answer stands beside it.

    Attributes:
        outcome, answer: of the second look; empty while it waits.
        answered_by: never who decided.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    decision = models.ForeignKey(Decision, models.CASCADE, related_name="appeals")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    words = models.TextField(max_length=4000)
    event = models.BigIntegerField()
    at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Settled, blank=True)
    answer = models.TextField(max_length=4000, blank=True)
    answered_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    to_initiative = "decision__assessment__release__plan__initiative__"

    class Meta:
        """One that waits at a time; an answer has its outcome and its words."""

        ordering = ("event",)
        constraints = (
            models.UniqueConstraint(
                fields=["decision"], condition=models.Q(outcome=""), name="appeal_one_waits"
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="", answer="", answered_at=None)
                | (~models.Q(outcome="") & ~models.Q(answer="") & models.Q(answered_at__isnull=False)),
                name="appeal_answer_is_whole",
            ),
            models.CheckConstraint(condition=~models.Q(words=""), name="appeal_has_words"),
        )

    def __str__(self) -> str:
        return f"appeal against {self.decision_id}"
