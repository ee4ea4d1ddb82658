"""Meetings, words and recommendations of a plan of releases. Nobody's name stands in any of them."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from everycount.site.publication.models import Plan
from everycount.site.returns.states import State

LONGEST = 2000


class Meeting(models.Model):
    """Numbers were brought back to people: when, where, to how many, and what they said.

    Attributes:
        people: how many came; None where nobody counted. Of few the public is told that they were few.
        said: in the words of whoever wrote it down; the own words of people are :class:`Word`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="meetings")
    day = models.DateField()
    place = models.CharField(max_length=200)
    people = models.PositiveIntegerField(null=True, blank=True)
    said = models.TextField(max_length=LONGEST)
    event = models.BigIntegerField()
    written_at = models.DateTimeField()

    to_initiative = "plan__initiative__"

    class Meta:
        """Newest first."""

        ordering = ("-day", "-written_at")

    def __str__(self) -> str:
        return f"{self.place} {self.day}"


class Kind(models.TextChoices):
    """What somebody says of published numbers."""

    VOICE = "voice", _("what somebody said")
    DISSENT = "dissent", _("somebody does not agree")
    CORRECTION = "correction", _("somebody says that it is wrong")


class Word(models.Model):
    """Words of somebody, who agreed that they stand in public without a name; and the answer.

    Attributes:
        meeting: where they were said, where it was in a meeting.
        answer: of the initiative.
        gone_at: who said them does not want them in public any more; they are kept out of every page.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="words")
    meeting = models.ForeignKey(Meeting, models.SET_NULL, null=True, blank=True, related_name="words")
    kind = models.CharField(max_length=10, choices=Kind)
    words = models.TextField(max_length=LONGEST)
    answer = models.TextField(max_length=LONGEST, blank=True)
    event = models.BigIntegerField()
    said_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)

    to_initiative = "plan__initiative__"

    class Meta:
        """In their order; what is taken back has no words."""

        ordering = ("said_at",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(gone_at__isnull=True) | models.Q(words="", answer=""),
                name="word_taken_back_is_empty",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.said_at:%Y-%m-%d}"


class Recommendation(models.Model):
    """What should change, said to somebody who can change it.

    Attributes:
        to: an office or a role, never a person's name.
        state: of its last step.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="recommendations")
    words = models.TextField(max_length=LONGEST)
    to = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField()

    to_initiative = "plan__initiative__"

    class Meta:
        """Newest first."""

        ordering = ("-asked_at",)

    def __str__(self) -> str:
        return f"{self.to} {self.asked_at:%Y-%m-%d}"


class Step(models.Model):
    """What became of a recommendation, and on which day; nothing of it is changed later."""

    recommendation = models.ForeignKey(Recommendation, models.CASCADE, related_name="steps")
    state = models.CharField(max_length=10, choices=State)
    words = models.TextField(max_length=LONGEST, blank=True)
    day = models.DateField()
    event = models.BigIntegerField()
    at = models.DateTimeField()

    to_initiative = "recommendation__plan__initiative__"

    class Meta:
        """In their order."""

        ordering = ("event",)

    def __str__(self) -> str:
        return f"{self.state} {self.day}"
