"""Data keys and sealed items. No foreign key leads here, and none leads out."""

from __future__ import annotations

import uuid

from django.db import models


class DataKey(models.Model):
    """The key of an initiative, wrapped by the installation key; without this row nothing of it opens.

    Attributes:
        initiative: whose; see ``scopes`` for those that are for marks.
        wrapped: nonce and sealed key (AES-256-GCM, bound to the initiative).
        wrapped_by: a name of the installation key, to tell a wrong key from a broken row.
        made_at: when.
    """

    initiative = models.UUIDField(primary_key=True)
    wrapped = models.BinaryField()
    wrapped_by = models.CharField(max_length=16)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"data key of {self.initiative}"


class Item(models.Model):
    """Sealed bytes: one submission or one attachment.

    Attributes:
        id: its name everywhere else.
        initiative: whose key opens it.
        slot: of its salt in the ring.
        size: bytes when opened.
        content: the sealed bytes; None where they lie in a file of the item's name.
        sealed_at: when.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    initiative = models.UUIDField()
    slot = models.BigIntegerField()
    size = models.BigIntegerField()
    content = models.BinaryField(null=True)
    sealed_at = models.DateTimeField()

    class Meta:
        """A slot is of one item: two items under one salt would share nothing but a risk."""

        constraints = (
            models.UniqueConstraint(fields=["initiative", "slot"], name="item_slot_once"),
            models.CheckConstraint(condition=models.Q(size__gte=0), name="item_size_not_negative"),
        )

    def __str__(self) -> str:
        return f"item {self.id}"
