"""The plan of a fieldwork, what was looked at, and flags. No answer stands here.

Where an interview was held is an answer. So a look holds only the mark of its place, a keyed hash that is
also the plan's, and what interviews are compared by lies sealed in the vault.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_noop as _  # the page that shows a label translates it

from everycount.site.collection.models import Questionnaire, Submission
from everycount.site.people.models import Person


class Plan(models.Model):
    """How many interviews shall be held, where, by whom and until when.

    Attributes:
        place: of the question whose answer is the place (its full place in the form), or "".
        begins, ends: first and last day; None where nobody said.
    """

    questionnaire = models.OneToOneField(Questionnaire, models.CASCADE, related_name="fieldwork")
    place = models.CharField(max_length=300, blank=True)
    begins = models.DateField(null=True)
    ends = models.DateField(null=True)
    changed_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField()

    to_initiative = "questionnaire__initiative__"

    class Meta:
        """It ends after it begins."""

        constraints = (
            models.CheckConstraint(
                condition=Q(begins=None) | Q(ends=None) | Q(ends__gte=models.F("begins")),
                name="plan_ends_last",
            ),
        )

    def __str__(self) -> str:
        return f"plan of {self.questionnaire_id}"


class Target(models.Model):
    """A line of the plan: so many interviews, in a place, by a collector, on a day; "" and None mean any.

    Attributes:
        place: as the answer to the plan's question is coded.
        name: as people call the place.
        collector: the label of the collector's key.
        latitude, longitude, radius: where the place is, in degrees, and how far it goes, in metres.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="targets")
    place = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=200, blank=True)
    collector = models.CharField(max_length=120, blank=True)
    day = models.DateField(null=True)
    target = models.PositiveIntegerField()
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    radius = models.FloatField(null=True)

    to_initiative = "plan__questionnaire__initiative__"

    class Meta:
        """In the order in which they were written."""

        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.target} of {self.place or 'any place'}"


class Look(models.Model):
    """One version of a submission that was looked at by itself and beside the others.

    Attributes:
        instance: instanceID of that version; "" where it is to be looked at again.
        mark: of the place where it was held; "" where none is said.
        traits: item of the vault with what it is compared by; None where it could not be read.
    """

    submission = models.OneToOneField(Submission, models.CASCADE, related_name="look")
    instance = models.CharField(max_length=255, blank=True)
    mark = models.CharField(max_length=64, blank=True)
    traits = models.UUIDField(unique=True, null=True)
    looked_at = models.DateTimeField()

    to_initiative = "submission__questionnaire__initiative__"

    def __str__(self) -> str:
        return f"look at {self.submission_id}"


class Why(models.TextChoices):
    """Why a flag is dismissed."""

    ASKED = "asked", _("Somebody asked again: it is right")
    LIKE_THAT = "like_that", _("It is like that here")
    PHONE = "phone", _("The phone or the network did it")
    MENDED = "mended", _("It was mended, or is not counted")


class Flag(models.Model):
    """Something odd about a submission, or about those of one collector (then ``submission`` is None).

    Attributes:
        kind: one of :class:`everycount.quality.odd.Odd`.
        about: the question or battery, or "".
        other: the submission that it is like.
        figures: counts, shares, minutes, rough distances; never what somebody answered.
        why, event: of its dismissal, which holds as long as the flag would stand.
    """

    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="flags")
    submission = models.ForeignKey(Submission, models.CASCADE, null=True, related_name="flags")
    collector = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=12)
    about = models.CharField(max_length=300, blank=True)
    other = models.ForeignKey(Submission, models.SET_NULL, null=True, related_name="+")
    figures = models.JSONField(default=dict)
    since = models.DateTimeField()
    why = models.CharField(max_length=10, choices=Why, blank=True)
    dismissed_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    dismissed_at = models.DateTimeField(null=True)
    event = models.BigIntegerField(null=True)

    to_initiative = "questionnaire__initiative__"

    class Meta:
        """One of a kind about one thing; and whoever dismisses says why."""

        constraints = (
            models.UniqueConstraint(
                fields=["submission", "kind", "about"], condition=~Q(submission=None), name="flag_once"
            ),
            models.UniqueConstraint(
                fields=["questionnaire", "collector", "kind", "about"],
                condition=Q(submission=None),
                name="flag_of_collector_once",
            ),
            models.CheckConstraint(
                condition=Q(dismissed_at=None, why="") | (Q(dismissed_at__isnull=False) & ~Q(why="")),
                name="flag_dismissed_with_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"


class Standing(models.Model):
    """Collectors beside each other when they were last compared: counts and shares, no answer."""

    questionnaire = models.OneToOneField(Questionnaire, models.CASCADE, related_name="standing")
    compared = models.JSONField(default=dict)
    made_at = models.DateTimeField()

    to_initiative = "questionnaire__initiative__"

    def __str__(self) -> str:
        return f"standing of {self.questionnaire_id}"


class Draw(models.Model):
    """Submissions drawn at random to be checked again; the seed and the same submissions give the same draw.

    Attributes:
        seed: also in the event.
        most: how many of each collector, at most.
        event: number of the entry in the ledger.
    """

    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="draws")
    seed = models.CharField(max_length=32)
    most = models.PositiveIntegerField()
    drawn_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    drawn_at = models.DateTimeField()
    event = models.BigIntegerField()

    to_initiative = "questionnaire__initiative__"

    def __str__(self) -> str:
        return f"draw {self.seed}"


class Result(models.TextChoices):
    """What checking again showed."""

    AGREES = "agrees", _("It agrees")
    DIFFERS = "differs", _("It differs in what matters")
    NOT_FOUND = "not_found", _("Nobody was found")
    REFUSED = "refused", _("The person did not want to")


class Check(models.Model):
    """One submission of a draw, and what checking it again showed; "" where nobody has said.

    Attributes:
        collector: label of the key that sent it.
    """

    draw = models.ForeignKey(Draw, models.CASCADE, related_name="checks")
    submission = models.OneToOneField(Submission, models.CASCADE, related_name="check_again")
    collector = models.CharField(max_length=120, blank=True)
    result = models.CharField(max_length=10, choices=Result, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(null=True)

    to_initiative = "draw__questionnaire__initiative__"

    class Meta:
        """A result has its moment."""

        ordering = ("collector", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(result="", at=None) | (~Q(result="") & Q(at__isnull=False)),
                name="check_has_moment",
            ),
        )

    def __str__(self) -> str:
        return f"check {self.result or 'waiting'}"


class Batch(models.Model):
    """Records that entered the provisional tables together, and leave them together.

    Attributes:
        size: how many they were; when fewer are left, the rest leaves the tables, too.
    """

    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="batches")
    size = models.PositiveIntegerField()

    to_initiative = "questionnaire__initiative__"

    def __str__(self) -> str:
        return f"batch of {self.size}"


class Entered(models.Model):
    """A submission that is, or once was, in the provisional tables; then ``batch`` is None."""

    submission = models.OneToOneField(Submission, models.CASCADE, related_name="entered")
    batch = models.ForeignKey(Batch, models.SET_NULL, null=True, related_name="members")

    to_initiative = "submission__questionnaire__initiative__"

    def __str__(self) -> str:
        return f"entered {self.submission_id}"


class View(models.Model):
    """The provisional tables as they stand: protected cells, as plain values.

    Attributes:
        records: how many went in.
        event: of the opening for statistics; None where no record is in it.
    """

    questionnaire = models.OneToOneField(Questionnaire, models.CASCADE, related_name="view")
    cells = models.JSONField(default=list)
    records = models.PositiveIntegerField()
    event = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()

    to_initiative = "questionnaire__initiative__"

    def __str__(self) -> str:
        return f"view of {self.questionnaire_id}"
