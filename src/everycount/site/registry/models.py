"""Initiatives."""

from __future__ import annotations

import uuid

from django.db import models


class Initiative(models.Model):
    """A citizen-data effort; it may collect here or elsewhere.

    Attributes:
        slug: its name in addresses.
        name, about: in the initiative's own first language.
        language: of name and about, BCP 47.
        listed: everybody may see that it exists and what it says of itself.
        invented: its people and answers are invented; every page says so.
        began_at: when it came to this node.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    about = models.TextField(blank=True)
    language = models.CharField(max_length=16, default="en")
    listed = models.BooleanField(default=False)
    invented = models.BooleanField(default=False)
    began_at = models.DateTimeField()

    to_initiative = ""  # how a query of the policy reaches the initiative from here

    class Meta:
        """Newest first."""

        ordering = ("-began_at",)

    def __str__(self) -> str:
        return self.name
