"""Of which household or place a submission speaks: a mark, and nothing that names or finds it."""

from __future__ import annotations

from django.db import models

from everycount.site.collection.models import Submission


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
