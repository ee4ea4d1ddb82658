"""Of which household or place a submission speaks: a mark, and nothing that names or finds it.

And lists of places that somebody gave; they hold no people.
"""

from __future__ import annotations

from django.db import models

from everycount.site.collection.models import Submission
from everycount.site.people.models import Person
from everycount.site.registry.models import Initiative


class Link(models.Model):
    """A submission that was read for the entity that it makes or brings up to date.

    Attributes:
        instance: instanceID of the version that was read; another current one is read again.
        list: name of the entity list; "" where the submission speaks of none.
        mark: of the entity's id, under the initiative's own key; the same in every round.
        is_new: the submission makes the entity.
    """

    submission = models.OneToOneField(Submission, models.CASCADE, related_name="link")
    instance = models.CharField(max_length=255)
    list = models.CharField(max_length=200, blank=True)
    mark = models.CharField(max_length=64, blank=True, db_index=True)
    is_new = models.BooleanField(default=False)

    to_initiative = "submission__questionnaire__initiative__"

    class Meta:
        """A list has marks."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(list="", mark="") | (~models.Q(list="") & ~models.Q(mark="")),
                name="link_is_whole",
            ),
        )

    def __str__(self) -> str:
        return f"link of {self.submission_id}"


class GivenList(models.Model):
    """A list of places that phones get with the forms that ask for it.

    Attributes:
        name: as forms ask for it, without ``.csv``.
        content: as CSV, in one way of writing.
        places: how many.
        digest: SHA-256 of the content; the same list given again changes nothing.
    """

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="given_lists")
    name = models.CharField(max_length=100)
    content = models.TextField()
    places = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    given_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    given_at = models.DateTimeField()

    to_initiative = "initiative__"

    class Meta:
        """One of a name."""

        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=["initiative", "name"], name="given_list_once"),)

    def __str__(self) -> str:
        return f"list {self.name}"
