"""The community's review of concepts and categories; the record of it stays with the version."""

from __future__ import annotations

import uuid

from django.db import models

from everycount.site.collection.models import Version
from everycount.site.people.models import Person
from everycount.site.registry.models import Initiative


class Rule(models.TextChoices):
    """How many of the community body must have spoken before a questionnaire is published."""

    ALL = "all", "Every member of the community body"
    QUORUM = "quorum", "A number of members"
    NONE = "none", "Nobody: there is no review"


class ReviewRule(models.Model):
    """The rule of an initiative. Where there is none, one voice is needed.

    Attributes:
        quorum: how many people, for the rule of a number.
        reason: why this rule, in the steward's words; printed with every version that it let pass.
    """

    initiative = models.OneToOneField(Initiative, models.CASCADE, related_name="review_rule")
    rule = models.CharField(max_length=8, choices=Rule)
    quorum = models.PositiveSmallIntegerField(default=1)
    reason = models.TextField(max_length=2000)
    set_at = models.DateTimeField()

    to_initiative = "initiative__"

    def __str__(self) -> str:
        return f"{self.rule} ({self.quorum})"


class Review(models.Model):
    """The review of one version.

    Attributes:
        opened_at, closed_at: voices are taken between them.
        rule, quorum, reason: what held when the version was published, as it was then.
    """

    version = models.OneToOneField(Version, models.CASCADE, related_name="review")
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    rule = models.CharField(max_length=8, choices=Rule, blank=True)
    quorum = models.PositiveSmallIntegerField(default=0)
    reason = models.TextField(blank=True)

    to_initiative = "version__questionnaire__initiative__"

    def __str__(self) -> str:
        return f"review of {self.version}"

    @property
    def is_open(self) -> bool:
        """Whether voices are taken."""
        return self.opened_at is not None and self.closed_at is None


class Stance(models.TextChoices):
    """What a member says of a question or a category."""

    ENDORSE = "endorse", "This is right for us"
    OBJECT = "object", "This is not right for us"
    COMMENT = "comment", "I have something to say"


class Voice(models.Model):
    """What one member of the community body says of one thing; others see the words, never the name.

    Attributes:
        thing: ``q:place/of/question`` or ``c:list/code``; a category is one in all questions of its list.
        words: the reason of an objection, or the comment.
        answer: what a coordinator says to it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    review = models.ForeignKey(Review, models.CASCADE, related_name="voices")
    person = models.ForeignKey(Person, models.CASCADE, related_name="voices")
    thing = models.CharField(max_length=600)
    stance = models.CharField(max_length=8, choices=Stance)
    words = models.TextField(max_length=2000, blank=True)
    said_at = models.DateTimeField()
    answer = models.TextField(max_length=2000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    to_initiative = "review__version__questionnaire__initiative__"

    class Meta:
        """One voice a person and thing; an objection has its reason."""

        constraints = (
            models.UniqueConstraint(fields=["review", "person", "thing"], name="voice_once"),
            models.CheckConstraint(
                condition=models.Q(stance="endorse") | ~models.Q(words=""), name="voice_has_its_reason"
            ),
        )

    def __str__(self) -> str:
        return f"{self.stance} {self.thing}"
